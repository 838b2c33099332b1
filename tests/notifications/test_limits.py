"""Choices, quiet hours, the maximum per day and the digest: nothing lost, nothing twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import User
from common.moments import BRUSSELS
from notifications import hours, kinds
from notifications.kinds import Channel, MailKind
from notifications.lifecycle import MailState, ReminderState
from notifications.models import MailPreference, OutboxMail, Reminder, UnreachableAddress
from notifications.services import (
    choose_channels,
    deliver_outbox,
    plan_reminders,
    queue_mail,
    send_digests,
    send_due_reminders,
    trust_address,
)
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.notifications.fixtures import RULE, World
from tests.notifications.smtp_server import MailServer, mail_server, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates", "_kinds")]

FREE, LEGAL = "tests.news", "tests.legal"
MONDAY = datetime(2026, 3, 2, 10, tzinfo=BRUSSELS)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BRUSSELS)


@pytest.fixture
def _kinds() -> Iterator[None]:
    made = [
        MailKind(FREE, "Nieuws", "meeleest", "Test"),
        MailKind(LEGAL, "Beslissing", "mag indienen", "Test", always="Altijd."),
        MailKind(RULE, "Dossier sluit", "aan dit dossier werkt", "Test"),
    ]
    kinds.declare(made)
    yield
    for kind in made:
        kinds.forget(kind.code)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        use(settings, server)
        yield server


@pytest.fixture
def nights(settings: Any) -> None:
    settings.MAIL_QUIET_FROM, settings.MAIL_QUIET_UNTIL = 21, 7


def write(to: User | str, kind: str = FREE, **how: Any) -> OutboxMail:
    mail = queue_mail(
        kind=kind, to=to, template="tests/mail/note.md", context={"title": kind}, **how
    )
    assert mail is not None
    return mail


def state(mail: OutboxMail) -> str:
    mail.refresh_from_db()
    return mail.state


def choose(person: User, channel: str, kind: str = FREE) -> None:
    choose_channels(actor=person, channels={kind: channel})


# --- Hours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "ends_at"),
    [
        (at(2, 20, 59), None),
        (at(2, 21), at(3, 7)),
        (at(3, 6, 59), at(3, 7)),
        (at(3, 7), None),
        # The nights of the change to summer time and back.
        (at(28, 23), at(29, 7)),
        (at(24, 23, month=10), at(25, 7, month=10)),
    ],
)
def test_quiet_hours(nights: None, now: datetime, ends_at: datetime | None) -> None:
    assert hours.quiet_until(now) == ends_at


def test_quiet_hours_within_one_day_and_none_at_all(settings: Any) -> None:
    settings.MAIL_QUIET_FROM, settings.MAIL_QUIET_UNTIL = 12, 14
    assert [hours.quiet_until(at(2, hour)) for hour in (11, 12, 13, 14)] == [
        None,
        at(2, 14),
        at(2, 14),
        None,
    ]
    settings.MAIL_QUIET_UNTIL = 12
    assert hours.quiet_until(at(2, 12)) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(2, 6, 59), at(2, 7)),
        (at(2, 7), at(3, 7)),
        (at(6, 8), at(9, 7)),  # Friday: Monday
        (at(3, 8, month=4), at(7, 7, month=4)),  # Good Friday is worked on; Easter Monday is not
        (at(30, 8, month=4), at(4, 7, month=5)),  # 1 May is a Friday
    ],
)
def test_the_digest_is_of_working_days(now: datetime, expected: datetime) -> None:
    assert hours.next_digest(now) == expected


# --- Choices --------------------------------------------------------------------------------------


def test_each_kind_comes_as_its_reader_chose() -> None:
    person = UserFactory()
    assert state(write(person)) == MailState.QUEUED
    with time_machine.travel(MONDAY, tick=False):
        choose(person, Channel.DIGEST)
        waiting = write(person)
    assert (waiting.state, waiting.next_try_at) == (MailState.DIGEST, at(3, 7))
    choose(person, Channel.PORTAL)
    only_there = write(person)
    assert only_there.state == MailState.PORTAL
    assert only_there.note == "De ontvanger leest dit soort bericht in het portaal."
    assert only_there.why == "U krijgt dit bericht (“Nieuws”) omdat u meeleest."
    choose(person, Channel.AT_ONCE)
    assert write(person).state == MailState.QUEUED
    assert MailPreference.objects.get().channel == Channel.AT_ONCE
    assert write(UserFactory()).state == MailState.QUEUED


def test_a_legal_notice_cannot_be_switched_off_and_passes_everything(
    nights: None, settings: Any, server: MailServer
) -> None:
    person = UserFactory()
    with pytest.raises(ValidationError) as caught:
        choose(person, Channel.PORTAL, LEGAL)
    assert caught.value.message_dict == {LEGAL: ["Altijd."]}
    # Not even a row by hand changes it.
    MailPreference.objects.create(user=person, kind=LEGAL, channel=Channel.PORTAL)
    UnreachableAddress.objects.create(address=person.email, bounces=3)
    settings.MAIL_MAX_PER_DAY = 0
    with time_machine.travel(at(2, 23), tick=False):
        mail = write(person, LEGAL)
        assert deliver_outbox() == 1
    assert state(mail) == MailState.SENT
    assert server.received[0]["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("code", "channel"), [("tests.unknown", Channel.PORTAL), (FREE, "post"), (FREE, "")]
)
def test_a_choice_that_does_not_exist_is_refused(code: str, channel: str) -> None:
    with pytest.raises(ValidationError):
        choose(UserFactory(), channel, code)
    assert not MailPreference.objects.exists()


# --- Quiet hours ----------------------------------------------------------------------------------


def test_a_mail_waits_for_the_morning(nights: None, server: MailServer) -> None:
    person = UserFactory()
    with time_machine.travel(at(2, 23), tick=False) as now:
        mail = write(person)
        assert deliver_outbox() == 0
        assert state(mail) == MailState.QUEUED
        assert mail.note == "Stille uren: vertrekt na 3 maart 2026 om 07.00 uur."
        assert mail.attempts == 0
        now.move_to(at(3, 6, 59))
        assert deliver_outbox() == 0
        now.move_to(at(3, 7))
        assert deliver_outbox() == 1
    assert (state(mail), mail.note) == (MailState.SENT, "")


def test_a_reminder_of_the_night_is_decided_in_the_morning(
    nights: None, planned_world: World
) -> None:
    """So nobody who hands in during the night is reminded when they get up."""
    deadline = at(20, 23)  # a reminder at 23.00, 14 days before
    planned_world.open(OrganisationFactory(), deadline, UserFactory())
    planned_world.open(OrganisationFactory(), deadline, UserFactory())
    plan_reminders(at(1, 12))
    assert send_due_reminders(at(6, 23)) == 0
    held = Reminder.objects.filter(due_at__lte=at(6, 23))
    assert {(row.state, row.reason) for row in held} == {
        (ReminderState.PLANNED, "Stille uren: vertrekt na 7 maart 2026 om 07.00 uur.")
    }
    assert not Reminder.objects.late(at(7, 6, 59), timedelta(minutes=15)).exists()
    assert not Reminder.objects.late(at(7, 7, 5), timedelta(minutes=15)).exists()
    assert Reminder.objects.late(at(7, 7, 15), timedelta(minutes=15)).count() == 2
    planned_world.done.add(min(planned_world.deadlines))
    assert send_due_reminders(at(7, 7)) == 1
    assert sorted(held.values_list("state", "reason")) == [
        (ReminderState.SENT, ""),
        (ReminderState.SKIPPED, "Het dossier is ingediend."),
    ]


def test_an_urgent_reminder_leaves_at_any_hour(
    nights: None, planned_world: World, server: MailServer
) -> None:
    """Three hours before midnight is nine in the evening."""
    person = UserFactory()
    choose(person, Channel.DIGEST, RULE)
    planned_world.open(OrganisationFactory(), at(20, 0), person)
    plan_reminders(at(18, 12))
    with time_machine.travel(at(19, 21), tick=False):
        assert send_due_reminders() == 1
        assert deliver_outbox() == 1
    assert OutboxMail.objects.get().passes_limits


def test_a_rehearsal_knows_no_night(nights: None, planned_world: World) -> None:
    planned_world.open(OrganisationFactory(), at(20, 23), UserFactory())
    plan_reminders(at(1, 12))
    assert send_due_reminders(at(6, 23), at_any_hour=True) == 1


# --- What waited is asked again -------------------------------------------------------------------


def test_a_reminder_that_waited_in_the_outbox_lapses_when_it_is_done(
    planned_world: World, server: MailServer
) -> None:
    """The mail server was away for an hour; meanwhile one of two handed in."""
    for _n in range(2):
        planned_world.open(OrganisationFactory(), at(20, 12), UserFactory())
    plan_reminders(at(1, 12))
    with time_machine.travel(at(6, 12), tick=False) as now:
        assert send_due_reminders() == 2
        planned_world.done.add(min(planned_world.deadlines))
        now.shift(timedelta(hours=1))
        assert deliver_outbox() == 1
    lapsed = OutboxMail.objects.get(state=MailState.LAPSED)
    assert lapsed.note == "Het dossier is ingediend."


# --- The maximum per day --------------------------------------------------------------------------


def test_over_the_maximum_goes_into_the_digest(settings: Any, server: MailServer) -> None:
    settings.MAIL_MAX_PER_DAY = 2
    person, other = UserFactory(), UserFactory()
    with time_machine.travel(MONDAY, tick=False) as now:
        mails = [write(person) for _n in range(3)]
        legal, of_other = write(person, LEGAL), write(other)
        without_account = [write("volger@x.test") for _n in range(3)]
        assert deliver_outbox() == 7
        assert [state(mail) for mail in mails] == [
            MailState.SENT,
            MailState.SENT,
            MailState.DIGEST,
        ]
        assert mails[2].note == "Meer dan 2 mails op één dag: dit komt in de samenvatting."
        assert {state(mail) for mail in (legal, of_other, *without_account)} == {MailState.SENT}
        now.move_to(at(3, 7))
        assert send_digests() == 1
        assert deliver_outbox() == 1
        # The digest is no reason to hold back the mails of its day.
        later = [write(person) for _n in range(3)]
        deliver_outbox()
    assert [state(mail) for mail in later] == [MailState.SENT, MailState.SENT, MailState.DIGEST]


# --- The digest -----------------------------------------------------------------------------------


def test_a_digest_gathers_what_waits_once(server: MailServer) -> None:
    person, other = UserFactory(), UserFactory()
    for one in (person, other):
        choose(one, Channel.DIGEST)
    with time_machine.travel(MONDAY, tick=False) as now:
        mails = [write(person), write(person)]
        assert send_digests() == 0  # not the same day
        now.move_to(at(3, 6, 59))
        assert send_digests() == 0
        now.move_to(at(3, 7))
        assert send_digests() == 1  # nothing waits for the other
        now.shift(timedelta(minutes=5))
        assert send_digests() == 0
        late = write(person)
        assert send_digests() == 0
        assert deliver_outbox() == 1
    digest = OutboxMail.objects.get(kind="notifications.digest")
    assert digest.subject == "2 berichten van PIO Portal"
    for mail in mails:
        assert (state(mail), mail.digest) == (MailState.DIGESTED, digest)
        assert f"/mijn-berichten/{mail.pk}/" in digest.text
    assert (state(late), late.next_try_at) == (MailState.DIGEST, at(4, 7))
    assert [message["To"] for message in server.received] == [person.email]


def test_after_a_stop_the_digest_waits_for_a_working_day() -> None:
    person = UserFactory()
    choose(person, Channel.DIGEST)
    with time_machine.travel(at(5, 10), tick=False) as now:
        write(person)
        now.move_to(at(7, 9))  # the Friday was missed; now it is Saturday
        assert send_digests() == 0
        now.move_to(at(9, 7))
        assert send_digests() == 1


def test_what_is_done_by_then_is_left_out_and_an_empty_digest_is_not_sent(
    planned_world: World,
) -> None:
    people = [UserFactory(), UserFactory()]
    for person in people:
        choose(person, Channel.DIGEST, RULE)
        planned_world.open(OrganisationFactory(), at(20, 12), person)
    plan_reminders(at(1, 12))
    with time_machine.travel(at(6, 12), tick=False) as now:
        assert send_due_reminders() == 2
        planned_world.done.add(min(planned_world.deadlines))
        now.move_to(at(9, 7))
        assert send_digests() == 1
    lapsed = OutboxMail.objects.get(recipient=people[0])
    assert (lapsed.state, lapsed.note) == (MailState.LAPSED, "Het dossier is ingediend.")
    assert OutboxMail.objects.filter(recipient=people[1]).count() == 2


def test_a_reminder_that_a_digest_would_bring_too_late_goes_by_itself(
    planned_world: World,
) -> None:
    person = UserFactory()
    choose(person, Channel.DIGEST, RULE)
    # Friday at noon, of a deadline on Sunday at noon: the next digest is on Monday.
    planned_world.open(OrganisationFactory(), at(8, 12), person)
    plan_reminders(at(5, 12))
    with time_machine.travel(at(6, 12), tick=False):
        assert send_due_reminders() == 1
    assert OutboxMail.objects.get().state == MailState.QUEUED


def test_a_closed_account_gets_no_digest() -> None:
    person = UserFactory()
    choose(person, Channel.DIGEST)
    with time_machine.travel(MONDAY, tick=False) as now:
        mail = write(person)
        User.objects.filter(pk=person.pk).update(is_active=False)
        now.move_to(at(3, 7))
        assert send_digests() == 0
    assert (state(mail), mail.note) == (
        MailState.LAPSED,
        "Het account van deze persoon is gesloten.",
    )


def test_to_an_address_that_does_not_work_only_legal_notices_leave(server: MailServer) -> None:
    person = UserFactory()
    UnreachableAddress.objects.create(address=person.email, bounces=3)
    with time_machine.travel(MONDAY, tick=False) as now:
        free, legal = write(person), write(person, LEGAL)
        choose(person, Channel.DIGEST)
        gathered = write(person)
        assert deliver_outbox() == 1
        now.move_to(at(3, 7))
        assert send_digests() == 0
        assert trust_address(address=person.email.upper(), actor=person)
        choose(person, Channel.AT_ONCE)
        again = write(person)
        assert deliver_outbox() == 1
    assert [state(mail) for mail in (free, legal, gathered, again)] == [
        MailState.PORTAL,
        MailState.SENT,
        MailState.PORTAL,
        MailState.SENT,
    ]
