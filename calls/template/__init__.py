"""The default call: what a new call starts with, and staff may change while it is a draft.

The real form and the criteria document were not found, so form and criteria follow domain.md 4 and
5, and the rules what was published of the means of the programme (domain.md 6.1).
"""

from calls.template.checklists import CHECKLISTS, ChecklistSpec
from calls.template.criteria import (
    CRITERIA,
    ELIGIBILITY,
    MILESTONES,
    REMINDERS,
    RULES,
    CriterionSpec,
    MilestoneSpec,
    RuleSpec,
)
from calls.template.form import SECTIONS
from calls.template.self_test import SELF_TEST, SelfTestSpec
from calls.template.specs import QuestionSpec, SectionSpec

__all__ = [
    "CHECKLISTS",
    "CRITERIA",
    "ELIGIBILITY",
    "MILESTONES",
    "REMINDERS",
    "RULES",
    "SECTIONS",
    "SELF_TEST",
    "ChecklistSpec",
    "CriterionSpec",
    "MilestoneSpec",
    "QuestionSpec",
    "RuleSpec",
    "SectionSpec",
    "SelfTestSpec",
]
