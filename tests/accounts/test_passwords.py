"""Choosing a password: forgotten, invited, changed."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.passwords import password_link, request_password_reset
from notifications.models import OutboxMail
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "paarse olifant fietst"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://pio.example"


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"https://pio\.example(/\S+?)\)", mail.text)
    assert found
    return found[1]


def test_a_forgotten_password_is_replaced_through_a_mail(client: Client) -> None:
    person = UserFactory(email="an@stad.example")
    asked = client.post(
        "/wachtwoord/vergeten/", {"email": "AN@stad.example"}, HTTP_HOST="testserver"
    )
    assert asked["Location"] == reverse("accounts:password_reset_sent")
    mail = OutboxMail.objects.get()
    assert (mail.recipient, mail.kind, mail.is_private) == (person, "accounts.password_reset", True)

    page = client.get(link_in(mail), follow=True)
    assert "Kies uw wachtwoord" in page.content.decode()
    answer = client.post(page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == reverse("accounts:sign_in")
    person.refresh_from_db()
    assert person.check_password(NEW)

    again = client.get(link_in(mail), follow=True)
    assert "Deze link werkt niet meer" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    asked = client.post("/wachtwoord/vergeten/", {"email": "niemand@stad.example"})
    assert asked["Location"] == reverse("accounts:password_reset_sent")
    assert client.get(asked["Location"]).status_code == 200
    assert not OutboxMail.objects.exists()


def test_a_closed_account_gets_no_link() -> None:
    UserFactory(email="an@stad.example", is_active=False)
    request_password_reset(email="an@stad.example")
    assert not OutboxMail.objects.exists()


def test_who_never_chose_a_password_may_ask_too() -> None:
    """An invitation that was lost or has expired is no dead end."""
    person = UserFactory(password=None)
    assert not person.has_usable_password()
    request_password_reset(email=person.email)
    assert OutboxMail.objects.get().recipient == person


def test_a_weak_password_is_refused_in_dutch(client: Client) -> None:
    page = client.get(password_link(UserFactory()).removeprefix("https://pio.example"), follow=True)
    answer = client.post(
        page.redirect_chain[-1][0], {"new_password1": "kort", "new_password2": "kort"}
    )
    errors = " ".join(answer.context["form"].errors["new_password2"])
    assert "12 tekens" in errors


def test_a_person_changes_the_password(client: Client) -> None:
    person = UserFactory()
    client.force_login(person)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.get("/wachtwoord/wijzigen/").status_code == 200
    refused = client.post("/wachtwoord/wijzigen/", {**data, "old_password": "fout"})
    assert refused.context["form"].errors["old_password"]
    answer = client.post("/wachtwoord/wijzigen/", data, follow=True)
    assert "Uw nieuwe wachtwoord is opgeslagen." in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(NEW)
