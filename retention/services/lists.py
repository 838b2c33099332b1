"""Two people decide on a list: one proposes it, another approves it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common import clock
from common.constraints import readable_constraints
from retention.lifecycle import LIST_LIFECYCLE, ListState
from retention.models import DestructionItem, DestructionList, ItemState
from retention.policies import may_propose
from retention.waking import wake


def leave_item(*, item: DestructionItem, reason: str, by: Any) -> DestructionItem:
    """Take one thing off a list that nobody proposed yet; it comes back on the next list.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when the list was proposed already, or no reason is given.
    """
    may_propose.check(by)
    with transaction.atomic():
        drawn = DestructionList.objects.select_for_update().get(pk=item.list_id)
        if drawn.state != ListState.DRAWN:
            raise ValidationError(
                _("Deze lijst is al voorgesteld. Klopt ze niet? Kies “De lijst niet uitvoeren”.")
            )
        if not reason.strip():
            raise ValidationError({"reason": _("Schrijf waarom dit niet vernietigd wordt.")})
        locked = DestructionItem.objects.select_for_update().get(pk=item.pk)
        locked.state, locked.note = ItemState.LEFT, reason.strip()[:300]
        locked.save(update_fields=["state", "note"])
        record(
            actor=by,
            action="retention.item_left",
            label="Van de vernietigingslijst gehaald",
            about=drawn,
            comment=reason,
            data={"item": item.pk, "number": item.number},
        )
    return locked


def propose_list(*, drawn: DestructionList, by: Any) -> None:
    """Say that what waits on the list may be destroyed; another person must agree.

    Raises:
        PermissionDenied, TransitionRefused: when `by` may not, or it was proposed before.
        ValidationError: when everything was taken off.
    """
    with transaction.atomic():
        if not drawn.items.filter(state=ItemState.WAITING).exists():
            raise ValidationError(
                _("Alles is van deze lijst gehaald. Kies “De lijst niet uitvoeren”.")
            )
        drawn.proposed_by, drawn.proposed_at = by, clock.now()
        LIST_LIFECYCLE.perform(drawn, "propose", actor=by, save=["proposed_by", "proposed_at"])


def approve_list(*, drawn: DestructionList, by: Any) -> None:
    """Agree, as the second person; the worker carries it out, and nothing brings it back.

    Raises:
        PermissionDenied: when `by` may not, or proposed it.
        TransitionRefused: when it is not proposed (any more).
    """
    with transaction.atomic(), readable_constraints():
        # Who proposed is read under the lock: the rule of two people hangs on it.
        locked = DestructionList.objects.select_for_update().get(pk=drawn.pk)
        locked.approved_by, locked.approved_at = by, clock.now()
        LIST_LIFECYCLE.perform(locked, "approve", actor=by, save=["approved_by", "approved_at"])
        transaction.on_commit(lambda: wake(locked.pk))
    drawn.refresh_from_db()


def drop_list(*, drawn: DestructionList, reason: str, by: Any) -> None:
    """Decide that this list is not carried out.

    Raises:
        PermissionDenied, TransitionRefused: when `by` may not, or it was approved.
        ValidationError: without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de lijst niet uitgevoerd wordt.")})
    with transaction.atomic():
        LIST_LIFECYCLE.perform(drawn, "drop", actor=by, comment=reason)
