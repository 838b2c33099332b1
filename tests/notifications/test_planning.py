"""For every open deadline a row per person and offset; a deadline that moves takes them along."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.moments import BRUSSELS
from notifications import registry
from notifications.lifecycle import ReminderState
from notifications.models import Reminder, ReminderOffset
from notifications.registry import Offset, ReminderRule
from notifications.services import plan_reminders, seed_offsets
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.notifications.fixtures import OFFSETS, RULE, World

pytestmark = pytest.mark.django_db

PLANNED, CANCELLED = ReminderState.PLANNED, ReminderState.CANCELLED
DEADLINE = datetime(2026, 6, 15, tzinfo=BRUSSELS)  # "14 juni, 24.00 uur"; a Monday
LONG_BEFORE = datetime(2026, 5, 1, 12, tzinfo=BRUSSELS)


def local_times(state: str = PLANNED) -> list[str]:
    rows = Reminder.objects.filter(state=state).order_by("due_at")
    return [f"{row.due_at.astimezone(BRUSSELS):%d/%m %H:%M}" for row in rows]


def test_a_deadline_gives_one_row_per_offset(planned_world: World) -> None:
    planned_world.open(OrganisationFactory(name="Stad Voorbeeld"), DEADLINE, UserFactory())
    assert plan_reminders(LONG_BEFORE) == 5
    assert local_times() == [
        "01/06 00:00",
        "08/06 00:00",
        "12/06 00:00",  # Friday, because two days before is a Saturday
        "14/06 21:00",
        "16/06 00:00",
    ]
    row = Reminder.objects.first()
    assert (row.about_label, row.deadline, str(row.offset)) == (
        "Stad Voorbeeld",
        DEADLINE,
        "14 dagen vooraf",
    )


def test_planning_again_changes_nothing(planned_world: World) -> None:
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory(), UserFactory())
    plan_reminders(LONG_BEFORE)
    before = list(Reminder.objects.order_by("pk").values())
    assert plan_reminders(LONG_BEFORE + timedelta(days=1)) == 0
    assert list(Reminder.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("deadline", "offset", "expected"),
    [
        # Summer time began on 29 March 2026: the wall clock stays, the hours are real.
        ((2026, 3, 30, 10), Offset(days=-3), (2026, 3, 27, 9)),
        ((2026, 3, 30, 10), Offset(hours=-48), (2026, 3, 28, 8)),
        ((2026, 3, 29, 4), Offset(hours=-3), (2026, 3, 28, 23)),
        ((2026, 3, 28, 2, 30), Offset(days=1), (2026, 3, 29, 1, 30)),  # 02.30 did not exist
        # Winter time began on 25 October 2026.
        ((2026, 10, 26), Offset(days=-3), (2026, 10, 22, 22)),
        ((2026, 10, 26), Offset(hours=-24), (2026, 10, 24, 23)),
        ((2026, 10, 24, 2, 30), Offset(days=1), (2026, 10, 25, 0, 30)),  # the first 02.30
        # Days before that end on no working day move to the one before; nothing else moves.
        ((2026, 6, 15), Offset(days=-1), (2026, 6, 11, 22)),  # a Sunday
        ((2026, 5, 26, 10), Offset(days=-1), (2026, 5, 22, 8)),  # Whit Monday
        ((2026, 6, 12, 10), Offset(days=1), (2026, 6, 13, 8)),
        ((2026, 6, 14, 10), Offset(), (2026, 6, 14, 8)),
    ],
)
def test_days_keep_the_wall_clock_and_hours_are_real(
    deadline: tuple[int, ...], offset: Offset, expected: tuple[int, ...]
) -> None:
    assert offset.due_at(datetime(*deadline, tzinfo=BRUSSELS)) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize("day", [24, 25])
def test_rows_of_a_night_with_two_half_past_twos_are_planned_once(
    planned_world: World, day: int
) -> None:
    planned_world.open(
        OrganisationFactory(), datetime(2026, 10, day, 2, 30, tzinfo=BRUSSELS), UserFactory()
    )
    now = datetime(2026, 9, 1, tzinfo=UTC)
    assert plan_reminders(now) == 5
    assert plan_reminders(now) == 0
    assert Reminder.objects.filter(state=PLANNED).count() == 5


def test_a_deadline_that_moves_cancels_and_plans_again(planned_world: World) -> None:
    city, user = OrganisationFactory(), UserFactory()
    planned_world.open(city, DEADLINE, user)
    plan_reminders(LONG_BEFORE)
    planned_world.open(city, datetime(2026, 6, 30, 12, tzinfo=BRUSSELS), user)
    assert plan_reminders(LONG_BEFORE) == 5
    assert local_times() == [
        "16/06 12:00",
        "23/06 12:00",
        "26/06 12:00",  # Friday, because two days before is a Sunday
        "30/06 09:00",
        "01/07 12:00",
    ]
    cancelled = Reminder.objects.filter(state=CANCELLED)
    assert {row.reason for row in cancelled} == {"De termijn is verplaatst."}
    assert cancelled.count() == 5


def test_a_deadline_that_moves_back_revives_its_rows(planned_world: World) -> None:
    city, user = OrganisationFactory(), UserFactory()
    for deadline in (DEADLINE, DEADLINE + timedelta(days=40), DEADLINE):
        planned_world.open(city, deadline, user)
        plan_reminders(LONG_BEFORE)
    assert len(local_times()) == 5
    assert local_times()[0] == "01/06 00:00"
    assert len(local_times(CANCELLED)) == 5
    assert set(Reminder.objects.filter(state=PLANNED).values_list("reason", "decided_at")) == {
        ("", None)
    }


def test_the_same_instant_for_another_deadline_is_corrected(planned_world: World) -> None:
    city, user = OrganisationFactory(), UserFactory()
    planned_world.open(city, DEADLINE, user)
    plan_reminders(LONG_BEFORE)
    planned_world.open(city, DEADLINE + timedelta(days=7), user)
    plan_reminders(LONG_BEFORE)
    row = Reminder.objects.get(due_at=datetime(2026, 6, 8, tzinfo=BRUSSELS))
    assert (row.state, row.days, row.deadline) == (PLANNED, -14, DEADLINE + timedelta(days=7))


def test_who_has_nothing_left_to_do_is_cancelled(planned_world: World) -> None:
    city, leaver, stayer = OrganisationFactory(), UserFactory(), UserFactory()
    planned_world.open(city, DEADLINE, leaver, stayer)
    plan_reminders(LONG_BEFORE)
    planned_world.open(city, DEADLINE, stayer)
    plan_reminders(LONG_BEFORE)
    assert set(Reminder.objects.filter(recipient=leaver).values_list("state", "reason")) == {
        (CANCELLED, "Deze persoon moet hier niets meer voor doen.")
    }
    assert Reminder.objects.filter(recipient=stayer, state=PLANNED).count() == 5


def test_only_what_was_missed_before_an_open_deadline_is_still_planned(
    planned_world: World,
) -> None:
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    assert plan_reminders(DEADLINE - timedelta(days=5)) == 5
    Reminder.objects.all().delete()
    assert plan_reminders(DEADLINE + timedelta(hours=1)) == 1
    assert local_times() == ["16/06 00:00"]


def test_at_the_exclusive_deadline_itself_it_is_too_late(planned_world: World) -> None:
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    assert plan_reminders(DEADLINE - timedelta(microseconds=1)) == 5
    Reminder.objects.all().delete()
    assert plan_reminders(DEADLINE) == 1


def test_nothing_is_planned_from_before_the_duty_began(planned_world: World) -> None:
    """Who starts a draft five days before closing is not reminded that it closes in a week."""
    planned_world.since = DEADLINE - timedelta(days=5)
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    plan_reminders(planned_world.since)
    assert local_times() == ["12/06 00:00", "14/06 21:00", "16/06 00:00"]


def test_a_duty_that_began_after_that_working_day_is_reminded_in_the_weekend(
    planned_world: World,
) -> None:
    planned_world.since = datetime(2026, 6, 12, 12, tzinfo=BRUSSELS)
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    plan_reminders(planned_world.since)
    assert local_times() == ["13/06 00:00", "14/06 21:00", "16/06 00:00"]


def test_an_offset_switched_off_is_not_planned_and_stays_off(planned_world: World) -> None:
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    plan_reminders(LONG_BEFORE)
    ReminderOffset.objects.filter(rule=RULE, days=-7).update(enabled=False)
    seed_offsets()
    plan_reminders(LONG_BEFORE)
    assert local_times(CANCELLED) == ["08/06 00:00"]
    assert Reminder.objects.get(state=CANCELLED).reason == (
        "Dit tijdstip van herinneren geldt niet meer."
    )
    assert ReminderOffset.objects.filter(rule=RULE).count() == len(OFFSETS)


def test_a_rule_that_fails_does_not_silence_the_others(
    planned_world: World,
) -> None:
    def fail(now: datetime) -> list[None]:
        raise RuntimeError("a fault in a rule")

    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    broken = ReminderRule("aaa", "Stuk", (), fail, lambda o, r: True, "x", lambda o, r, d: {})
    registry.register(broken)
    try:
        assert plan_reminders(LONG_BEFORE) == 5
    finally:
        registry.unregister("aaa")


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (Offset(days=-1), "1 dag vooraf"),
        (Offset(hours=-3), "3 uur vooraf"),
        (Offset(days=1), "1 dag erna"),
        (Offset(), "op het moment zelf"),
        (Offset(days=-1, hours=-3), "1 dag en 3 uur vooraf"),
    ],
)
def test_offsets_read_as_dutch(offset: Offset, words: str) -> None:
    assert str(offset) == words


def test_the_number_of_queries_does_not_grow_with_the_rows(
    planned_world: World,
) -> None:
    counts = []
    for _n in range(3):
        for _m in range(10):
            planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
        with CaptureQueriesContext(connection) as queries:
            plan_reminders(LONG_BEFORE)
        counts.append(len(queries))
    assert [b - a for a, b in pairwise(counts)] == [0, 0]
