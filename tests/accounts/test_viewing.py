"""An administrator who sees the portal as somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent, Refusal
from tests.accounts.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PROFILE = "/mijn-gegevens/"


@pytest.fixture
def person() -> User:
    return MembershipFactory(user__email="an@stad.example").user


@pytest.fixture
def chief() -> User:
    return UserFactory(roles=[StaffRole.ADMINISTRATOR])


def view_as(client: Client, person: User, reason: str = "De knop ontbreekt") -> Any:
    return client.post(f"/beheer/personen/{person.pk}/bekijken/", {"reason": reason})


@pytest.fixture
def viewing(client: Client, person: User, chief: User) -> Client:
    client.force_login(chief)
    assert view_as(client, person).status_code == 302
    return client


def test_one_sees_what_the_person_sees_and_every_page_says_so(
    viewing: Client, person: User
) -> None:
    page = viewing.get(PROFILE)
    assert page.context["user"] == person
    for address in (PROFILE, "/", "/organisatie/", "/oproepen/"):
        shown = viewing.get(address).content.decode()
        assert f"U bekijkt het portaal als {person}." in shown
    assert viewing.get("/beheer/").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(viewing: Client, person: User, method: str) -> None:
    fields = {"first_name": "Boos", "last_name": "Boos"}
    before = AuditEvent.objects.count()
    closed = "/admin/accounts/user/add/"
    for address in (PROFILE, "/wachtwoord/wijzigen/", "/organisatie/registreren/", closed):
        answer = getattr(viewing, method)(address, fields)
        assert answer.status_code == (403 if method == "post" else 405), address
    assert "niets wijzigen" in viewing.post(PROFILE, fields).content.decode()
    person.refresh_from_db()
    assert person.first_name != "Boos"
    assert AuditEvent.objects.count() == before
    tried = Refusal.objects.values_list("actor__email", flat=True)
    assert person.email not in set(tried)


def test_it_is_kept_and_the_person_reads_it(viewing: Client, person: User, chief: User) -> None:
    event = AuditEvent.objects.get(action="user.viewed_as")
    assert (event.actor, event.object_id) == (chief, str(person.pk))
    own = Client()
    own.force_login(person)
    page = own.get(PROFILE).content.decode()
    assert str(chief) in page
    assert "De knop ontbreekt" in page
    assert "acting-banner" not in page


def test_it_ends_by_a_button(viewing: Client, person: User, chief: User) -> None:
    assert viewing.post("/bekijken/stoppen/")["Location"] == f"/beheer/personen/{person.pk}/"
    assert viewing.get(PROFILE).context["user"] == chief
    assert AuditEvent.objects.get(action="user.viewing_stopped").actor == chief
    assert viewing.post("/bekijken/stoppen/")["Location"] == reverse("home")


def test_it_ends_after_half_an_hour(viewing: Client, chief: User, time_machine: Any) -> None:
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert viewing.get(PROFILE).context["user"] == chief
    assert viewing.post("/aanmelding/verlengen/").status_code == 204


def test_it_ends_when_a_right_ends(viewing: Client, person: User, chief: User) -> None:
    chief.groups.clear()
    assert viewing.get(PROFILE).context["user"] == chief
    assert viewing.get(f"/beheer/personen/{person.pk}/").status_code == 403


def test_it_ends_when_the_person_becomes_administrator(
    viewing: Client, person: User, chief: User
) -> None:
    person.groups.set(chief.groups.all())
    assert viewing.get(PROFILE).context["user"] == chief


def test_signing_out_ends_all(viewing: Client) -> None:
    viewing.post("/afmelden/")
    assert viewing.get(PROFILE).status_code == 302


def test_a_reason_is_asked(client: Client, person: User, chief: User) -> None:
    client.force_login(chief)
    assert view_as(client, person, reason="  ").status_code == 200
    assert client.get(PROFILE).context["user"] == chief


def test_no_administrator_is_viewed_and_nobody_else_views(
    client: Client, person: User, chief: User
) -> None:
    client.force_login(chief)
    other = UserFactory(roles=[StaffRole.ADMINISTRATOR, StaffRole.AUDITOR])
    closed = UserFactory(is_active=False)
    for subject in (other, chief, closed, UserFactory(is_superuser=True)):
        assert view_as(client, subject).status_code == 403
    for role in set(StaffRole) - {StaffRole.ADMINISTRATOR}:
        client.force_login(UserFactory(roles=[role]))
        assert view_as(client, person).status_code == 403
    assert not AuditEvent.objects.filter(action="user.viewed_as").exists()
