"""What is due is sent once, to those who still need it, and each refusal keeps its reason."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from common.moments import BRUSSELS
from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder, ReminderOffset
from notifications.services import plan_reminders, send_due_reminders
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.notifications.fixtures import RULE, World

pytestmark = pytest.mark.django_db

DEADLINE = datetime(2026, 6, 15, tzinfo=BRUSSELS)
LONG_BEFORE = datetime(2026, 5, 1, 12, tzinfo=BRUSSELS)
SENT, SKIPPED, PLANNED = ReminderState.SENT, ReminderState.SKIPPED, ReminderState.PLANNED


def at(day: int, hour: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BRUSSELS)


def states() -> dict[int, tuple[str, str]]:
    """State and reason by offset in hours."""
    return {
        row.days * 24 + row.hours: (row.state, row.reason)
        for row in Reminder.objects.order_by("pk")
    }


@pytest.fixture
def case(planned_world: World) -> World:
    """One organisation, one person, planned long before."""
    planned_world.open(
        OrganisationFactory(name="Stad Voorbeeld"),
        DEADLINE,
        UserFactory(first_name="An", last_name="Peeters"),
    )
    plan_reminders(LONG_BEFORE)
    return planned_world


def test_a_due_reminder_becomes_one_mail(case: World) -> None:
    assert send_due_reminders(at(1) - timedelta(seconds=1)) == 0
    assert send_due_reminders(at(1)) == 1
    assert send_due_reminders(at(1, 1)) == 0
    reminder = Reminder.objects.get(state=SENT)
    mail = OutboxMail.objects.get()
    assert reminder.mail == mail
    assert (mail.kind, mail.recipient, mail.about, mail.state, mail.dedupe_key) == (
        RULE,
        reminder.recipient,
        reminder.about,
        MailState.QUEUED,
        f"reminder:{reminder.pk}",
    )
    assert mail.subject == "Herinnering: Stad Voorbeeld (nog 13 dagen)"
    assert mail.text.startswith(
        "Beste An Peeters,\n\nUw dossier **Stad Voorbeeld** sluit op 14 juni 2026, 24.00 uur."
    )


def test_every_moment_until_after_the_deadline(case: World) -> None:
    for now in (at(1), at(8), at(13), at(14, 21), at(15), at(16)):
        send_due_reminders(now)
    assert set(states().values()) == {(SENT, "")}
    assert OutboxMail.objects.count() == 5


def test_nobody_who_is_done_is_reminded(case: World) -> None:
    case.done.update(case.deadlines)
    assert send_due_reminders(at(1)) == 0
    assert states()[-14 * 24] == (SKIPPED, "Het dossier is ingediend.")
    assert not OutboxMail.objects.exists()


def test_a_closed_account_is_not_mailed(case: World) -> None:
    person = Reminder.objects.first().recipient
    person.is_active = False
    person.save()
    assert send_due_reminders(at(1)) == 0
    assert states()[-14 * 24] == (SKIPPED, "Het account van deze persoon is gesloten.")


def test_after_downtime_only_the_latest_missed_one_is_sent(case: World) -> None:
    assert send_due_reminders(at(13, 9)) == 1
    late = (SKIPPED, "Te laat: een latere herinnering kwam in de plaats.")
    assert states() == {
        -336: late,
        -168: late,
        -48: (SENT, ""),
        -3: (PLANNED, ""),
        24: (PLANNED, ""),
    }
    assert OutboxMail.objects.get().subject == "Herinnering: Stad Voorbeeld (nog 1 dag)"


def test_downtime_of_the_planner_too(planned_world: World) -> None:
    planned_world.open(OrganisationFactory(), DEADLINE, UserFactory())
    plan_reminders(at(13, 9))
    assert send_due_reminders(at(13, 9)) == 1
    assert OutboxMail.objects.count() == 1


def test_what_announces_a_deadline_is_not_sent_at_or_after_it(case: World) -> None:
    assert send_due_reminders(DEADLINE) == 0
    assert states()[-3] == (SKIPPED, "De termijn was al voorbij.")
    assert send_due_reminders(at(16)) == 1
    assert states()[24] == (SENT, "")


def test_a_moment_after_the_deadline_still_sends_the_last_announcement_before_it(
    case: World,
) -> None:
    assert send_due_reminders(DEADLINE - timedelta(microseconds=1)) == 1
    assert states()[-3] == (SENT, "")


def test_a_rule_that_stops_yielding_at_the_deadline_still_tells_why(case: World) -> None:
    case.deadlines.clear()
    assert send_due_reminders(at(17)) == 0
    assert states()[-3] == (SKIPPED, "De termijn was al voorbij.")
    assert states()[24] == (
        ReminderState.CANCELLED,
        "Deze persoon moet hier niets meer voor doen.",
    )


def test_a_deadline_that_moved_just_before_sending_counts(case: World) -> None:
    """The row is due, but the call was prolonged after the last planning."""
    (pk,) = case.deadlines
    case.deadlines[pk] = DEADLINE + timedelta(days=60)
    assert send_due_reminders(at(1)) == 0
    assert states()[-336] == (PLANNED, "")
    assert not OutboxMail.objects.exists()


def test_a_new_earlier_offset_does_not_send_after_a_later_one(case: World) -> None:
    send_due_reminders(at(8))
    ReminderOffset.objects.create(rule=RULE, days=-10)
    plan_reminders(at(9))
    assert send_due_reminders(at(9)) == 0
    assert states()[-240] == (SKIPPED, "Er is al een latere herinnering verstuurd.")


def test_a_thing_that_is_gone_reminds_nobody(case: World) -> None:
    reminder = Reminder.objects.order_by("due_at").first()
    reminder.about.delete()
    assert send_due_reminders(at(1)) == 0
    reminder.refresh_from_db()
    assert reminder.state == ReminderState.CANCELLED


def test_a_fault_in_one_rule_leaves_the_reminder_for_later(case: World) -> None:
    case.broken = True
    assert send_due_reminders(at(1)) == 0
    assert states()[-336] == (
        PLANNED,
        "Er ging iets mis bij het opstellen; we proberen het opnieuw.",
    )
    case.broken = False
    assert send_due_reminders(at(1)) == 1
    assert states()[-336] == (SENT, "")


def test_the_database_refuses_a_second_row_for_the_same_instant(case: World) -> None:
    copy = Reminder.objects.first()
    copy.pk = None
    with pytest.raises(IntegrityError, match="notifications_reminder_once"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize("state", [PLANNED, SKIPPED, ReminderState.CANCELLED])
def test_the_database_refuses_to_take_back_what_was_sent(case: World, state: str) -> None:
    send_due_reminders(at(1))
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        Reminder.objects.filter(state=SENT).update(state=state, mail=None)


def test_the_database_refuses_sent_without_mail(case: World) -> None:
    with (
        pytest.raises(IntegrityError, match="notifications_reminder_sent_with_mail"),
        transaction.atomic(),
    ):
        Reminder.objects.update(state=SENT)


def test_offsets_are_switched_off_never_changed_or_removed(planned_world: World) -> None:
    offsets = ReminderOffset.objects.filter(rule=RULE)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        offsets.delete()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        offsets.update(days=-99)
    assert offsets.update(enabled=False) == 5
