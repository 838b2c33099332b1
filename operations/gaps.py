"""Outages out of heartbeats: pure functions, no clock and no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Gap:
    """Nothing was heard between the two instants: `began` is the last sign, `ended` the next."""

    began: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        return self.ended - self.began


def gaps(signs: Iterable[datetime], *, shortest: timedelta) -> list[Gap]:
    """Every pause of more than `shortest` between two neighbouring signs, oldest first.

    What lies before the first and after the last sign is not judged: there the portal did not run
    yet, or it may still come back.

    >>> gaps([at(0), at(1), at(9)], shortest=timedelta(minutes=5))
    [Gap(began=at(1), ended=at(9))]
    """
    ordered = sorted(signs)
    return [Gap(before, after) for before, after in pairwise(ordered) if after - before > shortest]


def lost_time(gap: Gap, *, opens: datetime, closes: datetime) -> timedelta:
    """How much of the window [opens, closes) an outage took away; zero when it lies outside."""
    began, ended = max(gap.began, opens), min(gap.ended, closes)
    return max(ended - began, timedelta(0))


def is_hit(gap: Gap, *, opens: datetime, closes: datetime, shadow: timedelta) -> bool:
    """Whether the closing fell in the outage or less than `shadow` after it.

    Applicants hand in at the end: an outage weeks before the closing takes nothing that they miss.
    """
    return bool(lost_time(gap, opens=opens, closes=closes)) and closes < gap.ended + shadow


def proposed_closing(gap: Gap, *, closes: datetime, now: datetime) -> datetime:
    """The closing that gives back what was lost, on a whole quarter of an hour.

    The length of the whole outage counts from the closing, and from `now` when that is later: who
    gets an hour back must still have that hour when it is granted.
    """
    return _up_to_quarter(max(closes, gap.ended, now) + gap.length)


def _up_to_quarter(instant: datetime) -> datetime:
    floor = instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)
    return floor if floor == instant else floor + QUARTER
