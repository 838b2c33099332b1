"""How long the terms of a file stood still: pure functions over its pauses."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from common.moments import add_working_days, is_working_day, local_day


def paused_working_days(pauses: Iterable[Any], since: datetime | None = None) -> int:
    """Working days of pauses that have ended; a day in two pauses counts once.

    The day on which a pause starts does not count, the day on which it ends does: a term that ran
    out yesterday is not revived by a question of today. Of a term that began at `since`, only what
    stood still after that counts.
    """
    days: set[date] = set()
    for pause in pauses:
        if pause.ended_at is None:
            continue
        start = pause.started_at if since is None else max(pause.started_at, since)
        first = local_day(start) + timedelta(days=1)
        last = local_day(pause.ended_at)
        days |= {
            day
            for offset in range(max(0, (last - first).days + 1))
            if is_working_day(day := first + timedelta(days=offset))
        }
    return len(days)


def moved_by_pauses(day: date, pauses: Iterable[Any], since: datetime | None = None) -> date:
    """The last day of a term, as many working days later as the file stood still."""
    count = paused_working_days(pauses, since)
    return add_working_days(day, count) if count else day


def stands_still_since(pauses: Iterable[Any]) -> datetime | None:
    """Since when the terms stand still; None while they run."""
    return min((pause.started_at for pause in pauses if pause.ended_at is None), default=None)
