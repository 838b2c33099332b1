"""Creating and closing the invented accounts of the demo."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.demo import (
    DEMO_ACCOUNTS,
    DEMO_ORGANISATIONS,
    DEMO_PASSWORD,
    DemoAccount,
    DemoOrganisation,
)
from accounts.models import Membership, Organisation, User
from accounts.services.roles import ensure_staff_groups


@transaction.atomic
def ensure_demo_accounts() -> list[User]:
    """Create the invented people and organisations that are missing; safe to run again.

    The published password works only where settings.DEMO_LOGIN is on; elsewhere the accounts have
    no password at all.
    """
    ensure_staff_groups()
    organisations = {key: _organisation(item) for key, item in DEMO_ORGANISATIONS.items()}
    password = make_password(DEMO_PASSWORD if settings.DEMO_LOGIN else None)
    return [_person(account, organisations, password) for account in DEMO_ACCOUNTS]


@transaction.atomic
def disable_demo_accounts() -> int:
    """Close every account of the demo and take its password; gives the number of accounts."""
    return User.objects.filter(email__in=[account.email for account in DEMO_ACCOUNTS]).update(
        is_active=False, password=make_password(None)
    )


def _organisation(item: DemoOrganisation) -> Organisation:
    return Organisation.objects.get_or_create(
        kbo=item.kbo,
        is_fictional=True,
        defaults={
            "name": item.name,
            "type": item.type,
            "street": item.street,
            "postcode": item.postcode,
            "city": item.city,
            "province": item.province,
            "is_verified": True,
        },
    )[0]


def _person(account: DemoAccount, organisations: dict[str, Organisation], password: str) -> User:
    user, _created = User.objects.get_or_create(
        email=account.email,
        defaults={
            "first_name": account.first_name,
            "last_name": account.last_name,
            "job_title": account.job_title,
            "password": password,
        },
    )
    if settings.DEMO_LOGIN and not (user.is_active and user.has_usable_password()):
        user.password = password
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
    user.groups.set(Group.objects.filter(name__in=[role.value for role in account.staff_roles]))
    for key, role in account.organisation_roles.items():
        Membership.objects.get_or_create(
            user=user, organisation=organisations[key], defaults={"role": role}
        )
    return user
