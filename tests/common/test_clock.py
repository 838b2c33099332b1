"""The one clock: real, or moved for what a rehearsal plays."""

from datetime import UTC, datetime
from threading import Thread

import pytest
import time_machine

from common import clock
from common.moments import today

PLAYED = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
REAL = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_moved_clock_stands_still_and_moves_back():
    with time_machine.travel(REAL, tick=False):
        with clock.moved_to(PLAYED):
            assert clock.now() == PLAYED
            assert today().isoformat() == "2031-05-06"
            with clock.moved_to(REAL):
                assert clock.now() == REAL
            assert clock.now() == PLAYED
        assert clock.now() == REAL


def test_other_threads_keep_the_real_time():
    seen: list[datetime] = []
    with time_machine.travel(REAL, tick=False), clock.moved_to(PLAYED):
        thread = Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [REAL]


def test_a_moved_clock_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"), clock.moved_to(datetime(2031, 5, 6)):  # noqa: DTZ001 - on purpose
        pass
