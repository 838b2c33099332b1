"""Playing a rehearsal: claim, play in the sandbox, keep what came of it. Safe to call twice."""

import logging
import tempfile
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock
from documents import storage
from documents.models import StoredFile
from documents.services import store_file
from rehearsals import conf
from rehearsals.lifecycle import REHEARSAL_LIFECYCLE, RehearsalState
from rehearsals.models import ItemKind, Rehearsal, RehearsalItem
from rehearsals.play import Outcome, Recorded, perform

logger = logging.getLogger(__name__)


class RehearsalLost(Exception):
    """Another attempt took over, because this one was silent for too long."""


def run_rehearsal(*, rehearsal_id: UUID) -> None:
    """Play a waiting rehearsal and keep its results.

    Does nothing when it is gone, done, or in the hands of a living worker. Never raises for a play
    that fails: the rehearsal then says why.
    """
    rehearsal = _claim(rehearsal_id)
    if rehearsal is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="oefening-") as name:
            with _SignOfLife(rehearsal) as report:
                outcome = perform(
                    call_id=rehearsal.call_id,
                    applicants=rehearsal.applicants,
                    seed=rehearsal.seed,
                    keep_in=Path(name),
                    report=report,
                )
            _keep(rehearsal, outcome)
    except RehearsalLost:
        logger.warning("rehearsal_lost", extra={"rehearsal": str(rehearsal_id)})
    except ValidationError as refusal:
        _fail(rehearsal, " ".join(refusal.messages))
    except ObjectDoesNotExist:
        logger.info("rehearsal_gone", extra={"rehearsal": str(rehearsal_id)})
    except SoftTimeLimitExceeded:
        _fail(rehearsal, _("Het spelen duurde te lang en werd gestopt."))
    except Exception:
        logger.exception("rehearsal_failed", extra={"rehearsal": str(rehearsal_id)})
        _fail(
            rehearsal,
            _("Er ging iets mis bij het spelen. Probeer opnieuw of meld het aan de beheerder."),
        )


def _claim(rehearsal_id: UUID) -> Rehearsal | None:
    now = clock.now()
    with transaction.atomic():
        rehearsal = (
            Rehearsal.objects.claimable()
            .select_for_update(skip_locked=True)
            .filter(pk=rehearsal_id)
            .first()
        )
        if rehearsal is None:
            return None
        rehearsal.attempt += 1
        rehearsal.started_at = now
        rehearsal.lease_until = now + conf.lease()
        rehearsal.percent, rehearsal.message = 0, ""
        REHEARSAL_LIFECYCLE.perform(
            rehearsal,
            "start",
            actor=None,
            save=["attempt", "started_at", "lease_until", "percent", "message"],
        )
    return rehearsal


def _keep(rehearsal: Rehearsal, outcome: Outcome) -> None:
    """Write everything in one transaction, the first that touches the real tables.

    Raises:
        RehearsalLost: when a later attempt has it; nothing is written then.
    """
    written: list[str] = []
    try:
        with transaction.atomic():
            current = _still_mine(rehearsal)
            if current is None:
                raise RehearsalLost(str(rehearsal.pk))
            kept = RehearsalItem.objects.bulk_create(
                RehearsalItem(rehearsal=current, file=_store(current, item, written), **item.fields)
                for item in outcome.items
            )
            _tie_mails(outcome.items, kept)
            current.summary = _summary(outcome)
            current.percent, current.message = 100, ""
            current.lease_until, current.finished_at = None, clock.now()
            REHEARSAL_LIFECYCLE.perform(
                current,
                "finish",
                actor=None,
                save=["summary", "percent", "message", "lease_until", "finished_at"],
            )
    except BaseException:
        for name in written:
            storage.here().withdraw(name)
        raise


def _store(rehearsal: Rehearsal, item: Recorded, written: list[str]) -> StoredFile | None:
    if item.path is None:
        return None
    stored = store_file(
        content=item.path,
        name=item.file_name,
        content_type=item.content_type,
        created_by=rehearsal.requested_by,
    )
    written.append(stored.storage_name)
    return stored


def _tie_mails(items: list[Recorded], kept: list[RehearsalItem]) -> None:
    """Let each reminder point to the mail that it became."""
    mails = {item.own_mail: row for item, row in zip(items, kept, strict=True) if item.own_mail}
    reminders = []
    for item, row in zip(items, kept, strict=True):
        if item.sent_mail is not None:
            row.mail = mails[item.sent_mail]
            reminders.append(row)
    RehearsalItem.objects.bulk_update(reminders, ["mail"])


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "counts": {
            kind: sum(item.fields["kind"] == kind for item in outcome.items)
            for kind in ItemKind.values
        },
        "remarks": outcome.remarks,
        "moments": {name: _iso(instant) for name, instant in outcome.moments.items()},
    }


def _iso(instant: datetime) -> str:
    return instant.isoformat()


def _fail(rehearsal: Rehearsal, sentence: str) -> None:
    with transaction.atomic():
        current = _still_mine(rehearsal)
        if current is None:
            return
        current.error, current.message = sentence, ""
        current.lease_until, current.finished_at = None, clock.now()
        REHEARSAL_LIFECYCLE.perform(
            current,
            "fail",
            actor=None,
            save=["error", "message", "lease_until", "finished_at"],
        )


def _still_mine(rehearsal: Rehearsal) -> Rehearsal | None:
    return (
        Rehearsal.objects.select_for_update(of=("self",))
        .select_related("requested_by")
        .filter(pk=rehearsal.pk, attempt=rehearsal.attempt, state=RehearsalState.RUNNING)
        .first()
    )


class _SignOfLife:
    """Writes how far the play is, from a thread with a connection of its own: what the play's own
    connection writes is never committed. Call it to report."""

    EVERY = 1.0  # second

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal_id = rehearsal.pk
        self._attempt = rehearsal.attempt
        self._now = (0, "")
        self._lost = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __call__(self, percent: int, message: str) -> None:
        if self._lost:
            raise RehearsalLost(str(self._rehearsal_id))
        self._now = (max(self._now[0], min(percent, 99)), message)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self.EVERY):
                self._write(*self._now)
        finally:
            connection.close()

    def _write(self, percent: int, message: str) -> None:
        row = Rehearsal.objects.filter(pk=self._rehearsal_id)
        try:
            mine = row.filter(attempt=self._attempt, state=RehearsalState.RUNNING).update(
                percent=percent, message=message, lease_until=clock.now() + conf.lease()
            )
            if not mine:
                self._lost = row.exclude(attempt=self._attempt).exists()
        except Exception:
            # The database may be away for a moment; the lease says how long that may last.
            logger.warning("rehearsal_sign_of_life_failed", exc_info=True)
            connection.close()
