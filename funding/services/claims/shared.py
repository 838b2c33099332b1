"""What sending, checking and paying a claim all need."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.money import ZERO
from funding.models import Claim, Commitment, Instalment
from projects.models import Project


def vat_counts(project: Project) -> bool:
    """Whether VAT counts for the project: the switch of its call; yes without a call."""
    return project.call is None or project.call.vat_is_eligible


def rate_of(commitment: Commitment) -> Decimal:
    """The share of costs that the grant pays; an agreement on the preparation has none: all."""
    decision = commitment.decision
    return Decimal(1) if decision is None else decision.request.rate


def refuse_changed_vat(claim: Claim) -> None:
    """Raises ValidationError when VAT counts otherwise than at the check of the costs."""
    if claim.vat_counts == vat_counts(claim.instalment.commitment.project):
        return
    if claim.lines.filter(vat__gt=ZERO).exists():
        raise ValidationError(
            _(
                "De oproep telt de btw nu anders mee dan bij de controle van deze "
                "schuldvordering. Laat ze opnieuw controleren."
            ),
            code="vat",
        )


def refuse_rejected(claim: Claim) -> None:
    """Raises ValidationError: the instalment's state may be that of a later claim."""
    if claim.rejected_at is not None:
        raise ValidationError(_("Deze schuldvordering is afgewezen."), code="state")


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, locked until the transaction ends; its instalment first."""
    Instalment.objects.select_for_update(of=("self",)).get(claims=claim.pk)
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related(
            "instalment__commitment__project__call", "instalment__commitment__decision__request"
        )
        .get(pk=claim.pk)
    )
