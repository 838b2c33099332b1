"""Reads of payment orders, and of the claims that can go into one."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from funding.lifecycle import InstalmentState
from funding.models import Claim
from payments.lifecycle import LineState
from payments.models import BankAccount, OrderLine, PaymentOrder
from payments.models.orders import RUNNING


def order_list(*, state: str = "") -> QuerySet[PaymentOrder]:
    """Orders, latest first, with how many lines wait for the bank."""
    found = PaymentOrder.objects.select_related("made_by").annotate(
        line_count=Count("lines"),
        waiting_count=Count("lines", filter=Q(lines__state=LineState.WAITING)),
    )
    if state:
        found = found.filter(state=state)
    return found.order_by("-made_at", "-pk")


def order_page(number: str) -> PaymentOrder:
    """An order with who made and signed it.

    Raises:
        Http404: when there is none.
    """
    found = (
        PaymentOrder.objects.select_related("made_by", "signed_by", "xml", "csv")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def lines_of(order: PaymentOrder) -> QuerySet[OrderLine]:
    """The lines with their claims and payments; one query."""
    return order.lines.select_related(
        "claim__instalment__commitment__project__organisation", "payment"
    ).order_by("pk")


def approved_claims() -> QuerySet[Claim]:
    """Approved claims that stand in no running order, what waits longest first."""
    return (
        Claim.objects.filter(rejected_at__isnull=True, instalment__state=InstalmentState.APPROVED)
        .exclude(order_lines__in=OrderLine.objects.filter(state__in=RUNNING))
        .select_related("instalment__commitment__project__organisation")
        .order_by("approved_at", "pk")
    )


def payable_claims() -> QuerySet[Claim]:
    """Those of which the organisation has a confirmed account."""
    paid_on = BankAccount.objects.current().values("organisation")
    return approved_claims().filter(instalment__commitment__project__organisation__in=paid_on)


def claims_without_account() -> QuerySet[Claim]:
    """Those that wait for an account."""
    paid_on = BankAccount.objects.current().values("organisation")
    return approved_claims().exclude(instalment__commitment__project__organisation__in=paid_on)


def running_orders(claims: Iterable[int]) -> dict[int, str]:
    """Per claim that waits for the bank, the number of its order; one query."""
    return dict(
        OrderLine.objects.filter(claim__in=list(claims), state=LineState.WAITING).values_list(
            "claim", "order__number"
        )
    )
