"""How a report reads the database: at one instant, and from which server."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

REPORTS = "reports"
"""The streaming standby that reports may read from; only there when REPORT_DATABASE_URL is set."""

_source: ContextVar[str] = ContextVar("source", default=DEFAULT_DB_ALIAS)
_in_view: ContextVar[bool] = ContextVar("in_view", default=False)


@contextmanager
def consistent_view() -> Iterator[None]:
    """All reads see the database as it was at one instant, so that sheet 1 sums what sheet 2 lists.

    Inside another transaction (a test) that transaction decides.
    """
    reading = reading_connection()
    if reading.in_atomic_block:
        yield
        return
    with transaction.atomic(using=reading.alias):
        with reading.cursor() as cursor:
            # Of the transaction, not of the session: a pool gives the connection to others.
            read_only = ", READ ONLY" if reading.alias == REPORTS else ""
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ{read_only}")
        told = _in_view.set(True)
        try:
            yield
        finally:
            _in_view.reset(told)


@contextmanager
def standby_view() -> Iterator[None]:
    """The same, and of the standby: what the ORM and `reading_connection` read comes from there.

    What is read must be read within the block: a query that runs later asks the primary.
    """
    told = _source.set(REPORTS)
    try:
        with consistent_view():
            yield
    finally:
        _source.reset(told)


def reading_connection() -> "BaseDatabaseWrapper":
    """Where SQL of our own reads: the primary, but for what stands within `standby_view`."""
    return connections[_source.get()]


def reads_the_standby() -> bool:
    """Whether this code runs within `standby_view`."""
    return _source.get() == REPORTS


def has_own_writes() -> bool:
    """Whether this code stands in a transaction that may have written: only it sees what."""
    return connections[DEFAULT_DB_ALIAS].in_atomic_block and not _in_view.get()


class ReportRouter:
    """Reads follow `standby_view`, writes go to the primary; wherever a row was read from.

    Installed only when there is a standby (settings/database.py).
    """

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _source.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """
        Raises:
            RuntimeError: within `standby_view`, where nothing would see what was written.
        """
        if reads_the_standby():
            raise RuntimeError(f"A report writes nothing, and this writes {model._meta.label}.")
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # both servers hold the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
