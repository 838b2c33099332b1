"""The invented people of the demo, and how they are kept out of production."""

import io
from typing import Any

import pytest
from django.core.checks import Error
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from accounts import checks
from accounts.demo import CITY, DEMO_ACCOUNTS, DEMO_ORGANISATIONS, DEMO_PASSWORD, HOSPITAL
from accounts.identifiers import validate_kbo
from accounts.models import Membership, Organisation, User
from accounts.roles import MemberRole, StaffRole
from accounts.services.demo import disable_demo_accounts, ensure_demo_accounts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO_LOGIN = True


def test_the_demo_covers_every_role() -> None:
    staff = [role for account in DEMO_ACCOUNTS for role in account.staff_roles]
    assert set(staff) == set(StaffRole)
    assert staff.count(StaffRole.ADVISER) == 4
    assert staff.count(StaffRole.PROJECT_LEADER) == 2
    city = {account.organisation_roles.get(CITY) for account in DEMO_ACCOUNTS}
    assert city >= set(MemberRole)
    hospital = [account.organisation_roles.get(HOSPITAL) for account in DEMO_ACCOUNTS]
    assert MemberRole.SUBMITTER in hospital
    assert any(len(account.organisation_roles) == 2 for account in DEMO_ACCOUNTS)


def test_everybody_and_everything_is_marked_as_invented() -> None:
    assert len({account.email for account in DEMO_ACCOUNTS}) == len(DEMO_ACCOUNTS)
    for account in DEMO_ACCOUNTS:
        assert account.email.endswith(".example")
        assert account.last_name.endswith("(voorbeeld)")
        assert account.role_labels
    for organisation in DEMO_ORGANISATIONS.values():
        assert organisation.name.endswith("(voorbeelddata)")
        validate_kbo(organisation.kbo)


def test_the_accounts_are_made_once_and_keep_what_was_changed() -> None:
    first = ensure_demo_accounts()
    changed = first[0]
    changed.set_password("zelf gekozen wachtwoord")
    changed.save()
    Membership.objects.filter(user__email="lezer@voorbeeldegem.example").update(
        role=MemberRole.EDITOR
    )
    second = ensure_demo_accounts()
    assert [user.pk for user in second] == [user.pk for user in first]
    assert User.objects.count() == len(DEMO_ACCOUNTS)
    assert Organisation.objects.filter(is_fictional=True, is_verified=True).count() == 2
    assert second[0].check_password("zelf gekozen wachtwoord")
    reader = Membership.objects.get(user__email="lezer@voorbeeldegem.example")
    assert reader.role == MemberRole.EDITOR
    for user, account in zip(second, DEMO_ACCOUNTS, strict=True):
        assert user.staff_roles == set(account.staff_roles)
        assert len(user.member_roles) == len(account.organisation_roles)
    assert second[1].check_password(DEMO_PASSWORD)


def test_outside_the_demo_the_accounts_have_no_password(settings: Any) -> None:
    settings.DEMO_LOGIN = False
    assert not any(user.has_usable_password() for user in ensure_demo_accounts())
    settings.DEMO_LOGIN = True
    assert all(user.check_password(DEMO_PASSWORD) for user in ensure_demo_accounts())


def test_the_command_prints_who_can_sign_in() -> None:
    out = io.StringIO()
    call_command("demo_accounts", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[-1] == f"Wachtwoord van elk account: {DEMO_PASSWORD}"
    assert len(lines) == len(DEMO_ACCOUNTS) + 2
    assert lines[1].split() == ["teamlid@pio.example", "PIO-teamlid"]


def test_the_command_refuses_outside_the_demo(settings: Any) -> None:
    settings.DEMO_LOGIN = False
    with pytest.raises(CommandError, match="DEMO_LOGIN"):
        call_command("demo_accounts")
    assert not User.objects.exists()


def test_the_command_closes_the_accounts(settings: Any) -> None:
    ensure_demo_accounts()
    settings.DEMO_LOGIN = False
    out = io.StringIO()
    call_command("demo_accounts", "--disable", stdout=out)
    assert out.getvalue() == f"{len(DEMO_ACCOUNTS)} demo-accounts afgesloten.\n"
    assert not User.objects.filter(is_active=True).exists()
    assert checks.no_usable_demo_account(None, databases=["default"]) == []


class TestChecks:
    def test_a_demo_in_production_is_an_error(self, settings: Any) -> None:
        settings.PRODUCTION = True
        assert [error.id for error in checks.demo_login_is_off(None)] == ["accounts.E001"]
        settings.DEMO_LOGIN = False
        assert checks.demo_login_is_off(None) == []
        settings.PRODUCTION, settings.DEMO_LOGIN = False, True
        assert checks.demo_login_is_off(None) == []

    def test_a_usable_demo_account_outside_the_demo_is_an_error(self, settings: Any) -> None:
        ensure_demo_accounts()
        assert checks.no_usable_demo_account(None, databases=["default"]) == []
        settings.DEMO_LOGIN = False
        found = checks.no_usable_demo_account(None, databases=["default"])
        assert [(type(error), error.id) for error in found] == [(Error, "accounts.E002")]
        assert "beheerder@pio.example" in found[0].msg
        disable_demo_accounts()
        assert checks.no_usable_demo_account(None, databases=["default"]) == []

    def test_the_database_is_left_alone_when_django_does_not_ask(self, settings: Any) -> None:
        from django.db import connection

        settings.DEMO_LOGIN = False
        with CaptureQueriesContext(connection) as queries:
            assert checks.no_usable_demo_account(None) == []
        assert len(queries) == 0


def test_invented_numbers_are_refused_when_they_are_wrong() -> None:
    with pytest.raises(ValidationError):
        validate_kbo("0999010028")
