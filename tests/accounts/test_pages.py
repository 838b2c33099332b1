"""The pages of people and organisations."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation
from accounts.roles import MemberRole, StaffRole
from accounts.services.organisations import set_verified
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _start_page(settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:profile"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries(client: Client, url: str) -> int:
    client.get(url)  # content types and the session are read once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- one's own data -----------------------------------------------------------------------------


def test_a_person_changes_the_own_contact_data() -> None:
    person = UserFactory(email="an@stad.example")
    client = signed_in(person)
    page = client.get("/mijn-gegevens/").content.decode()
    assert "an@stad.example" in page
    data = {"first_name": "An", "last_name": "Peeters", "job_title": "Aankoper", "phone": "09 1"}
    answer = client.post("/mijn-gegevens/", {**data, "email": "boos@x.example"}, follow=True)
    assert "Uw gegevens zijn opgeslagen." in answer.content.decode()
    person.refresh_from_db()
    assert (str(person), person.job_title, person.phone, person.email) == (
        "An Peeters",
        "Aankoper",
        "09 1",
        "an@stad.example",
    )


def test_a_name_is_needed_and_the_header_keeps_the_old_one() -> None:
    person = UserFactory(first_name="An", last_name="Peeters")
    answer = signed_in(person).post("/mijn-gegevens/", {"first_name": "", "last_name": "X"})
    assert answer.context["form"].errors.keys() == {"first_name"}
    assert "An Peeters" in answer.content.decode()


def test_a_person_chooses_the_organisation_to_act_for() -> None:
    person = UserFactory()
    first = MembershipFactory(user=person, organisation__name="Aa").organisation
    second = MembershipFactory(user=person, organisation__name="Bb").organisation
    client = signed_in(person)
    assert client.get("/organisatie/").wsgi_request.organisation == first
    answer = client.post("/organisatie/kiezen/", {"organisation": second.pk, "next": "//boos"})
    assert answer["Location"] == "/mijn-gegevens/"
    page = client.get("/organisatie/")
    assert page.wsgi_request.organisation == second
    assert "U werkt nu voor Bb." in page.content.decode()


@pytest.mark.parametrize("wanted", ["other", "nonsense", ""])
def test_nobody_acts_for_another_organisation(wanted: str) -> None:
    other = OrganisationFactory()
    client = signed_in(MembershipFactory().user)
    sent = str(other.pk) if wanted == "other" else wanted
    assert client.post("/organisatie/kiezen/", {"organisation": sent}).status_code == 404


def test_an_organisation_left_is_no_longer_active() -> None:
    person = UserFactory()
    first = MembershipFactory(user=person, organisation__name="Aa")
    second = MembershipFactory(user=person, organisation__name="Bb")
    client = signed_in(person)
    client.post("/organisatie/kiezen/", {"organisation": second.organisation_id})
    second.delete()
    assert client.get("/organisatie/").wsgi_request.organisation == first.organisation


def test_somebody_without_organisation_reads_what_to_do() -> None:
    page = signed_in(UserFactory()).get("/organisatie/").content.decode()
    assert "/organisatie/registreren/" in page
    assert "Vraag een beheerder" in page


# --- registering --------------------------------------------------------------------------------

NEW = {"name": "Stad Testegem", "type": "municipality", "kbo": "0207.509.031"}


def test_an_organisation_is_registered_and_active_at_once() -> None:
    client = signed_in(UserFactory())
    answer = client.post("/organisatie/registreren/", NEW)
    added = Organisation.objects.get()
    assert answer["Location"] == f"/organisatie/{added.pk}/"
    page = client.get(answer["Location"])
    assert page.wsgi_request.organisation == added
    assert "Nog niet nagekeken" in page.content.decode()


def test_look_alikes_warn_and_do_not_block() -> None:
    OrganisationFactory(name="Gemeente Testegem", kbo="0207509031")
    client = signed_in(UserFactory())
    warned = client.post("/organisatie/registreren/", NEW)
    assert "Bestaat uw organisatie al in het portaal?" in warned.content.decode()
    assert "Gemeente Testegem" in warned.content.decode()
    assert Organisation.objects.count() == 1
    client.post("/organisatie/registreren/", {**NEW, "another": "on"})
    assert Organisation.objects.count() == 2


def test_a_wrong_number_is_named_beside_its_field() -> None:
    answer = signed_in(UserFactory()).post("/organisatie/registreren/", {**NEW, "kbo": "123"})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["kbo"]
    assert 'id="id_kbo_error"' in answer.content.decode()


# --- who may do what ----------------------------------------------------------------------------

PAGES: dict[str, tuple[str, Callable[[Membership], str]]] = {
    "read": ("get", lambda m: f"/organisatie/{m.organisation_id}/"),
    "edit": ("get", lambda m: f"/organisatie/{m.organisation_id}/bewerken/"),
    "save": ("post", lambda m: f"/organisatie/{m.organisation_id}/bewerken/"),
    "add": ("post", lambda m: f"/organisatie/{m.organisation_id}/leden/"),
    "member": ("get", lambda m: f"/organisatie/{m.organisation_id}/leden/{m.pk}/"),
    "role": ("post", lambda m: f"/organisatie/{m.organisation_id}/leden/{m.pk}/"),
    "staff list": ("get", lambda m: "/beheer/organisaties/"),
    "staff page": ("get", lambda m: f"/beheer/organisaties/{m.organisation_id}/"),
    "verify": ("post", lambda m: f"/beheer/organisaties/{m.organisation_id}/nazicht/"),
}
OWN = {"read"}
KEEP = {"edit", "save", "add", "member", "role"}
STAFF = {"staff list", "staff page"}
MATRIX = [
    # who, opens (200 or 302), may not know of (404); the rest is refused (403)
    (MemberRole.READER, OWN, set()),
    (MemberRole.EDITOR, OWN, set()),
    (MemberRole.SUBMITTER, OWN, set()),
    (MemberRole.MANAGER, OWN | KEEP, set()),
    ("somebody else", set(), OWN | KEEP),
    (StaffRole.TEAM_MEMBER, OWN | STAFF | {"verify"}, set()),
    (StaffRole.PROJECT_LEADER, OWN | STAFF | {"verify"}, set()),
    (StaffRole.PROGRAMME_MANAGER, OWN | STAFF | {"verify"}, set()),
    (StaffRole.ADMINISTRATOR, OWN | KEEP | STAFF | {"verify"}, set()),
    (StaffRole.ADVISER, OWN | STAFF, set()),
    (StaffRole.COMMITTEE_SECRETARY, OWN | STAFF, set()),
    (StaffRole.AUDITOR, OWN | STAFF, set()),
]


@pytest.mark.parametrize(("who", "opens", "hidden"), MATRIX, ids=[str(row[0]) for row in MATRIX])
def test_rights_on_the_pages_of_an_organisation(
    who: Any, opens: set[str], hidden: set[str]
) -> None:
    body = OrganisationFactory(is_verified=False)
    subject = MembershipFactory(organisation=body, role=MemberRole.EDITOR)
    if isinstance(who, MemberRole):
        person = MembershipFactory(organisation=body, role=who).user
    elif isinstance(who, StaffRole):
        person = UserFactory(roles=[who])
    else:
        person = MembershipFactory(role=MemberRole.MANAGER).user
    client = signed_in(person)
    for name, (method, url) in PAGES.items():
        status = getattr(client, method)(url(subject)).status_code
        if name in opens:
            assert status in {200, 302}, name
        else:
            assert status == (404 if name in hidden else 403), name


def test_visitors_are_asked_to_sign_in() -> None:
    member = MembershipFactory()
    for method, url in PAGES.values():
        answer = getattr(Client(), method)(url(member))
        assert answer["Location"] == f"/aanmelden/?next={url(member)}"


# --- keeping an organisation --------------------------------------------------------------------


@pytest.fixture
def manager() -> Membership:
    return MembershipFactory(role=MemberRole.MANAGER, organisation__is_verified=False)


def test_a_manager_changes_the_details_on_the_page(manager: Membership) -> None:
    client = signed_in(manager.user)
    url = f"/organisatie/{manager.organisation_id}/"
    answer = client.post(f"{url}bewerken/", {**NEW, "postcode": "99"})
    assert list(answer.context["form"].errors) == ["postcode"]
    answer = client.post(f"{url}bewerken/", {**NEW, "postcode": "9999", "kbo": "0207509032"})
    assert list(answer.context["form"].errors) == ["kbo"]
    answer = client.post(f"{url}bewerken/", {**NEW, "postcode": "9999"}, follow=True)
    assert "De gegevens zijn opgeslagen." in answer.content.decode()
    assert "0207.509.031" in answer.content.decode()


def test_of_a_checked_organisation_the_identity_is_fixed(manager: Membership) -> None:
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    set_verified(actor=staff, organisation_id=manager.organisation_id, verified=True)
    client = signed_in(manager.user)
    before = manager.organisation.name
    client.post(f"/organisatie/{manager.organisation_id}/bewerken/", {**NEW, "city": "Elders"})
    manager.organisation.refresh_from_db()
    assert (manager.organisation.name, manager.organisation.city) == (before, "Elders")


def test_a_manager_adds_changes_and_removes_a_colleague(manager: Membership) -> None:
    client = signed_in(manager.user)
    url = f"/organisatie/{manager.organisation_id}/"
    data = {"email": "nora@stad.example", "first_name": "Nora", "last_name": "Nieuw"}
    answer = client.post(f"{url}leden/", {**data, "role": "editor"}, follow=True)
    assert "nora@stad.example hoort nu bij de organisatie" in answer.content.decode()
    answer = client.post(f"{url}leden/", {**data, "role": "editor"})
    assert answer.context["add_form"].errors == {
        "email": ["Deze persoon hoort al bij deze organisatie."]
    }
    added = manager.organisation.memberships.get(user__email="nora@stad.example")
    client.post(f"{url}leden/{added.pk}/", {"role": "submitter"})
    added.refresh_from_db()
    assert added.role == MemberRole.SUBMITTER
    answer = client.post(f"{url}leden/{added.pk}/verwijderen/", follow=True)
    assert "Nora Nieuw hoort niet meer bij de organisatie." in answer.content.decode()


def test_the_page_refuses_to_lose_the_last_manager(manager: Membership) -> None:
    client = signed_in(manager.user)
    url = f"/organisatie/{manager.organisation_id}/leden/{manager.pk}/"
    refused = client.post(url, {"role": "reader"})
    assert "de laatste beheerder" in str(refused.context["form"].non_field_errors())
    refused = client.post(f"{url}verwijderen/", follow=True)
    assert "de laatste beheerder" in refused.content.decode()
    assert manager.organisation.memberships.count() == 1


def test_who_leaves_lands_on_the_own_list(manager: Membership) -> None:
    MembershipFactory(organisation=manager.organisation, role=MemberRole.MANAGER)
    url = f"/organisatie/{manager.organisation_id}/leden/{manager.pk}/verwijderen/"
    assert signed_in(manager.user).post(url)["Location"] == "/organisatie/"


def test_a_member_of_another_organisation_is_not_found(manager: Membership) -> None:
    other = MembershipFactory()
    url = f"/organisatie/{manager.organisation_id}/leden/{other.pk}/"
    client = signed_in(manager.user)
    assert client.get(url).status_code == 404
    assert client.post(f"{url}verwijderen/").status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


# --- staff --------------------------------------------------------------------------------------


def test_staff_search_and_filter_organisations() -> None:
    OrganisationFactory(name="Alfa", kbo="0566988259", city="Gent", is_verified=False)
    OrganisationFactory(name="Beta", kbo="0426994097", type="hospital")
    client = signed_in(UserFactory(roles=[StaffRole.TEAM_MEMBER]))

    def names(query: str) -> list[str]:
        page = client.get(f"/beheer/organisaties/?{query}").context["page"]
        return [organisation.name for organisation in page]

    assert names("") == ["Alfa", "Beta"]
    assert names("sort=-name") == ["Beta", "Alfa"]
    assert names("sort=onzin") == ["Alfa", "Beta"]
    assert names("q=alf") == ["Alfa"]
    assert names("q=0426.994") == ["Beta"]
    assert names("q=gent") == ["Alfa"]
    assert names("type=hospital") == ["Beta"]
    assert names("verified=no") == ["Alfa"]
    assert names("verified=yes") == ["Beta"]
    assert names("q=niets") == []


def test_staff_verify_with_one_button_and_see_it_in_the_history() -> None:
    body = OrganisationFactory(is_verified=False)
    client = signed_in(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    url = f"/beheer/organisaties/{body.pk}/"
    answer = client.post(f"{url}nazicht/", {"verified": "yes"}, follow=True)
    assert answer.redirect_chain[-1][0] == url
    assert "Organisatie nagekeken" in answer.content.decode()
    answer = client.post(f"{url}nazicht/", {"verified": "no"}, follow=True)
    assert "Nazicht ingetrokken" in answer.content.decode()
    assert client.get(f"{url}nazicht/").status_code == 405


def test_lists_ask_as_much_of_the_database_for_300_rows_as_for_3() -> None:
    body = MembershipFactory(role=MemberRole.MANAGER).organisation
    manager = body.memberships.get().user
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    pages = [
        (signed_in(manager), f"/organisatie/{body.pk}/"),
        (signed_in(manager), "/organisatie/"),
        (signed_in(staff), "/beheer/organisaties/"),
        (signed_in(staff), f"/beheer/organisaties/{body.pk}/"),
    ]
    MembershipFactory.create_batch(3, organisation=body)
    MembershipFactory.create_batch(3, user=manager)
    few = [queries(client, url) for client, url in pages]
    users = UserFactory.create_batch(300)
    bodies = OrganisationFactory.create_batch(300)
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=body, role=MemberRole.READER) for user in users]
        + [Membership(user=manager, organisation=item, role=MemberRole.READER) for item in bodies]
    )
    assert [queries(client, url) for client, url in pages] == few
    assert max(few) <= 8
