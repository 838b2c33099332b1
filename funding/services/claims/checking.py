"""Checking a claim line by line, approving it as a second person, taking a check back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.money import ZERO, format_eur
from funding.costs import justified
from funding.lifecycle import INSTALMENT_LIFECYCLE
from funding.models import Claim, ClaimLine
from funding.ordered import refuse_ordered
from funding.policies import is_not_claimant, is_second_person, may_check_claim
from funding.services.claims.shared import (
    lock_claim,
    rate_of,
    refuse_changed_vat,
    refuse_rejected,
    vat_counts,
)
from funding.services.mails import tell_rejected


@dataclass(frozen=True)
class LineCheck:
    """What is accepted of one cost, EUR, and why when it is less. Nothing accepted: rejected."""

    line: int
    accepted: Decimal
    reason: str = ""


@transaction.atomic
def check_claim(
    *,
    claim: Claim,
    note: str,
    by: User,
    accepted_amount: Decimal | None = None,
    lines: Sequence[LineCheck] = (),
) -> Claim:
    """Record what of the claim is accepted. EUR. Accepting less needs a reason.

    A claim with costs is checked cost by cost, and the accepted amount follows: the part of the
    accepted costs that the grant pays, at most what was asked. `accepted_amount` is for a claim
    without costs, or lowers what follows from the costs. Nothing is accepted beyond what of the
    commitment is open, which after a final settlement is what is due.

    Raises:
        PermissionDenied: when `by` is not of the PIO team, or made the claim.
        ValidationError: not in a state to be checked, amount out of range, or a reason missing.
    """
    claim = lock_claim(claim)
    may_check_claim.check(by)
    is_not_claimant.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "check", actor=by, comment=note)
    claim.vat_counts = vat_counts(claim.instalment.commitment.project)
    entitled = _check_lines(claim, lines)
    most = min(entitled, claim.instalment.commitment.open_amount)
    accepted = most if accepted_amount is None else accepted_amount
    if accepted <= 0:
        raise ValidationError(
            {"accepted_amount": _("Vul een bedrag van meer dan nul in, of wijs de vordering af.")}
        )
    if most < accepted <= claim.amount:
        raise ValidationError(
            {
                "accepted_amount": _("U kunt hoogstens %(most)s aanvaarden.")
                % {"most": format_eur(most)}
            }
        )
    if accepted < entitled and not note.strip():
        raise ValidationError({"note": _("U aanvaardt minder dan gevraagd. Schrijf waarom.")})
    claim.accepted_amount = accepted
    claim.check_note = note.strip()
    claim.checked_by = by
    claim.checked_at = clock.now()
    with readable_constraints(fields={"funding_claim_accepted_within_asked": "accepted_amount"}):
        claim.save()
    return claim


def _check_lines(claim: Claim, checks: Sequence[LineCheck]) -> Decimal:
    """Write what is accepted per cost; give the most that can be accepted of the claim. EUR."""
    found = {line.pk: line for line in claim.lines.select_for_update().order_by("number")}
    for line in found.values():
        line.claim = claim  # so that `eligible` reads the VAT switch of now
    if set(found) != {one.line for one in checks} or len(checks) != len(found):
        raise ValidationError(_("Zeg bij elke kost wat u aanvaardt."))
    for one in checks:
        line = found[one.line]
        _refuse_check(line, one)
        line.accepted, line.reason = one.accepted, one.reason.strip()
        line.save(update_fields=["accepted", "reason"])
    if not found:
        return claim.amount
    accepted = sum((one.accepted for one in checks), ZERO)
    return min(claim.amount, justified(accepted, rate_of(claim.instalment.commitment)))


def _refuse_check(line: ClaimLine, one: LineCheck) -> None:
    if one.accepted < ZERO or one.accepted > line.eligible:
        raise ValidationError(
            {
                f"accepted_{line.pk}": _("Aanvaard een bedrag van nul tot %(most)s.")
                % {"most": format_eur(line.eligible)}
            }
        )
    if one.accepted < line.eligible and not one.reason.strip():
        raise ValidationError(
            {f"reason_{line.pk}": _("U aanvaardt minder dan de kost. Schrijf waarom.")}
        )


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
        ValidationError: the VAT switch of the call changed since the check.
    """
    claim = lock_claim(claim)
    is_second_person.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "approve", actor=by)
    refuse_changed_vat(claim)
    claim.approved_by = by
    claim.approved_at = clock.now()
    with readable_constraints():
        claim.save()
    return claim


@transaction.atomic
def recheck_claim(*, claim: Claim, reason: str, by: User) -> Claim:
    """Take back the check and the approval of a claim that is not paid; it is checked anew.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: no reason, it is paid, or it waits in a payment order.
    """
    may_check_claim.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de controle opnieuw moet.")})
    claim = lock_claim(claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "recheck", actor=by, comment=reason)
    refuse_ordered(claim)
    record(
        actor=by,
        action="claim.rechecked",
        label=_("Controle en goedkeuring teruggenomen"),
        about=claim,
        comment=reason,
        data={"accepted": str(claim.accepted_amount)},
    )
    claim.accepted_amount = None
    claim.checked_by = claim.approved_by = None
    claim.checked_at = claim.approved_at = None
    claim.save()
    return claim
