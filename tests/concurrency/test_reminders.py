"""Two scans at once, and a scan after a day of downtime: each due reminder leaves at most once."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.models import Organisation, User
from common.moments import BRUSSELS
from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder
from notifications.services import (
    deliver_outbox,
    plan_reminders,
    queue_mail,
    seed_offsets,
    send_digests,
    send_due_reminders,
)
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.notifications.fixtures import World, mail_templates, world  # noqa: F401
from tests.notifications.smtp_server import mail_server, use

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

DEADLINE = datetime(2026, 6, 15, tzinfo=BRUSSELS)
WORKERS = 4


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run every job in a thread with a connection of its own, started together."""
    barrier = Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(index: int, job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = job()
        except BaseException as error:
            results[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.fixture(autouse=True)
def _no_wake_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is no part of this: what is due is found by scanning."""
    monkeypatch.setattr("notifications.services.outbox._send_wake_up", lambda: None)


@pytest.fixture
def full_world(transactional_db: None, world: World) -> Iterator[World]:  # noqa: F811
    """Six organisations, two people each: 12 reminders per offset."""
    seed_offsets()
    for _n in range(6):
        world.open(OrganisationFactory(), DEADLINE, UserFactory(), UserFactory())
    return world


def scan(now: datetime) -> Callable[[], int]:
    """What beat does every few minutes."""

    def run() -> int:
        plan_reminders(now)
        return send_due_reminders(now)

    return run


def mails_per_pair() -> Counter[tuple[Any, Any]]:
    return Counter(OutboxMail.objects.values_list("object_id", "recipient_id"))


def everyone() -> set[tuple[str, int]]:
    return set(Reminder.objects.values_list("object_id", "recipient_id"))


def test_planning_at_once_makes_each_row_once(full_world: World) -> None:
    now = DEADLINE - timedelta(days=30)
    results = at_once(*[lambda: plan_reminders(now)] * WORKERS)
    assert sum(results) == Reminder.objects.count() == 12 * 5


def test_two_scans_at_once_and_again_after_a_day_of_downtime(full_world: World) -> None:
    due = DEADLINE - timedelta(days=14)
    results = at_once(*[scan(due)] * WORKERS)
    assert sum(results) == 12
    assert mails_per_pair() == Counter(dict.fromkeys(everyone(), 1))

    # The portal stands still from the second reminder until a day after the third was due.
    one_is_done = next(iter(full_world.deadlines))
    full_world.done.add(one_is_done)
    after_downtime = DEADLINE - timedelta(days=1)
    results = at_once(*[scan(after_downtime)] * WORKERS)
    assert sum(results) == 10
    done = {pair for pair in everyone() if pair[0] == str(one_is_done)}
    assert mails_per_pair() == Counter({pair: 1 if pair in done else 2 for pair in everyone()})

    # Once more, as after a restart: nothing is left to send.
    assert sum(at_once(*[scan(after_downtime)] * WORKERS)) == 0

    sent = Reminder.objects.filter(state=ReminderState.SENT)
    assert sent.count() == sent.values("mail").distinct().count() == OutboxMail.objects.count()
    keys = {f"reminder:{pk}" for pk in sent.values_list("pk", flat=True)}
    assert set(OutboxMail.objects.values_list("dedupe_key", flat=True)) == keys
    by_offset = Counter(Reminder.objects.values_list("days", "state"))
    assert by_offset[-14, ReminderState.SENT] == 12
    assert by_offset[-7, ReminderState.SKIPPED] == 12
    assert by_offset[-2, ReminderState.SENT] == 10
    assert by_offset[-2, ReminderState.SKIPPED] == 2


def test_two_missed_reminders_of_one_person_never_leave_through_two_workers(
    full_world: World,
) -> None:
    """Every group has three missed rows; locking rows one by one would send more than one."""
    plan_reminders(DEADLINE - timedelta(days=30))
    now = DEADLINE - timedelta(hours=12)
    assert sum(at_once(*[lambda: send_due_reminders(now)] * WORKERS)) == 12
    assert mails_per_pair() == Counter(dict.fromkeys(everyone(), 1))
    assert Reminder.objects.filter(state=ReminderState.SKIPPED).count() == 24


def test_a_deadline_that_moves_while_others_send(full_world: World) -> None:
    plan_reminders(DEADLINE - timedelta(days=30))
    due = DEADLINE - timedelta(days=14)
    for pk in list(full_world.deadlines)[:3]:
        full_world.deadlines[pk] = DEADLINE + timedelta(days=30)
    results = at_once(*[scan(due)] * 2, lambda: plan_reminders(due), lambda: plan_reminders(due))
    assert sum(results[:2]) == 6
    assert max(mails_per_pair().values()) == 1


def test_two_deliverers_at_once_hand_over_each_row_once(
    transactional_db: None,
    mail_templates: None,  # noqa: F811
    settings: Any,
) -> None:
    for n in range(40):
        queue_mail(kind="t", to=f"p{n}@x.test", template="tests/mail/note.md", context={"title": n})
    with mail_server() as server:
        use(settings, server)
        results = at_once(*[deliver_outbox] * WORKERS)
        assert sum(results) == 40
        received = Counter(message["Message-ID"] for message in server.received)
    assert received == Counter(OutboxMail.objects.values_list("message_id", flat=True))
    assert set(OutboxMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


def test_digests_at_once_gather_each_message_once(
    transactional_db: None,
    mail_templates: None,  # noqa: F811
    settings: Any,
) -> None:
    """And two workers never find room for one more mail than the maximum of a day."""
    settings.MAIL_MAX_PER_DAY = 2
    people = [UserFactory() for _n in range(6)]
    for person in people:
        for n in range(4):
            queue_mail(
                kind="projects.form_changed",
                to=person,
                template="tests/mail/note.md",
                context={"title": n},
            )
    with mail_server() as server:
        use(settings, server)
        assert sum(at_once(*[deliver_outbox] * WORKERS)) == 12
        sent = Counter(message["To"] for message in server.received)
    assert sent == Counter({person.email: 2 for person in people})
    gathered = OutboxMail.objects.filter(state=MailState.DIGEST)
    (moment,) = set(gathered.values_list("next_try_at", flat=True))
    with time_machine.travel(moment, tick=False):
        assert sum(at_once(*[send_digests] * WORKERS)) == 6
        assert sum(at_once(*[send_digests] * WORKERS)) == 0
    per_digest = OutboxMail.objects.filter(state=MailState.DIGESTED).values_list(
        "digest__recipient", "recipient"
    )
    assert Counter(per_digest) == Counter({(one.pk, one.pk): 2 for one in people})


def test_a_key_used_at_once_writes_one_mail(transactional_db: None, mail_templates: None) -> None:  # noqa: F811
    def write() -> bool:
        mail = queue_mail(
            kind="t",
            to="a@x.test",
            template="tests/mail/note.md",
            context={"title": "x"},
            dedupe_key="once",
        )
        return mail is not None

    assert sum(at_once(*[write] * WORKERS)) == 1
    assert OutboxMail.objects.count() == 1
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
