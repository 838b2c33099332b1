"""Reading a report from the streaming standby, and when not (docs/decisions/0015-read-replica.md).

A standby is right when it replayed all that the primary had committed when the question was asked.
The time of the last replayed transaction can't tell that: it stands still while nothing is booked,
and a booking carries an instant of before its commit. So places in the log (LSN) are compared: what
is committed on the primary lies before the place that it names, and we wait until the standby is
past it. A report "as known on D" is then the same on both, for every D up to that moment.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from django.conf import settings
from django.db import Error, connection, connections

from common.database import REPORTS, has_own_writes, reads_the_standby, standby_view

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY = 0.02
"""Seconds between two looks at a standby that is behind."""

AVOIDED = 30.0
"""Seconds in which a standby that did not answer is not asked again: every report would wait."""

# A commit that others see is written out, but for a server that does not wait for its disk.
_PRIMARY = """
    SELECT (SELECT system_identifier FROM pg_control_system()), current_database(),
        CASE current_setting('synchronous_commit')
        WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END::text
"""
_STANDBY = """
    SELECT (SELECT system_identifier FROM pg_control_system()), current_database(),
        pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, false),
        clock_timestamp() - pg_last_xact_replay_timestamp()
"""


class Reason(StrEnum):
    """Why a report reads the primary although there is a standby; stands in the log."""

    OWN_WRITES = "own_writes"
    UNREACHABLE = "unreachable"
    NO_STANDBY = "no_standby"
    OTHER_DATABASE = "other_database"
    BEHIND = "behind"
    BROKE_OFF = "broke_off"


@dataclass(frozen=True)
class Look:
    """What was found: no reason when reports may read there.

    `behind`: how old its last transaction is, when it is not up to date and knows any.
    """

    reason: Reason | None
    behind: timedelta | None = None


def has_standby() -> bool:
    """Whether REPORT_DATABASE_URL is set."""
    return REPORTS in connections.settings


def read_for_report(read: Callable[[], T]) -> T:
    """What `read` answers, from the standby when there is one that knows what the primary knows.

    For what only shows figures: never for what is followed by a write. `read` reads everything
    itself and leaves no lazy rows; it may be called a second time, on the primary, when the standby
    breaks off. Take the cut-off before the call: what is committed later may not be seen.
    """
    if not has_standby() or reads_the_standby():
        return read()
    reason = Reason.OWN_WRITES if has_own_writes() else _look_unless_avoided().reason
    if reason is None:
        try:
            with standby_view():
                return read()
        except Error:  # a lost connection, or a query that stood in the way of the replay
            logger.exception("report_broke_off", extra={"kind": Reason.BROKE_OFF.value})
            connections[REPORTS].close()
    else:
        logger.warning("report_reads_primary", extra={"kind": reason.value})
    return read()


class _Avoiding:
    """Until when, by the clock of the process, the standby is left alone."""

    until = 0.0


def _look_unless_avoided() -> Look:
    if time.monotonic() < _Avoiding.until:
        return Look(Reason.UNREACHABLE)
    found = look()
    if found.reason is Reason.UNREACHABLE:
        _Avoiding.until = time.monotonic() + AVOIDED
    return found


def look() -> Look:
    """Whether the standby knows what the primary knows now; waits for it a moment.

    Waits REPORT_DATABASE_PATIENCE seconds at most, and when it does not answer as long as the
    connection does (connect_timeout).
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRIMARY)
        system, database, place = cursor.fetchone()
    deadline = time.monotonic() + settings.REPORT_DATABASE_PATIENCE
    while True:
        try:
            with connections[REPORTS].cursor() as cursor:
                cursor.execute(_STANDBY, [place])
                its_system, its_database, in_recovery, is_past, behind = cursor.fetchone()
        except Error:
            connections[REPORTS].close()
            return Look(Reason.UNREACHABLE)
        if (its_system, its_database) != (system, database):
            return Look(Reason.OTHER_DATABASE)
        if not in_recovery:
            return Look(Reason.NO_STANDBY)
        if is_past:
            return Look(None)
        if time.monotonic() >= deadline:
            return Look(Reason.BEHIND, behind)
        time.sleep(LOOK_EVERY)
