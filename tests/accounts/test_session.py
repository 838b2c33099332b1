"""How long a session lasts, and text that outlives it."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole
from accounts.session import ENDS_AT, browser_key
from accounts.typed_text import TypedText, wrap
from projects.models import Proposal
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db
EXTEND = "/aanmelding/verlengen/"
SIGN_IN = "/aanmelden/"
TEXT = "Een lange tekst\nop twee regels, met “krullen” & <tekens>."


@pytest.fixture
def person() -> User:
    return UserFactory(email="an@stad.example")


@pytest.fixture
def draft(person: User) -> Proposal:
    proposal = ProposalFactory()
    MembershipFactory(user=person, organisation=proposal.organisation, role=MemberRole.EDITOR)
    return proposal


@pytest.fixture
def section(draft: Proposal) -> str:
    return reverse("projects:section", args=[draft.reference, "D"])


def expiry() -> Any:
    return Session.objects.get().expire_date


class TestRolling:
    @pytest.fixture(autouse=True)
    def _eight_hours(self, settings: Any, time_machine: Any) -> None:
        settings.SESSION_COOKIE_AGE = 8 * 3600
        time_machine.move_to("2027-03-01T08:00:00Z", tick=False)

    def sign_in(self, client: Client, person: User) -> None:
        client.post(SIGN_IN, {"username": person.email, "password": PASSWORD})

    def test_the_page_knows_how_long_it_lasts(
        self, client: Client, person: User, time_machine: Any
    ) -> None:
        self.sign_in(client, person)
        time_machine.move_to("2027-03-01T15:50:00Z", tick=False)
        told = client.get("/mijn-gegevens/").context["signed_in"]
        assert told == {"key": browser_key(person), "seconds": 600, "warn": 300}

    def test_a_get_does_not_extend_and_a_post_does(
        self, client: Client, person: User, time_machine: Any
    ) -> None:
        self.sign_in(client, person)
        first = expiry()
        time_machine.move_to("2027-03-01T15:50:00Z", tick=False)
        client.get("/mijn-gegevens/")
        assert expiry() == first
        answer = client.post(EXTEND)
        assert (answer.status_code, answer["Session-Seconds"]) == (204, str(8 * 3600))
        assert (expiry() - first).total_seconds() == 7 * 3600 + 50 * 60

    def test_pressing_often_writes_once(
        self, client: Client, person: User, django_assert_num_queries: Any
    ) -> None:
        self.sign_in(client, person)
        with django_assert_num_queries(2):  # the session and the person, both read
            client.post(EXTEND)

    def test_after_the_end_nobody_is_signed_in(
        self, client: Client, person: User, time_machine: Any
    ) -> None:
        self.sign_in(client, person)
        time_machine.move_to("2027-03-01T16:00:01Z", tick=False)
        assert client.post(EXTEND)["Location"] == f"{SIGN_IN}?next={EXTEND}"

    def test_a_session_from_before_tells_nothing(self, client: Client, person: User) -> None:
        client.force_login(person)
        assert client.get("/mijn-gegevens/").context["signed_in"]["seconds"] is None
        session = client.session
        session[ENDS_AT] = "morgen"
        session.save()
        assert client.get("/mijn-gegevens/").context["signed_in"]["seconds"] is None

    def test_extending_takes_a_post_with_a_token(self, person: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        assert client.get(EXTEND).status_code == 405
        assert client.post(EXTEND).status_code == 403

    def test_a_visitor_is_told_nothing(self, client: Client) -> None:
        response = client.post(SIGN_IN, {"username": "x@stad.example", "password": "fout"})
        assert "Session-Seconds" not in response
        assert response.context["signed_in"] is None


def test_the_key_of_a_person_tells_nothing_and_differs(person: User) -> None:
    other = UserFactory()
    assert browser_key(person) == browser_key(User.objects.get(pk=person.pk))
    assert browser_key(person) != browser_key(other)
    assert str(person.pk) != browser_key(person)


class TestTextThatOutlivesTheSession:
    def hidden(self, response: Any) -> dict[str, str]:
        """The waiting fields of "Uw tekst is er nog"."""
        return dict(response.context["text"].fields)

    def sign_in(self, client: Client, typed: str, **who: str) -> Any:
        who = {"username": "an@stad.example", "password": PASSWORD, **who}
        return client.post(SIGN_IN, {**who, "typed_text": typed})

    def test_the_whole_way_without_script(
        self, client: Client, person: User, draft: Proposal, section: str
    ) -> None:
        data = {"version": "0", "q_probleem": TEXT, "next": "yes", "typed_by": browser_key(person)}
        asked = client.post(section, data)
        assert asked.status_code == 200
        assert "U bent afgemeld, uw tekst is er nog" in asked.content.decode()
        assert "no-store" in asked["Cache-Control"]
        typed = asked.context["typed_text"]

        wrong = self.sign_in(client, typed, password="fout")
        typed = wrong.context["typed_text"]
        back = self.sign_in(client, typed)
        assert back.templates[0].name == "accounts/text_kept.html"
        assert f'action="{section}"' in back.content.decode()
        waiting = self.hidden(back)
        assert waiting == data
        assert not draft.sections.exists()

        assert self.sign_in(client, typed).templates[0].name == "accounts/text_kept.html"
        assert client.post(section, waiting).status_code == 302
        assert draft.sections.get().answers["probleem"] == TEXT

    def test_somebody_else_does_not_get_it(
        self, client: Client, person: User, section: str
    ) -> None:
        asked = client.post(section, {"q_probleem": TEXT, "typed_by": browser_key(person)})
        UserFactory(email="bo@stad.example")
        back = self.sign_in(client, asked.context["typed_text"], username="bo@stad.example")
        assert back.templates[0].name == "accounts/other_person.html"
        assert "Een lange tekst" not in back.content.decode()

    def test_only_long_texts_are_shown_to_be_read(self) -> None:
        text = TypedText("/x/", "", [("a", "kort"), ("b", TEXT), ("c", "x" * 99)])
        assert text.long_words == [TEXT]

    def test_repeated_names_come_back_in_order_without_the_token(
        self, client: Client, person: User, section: str
    ) -> None:
        asked = client.post(section, {"csrfmiddlewaretoken": "x" * 64, "n": ["1", "2"]})
        back = self.sign_in(client, asked.context["typed_text"])
        assert back.context["text"].fields == [("n", "1"), ("n", "2")]

    @pytest.mark.parametrize(
        "to", ["https://boos.example/", "//boos.example/", "/mijn-gegevens/", "/bestaat/niet/", ""]
    )
    def test_only_views_that_opted_in_receive_it(
        self, client: Client, person: User, to: str
    ) -> None:
        back = self.sign_in(client, wrap(TypedText(to, "", [("a", "b")])))
        assert back.status_code == 302

    def test_what_we_did_not_wrap_is_nothing(self, client: Client, person: User) -> None:
        assert self.sign_in(client, "verzonnen").status_code == 302

    def test_a_wrapped_text_does_not_last_for_ever(
        self, client: Client, person: User, section: str, time_machine: Any
    ) -> None:
        time_machine.move_to("2027-03-01T08:00:00Z", tick=False)
        typed = client.post(section, {"q_probleem": TEXT}).context["typed_text"]
        time_machine.move_to("2027-03-02T08:00:01Z", tick=False)
        assert self.sign_in(client, typed).status_code == 302

    def test_too_much_text_is_said_and_not_carried(
        self, client: Client, section: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("accounts.typed_text.LIMIT", 100)
        asked = client.post(section, {"q_probleem": "x" * 101})
        assert asked.context["typed_text"] == ""
        assert "Uw tekst is te lang om mee te nemen" in asked.content.decode()

    def test_the_button_of_an_invented_person_carries_it_too(
        self, client: Client, person: User, section: str, settings: Any
    ) -> None:
        settings.DEMO_LOGIN = True
        person.email = "indiener@voorbeeldegem.example"
        person.save()
        typed = client.post(section, {"q_probleem": TEXT}).context["typed_text"]
        data = {"email": person.email, "next": section, "typed_text": typed}
        back = client.post("/aanmelden/voorbeeld/", data)
        assert self.hidden(back) == {"q_probleem": TEXT}

    def test_a_get_asks_to_sign_in_as_ever(self, client: Client, section: str) -> None:
        assert client.get(f"{section}?a=b")["Location"] == f"{SIGN_IN}?next={section}%3Fa%3Db"


class TestThePageStoodOpenTooLong:
    @pytest.fixture
    def client(self, person: User, draft: Proposal) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        return client

    def test_the_text_is_kept_with_a_new_token(self, client: Client, section: str) -> None:
        response = client.post(section, {"q_probleem": TEXT})
        assert response.status_code == 403
        assert dict(response.context["text"].fields) == {"q_probleem": TEXT}
        token = response.cookies["csrftoken"].value
        again = {"csrfmiddlewaretoken": token, "q_probleem": TEXT, "version": "0"}
        assert client.post(section, again).status_code == 302

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://boos.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Referer": "https://boos.example/vals/"},
        ],
    )
    def test_a_form_of_another_site_is_not_offered_again(
        self, client: Client, section: str, headers: dict[str, str]
    ) -> None:
        response = client.post(section, {"q_probleem": TEXT}, headers=headers)
        assert response.status_code == 403
        assert response.context["text"] is None

    def test_a_page_that_did_not_opt_in_keeps_nothing(self, client: Client) -> None:
        assert client.post("/mijn-gegevens/", {"phone": "1"}).context["text"] is None

    def test_text_of_somebody_else_is_not_shown(self, client: Client, section: str) -> None:
        data = {"q_probleem": TEXT, "typed_by": browser_key(UserFactory())}
        assert client.post(section, data).context["text"] is None

    def test_the_sign_in_form_sent_again(self, client: Client, person: User, section: str) -> None:
        typed = wrap(TypedText(section, browser_key(person), [("q_probleem", TEXT)]))
        response = client.post(SIGN_IN, {"typed_text": typed})
        assert dict(response.context["text"].fields) == {"q_probleem": TEXT}
