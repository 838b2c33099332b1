"""Each mail reaches the server at most once; what is not certain is shown, never guessed."""

from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.utils import InternalError
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from notifications.lifecycle import MailState
from notifications.models import OutboxMail
from notifications.services import deliver_outbox, queue_mail, resend_mail
from notifications.services.delivery import BACK_OFF, give_up_interrupted
from tests.accounts.factories import UserFactory
from tests.notifications.smtp_server import MailServer, mail_server, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates")]


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        use(settings, server)
        yield server


def write(n: int = 1) -> list[OutboxMail]:
    return [
        queue_mail(
            kind="t", to=f"p{i}@x.test", template="tests/mail/note.md", context={"title": "É"}
        )
        for i in range(n)
    ]


def outcome(mail: OutboxMail) -> tuple[str, int, str]:
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.error


def test_what_waits_is_sent_over_one_connection(server: MailServer) -> None:
    mails = write(3)
    assert deliver_outbox() == 3
    assert [outcome(mail) for mail in mails] == [(MailState.SENT, 1, "")] * 3
    assert all(mail.sent_at for mail in mails)
    assert [m["To"] for m in server.received] == ["p0@x.test", "p1@x.test", "p2@x.test"]
    assert [m["Message-ID"] for m in server.received] == [mail.message_id for mail in mails]
    first = server.received[0]
    assert str(make_header(decode_header(first["Subject"]))) == "Over É"
    parts = [part.get_content_type() for part in first.walk() if not part.is_multipart()]
    assert parts == ["text/plain", "text/html"]
    text = first.get_payload()[0].get_payload(decode=True).decode()
    assert text.replace("\r\n", "\n").startswith(mails[0].text)
    assert deliver_outbox() == 0
    assert len(server.received) == 3


def test_an_unreachable_server_uses_up_no_attempt(settings: Any) -> None:
    with mail_server() as server:
        use(settings, server)
    (mail,) = write()
    assert deliver_outbox() == 0
    state, attempts, error = outcome(mail)
    assert (state, attempts) == (MailState.QUEUED, 0)
    assert error.startswith("De mailserver is niet bereikbaar:")


def test_a_refusal_is_tried_again_later_and_then_fails(server: MailServer) -> None:
    server.data = "451 later"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        (mail,) = write()
        for attempt, wait in enumerate(BACK_OFF, 1):
            assert deliver_outbox() == 0
            assert outcome(mail) == (MailState.QUEUED, attempt, "451 later")
            clock.shift(wait - timedelta(seconds=1))
            deliver_outbox()
            assert outcome(mail)[1] == attempt
            clock.shift(timedelta(seconds=1))
        deliver_outbox()
        assert outcome(mail) == (MailState.FAILED, len(BACK_OFF) + 1, "451 later")
        clock.shift(timedelta(days=1))
        deliver_outbox()
    assert server.received == []


def test_an_address_that_does_not_exist_fails_at_once(server: MailServer) -> None:
    mails = write(2)
    server.rcpt = "550 no such person"
    deliver_outbox()
    assert [outcome(mail)[0] for mail in mails] == [MailState.FAILED] * 2
    assert "550" in mails[0].error


def test_a_line_that_breaks_after_the_message_makes_it_uncertain(server: MailServer) -> None:
    """The server took it, but we never heard its yes."""
    server.hang_up_after_data = True
    (mail,) = write()
    assert deliver_outbox() == 0
    assert outcome(mail)[0] == MailState.UNCERTAIN
    assert len(server.received) == 1
    server.hang_up_after_data = False
    assert deliver_outbox() == 0
    assert len(server.received) == 1


def test_a_worker_that_died_leaves_it_uncertain_after_a_quarter(server: MailServer) -> None:
    (mail,) = write()
    now = timezone.now()
    OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.SENDING, claimed_at=now)
    assert give_up_interrupted(now + timedelta(minutes=15)) == 0
    assert deliver_outbox() == 0
    assert outcome(mail)[0] == MailState.SENDING
    assert give_up_interrupted(now + timedelta(minutes=15, seconds=1)) == 1
    assert outcome(mail)[::2] == (
        MailState.UNCERTAIN,
        "De verzending is onderbroken. Misschien is de mail toch vertrokken.",
    )
    assert deliver_outbox() == 0
    assert server.received == []


def test_a_crash_between_sending_and_marking_never_sends_twice(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mail,) = write()

    def die(*args: Any, **fields: Any) -> None:
        raise SystemExit  # what a killed worker leaves behind: nothing after the server's yes

    with monkeypatch.context() as patch:
        patch.setattr("notifications.services.delivery._settle", die)
        with pytest.raises(SystemExit):
            deliver_outbox()
    assert outcome(mail)[0] == MailState.SENDING
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert deliver_outbox() == 0
    assert outcome(mail)[0] == MailState.UNCERTAIN
    assert len(server.received) == 1


def test_a_person_sends_it_again_and_it_is_recorded(server: MailServer) -> None:
    (mail,) = write()
    server.data = "554 no"
    OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.SENDING)
    OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.UNCERTAIN, attempts=6)
    actor = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    server.data = "250 ok"
    resend_mail(mail_id=mail.pk, actor=actor)
    assert outcome(mail) == (MailState.QUEUED, 0, "")
    assert deliver_outbox() == 1
    assert server.received[0]["Message-ID"] == mail.message_id
    event = AuditEvent.objects.about(mail).get()
    assert (event.actor, event.action, event.source, event.target) == (
        actor,
        "outboxmail.resend",
        "uncertain",
        "queued",
    )


@pytest.mark.parametrize("roles", [[], [StaffRole.AUDITOR]])
def test_others_do_not_send_again(roles: list[StaffRole]) -> None:
    (mail,) = write()
    OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.SENDING)
    OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)
    with pytest.raises(PermissionDenied):
        resend_mail(mail_id=mail.pk, actor=UserFactory(roles=roles))
    assert outcome(mail)[0] == MailState.FAILED


def test_a_mail_that_left_is_not_sent_again(server: MailServer) -> None:
    (mail,) = write()
    deliver_outbox()
    with pytest.raises(TransitionRefused) as caught:
        resend_mail(mail_id=mail.pk, actor=UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert caught.value.messages == [
        "“Opnieuw versturen” kan niet meer: de status is nu “Verzonden”."
    ]
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        OutboxMail.objects.update(state=MailState.QUEUED)


def test_a_mail_that_cannot_be_composed_fails_and_the_rest_leaves(server: MailServer) -> None:
    mails = write(2)
    OutboxMail.objects.filter(pk=mails[0].pk).update(subject="A\nBcc: b@kwaad.test")
    assert deliver_outbox() == 1
    assert outcome(mails[0])[0] == MailState.FAILED
    assert outcome(mails[1])[0] == MailState.SENT
    assert [m["To"] for m in server.received] == ["p1@x.test"]
