"""Rights end at the next request, whatever a session remembers."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership, User
from accounts.roles import MemberRole, StaffRole
from accounts.services.members import change_member_role, remove_member
from accounts.services.profile import set_staff_roles
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PROFILE = "/mijn-gegevens/"


def close_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    """In another browser."""
    elsewhere = Client()
    elsewhere.post("/aanmelden/", {"username": user.email, "password": PASSWORD})
    answer = elsewhere.post(
        "/wachtwoord/wijzigen/",
        {
            "old_password": PASSWORD,
            "new_password1": "een heel ander wachtwoord",
            "new_password2": "een heel ander wachtwoord",
        },
    )
    assert answer.status_code == 302
    assert elsewhere.get(PROFILE).status_code == 200


@pytest.mark.parametrize("act", [close_account, change_password])
def test_the_session_ends(client: Client, act: Callable[[User], None]) -> None:
    user = UserFactory()
    client.post("/aanmelden/", {"username": user.email, "password": PASSWORD})
    assert client.get(PROFILE).status_code == 200
    act(user)
    assert client.get(PROFILE).status_code == 302
    assert client.post(PROFILE, {"first_name": "X"}).status_code == 302


def test_a_staff_role_that_is_taken_ends_the_staff_pages(client: Client) -> None:
    person = UserFactory(roles=[StaffRole.PROGRAMME_MANAGER])
    chief = UserFactory(roles=[StaffRole.ADMINISTRATOR])
    client.force_login(person)
    assert client.get("/beheer/").status_code == 200
    set_staff_roles(actor=chief, person_id=person.pk, roles=set())
    assert client.get("/beheer/").status_code == 403


def test_an_organisation_that_is_left_is_gone_from_the_session(client: Client) -> None:
    mine = MembershipFactory()
    other = MembershipFactory(user=mine.user)
    chief = MembershipFactory(organisation=other.organisation).user
    client.force_login(mine.user)
    client.post("/organisatie/kiezen/", {"organisation": other.organisation_id})
    page = client.get("/organisatie/")
    assert page.wsgi_request.organisation == other.organisation
    change_member_role(
        actor=chief,
        organisation_id=other.organisation_id,
        membership_id=other.pk,
        role=MemberRole.READER,
    )
    assert client.get(f"/organisatie/{other.organisation_id}/bewerken/").status_code == 403
    remove_member(actor=chief, organisation_id=other.organisation_id, membership_id=other.pk)
    assert not Membership.objects.filter(pk=other.pk).exists()
    page = client.get("/organisatie/")
    assert page.wsgi_request.organisation == mine.organisation
    assert client.get(f"/organisatie/{other.organisation_id}/").status_code == 404
