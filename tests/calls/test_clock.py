"""Open and closed follow from the clock and the rounds, to the microsecond, also on DST nights."""

from datetime import date, datetime, timedelta

import pytest

from calls.lifecycle import CallPhase, CallState
from calls.models import Call
from common.moments import BRUSSELS, end_of_day, start_of_day
from tests.calls.factories import BareCallFactory, RoundFactory

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)


def call_between(first: date, last: date, **fields: object) -> Call:
    call = BareCallFactory(**fields)
    RoundFactory(call=call, number=1, opens_at=start_of_day(first), closes_at=end_of_day(last))
    return call


def phases(call: Call, instant: datetime) -> tuple[CallPhase, list[CallPhase]]:
    """The answer in Python, and every phase whose query finds the call: they must be one."""
    found = [phase for phase in CallPhase if Call.objects.in_phase(phase, instant).contains(call)]
    return call.phase_at(instant), found


@pytest.mark.parametrize(
    "last_day",
    [
        date(2026, 6, 14),
        date(2026, 3, 28),  # the next night is an hour short
        date(2026, 3, 29),  # this day has 23 hours
        date(2026, 10, 24),
        date(2026, 10, 25),  # this day has 25 hours
        date(2026, 12, 31),
    ],
)
def test_a_round_is_open_until_24_00_of_its_last_day_and_not_longer(last_day):
    call = call_between(date(2026, 1, 5), last_day)
    midnight = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), BRUSSELS)
    one_to_twelve = datetime.combine(last_day, datetime.max.time(), BRUSSELS)

    assert phases(call, one_to_twelve) == (CallPhase.OPEN, [CallPhase.OPEN])
    assert phases(call, midnight - TICK) == (CallPhase.OPEN, [CallPhase.OPEN])
    assert phases(call, midnight) == (CallPhase.CLOSED, [CallPhase.CLOSED])


def test_a_round_is_open_from_its_opening_instant():
    call = call_between(date(2026, 4, 15), date(2026, 6, 14))
    opening = start_of_day(date(2026, 4, 15))

    assert phases(call, opening - TICK) == (CallPhase.PLANNED, [CallPhase.PLANNED])
    assert phases(call, opening) == (CallPhase.OPEN, [CallPhase.OPEN])


def test_between_two_rounds_a_call_is_planned_again():
    """2019 had two submission dates for one call (domain.md 8.1)."""
    call = call_between(date(2026, 3, 1), date(2026, 6, 14))
    RoundFactory(
        call=call,
        number=2,
        opens_at=start_of_day(date(2026, 9, 1)),
        closes_at=end_of_day(date(2026, 12, 13)),
    )

    def phase(day: date) -> CallPhase:
        (one,) = phases(call, start_of_day(day))[1]
        assert one == call.phase_at(start_of_day(day))
        return one

    assert phase(date(2026, 5, 1)) == CallPhase.OPEN
    assert phase(date(2026, 7, 1)) == CallPhase.PLANNED
    assert phase(date(2026, 10, 1)) == CallPhase.OPEN
    assert phase(date(2027, 1, 1)) == CallPhase.CLOSED


@pytest.mark.parametrize(
    "state", [CallState.CONCEPT, CallState.ASSESSMENT, CallState.DECIDED, CallState.WITHDRAWN]
)
def test_only_a_published_call_can_be_open(state):
    call = call_between(date(2026, 1, 1), date(2026, 12, 31), state=state)

    phase = CallPhase(state.value)
    assert phases(call, start_of_day(date(2026, 6, 1))) == (phase, [phase])


def test_the_latest_closing_comes_first_and_calls_without_dates_last():
    undated = BareCallFactory()
    early = call_between(date(2025, 1, 1), date(2025, 2, 1))
    late = call_between(date(2026, 1, 1), date(2026, 2, 1))

    assert list(Call.objects.latest_first()) == [late, early, undated]
