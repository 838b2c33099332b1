"""Instants, deadlines and working days, in Europe/Brussels (domain.md 0.8 and 7)."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

from common import clock

BRUSSELS = ZoneInfo("Europe/Brussels")


def end_of_day(day: date) -> datetime:
    """The instant at which `day` is over: 00:00 of the next day, exclusive.

    "Uiterlijk om 24.00 uur" is this instant; something is in time when it arrived *before* it.
    """
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=BRUSSELS)


def start_of_day(day: date) -> datetime:
    """00:00 of `day` in Brussels."""
    return datetime.combine(day, time.min, tzinfo=BRUSSELS)


def local_day(instant: datetime) -> date:
    """The Brussels calendar day on which `instant` falls."""
    return instant.astimezone(BRUSSELS).date()


def last_day_before(instant: datetime) -> date:
    """The last whole day before an exclusive deadline: 00:00 of 15 June gives 14 June."""
    return local_day(instant - timedelta(microseconds=1))


def shift_days(instant: datetime, days: int) -> datetime:
    """Move by calendar days and keep the wall clock, also over a change to summer time."""
    moved = (instant.astimezone(BRUSSELS).replace(tzinfo=None)) + timedelta(days=days)
    return moved.replace(tzinfo=BRUSSELS)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def is_working_day(day: date) -> bool:
    """Not a Saturday, Sunday or Belgian public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; the day itself does not count.

    Raises:
        ValueError: when `count` is not positive.
    """
    if count < 1:
        raise ValueError("Count at least one working day.")
    return next(working for n, working in enumerate(_working_days_after(day), 1) if n == count)


def working_days_before(day: date, count: int) -> date:
    """The `count`-th working day before `day`; the day itself does not count.

    Raises:
        ValueError: when `count` is not positive.
    """
    if count < 1:
        raise ValueError("Count at least one working day.")
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def on_or_before_working_day(instant: datetime) -> datetime:
    """The instant itself on a working day, else the same wall clock on the working day before."""
    days = 0
    while not is_working_day(local_day(instant) + timedelta(days=days)):
        days -= 1
    return shift_days(instant, days) if days else instant


def add_months(day: date, count: int) -> date:
    """The same day `count` months later; the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _working_days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day


@cache
def _working_days_in(year: int) -> tuple[int, ...]:
    """For each day of the year, how many working days it has up to and including that day."""
    days = (
        date.fromordinal(n)
        for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    )
    return tuple(accumulate(map(is_working_day, days)))


def working_days_between(first: date, last: date) -> int:
    """How many working days come after `first`, up to and including `last`; 0 when none.

    The count with which `add_working_days` goes from `first` to `last`.
    """
    if last <= first:
        return 0
    years = range(first.year, last.year)
    whole = sum(_working_days_in(year)[-1] for year in years)
    return whole + _reached(last) - _reached(first)


def _reached(day: date) -> int:
    return _working_days_in(day.year)[day.timetuple().tm_yday - 1]


def today() -> date:
    """Today in Brussels."""
    return local_day(clock.now())
