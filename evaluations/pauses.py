"""How long the terms of a file stood still: pure functions over its pauses."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from common.moments import is_working_day, local_day


def paused_working_days(pauses: Iterable[Any]) -> int:
    """Working days of pauses that have ended; a day in two pauses counts once.

    The day on which a pause starts does not count, the day on which it ends does: a term that ran
    out yesterday is not revived by a question of today.
    """
    days: set[date] = set()
    for pause in pauses:
        first = local_day(pause.started_at) + timedelta(days=1)
        last = local_day(pause.ended_at)
        days |= {
            day
            for offset in range(max(0, (last - first).days + 1))
            if is_working_day(day := first + timedelta(days=offset))
        }
    return len(days)
