"""Keeping a file beyond its term while an appeal, a recovery or an audit runs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common import clock
from common.constraints import readable_constraints
from projects.models import Proposal
from retention.models import HoldReason, LegalHold
from retention.policies import may_hold


def place_hold(*, proposal: Proposal, reason: str, explanation: str, by: Any) -> LegalHold:
    """Keep the file whatever its term, until somebody lifts this.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when the file is held for this reason already.
    """
    may_hold.check(by)
    with transaction.atomic(), readable_constraints():
        # The same lock as destroying takes: it comes before this or sees it.
        locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        hold = LegalHold.objects.create(
            proposal=locked, reason=HoldReason(reason), explanation=explanation, placed_by=by
        )
        record(
            actor=by,
            action="retention.hold_placed",
            label="Dossier aangehouden",
            about=locked,
            comment=explanation,
            data={"reason": reason},
        )
    return hold


def lift_hold(*, hold: LegalHold, by: Any) -> LegalHold:
    """Let the term of the file count again.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when somebody did so already.
    """
    may_hold.check(by)
    with transaction.atomic():
        locked = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
        if locked.lifted_at is not None:
            raise ValidationError(_("Dit dossier is al vrijgegeven."))
        locked.lifted_by, locked.lifted_at = by, clock.now()
        locked.save(update_fields=["lifted_by", "lifted_at"])
        record(
            actor=by,
            action="retention.hold_lifted",
            label="Dossier niet meer aangehouden",
            about=locked.proposal,
            data={"reason": locked.reason},
        )
    return locked
