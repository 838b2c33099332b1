"""Carrying out an approved list: item by item, each in a transaction of its own.

The list and its items are the job: a worker that dies leaves an item that waits, and the sweep
goes on with it. An item is destroyed once: it is locked, judged again, and marked in the
transaction in which its rows go.
"""

import logging
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.context import acting
from audit.emptying import empty_record
from common import clock
from projects.models import Proposal
from retention.finding import FILE, PERSON, due
from retention.lifecycle import LIST_LIFECYCLE, ListState
from retention.models import DestructionItem, DestructionList, ItemState, PrivacyRequest
from retention.registry import LOGS
from retention.services.destroying import (
    Destroyed,
    destroy_file,
    destroy_old_rows,
    empty_request,
    erase_account,
)

logger = logging.getLogger(__name__)
TO_DO = (ItemState.WAITING, ItemState.FAILED)


def carry_out_waiting() -> int:
    """Go on with every approved list; the sweep. Returns how many items were destroyed."""
    lists = DestructionList.objects.filter(state=ListState.APPROVED).values_list("pk", flat=True)
    return sum(carry_out(list_id=pk) for pk in list(lists))


def carry_out(*, list_id: int) -> int:
    """Destroy what waits on an approved list, and close it. Safe to run twice, also at once."""
    done = 0
    items = DestructionItem.objects.filter(
        list=list_id, list__state=ListState.APPROVED, state__in=TO_DO
    )
    for pk in list(items.values_list("pk", flat=True)):
        try:
            done += _carry_out_one(pk)
        except Exception:
            logger.exception("destruction_failed", extra={"count": pk})
            DestructionItem.objects.filter(pk=pk, state__in=TO_DO).update(state=ItemState.FAILED)
    with transaction.atomic():
        drawn = DestructionList.objects.select_for_update().filter(pk=list_id).first()
        is_over = drawn is not None and drawn.state == ListState.APPROVED and not items.exists()
        if drawn is not None and is_over:
            drawn.finished_at = clock.now()
            LIST_LIFECYCLE.perform(drawn, "finish", actor=None, save=["finished_at"])
    return done


def _carry_out_one(pk: int) -> bool:
    with transaction.atomic(), acting(via="retention.carry_out"):
        item = (
            DestructionItem.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("list__rule", "list__approved_by")
            .filter(pk=pk, state__in=TO_DO)
            .first()
        )
        if item is None:
            return False
        gone = _destroy(item)
        if gone is None:
            item.state = ItemState.LEFT
            item.note = _(
                "De termijn was toen niet (meer) voorbij, of het dossier was aangehouden."
            )
        else:
            item.state, item.note, item.done_at = ItemState.DONE, "", clock.now()
            item.rows, item.files, item.hash = gone.rows, gone.files, gone.hash
            if item.kind not in LOGS:
                _empty_record(item, gone)
        item.save()
        return gone is not None


def _empty_record(item: DestructionItem, gone: Destroyed) -> None:
    empty_record(
        things=gone.things,
        actor=item.list.approved_by,
        about=item.list,
        label="Dossier, account of vraag vernietigd",
        data={
            "item": item.pk,
            "number": item.number,
            "rows": gone.rows,
            "files": gone.files,
            "hash": gone.hash,
            "proposed_by": item.list.proposed_by_id,
            "approved_by": item.list.approved_by_id,
        },
    )


def _destroy(item: DestructionItem) -> Destroyed | None:
    """None when it may not be destroyed any more: a hold, a sign-in, a longer term."""
    rule = item.list.rule
    if item.kind in LOGS:
        return destroy_old_rows(item.kind, item.list.until)
    row = _locked(item)
    if row is None or not due(rule, only=item.object_id):
        return None
    if isinstance(row, Proposal):
        return destroy_file(row)
    return erase_account(row) if isinstance(row, User) else empty_request(row)


def _locked(item: DestructionItem) -> Any:
    models = {FILE.lower(): Proposal, PERSON.lower(): User}
    model: Any = models.get(item.kind, PrivacyRequest)
    return model.objects.select_for_update(of=("self",)).filter(pk=item.object_id).first()
