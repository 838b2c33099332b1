"""Having what people send looked at for viruses: a row that waits, a worker that is woken.

Nothing waits for the scanner but the reading of a file by somebody else than who sent it; a
proposal is submitted while its files still wait.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from common import clock
from documents import clamd, conf, storage
from documents.models import ScanState, StoredFile
from documents.services.requests import broker_hears

logger = logging.getLogger(__name__)

virus_found = Signal()
"""A virus was found in `stored`; listeners write in the transaction that keeps it."""

SCAN = "documents.scan_file"
ATTEMPTS = 3
"""So often the scanner may answer that it can't look at a file before that is its state."""
_AGAIN = timedelta(days=1)
"""After that a file that could not be scanned is tried anew: the limits may have been raised."""
_AT_ONCE = 100


def request_scan(stored: StoredFile) -> None:
    """From now on the file waits for the scanner; without one configured nothing happens."""
    if not conf.clamd_address():
        return
    stored.scan_state, stored.scan_announced_at = ScanState.PENDING, clock.now()
    stored.save(update_fields=["scan_state", "scan_announced_at"])
    transaction.on_commit(lambda: _announce(stored.pk))


def scan_file(*, file_id: UUID) -> str:
    """Have one file looked at and keep what was found; returns its state. Safe to run twice.

    When the scanner or the storage is away the file keeps waiting, and the sweep asks again.
    """
    stored = StoredFile.objects.filter(pk=file_id, scan_state=ScanState.PENDING).first()
    if stored is None:
        return ""
    try:
        with storage.here().open(stored.storage_name) as content:
            virus = clamd.scan(content, address=conf.clamd_address(), timeout=conf.clamd_timeout())
    except clamd.ScannerAway:
        logger.warning("scanner_away")
        return ScanState.PENDING
    except storage.StorageAway:
        logger.warning("storage_away")
        return ScanState.PENDING
    except (clamd.ScannerRefused, OSError) as error:
        return _refused(stored, type(error).__name__ if isinstance(error, OSError) else str(error))
    state = ScanState.INFECTED if virus else ScanState.CLEAN
    with transaction.atomic():
        if _settle(stored, state, virus) and virus:
            logger.error("virus_found", extra={"file": str(stored.pk)})
            virus_found.send(sender=StoredFile, stored=stored)
    return state


def sweep_scans() -> int:
    """Wake the scanner again for what waits too long; returns for how many files.

    A file that could not be scanned gets a new chance after a day.
    """
    if not conf.clamd_address():
        return 0
    now = clock.now()
    StoredFile.objects.filter(scan_state=ScanState.ERROR, scanned_at__lt=now - _AGAIN).update(
        scan_state=ScanState.PENDING, scanned_at=None, scan_attempt=0
    )
    lost = StoredFile.objects.filter(
        scan_state=ScanState.PENDING, scan_announced_at__lt=now - conf.requeue_after()
    ).order_by("scan_announced_at", "pk")
    announced = 0
    for file_id in list(lost.values_list("pk", flat=True)[:_AT_ONCE]):
        # Two sweeps at once: the one that writes the new instant announces.
        mine = lost.filter(pk=file_id).order_by().update(scan_announced_at=now)
        if mine and not _announce(file_id):
            break
        announced += mine
    return announced


def _refused(stored: StoredFile, words: str) -> str:
    attempt = stored.scan_attempt + 1
    if attempt < ATTEMPTS:
        StoredFile.objects.filter(pk=stored.pk, scan_state=ScanState.PENDING).update(
            scan_attempt=F("scan_attempt") + 1
        )
        return ScanState.PENDING
    _settle(stored, ScanState.ERROR, words)
    logger.error("file_not_scanned", extra={"file": str(stored.pk)})
    return ScanState.ERROR


def _settle(stored: StoredFile, state: ScanState, note: str) -> int:
    return StoredFile.objects.filter(pk=stored.pk, scan_state=ScanState.PENDING).update(
        scan_state=state, scan_note=note[:200], scanned_at=clock.now()
    )


def _announce(file_id: UUID) -> bool:
    """Wake a worker. False when the broker is away: the sweep tries again."""
    return broker_hears(SCAN, file_id)
