"""What a person asks about the own data: everything of that person, and of nobody else."""

import json
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from common.moments import today
from documents.services import run_job
from notifications.models import OutboxMail
from retention.models import PrivacyRequest
from retention.persons import overview
from retention.services import answer_request, ask, extend_request, make_export, register_request
from tests.accounts.factories import UserFactory
from tests.evaluations.factories import ADVICE, Case
from tests.funding.factories import programme_manager

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_question_has_a_month_and_an_answer_by_somebody_with_a_mail() -> None:
    person, manager = UserFactory(), programme_manager()
    with time_machine.travel("2026-01-31T10:00Z", tick=False):
        asked = ask(kind="correction", text="Mijn naam is fout.", by=person)
        with pytest.raises(ValidationError):
            ask(kind="correction", text="Nog eens", by=person)
    assert (asked.received_on, asked.due_on) == (date(2026, 1, 31), date(2026, 2, 28))
    extend_request(request=asked, reason="Veel dossiers", by=manager)
    asked.refresh_from_db()
    assert asked.due_on == date(2026, 4, 28)
    with pytest.raises(ValidationError):
        extend_request(request=asked, reason="Nog eens", by=manager)
    with pytest.raises(PermissionDenied):
        answer_request(request=asked, granted=True, answer="Ja", by=person)
    answer_request(request=asked, granted=True, answer="Verbeterd", by=manager)
    with pytest.raises(TransitionRefused):
        answer_request(request=asked, granted=False, answer="Toch niet", by=manager)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("granted", manager)
    mails = OutboxMail.objects.filter(recipient=person).order_by("pk")
    assert [mail.kind for mail in mails] == [
        "retention.request_extended",
        "retention.request_answered",
    ]


def test_staff_register_a_letter_on_the_day_it_came() -> None:
    person, manager = UserFactory(), programme_manager()
    came = today() - timedelta(days=3)
    asked = register_request(
        person=person, kind="access", text="Brief", received_on=came, by=manager
    )
    assert (asked.way, asked.received_on, asked.registered_by) == ("letter", came, manager)
    with pytest.raises(PermissionDenied):
        register_request(person=person, kind="access", text="x", received_on=came, by=person)
    with pytest.raises(ValidationError):
        register_request(
            person=person,
            kind="access",
            text="x",
            received_on=today() + timedelta(days=1),
            by=manager,
        )


def test_the_overview_holds_what_is_on_the_person_and_nothing_on_others() -> None:
    case = Case().advised()
    case.adviser.phone = "0470 12 34 56"
    case.adviser.save()
    case.proposal.contact_email = case.member.email
    case.proposal.contact_phone = "0471 98 76 54"
    case.proposal.save()
    of_member = json.dumps([[one.name, one.rows] for one in overview(case.member)])
    of_adviser = json.dumps([[one.name, one.rows] for one in overview(case.adviser)])
    assert (case.member.email in of_member, "0471 98 76 54" in of_member) == (True, True)
    for secret in (case.adviser.email, case.team.email, ADVICE.strengths, "0470 12 34 56"):
        assert secret not in of_member
    assert ("0470 12 34 56" in of_adviser, case.member.email in of_adviser) == (True, False)
    assert ADVICE.strengths not in of_adviser
    assert case.proposal.title not in of_adviser


def test_the_file_can_be_read_by_people_and_machines_and_by_who_asked_only() -> None:
    person, manager = UserFactory(), programme_manager()
    job = make_export(person=person, by=person)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert job.file is not None
    with zipfile.ZipFile(job.file.path) as archive:
        assert sorted(archive.namelist()) == ["mijn-gegevens.json", "mijn-gegevens.pdf"]
        content = json.loads(archive.read("mijn-gegevens.json"))
    assert content["persoon"] == person.email
    fetch = reverse("documents:download", args=[job.pk])
    response = signed_in(person).get(fetch)
    assert b"".join(response.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    for user in (manager, UserFactory(roles=[StaffRole.ADVISER])):
        assert signed_in(user).get(fetch).status_code == 404
    with pytest.raises(PermissionDenied):
        make_export(person=manager, by=person)
    assert AuditEvent.objects.filter(action="retention.own_data_made").count() == 1


def test_one_asks_on_the_own_page_and_sees_only_the_own_questions() -> None:
    person, other, manager = UserFactory(), UserFactory(), programme_manager()
    client = signed_in(person)
    page = reverse("retention:own")
    refused = client.post(page, {"kind": "correction", "text": ""})
    assert "Schrijf wat u vraagt." in refused.content.decode()
    client.post(page, {"kind": "correction", "text": "Mijn functie klopt niet."})
    asked = PrivacyRequest.objects.get(person=person)
    own = reverse("retention:request", args=[asked.pk])
    assert client.get(own).status_code == 200
    assert signed_in(other).get(own).status_code == 404
    handle = reverse("retention:handle", args=[asked.pk])
    assert signed_in(other).get(handle).status_code == 403
    staff = signed_in(manager)
    assert "Mijn functie klopt niet." in staff.get(handle).content.decode()
    staff.post(handle, {"answer": "Verbeterd.", "besluit": "inwilligen"})
    assert "Verbeterd." in client.get(own).content.decode()
