"""Reads of one claim: its draft, its costs, its files, and invoices that were claimed before."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import Http404

from common.money import ZERO, format_eur
from funding.costs import same_invoice
from funding.models import Claim, ClaimDraft, ClaimEvidence, ClaimLine, Instalment

NO_PREFIX = "€\N{NO-BREAK SPACE}"


def claim_draft(instalment: Instalment) -> ClaimDraft | None:
    """What was typed so far for the instalment."""
    return (
        ClaimDraft.objects.filter(instalment=instalment)
        .select_related("updated_by", "instalment")
        .first()
    )


def claim_start(instalment: Instalment) -> dict[str, Any]:
    """What the page of a new claim shows: the draft, else what was sent in and refused, else blank.

    Texts, as they stand in the boxes.
    """
    draft = claim_draft(instalment)
    if draft is not None:
        return dict(draft.content)
    refused = (
        Claim.objects.filter(instalment=instalment, rejected_at__isnull=False)
        .prefetch_related("lines")
        .order_by("-claimed_at", "-pk")
        .first()
    )
    if refused is not None:
        return {
            "amount": _typed(refused.amount),
            "statement": refused.statement,
            "rows": [_row(line) for line in refused.lines.all()],
        }
    return {"amount": _typed(instalment.amount), "statement": "", "rows": [{"key": "0" * 12}]}


def _row(line: ClaimLine) -> dict[str, str]:
    return {
        "key": f"{line.pk:012x}",
        "description": line.description,
        "supplier": line.supplier,
        "invoice_number": line.invoice_number,
        "invoiced_on": line.invoiced_on.isoformat(),
        "amount": _typed(line.amount),
        "vat": _typed(line.vat),
    }


def _typed(amount: Decimal) -> str:
    return format_eur(amount).removeprefix(NO_PREFIX)


def claim_lines(claim: Claim) -> list[ClaimLine]:
    """The costs of a claim with their files; two queries."""
    lines = list(claim.lines.prefetch_related("evidence__file").order_by("number"))
    for line in lines:
        line.claim = claim
    return lines


def loose_evidence(claim: Claim) -> list[ClaimEvidence]:
    """The files that belong to the claim as a whole."""
    return list(claim.evidence.filter(line__isnull=True).select_related("file").order_by("pk"))


def totals(lines: list[ClaimLine]) -> dict[str, Decimal]:
    """Sums of the costs of a claim: what may count and what was accepted. EUR."""
    return {
        "eligible": sum((line.eligible for line in lines), ZERO),
        "accepted": sum((line.accepted or ZERO for line in lines), ZERO),
    }


def repeated_invoices(claim: Claim, lines: list[ClaimLine]) -> dict[int, list[ClaimLine]]:
    """Per cost of the claim, other costs of the project with the same invoice; one query.

    The same supplier and number, whatever the capitals, spaces and signs. Refused claims are left
    out: their costs may be asked again.
    """
    if not lines:
        return {}
    by_invoice = defaultdict(list)
    for other in (
        ClaimLine.objects.filter(
            claim__instalment__commitment__project=claim.instalment.commitment.project_id,
            claim__rejected_at__isnull=True,
        )
        .select_related("claim__instalment__commitment")
        .order_by("claim__claimed_at", "pk")
    ):
        by_invoice[same_invoice(other.supplier, other.invoice_number)].append(other)
    found = {}
    for line in lines:
        same = by_invoice[same_invoice(line.supplier, line.invoice_number)]
        others = [other for other in same if other.pk != line.pk]
        if others:
            found[line.pk] = others
    return found


def evidence_for(user: Any, pk: int, *, as_staff: bool) -> ClaimEvidence:
    """A file that `user` may fetch: staff who see money those of claims, members their own.

    Raises:
        Http404: for everybody else.
    """
    if as_staff:
        may = Q(claim__isnull=False)
    else:
        own = user.member_roles
        may = Q(claim__instalment__commitment__project__organisation__in=own) | Q(
            draft__instalment__commitment__project__organisation__in=own
        )
    found = ClaimEvidence.objects.filter(may, pk=pk).select_related("file").first()
    if found is None:
        raise Http404
    return found
