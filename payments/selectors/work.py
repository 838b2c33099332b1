"""What waits for whom, about payments; a fixed number of queries."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.policies import is_programme_office
from common.moments import today
from common.work import WorkItem
from payments.lifecycle import LineState, OrderState, SettlementState
from payments.models import BankAccount, OrderLine, PaymentOrder, Settlement
from payments.policies import (
    may_book_confirmations,
    may_confirm_settlement,
    may_make_orders,
    may_sign_order,
)
from payments.selectors.orders import payable_claims


def work_for(user: User) -> list[WorkItem]:
    """Accounts to confirm, claims to order, orders to sign and to give out, banks that are late."""
    items: list[WorkItem] = []
    if is_programme_office.test(user, None):
        items += _accounts(user)
        items += _orders(user)
        items += _settlements(user)
    if may_make_orders.test(user, None):
        items += _claims_to_order()
    if may_book_confirmations.test(user, None):
        items += _unconfirmed()
    return items


def _accounts(user: User) -> list[WorkItem]:
    waiting = (
        BankAccount.objects.to_confirm()
        .exclude(entered_by=user)
        .select_related("organisation")
        .order_by("entered_at", "pk")
    )
    return [
        _item(_("Rekening bevestigen"), str(one.organisation), one.get_absolute_url())
        for one in waiting
    ]


def _orders(user: User) -> list[WorkItem]:
    items = []
    for order in PaymentOrder.objects.filter(
        state__in=[OrderState.MADE, OrderState.SIGNED]
    ).order_by("execute_on", "pk"):
        if order.state == OrderState.MADE and may_sign_order.test(user, order):
            items.append(
                _item(_("Betaalopdracht ondertekenen"), order.number, order.get_absolute_url())
            )
        elif order.state == OrderState.SIGNED and may_make_orders.test(user, None):
            items.append(
                _item(_("Betaalopdracht uitgeven"), order.number, order.get_absolute_url())
            )
    return items


def _settlements(user: User) -> list[WorkItem]:
    proposed = Settlement.objects.filter(state=SettlementState.PROPOSED).select_related(
        "commitment__project"
    )
    return [
        _item(
            _("Eindafrekening bevestigen"),
            str(one.commitment),
            reverse("payments:settlement", args=[one.commitment.number]),
        )
        for one in proposed.order_by("proposed_at", "pk")
        if may_confirm_settlement.test(user, one)
    ]


def _claims_to_order() -> list[WorkItem]:
    count = payable_claims().count()
    if not count:
        return []
    title = ngettext(
        "%(count)s goedgekeurde schuldvordering", "%(count)s goedgekeurde schuldvorderingen", count
    ) % {"count": count}
    return [_item(_("Betaalopdracht maken"), title, reverse("payments:order_new"))]


def _unconfirmed() -> list[WorkItem]:
    late = (
        OrderLine.objects.filter(
            state=LineState.WAITING,
            order__state=OrderState.EXPORTED,
            order__execute_on__lt=today(),
        )
        .order_by("order__execute_on", "order__number")
        .values_list("order__number", flat=True)
        .distinct()
    )
    return [
        _item(
            _("Bevestiging van de bank inlezen"), number, reverse("payments:order", args=[number])
        )
        for number in late
    ]


def _item(label: str, title: str, url: str) -> WorkItem:
    return WorkItem(label=label, title=title, url=url, due_on=None, is_late=False, group=_("Geld"))
