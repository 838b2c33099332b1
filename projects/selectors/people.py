"""Who works on the proposals of an organisation."""

from collections.abc import Iterable

from accounts.models import Membership, User
from accounts.roles import MemberRole

EDITOR_ROLES = [role.value for role in MemberRole if role.includes(MemberRole.EDITOR)]


def editors_by_organisation(organisation_ids: Iterable[int]) -> dict[int, list[User]]:
    """Everybody who may edit for these organisations and has an open account; one query."""
    editors: dict[int, list[User]] = {}
    for membership in (
        Membership.objects.filter(
            organisation__in=set(organisation_ids),
            role__in=EDITOR_ROLES,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")
    ):
        editors.setdefault(membership.organisation_id, []).append(membership.user)
    return editors
