"""Reads about people and organisations."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Q, QuerySet

from accounts.models import Membership, Organisation, User
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent

SESSION_KEY = "organisation_id"


def active_organisation(user: User | AnonymousUser, chosen_id: Any) -> Organisation | None:
    """The organisation chosen in this session while the person belongs to it, else the first."""
    if not isinstance(user, User):
        return None
    own = [membership.organisation for membership in user.own_memberships]
    chosen = (organisation for organisation in own if str(organisation.pk) == str(chosen_id))
    return next(chosen, own[0] if own else None)


def staff_with_role(*roles: StaffRole) -> QuerySet[User]:
    """Active people who hold one of the roles."""
    return (
        User.objects.filter(is_active=True, groups__name__in=[role.value for role in roles])
        .distinct()
        .order_by("last_name", "first_name", "pk")
    )


def viewings_of(person: User) -> QuerySet[AuditEvent]:
    """The last times that an administrator saw the portal as this person: when, who and why."""
    seen = AuditEvent.objects.about(person).filter(action="user.viewed_as")
    return seen.select_related("actor")[:20]


def members_with_role(organisation_id: int, least: MemberRole) -> QuerySet[User]:
    """Active members of the organisation whose role includes `least`."""
    enough = [role.value for role in MemberRole if role.includes(least)]
    return User.objects.filter(
        is_active=True,
        memberships__organisation_id=organisation_id,
        memberships__role__in=enough,
    ).order_by("last_name", "first_name", "pk")


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Everybody of the organisation with the role held, by name."""
    return organisation.memberships.select_related("user").order_by(
        "user__last_name", "user__first_name", "pk"
    )


SIMILAR_ENOUGH = 0.4
"""Trigram similarity from which two names look alike: "Stad Gent" and "Gent stad" score 1."""


def similar_organisations(*, name: str, kbo: str) -> list[Organisation]:
    """At most five organisations with this KBO number or a name that looks like this one."""
    return list(
        Organisation.objects.annotate(likeness=TrigramSimilarity("name", name))
        .filter(Q(likeness__gte=SIMILAR_ENOUGH) | Q(kbo=kbo, kbo__gt=""))
        .order_by("-likeness", "name", "pk")[:5]
    )


ORGANISATION_ORDERS = {
    "name": ["name", "pk"],
    "-name": ["-name", "-pk"],
    "created_at": ["created_at", "pk"],
    "-created_at": ["-created_at", "-pk"],
    "members": ["member_count", "name", "pk"],
    "-members": ["-member_count", "name", "pk"],
}


def organisation_list(
    user: User, *, search: str = "", type: str = "", verified: str = "", sort: str = "name"
) -> QuerySet[Organisation]:
    """Organisations `user` may see, with `member_count`.

    `search` looks in the name, the numbers and the city; `verified` is "yes", "no" or empty.
    """
    found = Organisation.objects.visible_to(user).annotate(
        member_count=Count("memberships", distinct=True)
    )
    if search:
        digits = "".join(character for character in search if character.isdigit())
        words = Q(name__icontains=search) | Q(city__icontains=search) | Q(ovo__iexact=search)
        found = found.filter(words | Q(kbo__contains=digits) if len(digits) >= 4 else words)
    if type:
        found = found.filter(type=type)
    if verified:
        found = found.filter(is_verified=verified == "yes")
    return found.order_by(*ORGANISATION_ORDERS.get(sort, ORGANISATION_ORDERS["name"]))


def people_list(*, search: str = "") -> QuerySet[User]:
    """Every account with its staff roles, by name; `search` looks in name and address."""
    people = User.objects.prefetch_related("groups").order_by("last_name", "first_name", "pk")
    for word in search.split():
        people = people.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    return people
