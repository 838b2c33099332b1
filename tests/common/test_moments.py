"""Instants, deadlines and working days in Brussels (domain.md 0.8 and 7)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from common.moments import (
    BRUSSELS,
    add_working_days,
    end_of_day,
    is_working_day,
    last_day_before,
    local_day,
    shift_days,
    start_of_day,
    today,
)


def test_until_24_00_is_the_first_instant_of_the_next_day() -> None:
    assert end_of_day(date(2026, 6, 14)) == datetime(2026, 6, 14, 22, tzinfo=UTC)
    assert end_of_day(date(2026, 12, 31)) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert start_of_day(date(2026, 6, 15)) == end_of_day(date(2026, 6, 14))


def test_a_day_of_the_change_of_clock_has_23_or_25_hours() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, hours in ((spring, 23), (autumn, 25)):
        length = end_of_day(day).astimezone(UTC) - start_of_day(day).astimezone(UTC)
        assert length == timedelta(hours=hours)


def test_the_day_of_an_instant_is_the_day_in_brussels() -> None:
    late = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)
    assert local_day(late) == date(2026, 6, 15)
    assert last_day_before(end_of_day(date(2026, 6, 14))) == date(2026, 6, 14)
    assert last_day_before(late) == date(2026, 6, 15)


def test_days_keep_the_wall_clock_over_the_change_of_clock() -> None:
    before = datetime(2026, 3, 28, 10, tzinfo=BRUSSELS)
    after = shift_days(before, 1)
    assert (after.hour, after.astimezone(UTC) - before.astimezone(UTC)) == (
        10,
        timedelta(hours=23),
    )
    assert shift_days(after, -1) == before


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 6, 12), True),  # Friday
        (date(2026, 6, 13), False),
        (date(2026, 6, 14), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 7, 21), False),  # national holiday
        (date(2026, 7, 11), False),  # a Saturday
        (date(2025, 7, 11), True),  # the Flemish holiday is no Belgian public holiday
        (date(2026, 4, 6), False),  # Easter Monday
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_working_days_are_counted_from_the_day_after() -> None:
    assert add_working_days(date(2026, 6, 12), 1) == date(2026, 6, 15)
    assert add_working_days(date(2026, 5, 13), 1) == date(2026, 5, 15)  # over Ascension Day
    assert add_working_days(date(2026, 12, 24), 2) == date(2026, 12, 29)


@pytest.mark.parametrize("count", [0, -3])
def test_no_working_days_cannot_be_counted(count: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        add_working_days(date(2026, 6, 12), count)


@time_machine.travel(datetime(2026, 6, 14, 22, 30, tzinfo=UTC), tick=False)
def test_today_is_today_in_brussels() -> None:
    assert today() == date(2026, 6, 15)
