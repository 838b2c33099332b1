"""A held mail waits for a person: nothing sends it, staff read it, the addressee knows nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models, transaction
from django.db.utils import InternalError
from django.test import Client

from accounts.roles import StaffRole
from notifications import visibility
from notifications.lifecycle import MAIL_LIFECYCLE, MailState
from notifications.models import OutboxMail
from notifications.services import cancel_mails, deliver_outbox, queue_mail, release_mails
from tests.accounts.factories import UserFactory
from tests.notifications.smtp_server import MailServer, mail_server, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates")]
OUTBOX = "/beheer/herinneringen/mails/"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        use(settings, server)
        yield server


def hold(title: str = "Riool") -> OutboxMail:
    mail = queue_mail(
        kind="t",
        to="an@x.test",
        template="tests/mail/note.md",
        context={"title": title},
        hold=True,
    )
    assert mail is not None
    return mail


def states() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("state", flat=True))


def test_it_leaves_only_when_released_and_as_it_was_shown(server: MailServer) -> None:
    held, other = hold(), hold("Brug")
    assert deliver_outbox() == 0
    assert (server.received, states()) == ([], ["held", "held"])
    assert release_mails(OutboxMail.objects.filter(pk=held.pk)) == 1
    assert cancel_mails(OutboxMail.objects.filter(pk=other.pk)) == 1
    assert deliver_outbox() == 1
    (arrived,) = server.received
    assert arrived["Message-ID"] == held.message_id
    text = arrived.get_payload()[0].get_payload(decode=True).decode()
    assert text.replace("\r\n", "\n").startswith(held.text)
    assert states() == ["sent", "cancelled"]


def test_what_left_or_was_cancelled_is_neither_released_nor_cancelled_again() -> None:
    held = hold()
    everything = OutboxMail.objects.all()
    assert cancel_mails(everything) == 1
    assert (release_mails(everything), cancel_mails(everything)) == (0, 0)
    with pytest.raises(InternalError), transaction.atomic():
        OutboxMail.objects.filter(pk=held.pk).update(state=MailState.QUEUED)


def test_a_mail_that_was_queued_cannot_be_held_any_more() -> None:
    into = [step.name for step in MAIL_LIFECYCLE.transitions if step.target == MailState.HELD]
    assert into == []


def test_staff_read_it_in_the_outbox_and_nobody_in_the_mailbox(settings: Any) -> None:
    settings.DEMO_LOGIN = True
    held = hold()
    staff = Client()
    staff.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    page = staff.get(OUTBOX, {"state": "held"})
    assert list(page.context["page_obj"]) == [held]
    assert "Eén mail wordt vastgehouden" in page.content.decode()
    detail = staff.get(f"{OUTBOX}{held.pk}/").content.decode()
    assert "Het dossier <strong>Riool</strong> is klaar." in detail
    assert "Deze mail is nog niet vertrokken" in detail
    box = staff.get("/mailbox/")
    assert (list(box.context["page_obj"]), list(box.context["addresses"])) == ([], [])
    assert staff.get(f"/mailbox/{held.pk}/").status_code == 404
    cancel_mails(OutboxMail.objects.all())
    assert "Deze mail is nooit vertrokken" in staff.get(f"{OUTBOX}{held.pk}/").content.decode()
    assert staff.get(f"/mailbox/{held.pk}/").status_code == 404


def test_a_room_above_may_hide_a_mail_from_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, hidden = hold("Riool"), hold("Brug")
    person = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    monkeypatch.setattr(visibility, "_rules", [])
    visibility.narrow_mails(lambda user: ~models.Q(pk=hidden.pk) if user == person else models.Q())
    staff = Client()
    staff.force_login(person)
    page = staff.get(OUTBOX)
    assert (list(page.context["page_obj"]), page.context["held"]) == ([shown], 1)
    assert staff.get(f"{OUTBOX}{hidden.pk}/").status_code == 404
    assert staff.post(f"{OUTBOX}{hidden.pk}/opnieuw/").status_code == 404
    other = Client()
    other.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert other.get(OUTBOX).context["held"] == 2
