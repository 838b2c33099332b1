"""What of letters can be done to many files from the list."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.bulk import BulkAction, Values
from evaluations.models import PreparedNotification, SelectionDecision
from evaluations.policies import may_notify
from evaluations.services import letter_batches
from projects.lifecycle import ProposalState
from projects.models import Proposal


def _decision_to_tell(proposal: Proposal) -> SelectionDecision:
    decision = (
        SelectionDecision.objects.select_related("letter")
        .filter(proposal=proposal, notified_at__isnull=True)
        .first()
    )
    if decision is None or proposal.state != ProposalState.ADVISED:
        raise ValidationError(
            _("Dit dossier heeft geen beslissing die nog meegedeeld moet worden.")
        )
    return decision


def plan_mails(proposal: Proposal, by: Any, values: Values) -> str:
    decision = _decision_to_tell(proposal)
    if not decision.letter_is_ready:
        raise ValidationError(_("De brief is nog niet klaar."))
    if PreparedNotification.objects.filter(decision=decision).exists():
        raise ValidationError(_("De mails over dit dossier staan al klaar."))
    return _("De mails worden klaargezet. De aanvrager weet nog niets.")


PREPARE_MAILS = BulkAction(
    code="prepare_mails",
    label=gettext_lazy("Mails over de beslissing klaarzetten"),
    who=may_notify,
    plan=plan_mails,
    do=lambda proposal, by, values: letter_batches.prepare(proposal, by),
)
