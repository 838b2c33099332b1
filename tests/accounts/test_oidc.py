"""Signing in with ACM/IDM, against a live provider in a process of its own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import (
    ExternalIdentity,
    ExternalOrganisation,
    Membership,
    MembershipSource,
    Organisation,
    User,
)
from accounts.oidc import provider
from accounts.oidc.claims import GrantedRole, normal_code, parse_role
from accounts.oidc.refusals import Refusal
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from notifications.models import OutboxMail
from tests.accounts.factories import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory
from tests.accounts.oidc import GHENT, Live, live_provider, use
from tests.accounts.oidc_provider import CLIENT
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db
PROFILE = "/mijn-gegevens/"
OTHER = "0400853488"
EWI = "OVO000099"


@pytest.fixture(scope="module")
def _process() -> Iterator[Live]:
    with live_provider() as live:
        yield live


@pytest.fixture
def live(_process: Live, settings: Any) -> Live:
    use(settings, _process)
    settings.LOGIN_REDIRECT_URL = "accounts:profile"
    _process.order(forget=True)
    return _process


def signed_in_as(client: Client) -> User | None:
    response = client.get(PROFILE)
    return response.context["user"] if response.status_code == 200 else None


def refused(response: Any, refusal: Refusal) -> bool:
    assert response.status_code == refusal.status, response.content.decode()[-3000:]
    page = response.content.decode()
    return str(refusal.label).split(".")[0][:60] in page and "no-store" in response["Cache-Control"]


class TestSignIn:
    def test_somebody_new_comes_in_with_role_and_organisation(
        self, client: Client, live: Live
    ) -> None:
        answer = live.sign_in(client, next="/organisatie/")
        assert (answer.status_code, answer["Location"]) == (302, "/organisatie/")
        user = User.objects.get()
        assert (user.email, str(user)) == ("an@stad.example", "An Peeters")
        assert not user.has_usable_password()
        membership = Membership.objects.get()
        assert (membership.user, membership.role) == (user, MemberRole.SUBMITTER)
        organisation = membership.organisation
        assert (organisation.name, organisation.kbo) == ("Stad Voorbeeld", GHENT)
        assert not organisation.is_verified
        page = client.get("/organisatie/")
        assert page.wsgi_request.organisation == organisation
        acts = AuditEvent.objects.values_list("action", flat=True)
        assert {"user.account_made", "organisation.role_granted"} <= set(acts)

    def test_the_request_is_safe_and_asks_no_register_number(
        self, client: Client, live: Live
    ) -> None:
        live.sign_in(client)
        [asked], [redeemed] = live.seen("auth"), live.seen("token")
        assert asked["scope"].split() == ["openid", "profile", "vo", "pio_portaal"]
        assert asked["code_challenge_method"] == "S256"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        assert "client_secret" not in redeemed  # it travels in the Authorization header

    def test_a_register_number_in_the_claims_is_stored_nowhere(
        self, client: Client, live: Live
    ) -> None:
        live.order(rrn="85073003328")
        live.sign_in(client)
        user = User.objects.get()
        everything = [
            *User.objects.values(),
            *ExternalIdentity.objects.values(),
            *Organisation.objects.values(),
            *AuditEvent.objects.values(),
            *(session.get_decoded() for session in Session.objects.all()),
        ]
        assert user.pk
        assert "85073003328" not in str(everything)

    def test_a_private_key_may_stand_for_the_secret(
        self, client: Client, live: Live, settings: Any, tmp_path: Any
    ) -> None:
        key = tmp_path / "client.pem"
        key.write_text(live.client_key)
        settings.OIDC_CLIENT_KEY_FILE = str(key)
        settings.OIDC_RP_CLIENT_SECRET = ""
        settings.OIDC_TOKEN_USE_BASIC_AUTH = False
        assert live.sign_in(client).status_code == 302
        assert "client_assertion" in live.seen("token")[0]

    def test_the_second_time_it_is_the_same_account(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        live.order(vo_email="an.peeters@elders.example", family_name="Peeters-Maes")
        live.sign_in(Client())
        user = User.objects.get()
        assert (user.email, user.last_name) == ("an@stad.example", "Peeters-Maes")

    @pytest.mark.parametrize("wanted", ["https://boos.example/", "//boos.example/x"])
    def test_one_lands_on_a_page_of_ours(self, client: Client, live: Live, wanted: str) -> None:
        assert live.sign_in(client, next=wanted)["Location"] == PROFILE

    def test_what_was_typed_while_signed_out_comes_along(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        proposal = ProposalFactory(organisation=Organisation.objects.get())
        address = reverse("projects:section", args=[proposal.reference, "D"])
        text = "Een lange tekst\nmet “krullen” & <tekens>."
        other = Client()
        page = other.post(address, {"probleem": text, "version": "0"})
        typed = page.context["typed_text"]
        assert typed
        live.order("cancel")
        cancelled = live.sign_in(other, typed_text=typed, next=address)
        assert typed in cancelled.content.decode()
        live.order()
        back = live.sign_in(other, typed_text=typed, next=address)
        assert back["Location"] == "/mijn-tekst/"
        for _again in range(2):
            kept = other.get("/mijn-tekst/").context["text"]
            assert (kept.to, dict(kept.fields)["probleem"]) == (address, text)
        other.post(address, dict(kept.fields))
        assert other.get("/mijn-tekst/")["Location"] == PROFILE

    def test_where_it_is_not_configured_it_does_not_exist(self, client: Client) -> None:
        assert client.post("/aanmelden/acm-idm/").status_code == 404
        assert client.get("/aanmelden/acm-idm/terug/").status_code == 404
        assert "ACM/IDM" not in client.get("/aanmelden/").content.decode()


FAULTS = {
    "nonce": Refusal.NONCE,
    "expired": Refusal.EXPIRED,
    "no_expiry": Refusal.TOKEN,
    "audience": Refusal.TOKEN,
    "azp": Refusal.TOKEN,
    "issuer": Refusal.TOKEN,
    "signature": Refusal.TOKEN,
    "alg_none": Refusal.TOKEN,
    "hs256": Refusal.TOKEN,
    "no_token": Refusal.TOKEN,
    "state": Refusal.STALE,
    "cancel": Refusal.CANCELLED,
    "refuse": Refusal.BY_PROVIDER,
    "broken": Refusal.DOWN,
}


class TestRefused:
    @pytest.mark.parametrize(("fault", "refusal"), FAULTS.items())
    def test_what_is_wrong_lets_nobody_in(
        self, client: Client, live: Live, fault: str, refusal: Refusal
    ) -> None:
        live.order(fault)
        assert refused(live.sign_in(client), refusal)
        assert signed_in_as(client) is None
        assert not User.objects.exists()
        kept = list(AuditEvent.objects.values_list("action", "data"))
        at_all = [] if fault == "state" else [("sign_in.refused", {"reason": refusal.value})]
        assert kept == at_all

    def test_an_answer_works_once(self, client: Client, live: Live) -> None:
        back = live.way_back(client)
        assert client.get(back).status_code == 302
        assert refused(client.get(back), Refusal.STALE)
        assert refused(Client().get(back), Refusal.STALE)  # and only in the browser that asked

    def test_a_code_works_once(self, client: Client, live: Live) -> None:
        """A stolen code under a state of one's own: it was redeemed, and its proof key differs."""
        code = live.way_back(client).partition("code=")[2]
        victim = live.way_back(client)
        client.get(victim)
        thief = Client()
        state = live.way_back(thief).split("state=")[1].split("&")[0]
        for stolen in (victim.split("code=")[1], code):
            answer = thief.get(f"/aanmelden/acm-idm/terug/?state={state}&code={stolen}")
            state = live.way_back(thief).split("state=")[1].split("&")[0]
            assert refused(answer, Refusal.REPLAYED)
        assert signed_in_as(thief) is None

    def test_after_a_quarter_of_an_hour_one_begins_again(
        self, client: Client, live: Live, time_machine: Any
    ) -> None:
        back = live.way_back(client)
        time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
        assert refused(client.get(back), Refusal.STALE)

    def test_a_provider_that_is_away_is_said(
        self, client: Client, live: Live, settings: Any
    ) -> None:
        settings.OIDC_ISSUER = "http://127.0.0.1:9/op"
        assert refused(client.post("/aanmelden/acm-idm/"), Refusal.DOWN)

    @pytest.mark.parametrize(
        ("claims", "refusal"),
        [
            ({"vo_doelgroepcode": "BUR"}, Refusal.CITIZEN),
            ({"vo_id": None}, Refusal.NO_SUBJECT),
            ({"vo_email": None}, Refusal.NO_EMAIL),
            ({"vo_email": "geen adres"}, Refusal.NO_EMAIL),
            ({"vo_orgcode": None}, Refusal.NO_ORGANISATION),
            ({"pio_portaal_rol_3d": None}, Refusal.NO_ROLE),
            ({"pio_portaal_rol_3d": ["AndereApp:0207451227", 7, ""]}, Refusal.NO_ROLE),
            ({"pio_portaal_rol_3d": [f"PIOAanvrager-lezer:{OTHER}"]}, Refusal.NO_ROLE),
            ({"pio_portaal_rol_3d": [f"PIOMedewerker-beheerder:{GHENT}"]}, Refusal.NO_ROLE),
        ],
    )
    def test_who_has_nothing_to_do_here_gets_no_account(
        self, client: Client, live: Live, claims: dict[str, Any], refusal: Refusal
    ) -> None:
        live.order(**claims)
        assert refused(live.sign_in(client), refusal)
        assert not User.objects.exists()

    def test_an_account_with_the_same_address_is_not_taken_over(
        self, client: Client, live: Live
    ) -> None:
        local = UserFactory(email="AN@stad.example".lower())
        assert refused(live.sign_in(client), Refusal.EMAIL_TAKEN)
        assert not ExternalIdentity.objects.exists()
        event = AuditEvent.objects.get(action="sign_in.refused")
        assert event.object_id == str(local.pk)

    def test_a_closed_account_stays_closed(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        User.objects.update(is_active=False)
        assert refused(live.sign_in(Client()), Refusal.CLOSED)
        assert signed_in_as(client) is None


class TestLinking:
    def test_who_proves_both_is_one_person_and_the_password_lapses(
        self, client: Client, live: Live
    ) -> None:
        mine = MembershipFactory(user__email="an@stad.example", role=MemberRole.READER)
        form = {"username": "an@stad.example", "password": PASSWORD}
        client.post("/aanmelden/", form)
        live.sign_in(client, purpose="link")
        assert signed_in_as(client) == mine.user
        assert ExternalIdentity.objects.get().user == mine.user
        assert Client().post("/aanmelden/", form).status_code == 200
        live.sign_in(other := Client())
        assert signed_in_as(other) == mine.user

    def test_a_person_of_acm_idm_has_one_account(self, client: Client, live: Live) -> None:
        live.sign_in(Client())
        client.force_login(UserFactory())
        assert refused(live.sign_in(client, purpose="link"), Refusal.ALREADY_LINKED)

    def test_a_visitor_links_and_switches_nothing(self, client: Client, live: Live) -> None:
        for purpose in ("link", "switch", "iets"):
            assert client.post("/aanmelden/acm-idm/", {"purpose": purpose}).status_code == 404


class TestRolesOfToday:
    def test_a_role_that_was_lost_is_dropped(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        live.order(pio_portaal_rol_3d=[])
        answer = Client()
        live.sign_in(answer)
        assert not Membership.objects.exists()
        assert AuditEvent.objects.filter(action="organisation.role_dropped").count() == 1
        # The first session goes on, without the right.
        assert signed_in_as(client).own_memberships == []  # type: ignore[union-attr]

    def test_a_role_that_changed_follows(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        live.order(
            pio_portaal_rol_3d=[f"PIOAanvrager-lezer:{GHENT}", f"PIOAanvrager-beheerder:{GHENT}"]
        )
        live.sign_in(client)
        assert Membership.objects.get().role == MemberRole.MANAGER

    def test_a_role_that_was_given_in_the_portal_stays(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        by_hand = MembershipFactory(user=User.objects.get(), role=MemberRole.READER)
        town = Membership.objects.exclude(pk=by_hand.pk).get().organisation
        Membership.objects.filter(organisation=town).update(source=MembershipSource.PORTAL)
        live.order(pio_portaal_rol_3d=[])
        live.sign_in(client)
        assert Membership.objects.count() == 2

    def test_a_manager_does_not_change_a_role_of_acm_idm(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        given = Membership.objects.get()
        manager = MembershipFactory(organisation=given.organisation).user
        chief = Client()
        chief.force_login(manager)
        address = f"/organisatie/{given.organisation_id}/leden/{given.pk}/"
        page = chief.post(address, {"role": "reader"}).content.decode()
        assert "Deze rol komt van ACM/IDM" in page
        given.refresh_from_db()
        assert given.role == MemberRole.SUBMITTER
        chief.post(f"{address}verwijderen/")  # of somebody who left and never comes back
        assert not Membership.objects.filter(pk=given.pk).exists()
        live.sign_in(client)
        assert Membership.objects.filter(user=given.user).count() == 1

    def test_switching_gives_the_rights_of_one_organisation_at_a_time(
        self, client: Client, live: Live
    ) -> None:
        live.sign_in(client)
        town = Organisation.objects.get()
        roles = [f"PIOAanvrager-indiener:{GHENT}", f"PIOAanvrager-beheerder:{OTHER}"]
        live.order(vo_orgcode=OTHER, vo_orgnaam="Ziekenhuis", pio_portaal_rol_3d=roles)
        live.sign_in(client, purpose="switch")
        assert live.seen("auth")[-1]["switch"] == "true"
        hospital = Organisation.objects.get(kbo=OTHER)
        assert client.get("/organisatie/").wsgi_request.organisation == hospital
        person = signed_in_as(client)
        assert person is not None
        assert list(person.member_roles) == [hospital.pk]
        assert client.get(f"/organisatie/{town.pk}/").status_code == 404
        chosen = client.post("/organisatie/kiezen/", {"organisation": town.pk})
        assert chosen.status_code == 404

    def test_staff_come_from_the_organisations_of_the_programme(
        self, client: Client, live: Live, settings: Any
    ) -> None:
        settings.OIDC_STAFF_ORGANISATIONS = [EWI]
        roles = [f"PIOMedewerker-begeleider:{EWI}", f"VLAIOAdviseur:{EWI}"]
        live.order(vo_orgcode=EWI, vo_doelgroepcode="GID", pio_portaal_rol_3d=roles)
        live.sign_in(client)
        user = User.objects.get()
        assert user.staff_roles == {StaffRole.TEAM_MEMBER, StaffRole.ADVISER}
        user.groups.add(Group.objects.get(name=StaffRole.AUDITOR))
        live.order(vo_orgcode=EWI, pio_portaal_rol_3d=roles[1:])
        live.sign_in(client)
        assert User.objects.get().staff_roles == {StaffRole.ADVISER, StaffRole.AUDITOR}
        lost = AuditEvent.objects.filter(action="user.roles_changed").first()
        assert lost is not None
        assert lost.data == {"gained": [], "lost": ["pio_team_member"]}


class TestOrganisation:
    def test_departments_of_one_legal_person_are_told_apart_by_ovo(
        self, client: Client, live: Live
    ) -> None:
        one = OrganisationFactory(kbo=GHENT, ovo="OVO000001")
        OrganisationFactory(kbo=GHENT, ovo="OVO000002")
        live.order(vo_orgcode="ovo000001", pio_portaal_rol_3d=["PIOAanvrager-lezer:OVO000001"])
        live.sign_in(client)
        assert Membership.objects.get().organisation == one

    def test_an_unchecked_namesake_is_not_the_organisation(
        self, client: Client, live: Live
    ) -> None:
        """Somebody may register a town and wait for its people."""
        trap = MembershipFactory(organisation__kbo=GHENT, organisation__is_verified=False)
        live.sign_in(client)
        found = ExternalOrganisation.objects.get(code=GHENT).organisation
        assert found != trap.organisation

    def test_who_cannot_be_told_apart_asks_staff(self, client: Client, live: Live) -> None:
        OrganisationFactory.create_batch(2, kbo=GHENT)
        assert refused(live.sign_in(client), Refusal.UNCLEAR_ORGANISATION)
        assert not User.objects.exists()

    def test_a_school_is_known_by_its_number(self, client: Client, live: Live) -> None:
        claims = {"vo_orgcode": "123456", "vo_doelgroepcode": "OV"}
        for browser in (client, Client()):
            live.order(**claims, pio_portaal_rol_3d=["PIOAanvrager-lezer:123456"])
            live.sign_in(browser)
        assert Organisation.objects.get().type == "education"


class TestSignOut:
    def test_it_ends_at_the_provider_too(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        to = client.post("/afmelden/")["Location"]
        back = requests.get(to, allow_redirects=False, timeout=5).headers["Location"]
        assert back == "http://testserver/"
        assert live.seen("logout")[0]["client_id"] == CLIENT
        assert signed_in_as(client) is None

    def test_without_the_link_the_session_ends(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        assert signed_in_as(client)
        ExternalIdentity.objects.all().delete()
        assert signed_in_as(client) is None

    def test_no_password_is_made_beside_acm_idm(self, client: Client, live: Live) -> None:
        live.sign_in(client)
        client.post("/wachtwoord/vergeten/", {"email": "an@stad.example"})
        assert not OutboxMail.objects.exists()


words = st.text(
    st.characters(blacklist_categories=["Z", "C"], blacklist_characters=":-"), min_size=1
)
contexts = st.text(st.characters(blacklist_categories=["Z", "C"], blacklist_characters=":"))


@given(words, contexts, st.sampled_from(["0207451227", "OVO002949", "123456"]))
def test_a_role_string_is_read_back_as_written(role: str, context: str, code: str) -> None:
    granted = GrantedRole(role, context, code)
    assert parse_role(str(granted)) == granted


@given(st.text())
def test_any_other_string_is_no_role_and_no_fault(text: str) -> None:
    granted = parse_role(text)
    assert granted is None or (granted.role and granted.code and ":" in text)


@given(st.text())
def test_a_code_is_normal_once(code: str) -> None:
    assert normal_code(normal_code(code)) == normal_code(code)


def test_a_way_of_signing_in_that_is_too_weak_is_refused(live: Live, settings: Any) -> None:
    settings.OIDC_ACR_VALUES = ["urn:be:vlaanderen:authmech:itsme"]
    for acr in ("urn:be:laag", None):
        live.order(acr=acr)
        assert refused(live.sign_in(Client()), Refusal.TOO_WEAK)
    live.order(acr="urn:be:vlaanderen:authmech:itsme")
    client = Client()
    live.sign_in(client)
    assert signed_in_as(client) is not None
    assert live.seen("auth")[-1]["acr_values"] == "urn:be:vlaanderen:authmech:itsme"


def test_what_the_provider_publishes_without_https_is_not_followed(
    live: Live, settings: Any
) -> None:
    provider._known.clear()
    settings.OIDC_HTTPS_ONLY = True
    assert refused(Client().post(reverse("accounts:acm_idm")), Refusal.DOWN)
