"""Calls: when people may submit, what is asked, how it is judged and co-financed."""

from calls.models.call import (
    Call,
    CallQuerySet,
    ConsensusRule,
    Milestone,
    SubmissionRound,
    Theme,
)
from calls.models.form import (
    FormQuestion,
    FormSection,
    FormVersion,
    QuestionType,
    RequiredFrom,
    SectionKind,
)
from calls.models.publicity import (
    CallDocument,
    CallFollower,
    CallQuestion,
    PublicPost,
    SelfTestQuestion,
)
from calls.models.rules import (
    ChecklistItem,
    ChecklistKind,
    CofinancingRule,
    CostPhase,
    Criterion,
)
from calls.models.setup import ClosingMove, ReminderMoment, SetupExplanation

__all__ = [
    "Call",
    "CallDocument",
    "CallFollower",
    "CallQuerySet",
    "CallQuestion",
    "ChecklistItem",
    "ChecklistKind",
    "ClosingMove",
    "CofinancingRule",
    "ConsensusRule",
    "CostPhase",
    "Criterion",
    "FormQuestion",
    "FormSection",
    "FormVersion",
    "Milestone",
    "PublicPost",
    "QuestionType",
    "ReminderMoment",
    "RequiredFrom",
    "SectionKind",
    "SelfTestQuestion",
    "SetupExplanation",
    "SubmissionRound",
    "Theme",
]
