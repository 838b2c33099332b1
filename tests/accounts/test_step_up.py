"""A fresh proof before decisions, payments and personal data."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from accounts.services.second_factor import set_up
from accounts.step_up import StepUpMiddleware
from pio_portal.step_up import STEP_UP_VIEWS
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.oidc import Live, live_provider, use
from tests.accounts.test_second_factor import KEY, code_of
from tests.portal.world import all_addresses

pytestmark = pytest.mark.django_db
PROOF = "/mijn-bevestiging/"
SIGN = "/beheer/betalingen/BO-2099-00001/ondertekenen/"
EXPORT = "/beheer/lijst/werk.csv"


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STEP_UP = True
    settings.LOGIN_REDIRECT_URL = "accounts:profile"


@pytest.fixture(scope="module")
def _process() -> Iterator[Live]:
    with live_provider() as live:
        yield live


@pytest.fixture
def manager() -> User:
    return UserFactory(roles=[StaffRole.PROGRAMME_MANAGER])


@pytest.fixture
def stale(client: Client, manager: User, time_machine: Any) -> Client:
    """Signed in sixteen minutes ago."""
    client.post("/aanmelden/", {"username": manager.email, "password": PASSWORD})
    time_machine.move_to(timezone.now() + timedelta(minutes=16), tick=False)
    return client


def test_within_a_quarter_of_an_hour_nothing_is_asked(
    client: Client, manager: User, time_machine: Any
) -> None:
    client.post("/aanmelden/", {"username": manager.email, "password": PASSWORD})
    time_machine.move_to(timezone.now() + timedelta(minutes=14), tick=False)
    assert client.post(SIGN, {"note": "x"}).status_code == 404  # it came to the view


def test_what_was_typed_goes_on_after_the_proof(stale: Client) -> None:
    asked = stale.post(SIGN, {"note": "Nagekeken met het team."})
    page = asked.content.decode()
    assert "Bevestig dat u het bent" in page
    fields = {"next": SIGN, "typed_text": asked.context["typed_text"]}
    wrong = stale.post(PROOF, {**fields, "proof": "fout"})
    assert "Dit wachtwoord is niet juist" in wrong.content.decode()
    assert wrong.context["typed_text"] == fields["typed_text"]
    right = stale.post(PROOF, {**fields, "proof": PASSWORD})
    assert "U kunt verdergaan" in right.content.decode()
    text = right.context["text"]
    assert (text.to, dict(text.fields)) == (SIGN, {"note": "Nagekeken met het team."})
    assert stale.post(text.to, dict(text.fields)).status_code == 404  # it came to the view


def test_a_download_goes_on_by_itself(stale: Client) -> None:
    asked = stale.get(EXPORT)
    assert asked["Location"] == f"{PROOF}?next={quote(EXPORT, safe='')}"
    assert stale.get(asked["Location"]).context["next"] == EXPORT
    assert stale.post(PROOF, {"next": EXPORT, "proof": PASSWORD})["Location"] == EXPORT
    assert stale.get(EXPORT).status_code == 200


def test_one_goes_on_to_a_page_of_ours_only(stale: Client) -> None:
    assert stale.get(f"{PROOF}?next=https://boos.example/").context["next"] == ""
    answer = stale.post(PROOF, {"next": "//boos.example/", "proof": PASSWORD})
    assert answer["Location"] == "/mijn/"


def test_who_has_a_second_step_gives_a_code(stale: Client, manager: User) -> None:
    set_up(user=manager, key=KEY, code=code_of(later=-30))
    manager.refresh_from_db()
    stale.force_login(manager)  # the set-up ended what was
    session = stale.session
    session["proven_at"] = 0
    session.save()
    assert stale.post(PROOF, {"next": EXPORT, "proof": PASSWORD}).status_code == 200
    soon = stale.post(PROOF, {"next": EXPORT, "proof": "000000"})
    assert soon.status_code in {200, 429}


def test_wrong_passwords_lock_here_too(stale: Client, settings: Any) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    answers = [stale.post(PROOF, {"proof": "fout"}).status_code for _try in range(3)]
    assert answers == [200, 200, 429]


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    assert client.post(SIGN)["Location"].startswith("/aanmelden/")
    assert client.get(PROOF)["Location"].startswith("/aanmelden/")


def test_a_script_is_sent_to_the_page(stale: Client) -> None:
    answer = stale.post(SIGN, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (
        204,
        f"{PROOF}?next={quote(SIGN, safe='')}",
    )


def test_nobody_replaces_an_app_or_links_an_account_at_an_open_screen(
    stale: Client, settings: Any
) -> None:
    """The new app would give the proof of everything else; a link takes the account over."""
    settings.OIDC_ISSUER = "https://aanmelden.example/op"  # nobody asks it anything yet
    settings.OIDC_RP_CLIENT_ID = "pio"
    set_up_page = stale.post("/aanmelden/app/", {"code": "123456"})
    assert "Bevestig dat u het bent" in set_up_page.content.decode()
    link = stale.post("/aanmelden/acm-idm/", {"purpose": "link"})
    assert "Bevestig dat u het bent" in link.content.decode()


def test_off_it_asks_nothing(stale: Client, settings: Any) -> None:
    settings.STEP_UP = False
    assert stale.post(SIGN).status_code == 404


@pytest.mark.parametrize("name", sorted(STEP_UP_VIEWS))
def test_each_of_these_addresses_asks_first(name: str, rf: RequestFactory, client: Client) -> None:
    """By its name and its methods, before the view is called; and the address exists."""
    tables = get_resolver().namespace_dict["admin"][1].reverse_dict
    assert name in {address.name for address in all_addresses()} or name[len("admin:") :] in tables
    middleware = StepUpMiddleware(lambda request: HttpResponse())
    for method in STEP_UP_VIEWS[name]:
        for user, is_asked in ((UserFactory(), True), (AnonymousUser(), False)):
            request: Any = rf.generic(method, "/beheer/")
            request.user, request.session, request.htmx = user, client.session, False
            request.resolver_match = type("Match", (), {"view_name": name})
            answer = middleware.process_view(request, None, (), {})
            assert (answer is not None) == is_asked


class TestAcmIdm:
    @pytest.fixture
    def live(self, _process: Live, settings: Any, client: Client) -> Live:
        use(settings, _process)
        _process.order(forget=True)
        _process.sign_in(client)
        session = client.session
        session["proven_at"] -= 16 * 60
        session.save()
        return _process

    def test_one_signs_in_there_again_and_goes_on(self, client: Client, live: Live) -> None:
        asked = client.post(SIGN, {"note": "Nagekeken."})
        assert "Bevestigen met ACM/IDM" in asked.content.decode()
        typed = asked.context["typed_text"]
        answer = live.sign_in(client, purpose="fresh", next=SIGN, typed_text=typed)
        assert answer["Location"] == "/mijn-tekst/"
        assert client.get("/mijn-tekst/").context["text"].to == SIGN
        last = live.seen("auth")[-1]
        assert (last["prompt"], last["max_age"]) == ("login", "0")
        assert client.post(SIGN).status_code == 403  # it came to the view: no member may sign

    def test_an_old_proof_is_none(self, client: Client, live: Live) -> None:
        live.order("not_fresh")
        assert live.sign_in(client, purpose="fresh").status_code == 403
        assert "Bevestig dat u het bent" in client.post(SIGN).content.decode()

    def test_another_person_is_none(self, client: Client, live: Live) -> None:
        live.order(vo_id="vo-bo", vo_email="bo@stad.example")
        assert live.sign_in(client, purpose="fresh").status_code == 403
        assert User.objects.count() == 1


def test_files_that_were_chosen_are_named_until_they_are_chosen_again(
    stale: Client, manager: User
) -> None:
    sent = SimpleUploadedFile("betalingen-april.csv", b"a;b", content_type="text/csv")
    asked = stale.post("/beheer/betalingen/bevestigingen/1/", {"file": sent, "x": "y"})
    page = asked.content.decode()
    assert ("Kies uw bestanden opnieuw" in page, "betalingen-april.csv" in page) == (True, True)
    carried = {"typed_text": asked.context["typed_text"], "next": asked.context["next"]}
    wrong = stale.post(PROOF, {**carried, "proof": "fout"})
    assert "betalingen-april.csv" in wrong.content.decode()
    proven = stale.post(PROOF, {**carried, "proof": PASSWORD})
    assert "betalingen-april.csv" in proven.content.decode()
