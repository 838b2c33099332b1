"""Reads about people and organisations."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from accounts.roles import MemberRole, StaffRole

SESSION_KEY = "organisation_id"


def active_organisation(user: User | AnonymousUser, chosen_id: Any) -> Organisation | None:
    """The organisation chosen in this session while the person belongs to it, else the first."""
    if not isinstance(user, User):
        return None
    own = Organisation.objects.filter(pk__in=user.member_roles).order_by("name", "pk")
    return own.filter(pk=chosen_id).first() or own.first()


def staff_with_role(*roles: StaffRole) -> QuerySet[User]:
    """Active people who hold one of the roles."""
    return (
        User.objects.filter(is_active=True, groups__name__in=[role.value for role in roles])
        .distinct()
        .order_by("last_name", "first_name", "pk")
    )


def members_with_role(organisation_id: int, least: MemberRole) -> QuerySet[User]:
    """Active members of the organisation whose role includes `least`."""
    enough = [role.value for role in MemberRole if role.includes(least)]
    return User.objects.filter(
        is_active=True,
        memberships__organisation_id=organisation_id,
        memberships__role__in=enough,
    ).order_by("last_name", "first_name", "pk")


def memberships_of(user: User) -> QuerySet[Membership]:
    """A person's organisations, for the switch in the account menu."""
    return user.memberships.select_related("organisation").order_by("organisation__name", "pk")
