"""The letter that asks money back. Official text, Dutch only; named field by field."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import sees_money
from common.moments import local_day
from common.money import ZERO
from documents.registry import Legal, Params, PdfDocument, ProgressReport, Standing
from funding.models import Commitment
from payments.models import RecoveryRequest
from payments.services.settlements import LETTER_KIND


def recovery_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The letter of recovery `params["recovery"]`, as it stood after `params["receipt"]`.

    Raises:
        ValidationError: when there is no such recovery.
    """
    found = (
        RecoveryRequest.objects.select_related(
            "settlement__commitment__project__organisation", "asked_by"
        )
        .filter(pk=params["recovery"])
        .first()
    )
    if found is None:
        raise ValidationError(_("Deze terugvordering bestaat niet."))
    progress(50)
    settlement = found.settlement
    receipts = list(
        found.receipts.filter(pk__lte=params.get("receipt", 0))
        .select_related("entry")
        .order_by("pk")
    )
    day = params.get("day")
    project = settlement.commitment.project
    return {
        "recovery": found,
        "receipts": receipts,
        "still_open": found.amount - sum((one.entry.amount for one in receipts), ZERO),
        "written_on": date.fromisoformat(day) if day else local_day(found.asked_at),
        "settlement": settlement,
        "number": settlement.commitment.number,
        "project": {"reference": project.reference, "title": project.title},
        "is_fictional": project.is_fictional,
        "organisation": project.organisation,
    }


def may_download(user: Any, job: Any) -> bool:
    """Staff who see money, and the organisation that must pay back."""
    if sees_money.test(user, None):
        return True
    return Commitment.objects.filter(
        settlements__recovery=job.params.get("recovery", 0),
        project__organisation__in=getattr(user, "member_roles", {}),
    ).exists()


def letter_standing(params: Params, job: UUID) -> Standing:
    """Each receipt of money makes a letter that replaces the former."""
    recovery = RecoveryRequest.objects.filter(pk=params["recovery"]).first()
    if recovery is None:
        return Standing.WITHDRAWN
    return Standing.CURRENT if recovery.letter_id == job else Standing.SUPERSEDED


LETTER = PdfDocument(
    kind=LETTER_KIND,
    label=gettext_lazy("Brief over een terugvordering"),
    template="payments/documents/recovery_letter.html",
    context=recovery_context,
    filename=lambda params: f"terugvordering-{str(params['number']).lower()}.pdf",
    may_download=may_download,
    legal=Legal(number=lambda params: str(params["number"]), standing=letter_standing),
)
