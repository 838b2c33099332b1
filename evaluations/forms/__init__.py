"""The forms of the evaluation, one module per kind of work."""

from evaluations.forms.files import (
    AdviceForm,
    AssignForm,
    CompletenessForm,
    ConfirmForm,
    ConflictForm,
    DecisionForm,
    DeclarationForm,
    ReasonForm,
    ScoreForm,
)

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
