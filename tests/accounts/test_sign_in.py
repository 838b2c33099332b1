"""Signing in and out."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from accounts.demo import DEMO_ACCOUNTS
from accounts.forms import SIGN_IN_REFUSED
from accounts.models import Attempt
from accounts.services.demo import ensure_demo_accounts
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/aanmelden/"
PROFILE = "/mijn-gegevens/"


@pytest.fixture(autouse=True)
def _start_page(settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:profile"
    settings.LOGOUT_REDIRECT_URL = "accounts:sign_in"
    settings.DEMO_LOGIN = False


def sign_in(client: Client, email: str, password: str, **extra: str) -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password, **extra})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_person_signs_in_by_email_whatever_the_capitals(client: Client) -> None:
    UserFactory(email="an@stad.example")
    response = sign_in(client, " An@Stad.example ", PASSWORD)
    assert response.status_code == 302
    assert response["Location"] == PROFILE
    assert signed_in(client)


@pytest.mark.parametrize("case", ["wrong password", "unknown address", "closed account"])
def test_each_refusal_reads_the_same(client: Client, case: str) -> None:
    """Nobody learns which addresses have an account."""
    UserFactory(email="an@stad.example", is_active=case != "closed account")
    email = "niemand@stad.example" if case == "unknown address" else "an@stad.example"
    response = sign_in(client, email, "fout" if case == "wrong password" else PASSWORD)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [SIGN_IN_REFUSED]
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/organisatie/", "/organisatie/"),
        ("https://boos.example/", PROFILE),
        ("//boos.example/", PROFILE),
        ("javascript:alert(1)", PROFILE),
        ("", PROFILE),
    ],
)
def test_a_person_lands_on_a_page_of_ours(client: Client, wanted: str, lands: str) -> None:
    UserFactory(email="an@stad.example")
    response = sign_in(client, "an@stad.example", PASSWORD, next=wanted)
    assert response["Location"] == lands


def test_who_is_signed_in_already_goes_on(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(SIGN_IN)["Location"] == PROFILE


def test_a_page_that_needs_an_account_asks_to_sign_in_first(client: Client) -> None:
    assert client.get(PROFILE)["Location"] == f"{SIGN_IN}?next={PROFILE}"


def test_signing_out_takes_a_post(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/afmelden/").status_code == 405
    assert signed_in(client)
    assert client.post("/afmelden/")["Location"] == SIGN_IN
    assert not signed_in(client)


@pytest.fixture
def _guarded(settings: Any) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)


@pytest.mark.usefixtures("_guarded")
def test_too_many_wrong_passwords_lock_this_address_at_this_place(client: Client) -> None:
    """And the page says for how long, and what to do; capitals do not start a new count."""
    UserFactory(email="an@stad.example")
    UserFactory(email="bo@stad.example")
    sign_in(client, "an@stad.example", "fout")
    sign_in(client, "AN@stad.example", "fout")
    locked = sign_in(client, "an@stad.example", "fout")
    assert locked.status_code == 429
    page = locked.content.decode()
    assert "15 minuten" in page
    assert reverse("accounts:password_reset") in page
    assert sign_in(client, "an@stad.example", PASSWORD).status_code == 429
    assert not signed_in(client)

    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, "an@stad.example", PASSWORD).status_code == 302
    assert sign_in(client, "bo@stad.example", PASSWORD).status_code == 302


@pytest.mark.usefixtures("_guarded")
def test_the_answer_says_when_one_may_try_again(client: Client, time_machine: Any) -> None:
    """And trying meanwhile does not make it longer."""
    time_machine.move_to("2027-03-01T08:00:00Z", tick=False)
    UserFactory(email="an@stad.example")
    for _try in range(3):
        locked = sign_in(client, "an@stad.example", "fout")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "1 maart 2027 om 09.15 uur" in locked.content.decode()
    time_machine.move_to("2027-03-01T08:10:00Z", tick=False)
    locked = sign_in(client, "an@stad.example", PASSWORD)
    assert (locked.status_code, locked["Retry-After"]) == (429, "300")
    assert "5 minuten" in locked.content.decode()
    time_machine.move_to("2027-03-01T08:15:01Z", tick=False)
    assert sign_in(client, "an@stad.example", PASSWORD).status_code == 302


@pytest.mark.usefixtures("_guarded")
def test_a_town_hall_behind_one_address_is_not_locked_out(client: Client) -> None:
    """Colleagues who each mistype once are not one attacker."""
    people = UserFactory.create_batch(6)
    for person in people:
        for password in ("fout", PASSWORD):
            answer = sign_in(Client(), person.email, password)
        assert answer.status_code == 302


@pytest.mark.usefixtures("_guarded")
def test_a_failed_attempt_keeps_nothing_that_was_typed(client: Client) -> None:
    sign_in(client, "an@stad.example", "geheim-1", typed_text="geheim-2", proof="geheim-3")
    assert "geheim" not in str(list(AccessAttempt.objects.values()))


def test_links_for_a_password_are_rationed_per_person_and_place(
    client: Client, settings: Any, time_machine: Any
) -> None:
    time_machine.move_to("2027-03-01T08:00:00Z", tick=False)
    settings.PASSWORD_RESETS_PER_PLACE = 5
    UserFactory(email="an@stad.example")

    def ask(email: str) -> Any:
        return client.post("/wachtwoord/vergeten/", {"email": email})

    assert [ask("an@stad.example").status_code for _ask in range(3)] == [302, 302, 302]
    refused = ask("AN@stad.example")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3601")
    assert "1 maart 2027 om 10.00 uur" in refused.content.decode()
    assert [ask(f"{who}@stad.example").status_code for who in "abc"] == [302, 302, 429]
    assert "stad.example" not in str(list(Attempt.objects.values()))
    time_machine.move_to("2027-03-01T09:00:02Z", tick=False)
    assert ask("an@stad.example").status_code == 302


class TestDemo:
    def test_every_invented_person_signs_in_with_one_button(
        self, client: Client, settings: Any
    ) -> None:
        settings.DEMO_LOGIN = True
        ensure_demo_accounts()
        page = client.get(SIGN_IN).content.decode()
        for account in DEMO_ACCOUNTS:
            assert f'value="{account.email}"' in page
            visitor = Client()
            answer = visitor.post(
                "/aanmelden/voorbeeld/", {"email": account.email, "next": "//boos.example"}
            )
            assert answer["Location"] == PROFILE
            assert signed_in(visitor)

    def test_only_invented_people_have_a_button(self, client: Client, settings: Any) -> None:
        settings.DEMO_LOGIN = True
        person = UserFactory()
        answer = client.post("/aanmelden/voorbeeld/", {"email": person.email})
        assert answer.status_code == 404
        assert not signed_in(client)

    def test_without_demo_data_the_page_says_so(self, client: Client, settings: Any) -> None:
        settings.DEMO_LOGIN = True
        answer = client.post(
            "/aanmelden/voorbeeld/", {"email": DEMO_ACCOUNTS[0].email}, follow=True
        )
        assert "bestaat nog niet" in answer.content.decode()

    def test_outside_the_demo_there_is_no_such_button(self, client: Client, settings: Any) -> None:
        settings.DEMO_LOGIN = True
        ensure_demo_accounts()
        settings.DEMO_LOGIN = False
        assert DEMO_ACCOUNTS[0].email not in client.get(SIGN_IN).content.decode()
        answer = client.post("/aanmelden/voorbeeld/", {"email": DEMO_ACCOUNTS[0].email})
        assert answer.status_code == 404
        assert not signed_in(client)

    def test_the_button_is_no_link(self, client: Client, settings: Any) -> None:
        settings.DEMO_LOGIN = True
        assert client.get("/aanmelden/voorbeeld/").status_code == 405
