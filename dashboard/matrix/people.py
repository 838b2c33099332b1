"""The kinds of people that the matrix tells apart: a role, and how they stand to the thing.

They are accounts that were never saved, so the policies judge them as they judge anybody.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Organisation, User
from accounts.roles import MemberRole, StaffRole

ORGANISATION, ELSEWHERE = -1, -2
ADVISES, CONFLICTED, INVITED, DID_IT, OWNER, READS = -11, -12, -13, -14, -15, -16
"""Numbers of accounts that the things of examples.py name; none that is ever stored."""

SOMEBODY = -99

VISITOR = "bezoeker"
FAMILIES = {"visitor": VISITOR, "outside": "alle aanvragers", "staff": "alle medewerkers"}
"""Kinds of people with the words for all of them."""

OWN, FOREIGN = "eigen organisatie", "andere organisatie"
ASSIGNED, UNASSIGNED = "toegewezen", "niet toegewezen"
SECOND = "tweede lezer"
CONFLICT = "belangenconflict"
FIRST_HAND = "deed de vorige stap zelf"
PARTNER = "uitgenodigd partnerdeel"
MINE = "maakte het zelf"
NO_TIE = ""


@dataclass(frozen=True)
class Person:
    """One kind of person. `role` and `relation` are the words of the matrix."""

    role: str
    relation: str = NO_TIE
    number: int = SOMEBODY
    staff_role: StaffRole | None = None
    member_role: MemberRole | None = None
    organisation: int | None = None

    @property
    def family(self) -> str:
        """A key of FAMILIES."""
        if self.role == VISITOR:
            return "visitor"
        return "staff" if self.staff_role else "outside"

    @property
    def account(self) -> Any:
        """An account like this one, for the policies to judge."""
        if self.role == VISITOR:
            return AnonymousUser()
        user = User(pk=self.number, email="iemand@voorbeeld.test")
        roles = {self.staff_role} if self.staff_role else set()
        user.__dict__["staff_roles"] = frozenset(roles)
        user.__dict__["own_memberships"] = (
            [
                Membership(
                    organisation=Organisation(pk=self.organisation),
                    role=self.member_role,
                    user=user,
                )
            ]
            if self.member_role
            else []
        )
        return user


def _members() -> list[Person]:
    own = [
        Person(f"lid-{str(role.label).lower()}", OWN, member_role=role, organisation=ORGANISATION)
        for role in MemberRole
    ]
    return [
        *own,
        *(replace(one, relation=FOREIGN, organisation=ELSEWHERE) for one in own),
        Person("aangemeld zonder organisatie"),
        Person("aangemeld zonder organisatie", PARTNER, number=INVITED),
    ]


def _staff() -> list[Person]:
    people = []
    for role in StaffRole:
        ties = [(NO_TIE, SOMEBODY), (FIRST_HAND, DID_IT), (CONFLICT, CONFLICTED)]
        if role == StaffRole.ADVISER:
            ties = [(ASSIGNED, ADVISES), (SECOND, READS)]
            ties += [(UNASSIGNED, SOMEBODY), (CONFLICT, CONFLICTED)]
        if role == StaffRole.TEAM_MEMBER:
            ties.append((MINE, OWNER))
        people += [
            Person(str(role.label), tie, number=number, staff_role=role) for tie, number in ties
        ]
    return people


PEOPLE: list[Person] = [Person(VISITOR), *_members(), *_staff()]
