"""System checks: the demo accounts, whose password is published, never reach production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register

from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.models import User

DEMO_LOGIN_IN_PRODUCTION = "accounts.E001"
DEMO_PASSWORD_USABLE = "accounts.E002"  # noqa: S105 - the id of a check


@register(Tags.security, deploy=True)
def demo_login_is_off(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """One-click sign-in must be off on a machine that real people use."""
    if not (settings.PRODUCTION and settings.DEMO_LOGIN):
        return []
    return [
        Error(
            "DEMO_LOGIN is on: everybody can sign in as an administrator.",
            hint="Set DEMO_LOGIN=false.",
            id=DEMO_LOGIN_IN_PRODUCTION,
        )
    ]


@register(Tags.database)
def no_usable_demo_account(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """No active account may still have the published password when the demo is off.

    Django runs checks with this tag before `migrate` and with `check --database default`.
    """
    if settings.DEMO_LOGIN or not databases or not _accounts_table_exists(databases):
        return []
    found = [
        user.email
        for alias in databases
        for user in User.objects.using(alias).filter(
            email__in=[account.email for account in DEMO_ACCOUNTS], is_active=True
        )
        if check_password(DEMO_PASSWORD, user.password)
    ]
    if not found:
        return []
    return [
        Error(
            f"Demo accounts can sign in with the published password: {', '.join(sorted(found))}.",
            hint="Run manage.py demo_accounts --disable, or start with an empty database.",
            id=DEMO_PASSWORD_USABLE,
        )
    ]


def _accounts_table_exists(databases: Sequence[str]) -> bool:
    from django.db import connections

    return all(
        User._meta.db_table in connections[alias].introspection.table_names() for alias in databases
    )
