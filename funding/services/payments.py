"""Paying an approved claim from VEK, and what the bank sends back."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import format_eur
from funding.lifecycle import INSTALMENT_LIFECYCLE
from funding.models import BudgetLine, Claim, Commitment, LedgerEntry, Payment
from funding.ordered import payment_returned, refuse_ordered
from funding.policies import may_pay
from funding.services.budget import lock_line
from funding.services.claims import lock_claim, refuse_changed_vat, refuse_rejected
from funding.services.commitments import book, lock_commitment, refuse_more_than_open
from funding.services.mails import tell_paid


@transaction.atomic
def pay_claim(
    *, claim: Claim, paid_on: date, by: User, reference: str = "", confirms: str = ""
) -> Payment:
    """Record the payment: from the VEK of the year of payment, out of what is open.

    `confirms` is the number of the payment order that the bank confirms; empty by hand.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: the claim is not approved or waits in another payment order, VAT counts
            otherwise than at the check, VEK is too short, or too little is open.
    """
    may_pay.check(by)
    # Locks in one order everywhere: budget line, then commitment, then instalment.
    commitment = Commitment.objects.select_related("line").get(instalments__claims=claim.pk)
    line = lock_line(year=paid_on.year, stream=commitment.line.stream)
    commitment = lock_commitment(commitment)
    claim = lock_claim(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "pay", actor=by, comment=reference)
    refuse_rejected(claim)
    refuse_ordered(claim, confirmed=confirms)
    refuse_changed_vat(claim)
    amount = claim.accepted_amount
    if amount is None:
        raise ValidationError(_("Deze schuldvordering is nog niet gecontroleerd."))
    if paid_on < commitment.effective_on:
        raise ValidationError({"paid_on": _("Een betaling kan niet vóór de vastlegging.")})
    refuse_vek_overdraft(line, amount)
    refuse_more_than_open(commitment, amount)
    entry = book(
        kind=LedgerEntry.Kind.PAYMENT,
        commitment=commitment,
        line=line,
        amount=amount,
        effective_on=paid_on,
        by=by,
        note=reference,
    )
    payment = Payment.objects.create(
        claim=claim, entry=entry, reference=reference.strip(), paid_on=paid_on
    )
    tell_paid(claim)
    return payment


@transaction.atomic
def return_payment(*, payment: Payment, on: date, reason: str, by: User) -> LedgerEntry:
    """The bank sent a payment back in the year it was made: VEK comes back, the claim stands open.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: no reason, it came back already, or in another year than it was paid.
    """
    may_pay.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de betaling terugkeerde.")})
    booked = LedgerEntry.objects.select_related("line__budget_year").get(pk=payment.entry_id)
    year = booked.line.budget_year.year
    if on.year != year:
        raise ValidationError(
            {
                "on": _("Deze vereffening telt in %(year)s. Wat later terugkomt, is een ontvangst.")
                % {"year": year}
            }
        )
    line = lock_line(year=year, stream=booked.line.stream)
    commitment = lock_commitment(Commitment.objects.get(pk=booked.commitment_id))
    claim = lock_claim(payment.claim)
    payment = Payment.objects.get(pk=payment.pk)
    if payment.returned_on is not None:
        raise ValidationError(_("Deze betaling is al teruggekeerd."))
    if on < payment.paid_on:
        raise ValidationError({"on": _("Terugkeren kan niet vóór de dag van de betaling.")})
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "return", actor=by, comment=reason)
    payment.returned_on = on
    payment.save(update_fields=["returned_on"])
    payment_returned(payment)
    return book(
        kind=LedgerEntry.Kind.PAYMENT_REVERSAL,
        commitment=commitment,
        line=line,
        amount=booked.amount,
        effective_on=on,
        by=by,
        note=reason,
        reverses=booked,
    )


def refuse_vek_overdraft(line: BudgetLine, amount: Decimal) -> None:
    """Raises ValidationError, with the figures, when the line has less VEK than `amount`."""
    if amount > line.vek_available:
        raise ValidationError(
            _("In %(year)s is nog %(left)s vereffeningskrediet (VEK) over; gevraagd: %(asked)s.")
            % {
                "year": line.budget_year.year,
                "left": format_eur(line.vek_available),
                "asked": format_eur(amount),
            },
            code="vek",
        )
