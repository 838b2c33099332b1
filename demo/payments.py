"""Accounts of who is paid, and an order that waits for its signature. Every number is invented."""

from decimal import Decimal

from django.conf import settings
from django.db.models import F

from accounts.models import Organisation
from demo.money import RATE
from demo.organisations import MARK
from demo.people import Cast
from demo.timing import Calendar, at
from funding.lifecycle import InstalmentState
from funding.models import Claim, Commitment
from payments.models import BankAccount, OrderLine, PaymentOrder, Settlement


def accounts_and_order(calendar: Calendar, cast: Cast) -> None:
    """A confirmed account for who claimed, one that waits, and an order of what is approved."""
    claimants = Organisation.objects.filter(
        projects__commitments__instalments__claims__isnull=False
    )
    for number, organisation in enumerate(claimants.distinct().order_by("pk"), 1):
        entered = at(calendar.ago(40), 10)
        BankAccount.objects.create(
            organisation=organisation,
            iban=invented_iban(number),
            holder=organisation.name[:70],
            entered_by=cast.second_team,
            entered_at=entered,
            confirmed_by=cast.team,
            confirmed_at=at(calendar.ago(39), 11),
        )
    waiting = Organisation.objects.filter(
        memberships__user=cast.submitter, bank_accounts__isnull=True
    ).first()
    if waiting is not None:
        BankAccount.objects.create(
            organisation=waiting,
            iban=invented_iban(900),
            holder=waiting.name[:70],
            entered_by=cast.submitter,
            entered_at=at(calendar.ago(2), 14),
        )
    _order(calendar, cast)
    _settlement(calendar, cast)


def _settlement(calendar: Calendar, cast: Cast) -> None:
    """Of the first grant that is wholly paid: it turned out a little cheaper."""
    commitment = (
        Commitment.objects.filter(paid=F("committed"), released=0, decision__isnull=False)
        .order_by("pk")
        .first()
    )
    if commitment is None:
        return
    Settlement.objects.create(
        commitment=commitment,
        accepted_cost=commitment.paid * 2 - 12_000,
        rate=RATE,
        granted=commitment.committed,
        paid=commitment.paid,
        due=Decimal(-6_000),
        note=f"Eindverslag en kostenstaat nagekeken {MARK}.",
        proposed_by=cast.team,
        proposed_at=at(calendar.ago(3), 10),
    )


def _order(calendar: Calendar, cast: Cast) -> None:
    claim = Claim.objects.filter(
        rejected_at__isnull=True, instalment__state=InstalmentState.APPROVED
    ).first()
    if claim is None or claim.accepted_amount is None:
        return
    project = claim.instalment.commitment.project
    account = BankAccount.objects.current().get(organisation=project.organisation_id)
    order = PaymentOrder.objects.create(
        number=f"BO-{calendar.year}-00001",
        execute_on=calendar.ago(-2),
        debtor_name=settings.PAYMENT_DEBTOR_NAME,
        debtor_iban=settings.PAYMENT_DEBTOR_IBAN,
        debtor_bic=settings.PAYMENT_DEBTOR_BIC,
        total=claim.accepted_amount,
        made_by=cast.second_team,
        made_at=at(calendar.ago(1), 15),
    )
    OrderLine.objects.create(
        order=order,
        claim=claim,
        account=account,
        amount=claim.accepted_amount,
        iban=account.iban,
        name=account.holder,
        message=f"{project.reference} {claim.instalment}"[:140],
        end_to_end_id=f"{order.number}-0001",
    )


def invented_iban(number: int) -> str:
    """A Belgian number whose check digits are right; no bank gave it out."""
    first_ten = f"000{number:07d}"
    bare = f"{first_ten}{int(first_ten) % 97 or 97:02d}"
    check = 98 - int(f"{bare}111400") % 97  # B is 11, E is 14
    return f"BE{check:02d}{bare}"
