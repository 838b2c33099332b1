"""A claim on an instalment: asked, checked, approved by a second person, paid from VEK."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.constraints import readable_constraints
from common.money import format_eur
from documents.models import StoredFile
from documents.services import store_upload
from funding.lifecycle import INSTALMENT_LIFECYCLE
from funding.models import BudgetLine, Claim, Commitment, Instalment, LedgerEntry, Payment
from funding.policies import (
    is_not_claimant,
    is_second_person,
    may_check_claim,
    may_claim,
    may_pay,
)
from funding.services.budget import lock_line
from funding.services.commitments import book, lock_commitment, refuse_more_than_open
from funding.services.mails import tell_paid, tell_rejected


@transaction.atomic
def claim_instalment(
    *,
    instalment: Instalment,
    amount: Decimal,
    statement: str,
    by: User,
    evidence: File | None = None,
) -> Claim:
    """Ask payment of an instalment. EUR. `evidence` is a file as it was sent; it is checked here.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the instalment is not claimable, the amount is not positive or more than
            the instalment, the statement is empty, or the file can't be kept.
    """
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project")
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
    claim = Claim(instalment=instalment, amount=amount, statement=statement.strip(), claimed_by=by)
    with readable_constraints(fields={"funding_claim_amount_positive": "amount"}):
        claim.save()
    if evidence is not None:
        # Last, so that a refusal above leaves no file behind.
        claim.evidence = _keep(evidence, by)
        claim.save(update_fields=["evidence"])
    return claim


def _keep(evidence: File, by: User) -> StoredFile:
    try:
        return store_upload(uploaded=evidence, created_by=by)
    except ValidationError as refusal:
        raise ValidationError({"evidence": refusal.error_list}) from refusal


@transaction.atomic
def check_claim(*, claim: Claim, accepted_amount: Decimal, note: str, by: User) -> Claim:
    """Record what of the claim is accepted. A lower amount needs findings. EUR.

    Raises:
        PermissionDenied: when `by` is not of the PIO team, or made the claim.
        ValidationError: not in a state to be checked, amount out of range, or findings missing.
    """
    claim = lock_claim(claim)
    may_check_claim.check(by)
    is_not_claimant.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "check", actor=by, comment=note)
    if accepted_amount <= 0:
        raise ValidationError(
            {"accepted_amount": _("Vul een bedrag van meer dan nul in, of wijs de vordering af.")}
        )
    if accepted_amount < claim.amount and not note.strip():
        raise ValidationError({"note": _("U aanvaardt minder dan gevraagd. Schrijf waarom.")})
    claim.accepted_amount = accepted_amount
    claim.check_note = note.strip()
    claim.checked_by = by
    claim.checked_at = clock.now()
    with readable_constraints(fields={"funding_claim_accepted_within_asked": "accepted_amount"}):
        claim.save()
    return claim


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by: User) -> Claim:
    """Send a claim back; the beneficiary may claim the instalment again.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: when there is no reason, or the claim was approved or paid already.
    """
    may_check_claim.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u de schuldvordering afwijst.")})
    claim = lock_claim(claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "reject", actor=by, comment=reason)
    claim.rejected_at = clock.now()
    claim.rejection_reason = reason.strip()
    claim.save()
    tell_rejected(claim)
    return claim


@transaction.atomic
def approve_claim(*, claim: Claim, by: User) -> Claim:
    """Approve a checked claim, as somebody else than who checked it.

    Raises:
        PermissionDenied: when `by` checked the claim, or is not of the programme office.
        TransitionRefused: when the claim is not checked.
    """
    claim = lock_claim(claim)
    is_second_person.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "approve", actor=by)
    claim.approved_by = by
    claim.approved_at = clock.now()
    with readable_constraints():
        claim.save()
    return claim


@transaction.atomic
def pay_claim(*, claim: Claim, paid_on: date, by: User, reference: str = "") -> Payment:
    """Record the payment: from the VEK of the year of payment, out of what is open.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: the claim is not approved, VEK is too short, or too little is open.
    """
    may_pay.check(by)
    # Locks in one order everywhere: budget line, then commitment, then instalment.
    commitment = Commitment.objects.select_related("line").get(instalments__claims=claim.pk)
    line = lock_line(year=paid_on.year, stream=commitment.line.stream)
    commitment = lock_commitment(commitment)
    claim = lock_claim(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "pay", actor=by, comment=reference)
    refuse_rejected(claim)
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


def refuse_rejected(claim: Claim) -> None:
    """Raises ValidationError: the instalment's state may be that of a later claim."""
    if claim.rejected_at is not None:
        raise ValidationError(_("Deze schuldvordering is afgewezen."), code="state")


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, locked until the transaction ends; its instalment first."""
    Instalment.objects.select_for_update(of=("self",)).get(claims=claim.pk)
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("instalment__commitment__project")
        .get(pk=claim.pk)
    )
