"""Every read of the evaluation; `visible_files` is where each of them starts."""

from evaluations.selectors.assessment import (
    ScoreCard,
    assignments_of,
    has_declared,
    lead_assignment,
    may_read_text,
    own_assignment,
    score_cards,
    total_of,
)
from evaluations.selectors.conflicts import conflict_of_interest, decision_obstacle
from evaluations.selectors.deadlines import (
    completeness_due,
    correction_deadline,
    decision_due,
    default_advice_day,
    notification_due,
)
from evaluations.selectors.files import (
    call_overview,
    draft_advice,
    final_advice,
    get_file,
    reading_rule,
    visible_files,
)
from evaluations.selectors.history import file_timeline
from evaluations.selectors.outcome import notified_decision
from evaluations.selectors.steps import NextStep, file_steps, next_step
from evaluations.selectors.work import waiting_files

__all__ = [
    "NextStep",
    "ScoreCard",
    "assignments_of",
    "call_overview",
    "completeness_due",
    "conflict_of_interest",
    "correction_deadline",
    "decision_due",
    "decision_obstacle",
    "default_advice_day",
    "draft_advice",
    "file_steps",
    "file_timeline",
    "final_advice",
    "get_file",
    "has_declared",
    "lead_assignment",
    "may_read_text",
    "next_step",
    "notification_due",
    "notified_decision",
    "own_assignment",
    "reading_rule",
    "score_cards",
    "total_of",
    "visible_files",
    "waiting_files",
]
