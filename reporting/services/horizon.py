"""Closing the past, before a document says what was known (docs/decisions/0011-as-of.md)."""

import time
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from reporting.models import Horizon

PATIENCE = 10.0
LOOK_EVERY = 0.02
"""Seconds."""

# Of this database only, and only transactions that wrote or read the horizon: those have a number.
_WRITING = """
    SELECT pid, backend_xid::text FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def close_the_past(*, until: datetime, by: User | None) -> Horizon:
    """See to it that nothing recorded before `until` (exclusive) can appear any more.

    First the horizon is written, so that a booking or fact that is added from now on is recorded at
    the horizon or later. Then the transactions that run at that moment, and may not have seen it,
    are waited for. No lock is taken, so nobody who books waits or meets a deadlock. Call it outside
    a transaction: inside one, nobody else sees the horizon before it ends.

    Raises:
        ValidationError: `until` lies in the future, or a transaction does not end in time.
    """
    if until > clock.now():
        raise ValidationError(_("Wat later bekend wordt, kan nu nog niet vastgelegd worden."))
    horizon = Horizon.objects.filter(known_until__gte=until).order_by("known_until").first()
    if horizon is None:
        with transaction.atomic():
            horizon = Horizon.objects.create(known_until=until, closed_by=by)
    # Also when somebody else wrote it: that person may still be waiting.
    _wait_for_writers()
    return horizon


def is_closed(instant: datetime) -> bool:
    """Whether nothing can be added any more to what was known before `instant`."""
    latest = Horizon.objects.aggregate(latest=Max("known_until"))["latest"]
    return latest is not None and instant <= latest


def _wait_for_writers() -> None:
    running = _writers()
    began = time.monotonic()
    while running:
        if time.monotonic() - began > PATIENCE:
            raise ValidationError(
                _("Er loopt nog een boeking die niet klaar raakt. Probeer het zo dadelijk opnieuw.")
            )
        time.sleep(LOOK_EVERY)
        running &= _writers()


def _writers() -> set[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # one transaction sees one list otherwise
        cursor.execute(_WRITING)
        return set(cursor.fetchall())
