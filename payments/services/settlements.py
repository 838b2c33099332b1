"""The final settlement of a commitment (domain.md 6.2), and asking back what was paid too much."""

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from stdnum.be import ogm_vcs

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from common import clock
from common.constraints import readable_constraints
from common.moments import today
from common.money import ZERO, format_eur
from documents.services import request_document
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, Claim, Commitment
from funding.services import book_recovery, release_commitment
from funding.services.claims import rate_of
from funding.services.commitments import lock_commitment
from funding.settlement import settlement as settle
from notifications.services import portal_url, queue_mail
from payments.lifecycle import RECOVERY_LIFECYCLE, SETTLEMENT_LIFECYCLE
from payments.models import RecoveryReceipt, RecoveryRequest, Settlement
from payments.policies import may_book_recovery, may_confirm_settlement, may_propose_settlement
from payments.services.orders import fund_account

LETTER_KIND = "payments.recovery_letter"
UNDER_WAY = [InstalmentState.CLAIMED, InstalmentState.CHECKED, InstalmentState.APPROVED]


def due_of(commitment: Commitment, accepted_cost: Decimal) -> Decimal:
    """What is still due when the final cost is `accepted_cost`; negative: paid too much. EUR.

    The grant is what is left of it after releases; what came back counts as not paid.
    """
    return settle(
        granted=commitment.committed - commitment.released,
        accepted_final_cost=accepted_cost,
        rate=rate_of(commitment),
        paid=commitment.paid - commitment.recovered,
    )


@transaction.atomic
def propose_settlement(
    *, commitment: Commitment, accepted_cost: Decimal, note: str, by: User
) -> Settlement:
    """Work out the final settlement; another programme manager confirms it. EUR.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        ValidationError: no note, a negative cost, or there is a settlement already.
    """
    may_propose_settlement.check(by)
    if not note.strip():
        raise ValidationError({"note": _("Schrijf waarop de aanvaarde kosten steunen.")})
    if accepted_cost < ZERO:
        raise ValidationError({"accepted_cost": _("Een bedrag is niet negatief.")})
    commitment = _lock(commitment)
    with readable_constraints():
        return Settlement.objects.create(
            commitment=commitment,
            accepted_cost=accepted_cost,
            rate=rate_of(commitment),
            granted=commitment.committed - commitment.released,
            paid=commitment.paid - commitment.recovered,
            due=due_of(commitment, accepted_cost),
            note=note.strip(),
            proposed_by=by,
        )


@transaction.atomic
def confirm_settlement(*, settlement: Settlement, by: User) -> Settlement:
    """Confirm: what stays open beyond the due is released; what was paid too much is asked back.

    Claims that come after are accepted up to what is then open, which is the due.

    Raises:
        PermissionDenied: when `by` proposed it, or is not a programme manager.
        ValidationError: it is settled or withdrawn, money moved since it was proposed, or a claim
            under way asks more than is due.
    """
    may_confirm_settlement.check(by, settlement)
    commitment = _lock(settlement.commitment)
    settlement.confirmed_by, settlement.confirmed_at = by, clock.now()
    now = (
        commitment.committed - commitment.released,
        commitment.paid - commitment.recovered,
        due_of(commitment, settlement.accepted_cost),
    )
    if now != (settlement.granted, settlement.paid, settlement.due):
        raise ValidationError(
            _("Sinds het voorstel is er betaald of vrijgegeven. Trek het in en maak een nieuw.")
        )
    due = max(settlement.due, ZERO)
    _refuse_more_under_way(commitment, due)
    settlement.released = max(commitment.open_amount - due, ZERO)
    with readable_constraints():
        SETTLEMENT_LIFECYCLE.perform(
            settlement, "confirm", actor=by, save=["confirmed_by", "confirmed_at", "released"]
        )
    if settlement.released:
        release_commitment(
            commitment=commitment,
            amount=settlement.released,
            reason=_("Eindafrekening: %(note)s") % {"note": settlement.note},
            by=by,
        )
    if settlement.overpaid:
        _ask_back(settlement, by)
    return settlement


def _refuse_more_under_way(commitment: Commitment, due: Decimal) -> None:
    """A claim that is under way must fit in what is due: its check is done again, or it goes."""
    claims = Claim.objects.filter(
        instalment__commitment=commitment,
        instalment__state__in=UNDER_WAY,
        rejected_at__isnull=True,
    )
    accepted = claims.aggregate(sum=Sum("accepted_amount"))["sum"] or ZERO
    if accepted > due:
        raise ValidationError(
            _(
                "Er loopt nog een schuldvordering van %(sum)s, meer dan wat verschuldigd is. Laat "
                "ze eerst opnieuw controleren."
            )
            % {"sum": format_eur(accepted)}
        )


def _ask_back(settlement: Settlement, by: User) -> RecoveryRequest:
    name, iban, _bic = fund_account()
    project = settlement.commitment.project
    recovery = RecoveryRequest.objects.create(
        settlement=settlement,
        amount=settlement.overpaid,
        reason=settlement.note,
        due_on=today() + timedelta(days=settings.RECOVERY_DAYS),
        communication=communication_for(settlement.pk),
        creditor_name=name,
        creditor_iban=iban,
        asked_by=by,
    )
    _write_letter(recovery, by)
    for person in members_with_role(project.organisation_id, MemberRole.SUBMITTER):
        queue_mail(
            kind="payments.recovery",
            to=person,
            template="payments/mail/recovery.md",
            context=mail_context(recovery),
            about=project,
            dedupe_key=f"payments.recovery:{recovery.pk}:{person.pk}",
        )
    return recovery


def _write_letter(
    recovery: RecoveryRequest, by: User, receipt: RecoveryReceipt | None = None
) -> None:
    """A letter that says what is still to pay, after `receipt` when something came in."""
    number = recovery.settlement.commitment.number
    recovery.letter = request_document(
        kind=LETTER_KIND,
        params={
            "recovery": recovery.pk,
            "number": number,
            "receipt": receipt.pk if receipt else 0,
            "day": today().isoformat(),
        },
        requested_by=by,
        about=recovery.settlement.commitment.project,
        title=_("Brief over terugvordering %(number)s") % {"number": number},
    )
    recovery.save(update_fields=["letter"])


def communication_for(key: int) -> str:
    """Ten digits and two that check them: what a transfer is recognised by."""
    first_ten = f"{key:010d}"
    return f"{first_ten}{ogm_vcs.calc_check_digits(first_ten)}"


def mail_context(recovery: RecoveryRequest) -> dict[str, object]:
    """Which project and by when; no amount."""
    project = recovery.settlement.commitment.project
    return {
        "title": project.title,
        "reference": project.reference,
        "due_on": recovery.due_on,
        "recovery_url": portal_url("payments:recovery", project.reference, recovery.pk),
    }


@transaction.atomic
def withdraw_settlement(*, settlement: Settlement, by: User) -> Settlement:
    """Take a proposal back, so that another can be made.

    Raises:
        PermissionDenied: when `by` is not of the programme office.
        TransitionRefused: when it was confirmed already.
    """
    may_propose_settlement.check(by)
    SETTLEMENT_LIFECYCLE.perform(settlement, "withdraw", actor=by)
    return settlement


@transaction.atomic
def receive_recovery(
    *,
    recovery: RecoveryRequest,
    amount: Decimal,
    received_on: date,
    by: User,
    reference: str = "",
) -> RecoveryRequest:
    """Book an amount that came in; the recovery is received when all of it did. EUR.

    As long as something stays open a new letter says how much. `reference` is the bank's: the same
    receipt is booked once.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: it came in already, the day is still to come, or the amount is not
            positive or more than what is open.
    """
    may_book_recovery.check(by)
    if received_on > today():
        raise ValidationError({"received_on": _("Deze dag moet nog komen.")})
    commitment = _lock(recovery.settlement.commitment)
    recovery = (
        RecoveryRequest.objects.select_for_update(of=("self",))
        .select_related("settlement__commitment__project")
        .get(pk=recovery.pk)
    )
    if not RECOVERY_LIFECYCLE.allows(recovery, "receive"):
        raise ValidationError(_("Dit bedrag is al ontvangen."))
    if amount > recovery.still_open:
        raise ValidationError(
            {
                "amount": _(
                    "Van deze terugvordering staat nog %(open)s open. Boek hoogstens dat bedrag en "
                    "stort terug wat te veel is."
                )
                % {"open": format_eur(recovery.still_open)}
            }
        )
    entry = book_recovery(
        commitment=commitment,
        amount=amount,
        reason=_("Eindafrekening, mededeling %(words)s")
        % {"words": recovery.structured_communication},
        received_on=received_on,
        by=by,
    )
    with readable_constraints(fields={"payments_receipt_reference_once": "reference"}):
        receipt = RecoveryReceipt.objects.create(
            recovery=recovery, entry=entry, reference=reference.strip()
        )
    recovery.received += amount
    if recovery.still_open:
        recovery.save(update_fields=["received"])
        _write_letter(recovery, by, receipt)
    else:
        RECOVERY_LIFECYCLE.perform(recovery, "receive", actor=by, save=["received"])
    return recovery


def _lock(commitment: Commitment) -> Commitment:
    """The commitment as it is now; its budget line first, as everywhere."""
    BudgetLine.objects.select_for_update(of=("self",)).get(pk=commitment.line_id)
    return lock_commitment(commitment)
