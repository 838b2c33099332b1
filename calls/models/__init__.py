"""Calls: when people may submit, what is asked, how it is judged and co-financed."""

from calls.models.call import Call, CallQuerySet, Milestone, SubmissionRound, Theme
from calls.models.form import FormQuestion, FormSection, QuestionType, SectionKind
from calls.models.rules import CofinancingRule, CostPhase, Criterion

__all__ = [
    "Call",
    "CallQuerySet",
    "CofinancingRule",
    "CostPhase",
    "Criterion",
    "FormQuestion",
    "FormSection",
    "Milestone",
    "QuestionType",
    "SectionKind",
    "SubmissionRound",
    "Theme",
]
