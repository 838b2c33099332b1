"""The instalment plan of a commitment: shares that total exactly 100 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.money import round_cents
from funding.lifecycle import INSTALMENT_LIFECYCLE, InstalmentState
from funding.models import Commitment, Instalment
from funding.policies import may_request_cofinancing
from funding.services.commitments import lock_commitment
from funding.services.mails import tell_claimable

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class PlannedInstalment:
    """Share in percent, the condition in words, and when it is expected."""

    share: Decimal
    condition: str
    expected_on: date | None = None


def default_plan(committed_on: date) -> list[PlannedInstalment]:
    """The configured schedule for a commitment of that day; 30/40/30 by default (domain.md 6.5)."""
    return [
        PlannedInstalment(Decimal(share), condition, committed_on + timedelta(days=days))
        for share, condition, days in settings.INSTALMENT_SCHEDULE
    ]


def split(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Amounts per share, rounded to the cent; the last one absorbs the rounding.

    Raises:
        ValidationError: when the shares do not total exactly 100.
    """
    if not shares or sum(shares) != HUNDRED or any(share <= 0 for share in shares):
        raise ValidationError(_("De schijven zijn samen niet precies 100 %."), code="shares")
    amounts = [round_cents(total * share / HUNDRED) for share in shares[:-1]]
    return [*amounts, total - sum(amounts)]


@transaction.atomic
def plan_instalments(
    *, commitment: Commitment, plan: Sequence[PlannedInstalment], by: User
) -> list[Instalment]:
    """Replace the plan of a commitment of which no instalment was opened yet.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: when shares do not total 100 %, or an instalment was opened already.
    """
    may_request_cofinancing.check(by)
    commitment = lock_commitment(commitment)
    amounts = split(commitment.committed - commitment.released, [item.share for item in plan])
    existing = list(commitment.instalments.select_for_update().order_by("pk"))
    if any(instalment.state != InstalmentState.PLANNED for instalment in existing):
        raise ValidationError(
            _("Er is al een schijf opvraagbaar of aangevraagd; het plan ligt vast.")
        )
    Instalment.objects.filter(pk__in=[instalment.pk for instalment in existing]).delete()
    instalments = Instalment.objects.bulk_create(
        Instalment(
            commitment=commitment,
            number=number,
            share=item.share,
            amount=amount,
            condition=item.condition,
            expected_on=item.expected_on,
        )
        for number, (item, amount) in enumerate(zip(plan, amounts, strict=True), 1)
    )
    record(
        actor=by,
        action="commitment.instalments_planned",
        label=_("Schijven gepland"),
        about=commitment.project,
        data={"shares": [str(item.share) for item in plan]},
    )
    return instalments


@transaction.atomic
def open_instalment(*, instalment: Instalment, by: User) -> Instalment:
    """The condition is met: the beneficiary may claim, and is told so.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        TransitionRefused: when the instalment is not planned any more.
    """
    may_request_cofinancing.check(by)
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project")
        .get(pk=instalment.pk)
    )
    instalment.opened_at = clock.now()
    INSTALMENT_LIFECYCLE.perform(instalment, "open", actor=by, save=["opened_at"])
    tell_claimable(instalment)
    return instalment
