"""Who someone is: the building blocks of the other apps' policies."""

from typing import Any

from accounts.roles import MemberRole, StaffRole
from common.policies import Policy, policy


def _role(*roles: StaffRole, sentence: str) -> Policy:
    def holds_role(user: Any, obj: Any = None) -> bool:
        return bool(getattr(user, "is_active", False)) and user.has_staff_role(*roles)

    holds_role.__name__ = "is_" + "_or_".join(role.name.lower() for role in roles)
    return policy(sentence)(holds_role)


is_team_member = _role(StaffRole.TEAM_MEMBER, sentence="Alleen een lid van het PIO-team mag dit.")
is_project_leader = _role(
    StaffRole.PROJECT_LEADER, sentence="Alleen een PIO-projectleider mag dit."
)
is_adviser = _role(StaffRole.ADVISER, sentence="Alleen een VLAIO-adviseur mag dit.")
is_programme_manager = _role(
    StaffRole.PROGRAMME_MANAGER, sentence="Alleen een programmamanager mag dit."
)
is_committee_secretary = _role(
    StaffRole.COMMITTEE_SECRETARY,
    sentence="Alleen de secretaris van het Beslissingscomité mag dit.",
)
is_administrator = _role(
    StaffRole.ADMINISTRATOR, sentence="Alleen een beheerder van het portaal mag dit."
)
is_auditor = _role(StaffRole.AUDITOR, sentence="Alleen een auditor mag dit.")
is_programme_office = _role(
    StaffRole.TEAM_MEMBER,
    StaffRole.PROJECT_LEADER,
    StaffRole.PROGRAMME_MANAGER,
    sentence="Alleen het PIO-team, de projectleider of de programmamanager mag dit.",
)
sees_money = _role(
    StaffRole.TEAM_MEMBER,
    StaffRole.PROJECT_LEADER,
    StaffRole.PROGRAMME_MANAGER,
    StaffRole.COMMITTEE_SECRETARY,
    StaffRole.AUDITOR,
    sentence="Alleen medewerkers die met het budget werken, zien deze bedragen.",
)


@policy("Alleen medewerkers van het programma mogen dit.")
def is_staff(user: Any, obj: Any = None) -> bool:
    return bool(getattr(user, "is_programme_staff", False))


@policy("Alleen wie bij deze organisatie hoort, mag dit.")
def is_member(user: Any, organisation: Any = None) -> bool:
    return organisation is not None and organisation.pk in getattr(user, "member_roles", {})


@policy("Alleen een beheerder van de organisatie mag dit.")
def manages_organisation(user: Any, organisation: Any = None) -> bool:
    if organisation is None or not getattr(user, "is_active", False):
        return False
    return user.has_member_role(organisation.pk, MemberRole.MANAGER)


# An administrator helps an organisation whose last manager left.
may_manage_organisation = policy("Alleen een beheerder van de organisatie mag dit.")(
    manages_organisation | is_administrator
)
may_verify_organisation = policy(
    "Alleen het PIO-team, de projectleider, de programmamanager of een beheerder mag dit."
)(is_programme_office | is_administrator)


@policy("Alleen een open account dat niet van een beheerder is, kunt u bekijken.")
def may_be_viewed(person: Any, obj: Any = None) -> bool:
    """About the person who is looked at: no administrator, and an open account."""
    if not getattr(person, "is_active", False) or person.is_superuser:
        return False
    return not person.has_staff_role(StaffRole.ADMINISTRATOR)


may_read_log = _role(
    StaffRole.AUDITOR,
    StaffRole.PROGRAMME_MANAGER,
    StaffRole.ADMINISTRATOR,
    sentence="Alleen een auditor, een programmamanager of een beheerder mag het logboek lezen.",
)
may_enter_admin = _role(
    StaffRole.ADMINISTRATOR,
    StaffRole.AUDITOR,
    sentence="Alleen beheerders en auditors van het portaal mogen de tabellen bekijken.",
)
