"""One's own messages, choices and calendar; nobody reads or changes those of somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Membership, User
from accounts.roles import MemberRole, StaffRole
from notifications.kinds import Channel
from notifications.lifecycle import MailState
from notifications.mails import compose
from notifications.models import CalendarFeed, MailPreference, OutboxMail, UnreachableAddress
from notifications.services import queue_mail, renew_calendar, stop_calendar
from notifications.services.bounces import note_refusal
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_templates")]
KIND = "projects.form_changed"
CHOICES = "/mijn-berichten/keuzes/"


def write(to: User, kind: str = KIND, **how: Any) -> OutboxMail:
    mail = queue_mail(
        kind=kind, to=to, template="tests/mail/note.md", context={"title": "Riolen"}, **how
    )
    assert mail is not None
    return mail


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def person() -> User:
    return MembershipFactory(role=MemberRole.EDITOR).user


def test_one_reads_the_own_messages_and_why(person: User) -> None:
    mail, held = write(person), write(person, "evaluations.decision", hold=True)
    of_other = write(UserFactory())
    client = client_of(person)
    page = client.get("/mijn-berichten/").content.decode()
    assert page.count("Over Riolen") == 1
    page = client.get(f"/mijn-berichten/{mail.pk}/").content.decode()
    assert "U krijgt dit bericht (“Het formulier van een oproep verandert”) omdat u" in page
    assert "Het dossier <strong>Riolen</strong>" in page
    for hidden in (held, of_other):
        assert client.get(f"/mijn-berichten/{hidden.pk}/").status_code == 404


def test_a_personal_link_stands_in_the_mail_alone(person: User) -> None:
    mail = write(person, "accounts.password_reset", is_private=True)
    page = client_of(person).get(f"/mijn-berichten/{mail.pk}/").content.decode()
    assert "Die staat alleen in de mail." in page
    assert "Het dossier" not in page


def test_choices_are_kept_and_legal_notices_named(person: User) -> None:
    client = client_of(person)
    page = client.get(CHOICES).content.decode()
    assert f'name="{KIND}"' in page
    assert 'name="evaluations.decision"' not in page
    assert "Beslissing over uw voorstel" in page
    assert 'name="evaluations.advice_due"' not in page
    form = client.get(CHOICES).context["form"]
    data = {name: field.initial for name, field in form.fields.items()}
    answer = client.post(CHOICES, data | {KIND: Channel.DIGEST})
    assert answer.status_code == 302
    kept = MailPreference.objects.get()
    assert (kept.user, kept.kind, kept.channel) == (person, KIND, Channel.DIGEST)
    refused = client.post(CHOICES, data | {KIND: "post"})
    assert refused.status_code == 200
    assert refused.context["form"].errors.keys() == {KIND}


def test_staff_choose_about_their_work() -> None:
    page = client_of(UserFactory(roles=[StaffRole.ADVISER])).get(CHOICES).content.decode()
    assert 'name="evaluations.advice_due"' in page
    assert f'name="{KIND}"' not in page


def test_the_button_of_a_mail_program_stops_one_kind(person: User) -> None:
    message = compose(write(person))
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = message.extra_headers["List-Unsubscribe"].strip("<>").split("8000", 1)[1]
    visitor = Client(enforce_csrf_checks=True)
    assert "Het formulier van een oproep verandert" in visitor.get(path).content.decode()
    assert not MailPreference.objects.exists()
    assert visitor.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert write(person).state == MailState.PORTAL
    assert write(person, "projects.section_assigned").state == MailState.QUEUED
    assert visitor.post(path[:-12] + "x" + path[-11:]).status_code == 404
    assert "List-Unsubscribe" not in compose(write(person, "evaluations.decision")).extra_headers


def test_every_mail_ends_with_why_and_a_link(person: User) -> None:
    mail = write(person)
    message = compose(mail)
    url = f"http://127.0.0.1:8000/mijn-berichten/{mail.pk}/"
    assert f"{mail.why}\n{url}\n" in message.body
    assert f'href="{url}"' in message.alternatives[0].content
    to_address = queue_mail(
        kind="calls.opened", to="v@x.test", template="tests/mail/note.md", context={"title": "X"}
    )
    assert to_address is not None
    assert "omdat u deze oproep volgt.\n\n" in compose(to_address).body
    assert "mijn-berichten" not in compose(to_address).body


def test_who_signs_in_hears_that_mails_come_back(person: User) -> None:
    person.set_password("een-lang-wachtwoord-1")
    person.save()
    UnreachableAddress.objects.create(address=person.email, bounces=3)
    client = Client()
    sign_in = {"username": person.email, "password": "een-lang-wachtwoord-1"}
    page = client.post("/aanmelden/", sign_in, follow=True).content.decode()
    assert "komen terug" in page
    assert "Mijn adres werkt weer" in client.get("/mijn-berichten/").content.decode()
    client.post("/mijn-berichten/adres/")
    assert UnreachableAddress.objects.get().trusted_by == person
    assert "Mijn adres werkt weer" not in client.get("/mijn-berichten/").content.decode()


# --- The calendar ---------------------------------------------------------------------------------


def events(url: str) -> dict[str, Any]:
    answer = Client().get(url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    calendar = Calendar.from_ical(answer.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def feed_url(person: User) -> str:
    return reverse("notifications:calendar_feed", args=[renew_calendar(actor=person).secret])


def test_a_calendar_holds_the_own_deadlines_and_ends_with_the_rights(person: User) -> None:
    organisation = person.own_memberships[0].organisation
    draft = ProposalFactory(organisation=organisation, title="Geheime riolen")
    project = ProjectFactory(organisation=organisation, title="Ook geheim")
    due_on = timezone.localdate() + timedelta(days=30)
    project.obligations.create(
        kind="final_report", title="Verslag", due_on=due_on, created_by=UserFactory()
    )
    ProposalFactory()  # of somebody else
    url = feed_url(person)
    found = events(url)
    assert set(found) == {
        f"Voorstel {draft.reference} indienen",
        f"Eindverslag leveren voor {project.reference}",
    }
    closing = found[f"Voorstel {draft.reference} indienen"]
    assert closing["dtend"].dt == draft.call.rounds.get().closes_at.replace(microsecond=0)
    assert b"eheim" not in Client().get(url).content
    Membership.objects.filter(user=person).delete()
    assert events(url) == {}
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert Client().get(url).status_code == 404


def test_a_new_address_ends_the_old_one(person: User) -> None:
    client = client_of(person)
    assert "Agenda maken" in client.get("/mijn-berichten/agenda/").content.decode()
    client.post("/mijn-berichten/agenda/adres/")
    first = CalendarFeed.objects.get().secret
    page = client.get("/mijn-berichten/agenda/").content.decode()
    assert f"/agenda/{first}.ics" in page
    second = feed_url(person)
    assert Client().get(f"/agenda/{first}.ics").status_code == 404
    assert events(second) == {}
    stop_calendar(actor=person)
    assert Client().get(second).status_code == 404
    assert first not in second
    assert len(first) == 43


# --- However many there are ----------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_3_and_63_messages_take_the_same_queries(person: User) -> None:
    client, counts = client_of(person), []
    for more in (3, 60):
        mails = [write(person) for _n in range(more)]
        counts.append(queries(client, "/mijn-berichten/"))
    assert counts[0] == counts[1]
    assert queries(client, f"/mijn-berichten/{mails[0].pk}/") <= counts[0] + 3


def test_3_and_63_refusals_take_the_same_queries() -> None:
    client, counts = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER])), []
    for more in (3, 60):
        for n in range(more):
            mail = queue_mail(
                kind="t", to=f"p{n}@x.test", template="tests/mail/note.md", context={"title": "X"}
            )
            assert mail is not None
            note_refusal(mail, 550, "5.7.1 spam")
        counts.append(queries(client, "/beheer/herinneringen/adressen/"))
    assert counts[0] == counts[1]


def test_1_and_7_deadlines_take_the_same_queries(person: User) -> None:
    project = ProjectFactory(organisation=person.own_memberships[0].organisation)
    url, counts = feed_url(person), []
    for more in (1, 6):
        for n in range(more):
            project.obligations.create(
                kind="other",
                title="x",
                due_on=timezone.localdate() + timedelta(days=n + more),
                created_by=person,
            )
        counts.append(queries(Client(), url))
    assert counts[0] == counts[1]
