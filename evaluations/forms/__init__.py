"""The forms of the evaluation, one module per kind of work."""

from evaluations.forms.assessing import (
    AdviceForm,
    ConsensusForm,
    ConsensusReplyForm,
    ScoreForm,
)
from evaluations.forms.completeness import CompletenessForm
from evaluations.forms.files import (
    ConfirmForm,
    ConflictForm,
    DecisionForm,
    DeclarationForm,
    ReasonForm,
)
from evaluations.forms.pool import AssignForm

__all__ = [
    "AdviceForm",
    "AssignForm",
    "CompletenessForm",
    "ConfirmForm",
    "ConflictForm",
    "ConsensusForm",
    "ConsensusReplyForm",
    "DecisionForm",
    "DeclarationForm",
    "ReasonForm",
    "ScoreForm",
]
