"""The forms of the evaluation, one module per kind of work."""

from evaluations.forms.completeness import CompletenessForm
from evaluations.forms.files import (
    AdviceForm,
    ConfirmForm,
    ConflictForm,
    DecisionForm,
    DeclarationForm,
    ReasonForm,
    ScoreForm,
)
from evaluations.forms.pool import AssignForm

__all__ = [
    "AdviceForm",
    "AssignForm",
    "CompletenessForm",
    "ConfirmForm",
    "ConflictForm",
    "DecisionForm",
    "DeclarationForm",
    "ReasonForm",
    "ScoreForm",
]
