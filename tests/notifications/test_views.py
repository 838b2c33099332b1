"""Staff see what will be sent, what was sent, and why not; others do not."""

from datetime import timedelta
from itertools import zip_longest
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder, ReminderOffset
from notifications.services import plan_reminders, queue_mail, send_due_reminders
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.notifications.fixtures import RULE, World

pytestmark = pytest.mark.django_db
OVERVIEW = "/beheer/herinneringen/"
OUTBOX = "/beheer/herinneringen/mails/"


def signed_in(*roles: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=roles))
    return client


@pytest.fixture
def staff() -> Client:
    return signed_in(StaffRole.TEAM_MEMBER)


def mail_in(state: str, **fields: Any) -> OutboxMail:
    mail = queue_mail(
        kind="t", to="an@x.test", template="tests/mail/note.md", context={"title": "X"}
    )
    if state != MailState.QUEUED:
        OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.SENDING)
        OutboxMail.objects.filter(pk=mail.pk).update(state=state, **fields)
    return mail


def fill(world: World, people: int) -> None:
    """Half of the reminders planned, half sent."""
    now = timezone.now()
    for n in range(people):
        days = 5 if n % 2 else 20
        world.open(OrganisationFactory(), now + timedelta(days=days), UserFactory())
    plan_reminders(now)
    send_due_reminders(now)


def test_the_overview_shows_what_is_planned_and_what_was_sent(
    planned_world: World, staff: Client
) -> None:
    now = timezone.now()
    early = OrganisationFactory(name="Gemeente Vroeg")
    late = OrganisationFactory(name="Gemeente Laat")
    planned_world.open(early, now + timedelta(days=1), UserFactory(last_name="Vroegman"))
    planned_world.open(late, now + timedelta(days=60), UserFactory(last_name="Laatman"))
    plan_reminders(now)
    send_due_reminders(now)

    planned = staff.get(OVERVIEW)
    assert [(r.about, r.state) for r in planned.context["page_obj"]] == [
        (early, ReminderState.PLANNED),
        (early, ReminderState.PLANNED),
    ]  # those of the other lie further than 30 days ahead
    assert planned.context["counts"] == {"planned": 2, "sent": 1, "skipped": 2, "cancelled": 0}

    sent = staff.get(OVERVIEW, {"state": "sent", "q": "vroegman"})
    (row,) = sent.context["page_obj"]
    assert f'href="{reverse("notifications:mail", args=[row.mail_id])}"' in sent.content.decode()

    skipped = staff.get(OVERVIEW, {"state": "skipped"})
    assert "Te laat: een latere herinnering kwam in de plaats." in skipped.content.decode()
    assert list(staff.get(OVERVIEW, {"q": "laatman"}).context["page_obj"]) == []


def test_the_outbox_shows_each_mail_before_it_leaves(mail_templates: None, staff: Client) -> None:
    mail = mail_in(MailState.QUEUED)
    mail_in(MailState.FAILED, error="550 weg")
    assert len(staff.get(OUTBOX).context["page_obj"]) == 2
    assert list(staff.get(OUTBOX, {"state": "queued"}).context["page_obj"]) == [mail]
    page = staff.get(f"{OUTBOX}{mail.pk}/").content.decode()
    assert "Het dossier <strong>X</strong> is klaar." in page
    assert "Opnieuw versturen" not in page


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.UNCERTAIN])
def test_a_mail_that_needs_a_person_is_sent_again_by_post(
    mail_templates: None, staff: Client, state: str
) -> None:
    mail = mail_in(state)
    assert "Opnieuw versturen" in staff.get(f"{OUTBOX}{mail.pk}/").content.decode()
    assert staff.get(f"{OUTBOX}{mail.pk}/opnieuw/").status_code == 405
    response = staff.post(f"{OUTBOX}{mail.pk}/opnieuw/", follow=True)
    assert "De mail staat klaar en vertrekt binnen een minuut." in response.content.decode()
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    again = staff.post(f"{OUTBOX}{mail.pk}/opnieuw/", follow=True).content.decode()
    assert "kan niet meer: de status is nu “Wacht op verzending”." in again


def test_an_auditor_reads_and_does_not_send(mail_templates: None) -> None:
    auditor = signed_in(StaffRole.AUDITOR)
    mail = mail_in(MailState.FAILED)
    page = auditor.get(f"{OUTBOX}{mail.pk}/")
    assert page.status_code == 200
    assert "Opnieuw versturen" not in page.content.decode()
    assert auditor.post(f"{OUTBOX}{mail.pk}/opnieuw/").status_code == 403


def test_the_body_of_a_mail_with_a_personal_link_stays_hidden(
    mail_templates: None, staff: Client
) -> None:
    mail = queue_mail(
        kind="t",
        to="an@x.test",
        template="tests/mail/note.md",
        context={"title": "X"},
        is_private=True,
    )
    page = staff.get(f"{OUTBOX}{mail.pk}/").content.decode()
    assert "Alleen de ontvanger leest de inhoud." in page
    assert "is klaar" not in page


@pytest.mark.parametrize("path", [OVERVIEW, OUTBOX, f"{OUTBOX}1/"])
def test_only_staff(path: str) -> None:
    assert signed_in().get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_mail_that_does_not_exist_is_not_found(staff: Client) -> None:
    assert staff.get(f"{OUTBOX}1/").status_code == 404
    assert staff.post(f"{OUTBOX}1/opnieuw/").status_code == 404


@pytest.mark.parametrize(
    "query", ["?sort=-due_at", "?sort=onzin&page=999", "?state=onzin", "?rule=x", "?sort=subject"]
)
def test_any_query_string_is_answered(planned_world: World, staff: Client, query: str) -> None:
    fill(planned_world, 2)
    assert staff.get(OVERVIEW + query).status_code == 200
    assert staff.get(OUTBOX + query).status_code == 200


def add_rows(number: int) -> None:
    """Reminders, half planned and half sent, each with a person and an object of its own."""
    now = timezone.now()
    kind = ContentType.objects.get_for_model(User)
    people = UserFactory.create_batch(2 * number)
    mails = OutboxMail.objects.bulk_create(
        OutboxMail(
            kind="t",
            recipient=person,
            address=person.email,
            subject="Onderwerp",
            state=MailState.SENT,
            sent_at=now,
        )
        for person in people[:number]
    )
    Reminder.objects.bulk_create(
        Reminder(
            rule="t",
            content_type=kind,
            object_id=str(person.pk),
            about_label=str(person),
            recipient=person,
            deadline=now + timedelta(days=3),
            days=-1,
            due_at=now + timedelta(days=2),
            mail=mail,
            state=ReminderState.SENT if mail else ReminderState.PLANNED,
        )
        for person, mail in zip_longest(people, mails)
    )


@pytest.mark.parametrize("path", [OVERVIEW, f"{OVERVIEW}?state=sent", OUTBOX, "/mailbox/"])
def test_3_and_300_rows_take_the_same_queries(staff: Client, path: str, settings: Any) -> None:
    settings.DEMO_LOGIN = True
    counts, shown = [], []
    for number in (3, 297):
        add_rows(number)
        with CaptureQueriesContext(connection) as queries:
            response = staff.get(path)
        counts.append(len(queries))
        shown.append(len(response.context["page_obj"]))
    assert shown == [3, 50]
    assert counts[0] == counts[1] <= 12


def test_the_demo_mailbox_is_for_everyone_in_the_demo_only(
    mail_templates: None, settings: Any
) -> None:
    mail = mail_in(MailState.QUEUED)
    client = Client()
    settings.DEMO_LOGIN = True
    assert list(client.get("/mailbox/", {"address": "AN@x"}).context["page_obj"]) == [mail]
    assert list(client.get("/mailbox/", {"address": "jan@x"}).context["page_obj"]) == []
    page = client.get(f"/mailbox/{mail.pk}/").content.decode()
    assert "Het dossier <strong>X</strong> is klaar." in page
    settings.DEMO_LOGIN = False
    assert client.get("/mailbox/").status_code == 404
    assert client.get(f"/mailbox/{mail.pk}/").status_code == 404


@pytest.mark.parametrize("model", ["outboxmail", "reminder", "reminderoffset"])
def test_the_admin_lists_and_finds(planned_world: World, model: str) -> None:
    fill(planned_world, 2)
    client = Client()
    client.force_login(User.objects.create_superuser("baas@x.test"))
    assert client.get(f"/admin/notifications/{model}/", {"q": "test"}).status_code == 200
    first = {"outboxmail": OutboxMail, "reminder": Reminder}.get(model)
    if first:
        pk = first.objects.first().pk
        page = client.get(f"/admin/notifications/{model}/{pk}/change/")
        assert page.status_code == 200
        assert 'name="state"' not in page.content.decode()


def test_staff_add_a_moment_and_switch_one_off_in_the_admin(planned_world: World) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("baas@x.test"))
    url = "/admin/notifications/reminderoffset/"
    assert "Dossier sluit (test)" in client.get(f"{url}add/").content.decode()
    client.post(f"{url}add/", {"rule": RULE, "days": -21, "hours": 0, "enabled": "on"})
    added = ReminderOffset.objects.get(rule=RULE, days=-21)
    client.post(f"{url}{added.pk}/change/", {"days": -99})
    added.refresh_from_db()
    assert (added.days, added.enabled) == (-21, False)
    assert client.get(f"{url}{added.pk}/delete/").status_code == 403
