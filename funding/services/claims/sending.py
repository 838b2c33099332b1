"""Sending a claim in: what is asked, and the costs that justify it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.constraints import readable_constraints
from common.formatting import format_pct
from common.moments import today
from common.money import ZERO, format_eur
from documents.services import store_upload
from funding.costs import eligible_cost, justified
from funding.lifecycle import INSTALMENT_LIFECYCLE
from funding.models import Claim, ClaimDraft, ClaimEvidence, ClaimLine, Commitment, Instalment
from funding.policies import may_claim
from funding.services.claims.shared import rate_of, vat_counts

MAX_LINES = 60
"""Costs in one claim; a claim with more comes with a list as a file."""


@dataclass(frozen=True)
class CostLine:
    """A cost as on its invoice, EUR; `row` names the row of the draft that its files hang on."""

    description: str
    supplier: str
    invoice_number: str
    invoiced_on: date
    amount: Decimal
    vat: Decimal = ZERO
    row: str = ""


@transaction.atomic
def claim_instalment(
    *,
    instalment: Instalment,
    amount: Decimal,
    statement: str,
    by: User,
    lines: Sequence[CostLine] = (),
    evidence: File | None = None,
) -> Claim:
    """Ask payment of an instalment. EUR. The draft goes, its files stay with the claim.

    Costs justify what is asked: no more than the instalment, and no more than the part of the costs
    that the grant pays. An instalment that is paid on a condition alone has no costs.
    `evidence` is a file as it was sent; it is checked here.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the instalment is not claimable, the amount is not positive or more than
            is possible, the statement is empty, or the file can't be kept.
    """
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project__call", "commitment__decision__request")
        .get(pk=instalment.pk)
    )
    may_claim.check(by, instalment)
    INSTALMENT_LIFECYCLE.perform(instalment, "claim", actor=by)
    if not statement.strip():
        raise ValidationError({"statement": _("Leg uit waarvoor u deze schijf vraagt.")})
    if amount > instalment.amount:
        raise ValidationError(
            {
                "amount": _("Deze schijf is hoogstens %(sum)s.")
                % {"sum": format_eur(instalment.amount)}
            }
        )
    counts = vat_counts(instalment.commitment.project)
    _refuse_unjustified(instalment.commitment, amount, lines, counts=counts)
    claim = Claim(
        instalment=instalment,
        amount=amount,
        statement=statement.strip(),
        claimed_by=by,
        vat_counts=counts,
    )
    with readable_constraints(fields={"funding_claim_amount_positive": "amount"}):
        claim.save()
    _add_lines(claim, lines)
    if evidence is not None:
        # Last, so that a refusal above leaves no file behind.
        ClaimEvidence.objects.create(claim=claim, file=_keep(evidence, by))
    return claim


def _refuse_unjustified(
    commitment: Commitment, amount: Decimal, lines: Sequence[CostLine], *, counts: bool
) -> None:
    if not lines:
        return
    if len(lines) > MAX_LINES:
        raise ValidationError(
            _("Een schuldvordering heeft hoogstens %(most)s kosten.") % {"most": MAX_LINES}
        )
    if any(line.amount <= ZERO or line.vat < ZERO for line in lines):
        raise ValidationError(_("Vul bij elke kost een bedrag van meer dan nul in."))
    if any(line.invoiced_on > today() for line in lines):
        raise ValidationError(_("Een factuur kan geen datum in de toekomst hebben."))
    eligible, rate = eligible_cost(lines, vat_counts=counts), rate_of(commitment)
    most = justified(eligible, rate)
    if amount > most:
        raise ValidationError(
            {
                "amount": _(
                    "Uw kosten (%(cost)s) geven tegen %(rate)s recht op %(most)s. Vraag dat bedrag "
                    "of minder, of voeg kosten toe."
                )
                % {
                    "cost": format_eur(eligible),
                    "rate": format_pct(rate * 100),
                    "most": format_eur(most),
                }
            }
        )


def _add_lines(claim: Claim, lines: Sequence[CostLine]) -> None:
    """Write the costs and let the files of the draft follow them."""
    made = ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=claim,
            number=number,
            description=line.description,
            supplier=line.supplier,
            invoice_number=line.invoice_number,
            invoiced_on=line.invoiced_on,
            amount=line.amount,
            vat=line.vat,
        )
        for number, line in enumerate(lines, 1)
    )
    of_row = {line.row: row for line, row in zip(lines, made, strict=True) if line.row}
    draft = ClaimDraft.objects.filter(instalment=claim.instalment_id).first()
    if draft is None:
        return
    for evidence in draft.evidence.all():
        evidence.draft, evidence.claim = None, claim
        evidence.line = of_row.get(evidence.row)
        evidence.save()
    draft.delete()


def _keep(evidence: File, by: User) -> Any:
    try:
        return store_upload(uploaded=evidence, created_by=by)
    except ValidationError as refusal:
        raise ValidationError({"evidence": refusal.error_list}) from refusal
