"""Making a payment order, signing it as a second person, giving it out to the bank."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.moments import today
from common.money import ZERO, format_eur
from documents.csv_files import csv_lines
from documents.services import store_file
from documents.spreadsheets import DATE, MONEY, Column, Sheet
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, BudgetYear, Claim, Commitment, Instalment
from funding.services.budget import lock_lines
from funding.services.claims import refuse_changed_vat, refuse_rejected
from funding.services.payments import refuse_vek_overdraft
from payments.iban import read_iban
from payments.lifecycle import LINE_LIFECYCLE, ORDER_LIFECYCLE, LineState, OrderState
from payments.models import BankAccount, OrderLine, PaymentOrder
from payments.models.orders import RUNNING
from payments.pain import pain_001
from payments.policies import may_make_orders, may_sign_order

MAX_LINES = 500


@transaction.atomic
def make_order(*, claims: Sequence[Claim], execute_on: date, by: User) -> PaymentOrder:
    """Order the payment of approved claims on the confirmed accounts of their organisations.

    The VEK of the year of execution must hold these and what other orders still wait for.

    Raises:
        PermissionDenied: when `by` may not make orders.
        ValidationError: no claim, one that is not approved, without account or in another order, a
            day that was, a closed year, or too little VEK or open.
    """
    may_make_orders.check(by)
    if not claims:
        raise ValidationError({"claims": _("Kies minstens één schuldvordering.")})
    if len(claims) > MAX_LINES:
        raise ValidationError(
            {
                "claims": _("Een betaalopdracht heeft hoogstens %(most)s regels.")
                % {"most": MAX_LINES}
            }
        )
    if execute_on < today():
        raise ValidationError({"execute_on": _("Kies vandaag of een latere dag.")})
    name, iban, bic = fund_account()
    found = _lock(claims, execute_on.year)
    accounts = {
        account.organisation_id: account
        for account in BankAccount.objects.current().filter(
            organisation__in={one.instalment.commitment.project.organisation_id for one in found}
        )
    }
    if OrderLine.objects.filter(claim__in=found, state__in=RUNNING).exists():
        raise ValidationError({"claims": _("Deze schuldvordering staat al in een betaalopdracht.")})
    for claim in found:
        _refuse_unpayable(claim, accounts, execute_on)
    _refuse_more_than_there_is(found, execute_on.year)
    # The year last, as everywhere; under its lock numbers follow each other.
    year = BudgetYear.objects.select_for_update().get(year=execute_on.year)
    count = PaymentOrder.objects.filter(number__startswith=f"BO-{year.year}-").count()
    order = PaymentOrder.objects.create(
        number=f"BO-{year.year}-{count + 1:05d}",
        execute_on=execute_on,
        debtor_name=name,
        debtor_iban=iban,
        debtor_bic=bic,
        total=sum((_amount(one) for one in found), ZERO),
        made_by=by,
    )
    with readable_constraints(fields={"payments_claim_in_one_order": "claims"}):
        OrderLine.objects.bulk_create(
            _line(order, number, claim, accounts) for number, claim in enumerate(found, 1)
        )
    record(
        actor=by,
        action="paymentorder.made",
        label=_("Betaalopdracht opgemaakt: %(sum)s") % {"sum": format_eur(order.total)},
        about=order,
        data={"total": str(order.total), "lines": len(found)},
    )
    return order


def fund_account() -> tuple[str, str, str]:
    """Name, IBAN and BIC of who pays, from the settings.

    Raises:
        ValidationError: when they are not filled in.
    """
    name, iban = settings.PAYMENT_DEBTOR_NAME.strip(), settings.PAYMENT_DEBTOR_IBAN
    if not name or not iban:
        raise ValidationError(
            _("De rekening waarvan betaald wordt, is nog niet ingesteld. Vraag het de beheerder.")
        )
    return name[:70], read_iban(iban), settings.PAYMENT_DEBTOR_BIC


def _lock(claims: Sequence[Claim], year: int) -> list[Claim]:
    """The claims as they are now. Locks: budget lines, commitments, instalments, by key."""
    keys = {one.pk for one in claims}
    streams = set(
        Commitment.objects.filter(instalments__claims__in=keys)
        .order_by()
        .values_list("line__stream", flat=True)
    )
    lines = BudgetLine.objects.filter(budget_year__year=year, stream__in=streams)
    if lines.count() < len(streams):
        raise ValidationError(
            {"execute_on": _("Er is geen begroting voor %(year)s.") % {"year": year}}
        )
    lock_lines([line.pk for line in lines])
    lock_money_of(keys)
    return list(
        Claim.objects.select_related(
            "instalment__commitment__project__organisation",
            "instalment__commitment__project__call",
            "instalment__commitment__line",
        )
        .filter(pk__in=keys)
        .order_by("pk")
    )


def lock_money_of(claims: set[int]) -> None:
    """Lock the commitments, then the instalments of these claims, each by key."""
    of_claims = Instalment.objects.filter(claims__in=claims).values("pk")
    commitments = Commitment.objects.filter(instalments__in=of_claims).values("pk")
    list(Commitment.objects.select_for_update().filter(pk__in=commitments).order_by("pk"))
    list(Instalment.objects.select_for_update().filter(pk__in=of_claims).order_by("pk"))


def _amount(claim: Claim) -> Decimal:
    return ZERO if claim.accepted_amount is None else claim.accepted_amount


def _refuse_unpayable(claim: Claim, accounts: dict[int, BankAccount], execute_on: date) -> None:
    commitment = claim.instalment.commitment
    refuse_rejected(claim)
    if claim.instalment.state != InstalmentState.APPROVED or claim.accepted_amount is None:
        raise ValidationError(
            {"claims": _("%(claim)s is niet goedgekeurd.") % {"claim": claim.instalment}}
        )
    refuse_changed_vat(claim)
    if commitment.project.organisation_id not in accounts:
        raise ValidationError(
            {
                "claims": _("%(organisation)s heeft nog geen bevestigde rekening.")
                % {"organisation": commitment.project.organisation}
            }
        )
    if execute_on < commitment.effective_on:
        raise ValidationError({"execute_on": _("Een betaling kan niet vóór de vastlegging.")})


def _refuse_more_than_there_is(claims: list[Claim], year: int) -> None:
    """VEK per line and what is open per commitment, less what other orders wait for."""
    per_stream: dict[str, Decimal] = defaultdict(lambda: ZERO)
    per_commitment: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for claim in claims:
        per_stream[claim.instalment.commitment.line.stream] += _amount(claim)
        per_commitment[claim.instalment.commitment_id] += _amount(claim)
    waiting = OrderLine.objects.filter(state=LineState.WAITING)
    for stream, asked in per_stream.items():
        line = BudgetLine.objects.select_related("budget_year").get(
            budget_year__year=year, stream=stream
        )
        elsewhere = waiting.filter(
            order__execute_on__year=year, claim__instalment__commitment__line__stream=stream
        ).aggregate(sum=Sum("amount"))["sum"]
        refuse_vek_overdraft(line, asked + (elsewhere or ZERO))
    for commitment in Commitment.objects.filter(pk__in=per_commitment):
        elsewhere = waiting.filter(claim__instalment__commitment=commitment).aggregate(
            sum=Sum("amount")
        )["sum"]
        if per_commitment[commitment.pk] + (elsewhere or ZERO) > commitment.open_amount:
            raise ValidationError(
                {
                    "claims": _("Van vastlegging %(number)s staat nog %(open)s open.")
                    % {"number": commitment.number, "open": format_eur(commitment.open_amount)}
                }
            )


def _line(
    order: PaymentOrder, number: int, claim: Claim, accounts: dict[int, BankAccount]
) -> OrderLine:
    project = claim.instalment.commitment.project
    account = accounts[project.organisation_id]
    return OrderLine(
        order=order,
        claim=claim,
        account=account,
        amount=_amount(claim),
        iban=account.iban,
        name=account.holder,
        message=f"{project.reference} {claim.instalment}"[:140],
        end_to_end_id=f"{order.number}-{number:04d}",
    )


@transaction.atomic
def sign_order(*, order: PaymentOrder, by: User) -> PaymentOrder:
    """Sign as somebody else than who made the order.

    Raises:
        PermissionDenied: when `by` made the order, or is not of the programme office.
        ValidationError: it is not made any more, or an account in it has ended since.
    """
    may_sign_order.check(by, order)
    ended = order.lines.filter(account__ended_at__isnull=False).select_related("account").first()
    if ended is not None:
        raise ValidationError(
            _(
                "De rekening van %(name)s is sindsdien vervangen. Trek deze opdracht in en maak "
                "een nieuwe."
            )
            % {"name": ended.name}
        )
    order.signed_by, order.signed_at = by, clock.now()
    with readable_constraints():
        ORDER_LIFECYCLE.perform(order, "sign", actor=by, save=["signed_by", "signed_at"])
    return order


@transaction.atomic
def export_order(*, order: PaymentOrder, by: User) -> PaymentOrder:
    """Give the order out as XML and as CSV. The files are made once: again gives the same bytes.

    Raises:
        PermissionDenied: when `by` may not make orders.
        ValidationError: not signed, withdrawn, or the XML does not fit its schema.
    """
    may_make_orders.check(by)
    order = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.xml_id is None:
        _make_files(order, by)
    elif order.state != OrderState.EXPORTED:
        raise ValidationError(_("Deze betaalopdracht is ingetrokken."))
    record(
        actor=by,
        action="paymentorder.downloaded",
        label=_("Betaalopdracht gedownload"),
        about=order,
        data={"xml": order.xml.sha256 if order.xml else ""},
    )
    return order


def _make_files(order: PaymentOrder, by: User) -> None:
    lines = list(order.lines.order_by("pk"))
    order.exported_at = clock.now()
    ORDER_LIFECYCLE.perform(order, "export", actor=by, save=["exported_at"])
    xml = pain_001(order, lines, order.exported_at)
    order.xml = store_file(
        content=xml, name=f"{order.number}.xml", content_type="application/xml", created_by=by
    )
    order.csv = store_file(
        content="".join(csv_lines(_sheet(order, lines))).encode(),
        name=f"{order.number}.csv",
        content_type="text/csv",
        created_by=by,
    )
    order.save(update_fields=["xml", "csv"])


def _sheet(order: PaymentOrder, lines: list[OrderLine]) -> Sheet:
    return Sheet(
        name=order.number,
        columns=[
            Column("end-to-end-id"),
            Column("uitvoeringsdatum", DATE),
            Column("bedrag", MONEY),
            Column("iban"),
            Column("naam"),
            Column("mededeling"),
        ],
        rows=[
            [line.end_to_end_id, order.execute_on, line.amount, line.iban, line.name, line.message]
            for line in lines
        ],
    )


@transaction.atomic
def cancel_order(*, order: PaymentOrder, reason: str, by: User) -> PaymentOrder:
    """Withdraw what the bank did not pay; those claims can go into another order.

    Raises:
        PermissionDenied: when `by` may not make orders.
        ValidationError: no reason, it was withdrawn already, or the bank paid all of it.
    """
    may_make_orders.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u de opdracht intrekt.")})
    lock_money_of(set(order.lines.values_list("claim", flat=True)))
    order.cancel_reason = reason.strip()[:300]
    ORDER_LIFECYCLE.perform(
        order, "cancel", actor=by, comment=reason.strip(), save=["cancel_reason"]
    )
    waiting = list(order.lines.filter(state=LineState.WAITING).order_by("pk"))
    if not waiting:
        raise ValidationError(_("De bank voerde deze opdracht al helemaal uit."))
    for line in waiting:
        LINE_LIFECYCLE.perform(line, "drop", actor=by)
    return order
