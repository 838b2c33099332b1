"""What the ID token of ACM/IDM says, read without database (domain.md 9.3).

The national register number (`rrn`) is never read: whatever a token holds, only what stands in
`Person` goes further.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.identifiers import normalise_kbo
from accounts.oidc.refusals import Refusal, SignInRefusedError
from accounts.roles import MemberRole, StaffRole

CITIZEN = "BUR"
MEMBER_ROLES = {
    ("PIOAanvrager", "lezer"): MemberRole.READER,
    ("PIOAanvrager", "bewerker"): MemberRole.EDITOR,
    ("PIOAanvrager", "indiener"): MemberRole.SUBMITTER,
    ("PIOAanvrager", "beheerder"): MemberRole.MANAGER,
}
_ROLE = re.compile(r"([^\s:-]+)(?:-([^\s:]+))?:([^\s:]+)")


@dataclass(frozen=True)
class GrantedRole:
    """One value of the role claim: `Rol:orgcode` or `Rol-context:orgcode`."""

    role: str
    context: str
    code: str

    @property
    def name(self) -> str:
        """Without the organisation, as settings.OIDC_STAFF_ROLES names it."""
        return f"{self.role}-{self.context}" if self.context else self.role

    def __str__(self) -> str:
        return f"{self.name}:{self.code}"


def parse_role(text: str) -> GrantedRole | None:
    """One role string; None for anything that is not of this form.

    >>> parse_role("DVMetadataVlaanderenGebruiker-admin:OVO002949")
    GrantedRole(role='DVMetadataVlaanderenGebruiker', context='admin', code='OVO002949')
    """
    found = _ROLE.fullmatch(text)
    if found is None:
        return None
    return GrantedRole(found[1], found[2] or "", normal_code(found[3]))


def normal_code(text: str) -> str:
    """An organisation's code as it is stored: KBO in ten digits, OVO in capitals."""
    code = re.sub(r"[\s.]", "", text).upper()
    return code.zfill(10) if code.isascii() and code.isdigit() and len(code) == 9 else code


def is_ovo(code: str) -> bool:
    return re.fullmatch(r"OVO\d{6}", code, flags=re.ASCII) is not None


def is_kbo(code: str) -> bool:
    """Ten digits with right check digits; an education number is shorter."""
    try:
        return bool(code) and code.isascii() and normalise_kbo(code) == code
    except ValidationError:
        return False


@dataclass(frozen=True)
class Person:
    """Who signed in, and for which organisation."""

    issuer: str
    subject: str
    first_name: str
    last_name: str
    email: str
    group: str
    code: str
    organisation: str
    roles: tuple[GrantedRole, ...]
    authenticated_at: int
    """Seconds since 1970 at which the person proved who it is; 0 when the token doesn't say."""

    @property
    def member_role(self) -> MemberRole | None:
        """The highest role as applicant in the chosen organisation; others do not count now."""
        found = [
            MEMBER_ROLES[role.role, role.context]
            for role in self.roles
            if role.code == self.code and (role.role, role.context) in MEMBER_ROLES
        ]
        return max(found, key=lambda role: role.rank, default=None)

    @property
    def staff_roles(self) -> frozenset[StaffRole]:
        """Roles in the programme, when the chosen organisation may give those.

        Any organisation's own access manager can write a role: only those of
        settings.OIDC_STAFF_ORGANISATIONS make staff.
        """
        if self.code not in map(normal_code, settings.OIDC_STAFF_ORGANISATIONS):
            return frozenset()
        return frozenset(
            StaffRole(settings.OIDC_STAFF_ROLES[role.name])
            for role in self.roles
            if role.code == self.code and role.name in settings.OIDC_STAFF_ROLES
        )


def read_person(claims: Mapping[str, Any]) -> Person:
    """The person of a verified ID token.

    Raises:
        SignInRefusedError: for a citizen, for a way of signing in that is too weak
            (settings.OIDC_ACR_VALUES), and when it is not said who this is or for whom.
    """

    def text(name: str, limit: int) -> str:
        value = claims.get(name)
        return value.strip()[:limit] if isinstance(value, str) else ""

    if settings.OIDC_ACR_VALUES and text("acr", 200) not in settings.OIDC_ACR_VALUES:
        raise SignInRefusedError(Refusal.TOO_WEAK)
    if text("vo_doelgroepcode", 20).upper() == CITIZEN:
        raise SignInRefusedError(Refusal.CITIZEN)
    person = Person(
        issuer=text("iss", 200),
        subject=text("vo_id", 200),
        first_name=text("given_name", 150),
        last_name=text("family_name", 150),
        email=text("vo_email", 254).lower(),
        group=text("vo_doelgroepcode", 20).upper(),
        code=normal_code(text("vo_orgcode", 40)),
        organisation=text("vo_orgnaam", 200),
        roles=_roles(claims.get(settings.OIDC_ROLE_CLAIM)),
        authenticated_at=_seconds(claims.get("auth_time")),
    )
    if not person.subject:
        raise SignInRefusedError(Refusal.NO_SUBJECT)
    if not person.code:
        raise SignInRefusedError(Refusal.NO_ORGANISATION)
    return person


def _roles(value: Any) -> tuple[GrantedRole, ...]:
    """The claim is a list; a provider that knows one role may give it bare."""
    strings = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    parsed = (parse_role(text) for text in strings if isinstance(text, str))
    return tuple(role for role in parsed if role is not None)


def _seconds(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and value > 0 else 0
