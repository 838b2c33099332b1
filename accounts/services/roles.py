"""Staff roles: Django groups with fixed names."""

from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS

from accounts.roles import StaffRole


def ensure_staff_groups(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the group of each staff role that has none; safe to run again."""
    Group.objects.using(using).bulk_create(
        [Group(name=role.value) for role in StaffRole], ignore_conflicts=True
    )
