"""What waits for whom, about payments; a fixed number of queries."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation, User
from accounts.policies import is_programme_office
from accounts.roles import MemberRole
from common.moments import today
from common.work import WorkItem
from payments.lifecycle import LineState, OrderState, RecoveryState, SettlementState
from payments.models import BankAccount, OrderLine, PaymentOrder, RecoveryRequest, Settlement
from payments.policies import (
    may_book_confirmations,
    may_book_recovery,
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
    if may_book_recovery.test(user, None):
        items += _late_recoveries()
    return items


def member_work(user: User, organisation: Organisation) -> list[WorkItem]:
    """What an authority has to pay back; one query."""
    if not user.has_member_role(organisation.pk, MemberRole.SUBMITTER):
        return []
    asked = RecoveryRequest.objects.filter(
        state=RecoveryState.ASKED, settlement__commitment__project__organisation=organisation
    ).select_related("settlement__commitment__project")
    return [
        _item(
            _("Bedrag terugbetalen"),
            one.settlement.commitment.project.title,
            reverse(
                "payments:recovery", args=[one.settlement.commitment.project.reference, one.pk]
            ),
            due_on=one.due_on,
        )
        for one in asked.order_by("due_on", "pk")
    ]


def _late_recoveries() -> list[WorkItem]:
    """What had to be paid back by now."""
    late = RecoveryRequest.objects.filter(
        state=RecoveryState.ASKED, due_on__lt=today()
    ).select_related("settlement__commitment__project")
    return [
        _item(
            _("Terugvordering opvolgen"),
            str(one.settlement.commitment),
            one.get_absolute_url(),
            due_on=one.due_on,
        )
        for one in late.order_by("due_on", "pk")
    ]


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


def _item(label: str, title: str, url: str, due_on: date | None = None) -> WorkItem:
    return WorkItem(
        label=label,
        title=title,
        url=url,
        due_on=due_on,
        is_late=due_on is not None and due_on < today(),
        group=_("Geld"),
    )
