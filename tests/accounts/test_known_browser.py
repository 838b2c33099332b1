"""Guessing slowly from many places stops, and shuts nobody out; one sees where one is signed in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.devices import describe
from accounts.models import SignedInDevice, User
from audit.models import AuditEvent
from notifications.models import OutboxMail
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/aanmelden/"
PROFILE = "/mijn-gegevens/"


@pytest.fixture(autouse=True)
def _few(settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:profile"
    settings.SIGN_IN_ACCOUNT_LIMIT = 4


def sign_in(client: Client, email: str, password: str = PASSWORD, place: str = "10.0.0.1") -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password}, REMOTE_ADDR=place)


def attack(email: str, times: int = 4) -> None:
    for number in range(times):
        sign_in(Client(), email, "fout", place=f"10.1.0.{number}")


def test_many_places_together_do_not_guess_on_and_the_owner_still_comes_in() -> None:
    person = UserFactory(email="an@stad.example")
    own, elsewhere = Client(), Client()
    assert sign_in(own, person.email).status_code == 302
    own.post("/afmelden/")
    attack(person.email)
    answer = sign_in(elsewhere, " AN@stad.example ")
    assert (answer.status_code, "_auth_user_id" in elsewhere.session) == (429, False)
    assert "Kies eerst een nieuw wachtwoord" in answer.content.decode()
    assert sign_in(own, person.email).status_code == 302


def test_a_link_by_mail_opens_another_browser_while_the_attack_goes_on() -> None:
    person = UserFactory(email="an@stad.example")
    attack(person.email)
    client = Client()
    client.post(reverse("accounts:password_reset"), {"email": person.email})
    text = OutboxMail.objects.get(kind="accounts.password_reset").text
    link = next(word for word in text.split() if "/wachtwoord/kiezen/" in word).strip("<>()")
    form = client.get(link[link.index("/wachtwoord") :], follow=True).request["PATH_INFO"]
    chosen = "een heel ander wachtwoord"
    client.post(form, {"new_password1": chosen, "new_password2": chosen})
    attack(person.email)
    assert sign_in(client, person.email, chosen).status_code == 302
    assert sign_in(Client(), person.email, chosen).status_code == 429


def test_an_address_without_account_is_treated_alike_and_another_account_is_free() -> None:
    other = UserFactory()
    attack("niemand@stad.example")
    assert sign_in(Client(), "niemand@stad.example").status_code == 429
    assert sign_in(Client(), other.email).status_code == 302


def test_one_sees_where_one_is_signed_in_and_ends_one_of_them() -> None:
    person = UserFactory()
    here, there = Client(), Client(headers={"user-agent": "Mozilla (Windows NT) Firefox/140.0"})
    sign_in(here, person.email)
    sign_in(there, person.email, place="10.0.0.2")
    row = SignedInDevice.objects.get(address="10.0.0.2")
    page = here.get(PROFILE).content.decode()
    assert ("Firefox, Windows" in page, "10.0.0.2" in page) == (True, True)
    url = reverse("accounts:end_session", args=[row.pk])
    stranger = Client()
    sign_in(stranger, UserFactory().email)
    assert stranger.post(url).status_code == 404
    assert here.post(url).status_code == 302
    assert there.get(PROFILE).status_code == 302
    assert here.get(PROFILE).status_code == 200
    assert AuditEvent.objects.filter(action="user.session_ended").count() == 1


def test_signing_out_here_and_everywhere_takes_the_rows_along() -> None:
    person: User = UserFactory()
    here, there = Client(), Client()
    sign_in(here, person.email)
    sign_in(there, person.email)
    here.post(reverse("accounts:sign_out_everywhere"))
    assert SignedInDevice.objects.filter(user=person).count() == 1
    assert there.get(PROFILE).status_code == 302
    here.post("/afmelden/")
    assert not SignedInDevice.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("curl/8", "onbekend toestel"),
        ("", "onbekend toestel"),
    ],
)
def test_a_device_is_known_by_browser_and_system(agent: str, words: str) -> None:
    assert describe(agent) == words
