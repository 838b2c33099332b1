"""The demo may be loaded on any day: its story lies in the past of that day."""

from datetime import date, datetime

import pytest
import time_machine
from django.core.management import call_command

from calls.models import Call
from common.moments import BRUSSELS, start_of_day
from demo.story import is_loaded
from evaluations.models import Advice, SelectionDecision
from funding.models import LedgerEntry


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2027, 1, 2), date(2028, 2, 29)])
def test_the_demo_loads_on_any_day_of_the_year(day: date) -> None:
    assert not is_loaded()
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=BRUSSELS)
    # It stands still: a clock that runs on is told to the database before each row.
    with time_machine.travel(nine, tick=False):
        call_command("load_demo", verbosity=0)
    assert Call.objects.filter(is_fictional=True).count() == 6
    assert not SelectionDecision.objects.filter(decided_at__gte=start_of_day(day)).exists()
    assert not Advice.objects.filter(finalised_at__gte=start_of_day(day)).exists()
    assert not LedgerEntry.objects.filter(recorded_at__gte=start_of_day(day)).exists()
