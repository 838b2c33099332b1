"""Reads of settlements and of what is asked back."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from common.formatting import format_day
from common.money import ZERO
from funding.models import ClaimLine, Commitment
from funding.ordered import Notice
from payments.lifecycle import RecoveryState, SettlementState
from payments.models import RecoveryRequest, Settlement


def commitment_to_settle(number: str) -> Commitment:
    """A commitment with its project and decision.

    Raises:
        Http404: when there is none.
    """
    found = (
        Commitment.objects.select_related(
            "project__organisation", "line__budget_year", "decision__request__procurement"
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def settlement_of(commitment: Commitment) -> Settlement | None:
    """The settlement that stands, proposed or confirmed; None without one."""
    return (
        Settlement.objects.filter(commitment=commitment)
        .exclude(state=SettlementState.WITHDRAWN)
        .select_related("proposed_by", "confirmed_by", "commitment__project")
        .first()
    )


def recovery_of(settlement: Settlement | None) -> RecoveryRequest | None:
    """What the settlement asks back; None when nothing."""
    if settlement is None:
        return None
    return (
        RecoveryRequest.objects.filter(settlement=settlement)
        .select_related("letter__file", "settlement__commitment__project")
        .prefetch_related("receipts__entry")
        .first()
    )


def accepted_so_far(commitment: Commitment) -> Decimal:
    """The costs that were accepted in the claims of the commitment. EUR."""
    found = ClaimLine.objects.filter(
        claim__instalment__commitment=commitment, claim__rejected_at__isnull=True
    ).aggregate(sum=Sum("accepted"))["sum"]
    return found or ZERO


def recovery_notices(project: Any) -> list[Notice]:
    """What is asked back of a project and did not come in; one query."""
    return [
        Notice(
            title=_("U betaalt een bedrag terug"),
            sentence=_("Ten laatste op %(day)s.") % {"day": format_day(recovery.due_on)},
            url=reverse("payments:recovery", args=[project.reference, recovery.pk]),
        )
        for recovery in RecoveryRequest.objects.filter(
            settlement__commitment__project=project, state=RecoveryState.ASKED
        ).order_by("pk")
    ]


def own_recovery(user: Any, reference: str, pk: int) -> RecoveryRequest:
    """What is asked back of a project of one of the organisations of `user`.

    Raises:
        Http404: for everybody else.
    """
    found = (
        RecoveryRequest.objects.filter(
            pk=pk,
            settlement__commitment__project__reference=reference,
            settlement__commitment__project__organisation__in=user.member_roles,
        )
        .select_related("letter__file", "settlement__commitment__project__organisation")
        .prefetch_related("receipts__entry")
        .first()
    )
    if found is None:
        raise Http404
    return found
