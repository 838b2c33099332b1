"""Every write of the evaluation: one function per thing a person does."""

from evaluations.services.advice import (
    AdviceText,
    correct_advice,
    finalise_advice,
    save_advice,
)
from evaluations.services.assignment import (
    accept_assignment,
    assign_adviser,
    declare_conflict,
    decline_assignment,
    revoke_assignment,
)
from evaluations.services.completeness import check_completeness
from evaluations.services.decision import decide, remake_letter, withdraw_decision
from evaluations.services.letter_texts import seed_letter_texts
from evaluations.services.notification import notify_decision
from evaluations.services.scores import (
    ScoreEntry,
    ScoresChanged,
    finalise_scores,
    save_scores,
)

__all__ = [
    "AdviceText",
    "ScoreEntry",
    "ScoresChanged",
    "accept_assignment",
    "assign_adviser",
    "check_completeness",
    "correct_advice",
    "decide",
    "declare_conflict",
    "decline_assignment",
    "finalise_advice",
    "finalise_scores",
    "notify_decision",
    "remake_letter",
    "revoke_assignment",
    "save_advice",
    "save_scores",
    "seed_letter_texts",
    "withdraw_decision",
]
