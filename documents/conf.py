"""The engine's numbers, with defaults that settings may replace."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path

from django.conf import settings

_kept_elsewhere: ContextVar[Path | None] = ContextVar("files_kept_elsewhere", default=None)


def max_upload_bytes() -> int:
    """DOCUMENT_MAX_UPLOAD_BYTES, 20 MB (of 1,000,000 bytes) by default."""
    return int(getattr(settings, "DOCUMENT_MAX_UPLOAD_BYTES", 20_000_000))


def max_unpacked_bytes() -> int:
    """DOCUMENT_MAX_UNPACKED_BYTES: how big an office file may unpack, 200 MB by default."""
    return int(getattr(settings, "DOCUMENT_MAX_UNPACKED_BYTES", 200_000_000))


def max_workbook_bytes() -> int:
    """DOCUMENT_MAX_WORKBOOK_BYTES: how big a spreadsheet that is read may be, 5 MB by default."""
    return int(getattr(settings, "DOCUMENT_MAX_WORKBOOK_BYTES", 5_000_000))


def max_unpacked_workbook_bytes() -> int:
    """DOCUMENT_MAX_UNPACKED_WORKBOOK_BYTES: the same, unpacked; 40 MB by default."""
    return int(getattr(settings, "DOCUMENT_MAX_UNPACKED_WORKBOOK_BYTES", 40_000_000))


def clamd_address() -> str:
    """CLAMD_ADDRESS: a Unix socket (a path) or host:port; empty: files are not scanned."""
    return str(getattr(settings, "CLAMD_ADDRESS", ""))


def clamd_timeout() -> int:
    """CLAMD_TIMEOUT: seconds that the scanner may be silent, 60 by default."""
    return int(getattr(settings, "CLAMD_TIMEOUT", 60))


def lease() -> timedelta:
    """DOCUMENT_LEASE_SECONDS: a worker silent for this long is taken for dead; 60 by default."""
    return timedelta(seconds=getattr(settings, "DOCUMENT_LEASE_SECONDS", 60))


def requeue_after() -> timedelta:
    """DOCUMENT_REQUEUE_SECONDS: a job that waits this long is announced again; 60 by default."""
    return timedelta(seconds=getattr(settings, "DOCUMENT_REQUEUE_SECONDS", 60))


def max_attempts() -> int:
    """DOCUMENT_MAX_ATTEMPTS, 3 by default."""
    return int(getattr(settings, "DOCUMENT_MAX_ATTEMPTS", 3))


def kept_days(kind: str, declared: int | None) -> int:
    """Days after which the file of a job is purged; 0 is never.

    DOCUMENT_KEPT_DAYS_BY_KIND goes before what the kind declares, and that before
    DOCUMENT_KEPT_DAYS.
    """
    of_kind = settings.DOCUMENT_KEPT_DAYS_BY_KIND.get(kind, declared)
    return int(settings.DOCUMENT_KEPT_DAYS if of_kind is None else of_kind)


def media_root() -> Path:
    """MEDIA_ROOT, unless a rehearsal keeps its files elsewhere."""
    return _kept_elsewhere.get() or Path(settings.MEDIA_ROOT)


def are_kept_elsewhere() -> bool:
    """Whether this is a rehearsal, which keeps its files in a folder of its own."""
    return _kept_elsewhere.get() is not None


@contextmanager
def files_kept_in(folder: Path) -> Iterator[None]:
    """Within the block, files are kept in and read from `folder`; for this task or thread only."""
    token = _kept_elsewhere.set(folder)
    try:
        yield
    finally:
        _kept_elsewhere.reset(token)


def work_root() -> Path:
    """Where files are written before they are published: on disk too when those go to a bucket.

    The same disk as MEDIA_ROOT, so that a rename is atomic.
    """
    return media_root() / "tmp"
