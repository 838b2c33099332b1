"""The second step of local accounts: mandatory for staff, a choice for others."""

import base64
import time
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.roles import StaffRole
from accounts.services.second_factor import reset_second_factor, set_up
from accounts.typed_text import TypedText, wrap
from audit.models import AuditEvent
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
KEY = "31" * 20
SIGN_IN, CODE, APP = "/aanmelden/", "/aanmelden/code/", "/aanmelden/app/"
PROFILE, MANAGE = "/mijn-gegevens/", "/mijn-gegevens/tweede-stap/"


@pytest.fixture(autouse=True)
def _now(settings: Any, time_machine: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:profile"
    time_machine.move_to("2027-03-01T08:00:00Z", tick=False)


@pytest.fixture
def member() -> User:
    return UserFactory(email="an@stad.example")


@pytest.fixture
def staff(settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    return UserFactory(email="mia@pio.example", roles=[StaffRole.TEAM_MEMBER])


def code_of(key: str = KEY, *, later: int = 0) -> str:
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + later
    return f"{totp.token():06d}"


def with_app(user: User) -> list[str]:
    """The person has set up an app a minute ago."""
    _device, codes = set_up(user=user, key=KEY, code=code_of(later=-30))
    user.refresh_from_db()
    return codes


def password(client: Client, user: User, **fields: str) -> Any:
    return client.post(SIGN_IN, {"username": user.email, "password": PASSWORD, **fields})


def is_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def test_the_account_of_the_installation_sets_one_up_too(client: Client, staff: User) -> None:
    root = User.objects.create_superuser("baas@pio.example", PASSWORD)
    assert password(client, root)["Location"] == APP
    assert client.get("/admin/").status_code == 302


def test_staff_set_up_an_app_before_they_come_in(client: Client, staff: User) -> None:
    assert password(client, staff, next="/beheer/")["Location"] == APP
    assert not is_in(client)
    page = client.get(APP)
    assert b"<svg" in page.content
    assert b"style=" not in page.content
    assert "no-store" in page["Cache-Control"]
    key = page.context["key"].replace(" ", "")
    secret = base64.b32decode(key).hex()
    fields = {"key": page.context["signed_key"], "code": "000000"}
    wrong = client.post(APP, fields)
    assert "Deze code klopt niet" in wrong.content.decode()
    assert not TOTPDevice.objects.exists()
    assert wrong.context["key"].replace(" ", "") == key
    shown = client.post(APP, fields | {"code": code_of(secret)})
    assert len(shown.context["codes"]) == 10
    assert shown.context["to"] == "/beheer/"
    assert is_in(client)
    assert AuditEvent.objects.filter(action="user.second_factor_set").count() == 1
    stored = str(list(StaticToken.objects.values())) + str(list(AuditEvent.objects.values()))
    assert not any(code.replace("-", "") in stored for code in shown.context["codes"])
    saved = client.post("/aanmelden/reservecodes/", {"codes": shown.context["signed_codes"]})
    assert shown.context["codes"][3] in saved.content.decode()
    assert client.post("/aanmelden/reservecodes/", {"codes": "x"}).status_code == 302


def test_the_code_of_the_app_lets_one_in_once(client: Client, member: User) -> None:
    with_app(member)
    assert password(client, member, next="/organisatie/")["Location"] == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code_of()})["Location"] == "/organisatie/"
    assert is_in(client)
    other = Client()
    password(other, member)
    again = other.post(CODE, {"code": code_of()})
    assert "al gebruikt" in again.content.decode()
    assert not is_in(other)


def test_wrong_codes_wait_longer_each_time(client: Client, member: User, time_machine: Any) -> None:
    with_app(member)
    password(client, member)
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    soon = client.post(CODE, {"code": code_of()})
    assert soon.status_code == 429
    assert 1 <= int(soon["Retry-After"]) <= 2
    assert "Probeer opnieuw over" in soon.content.decode()
    time_machine.move_to("2027-03-01T08:00:03Z", tick=False)
    assert client.post(CODE, {"code": code_of()}).status_code == 302


def test_a_spare_code_works_once(client: Client, member: User, time_machine: Any) -> None:
    codes = with_app(member)
    password(client, member)
    assert client.post(CODE, {"code": f" {codes[0].upper()} "}).status_code == 302
    other = Client()
    password(other, member)
    assert other.post(CODE, {"code": codes[0]}).status_code == 200
    assert client.get(MANAGE).context["codes_left"] == 9
    time_machine.move_to("2027-03-01T08:01:00Z", tick=False)
    shown = client.post(MANAGE, {"code": code_of(), "act": "codes"})
    assert len(shown.context["codes"]) == 10
    time_machine.move_to("2027-03-01T08:02:00Z", tick=False)
    assert other.post(CODE, {"code": codes[1]}).status_code == 200
    assert not is_in(other)


def test_a_right_password_does_not_wait_for_ever(
    client: Client, member: User, time_machine: Any
) -> None:
    with_app(member)
    password(client, member)
    time_machine.move_to("2027-03-01T08:10:01Z", tick=False)
    assert client.post(CODE, {"code": code_of()})["Location"] == SIGN_IN
    assert Client().get(CODE)["Location"] == SIGN_IN


def test_text_typed_when_signed_out_passes_the_second_step(client: Client, member: User) -> None:
    with_app(member)
    typed = wrap(TypedText("/mijn-gegevens/", "", [("x", "y")]))
    password(client, member, typed_text=typed)
    assert client.post(CODE, {"code": code_of()}).status_code == 302


def test_members_choose(client: Client, member: User, time_machine: Any) -> None:
    password(client, member)
    elsewhere = Client()
    password(elsewhere, member)
    page = client.get(APP)
    secret = base64.b32decode(page.context["key"].replace(" ", "")).hex()
    client.post(APP, {"key": page.context["signed_key"], "code": code_of(secret)})
    assert is_in(client)
    assert not is_in(elsewhere), "a session from before the second step ends"
    time_machine.move_to("2027-03-01T08:01:00Z", tick=False)
    client.post(MANAGE, {"code": code_of(secret), "act": "off"})
    assert not TOTPDevice.objects.exists()


def test_staff_cannot_do_without(client: Client, staff: User, time_machine: Any) -> None:
    with_app(staff)
    password(client, staff)
    client.post(CODE, {"code": code_of()})
    time_machine.move_to("2027-03-01T08:01:00Z", tick=False)
    answer = client.post(MANAGE, {"code": code_of(), "act": "off"})
    assert "verplicht" in answer.content.decode()
    assert TOTPDevice.objects.exists()


def test_who_becomes_staff_signs_in_again(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    person = MembershipFactory().user
    client.force_login(person)
    assert is_in(client)
    person.groups.add(Group.objects.get(name=StaffRole.AUDITOR))
    assert not is_in(client)


def test_an_administrator_takes_away_a_lost_device(client: Client, member: User) -> None:
    with_app(member)
    password(client, member)
    client.post(CODE, {"code": code_of()})
    chief = UserFactory(roles=[StaffRole.ADMINISTRATOR])
    reset_second_factor(actor=chief, person_id=member.pk, reason="Toestel gestolen")
    assert not is_in(client), "the session stood on that device"
    event = AuditEvent.objects.get(action="user.second_factor_reset")
    assert (event.actor, event.comment) == (chief, "Toestel gestolen")
    assert password(Client(), member)["Location"] == PROFILE


def test_the_page_for_it_is_the_administrators_alone(client: Client, member: User) -> None:
    with_app(member)
    address = f"/beheer/personen/{member.pk}/"
    client.force_login(UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]))
    for path in ("/beheer/personen/", address):
        assert client.get(path).status_code == 403
    assert client.post(f"{address}tweede-stap/", {"reason": "x"}).status_code == 403
    client.force_login(UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    assert address in client.get("/beheer/personen/?q=an@stad").content.decode()
    assert "Tweede stap wissen" in client.get(address).content.decode()
    refused = client.post(f"{address}tweede-stap/", {"reason": " "})
    assert (refused.status_code, TOTPDevice.objects.count()) == (200, 1)
    client.post(f"{address}tweede-stap/", {"reason": "Toestel verloren"})
    assert not TOTPDevice.objects.exists()
    client.force_login(own := UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    client.post(f"/beheer/personen/{own.pk}/tweede-stap/", {"reason": "x"})
    assert not AuditEvent.objects.filter(object_id=str(own.pk)).exists()


def test_the_list_of_people_asks_the_same_whatever_its_length(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    UserFactory.create_batch(60, roles=[StaffRole.ADVISER])
    client.force_login(UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    with django_assert_max_num_queries(12):
        client.get("/beheer/personen/")


def test_secrets_stand_in_no_table_of_the_admin() -> None:
    assert not any(model._meta.app_label.startswith("otp_") for model in admin.site._registry)


def test_signing_out_everywhere_keeps_this_session(client: Client, member: User) -> None:
    password(client, member)
    elsewhere = Client()
    password(elsewhere, member)
    client.post("/mijn-gegevens/overal-afmelden/")
    assert is_in(client)
    assert not is_in(elsewhere)
