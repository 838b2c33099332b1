"""The people and organisations of the demo (voorbeelddata): none of them exists.

They can sign in only where settings.DEMO_LOGIN is on; a system check refuses them elsewhere.
"""

from dataclasses import dataclass, field

from accounts.models import OrganisationType
from accounts.roles import MemberRole, StaffRole

DEMO_PASSWORD = "voorbeeld-pio-2026"  # noqa: S105 - published on purpose, refused in production


@dataclass(frozen=True)
class DemoOrganisation:
    """An invented contracting authority; its numbers have right check digits but are nobody's."""

    key: str
    name: str
    type: OrganisationType
    kbo: str
    street: str
    postcode: str
    city: str
    province: str


@dataclass(frozen=True)
class DemoAccount:
    """An invented person: roles in the programme, and a role per organisation key."""

    email: str
    first_name: str
    last_name: str
    job_title: str
    staff_roles: tuple[StaffRole, ...] = ()
    organisation_roles: dict[str, MemberRole] = field(default_factory=dict)

    @property
    def role_labels(self) -> list[str]:
        """What a person reads on the sign-in page: the roles in words."""
        staff = [str(role.label) for role in self.staff_roles]
        member = [
            f"{role.label} bij {DEMO_ORGANISATIONS[key].name}"
            for key, role in self.organisation_roles.items()
        ]
        return staff + member


CITY = "voorbeeldegem"
HOSPITAL = "ziekenhuis"

DEMO_ORGANISATIONS = {
    organisation.key: organisation
    for organisation in (
        DemoOrganisation(
            key=CITY,
            name="Stad Voorbeeldegem (voorbeelddata)",
            type=OrganisationType.MUNICIPALITY,
            kbo="0999010027",
            street="Voorbeeldplein 1",
            postcode="9999",
            city="Voorbeeldegem",
            province="Oost-Vlaanderen",
        ),
        DemoOrganisation(
            key=HOSPITAL,
            name="Ziekenhuis De Proef (voorbeelddata)",
            type=OrganisationType.HOSPITAL,
            kbo="0999020024",
            street="Proeflaan 20",
            postcode="3999",
            city="Proefbeek",
            province="Vlaams-Brabant",
        ),
    )
}


def _staff(email: str, first: str, last: str, job_title: str, role: StaffRole) -> DemoAccount:
    return DemoAccount(f"{email}@pio.example", first, f"{last} (voorbeeld)", job_title, (role,))


def _member(email: str, first: str, last: str, job_title: str, **roles: MemberRole) -> DemoAccount:
    return DemoAccount(email, first, f"{last} (voorbeeld)", job_title, (), roles)


DEMO_ACCOUNTS = [
    _staff("teamlid", "Tine", "Teamlid", "Projectbegeleider", StaffRole.TEAM_MEMBER),
    _staff("teamlid2", "Tom", "Teamleden", "Projectbegeleider", StaffRole.TEAM_MEMBER),
    _staff("projectleider", "Pieter", "Leider", "Projectleider", StaffRole.PROJECT_LEADER),
    _staff("projectleider2", "Petra", "Leiders", "Projectleider", StaffRole.PROJECT_LEADER),
    _staff("adviseur", "Anke", "Adviseur", "Bedrijfsadviseur", StaffRole.ADVISER),
    _staff("adviseur2", "Arno", "Adviseurs", "Bedrijfsadviseur", StaffRole.ADVISER),
    _staff("adviseur3", "Amina", "Raadgever", "Bedrijfsadviseur", StaffRole.ADVISER),
    _staff("adviseur4", "Axel", "Expert", "Bedrijfsadviseur", StaffRole.ADVISER),
    _staff("manager", "Mira", "Manager", "Programmamanager", StaffRole.PROGRAMME_MANAGER),
    _staff("secretaris", "Sofie", "Secretaris", "Secretaris", StaffRole.COMMITTEE_SECRETARY),
    _staff("beheerder", "Bram", "Beheerder", "Beheerder portaal", StaffRole.ADMINISTRATOR),
    _staff("auditor", "Aya", "Auditor", "Auditor", StaffRole.AUDITOR),
    _member(
        "lezer@voorbeeldegem.example", "Lotte", "Lezer", "Schepen", voorbeeldegem=MemberRole.READER
    ),
    _member(
        "bewerker@voorbeeldegem.example",
        "Bilal",
        "Bewerker",
        "Projectmedewerker",
        voorbeeldegem=MemberRole.EDITOR,
    ),
    _member(
        "indiener@voorbeeldegem.example",
        "Ines",
        "Indiener",
        "Innovatiemanager",
        voorbeeldegem=MemberRole.SUBMITTER,
    ),
    _member(
        "beheerder@voorbeeldegem.example",
        "Bert",
        "Stadsbeheerder",
        "Algemeen directeur",
        voorbeeldegem=MemberRole.MANAGER,
    ),
    _member(
        "indiener@deproef.example",
        "Zoë",
        "Zorg",
        "Aankoopverantwoordelijke",
        ziekenhuis=MemberRole.SUBMITTER,
    ),
    _member(
        "beide@voorbeeldegem.example",
        "Dirk",
        "Dubbel",
        "Zelfstandig projectleider",
        voorbeeldegem=MemberRole.EDITOR,
        ziekenhuis=MemberRole.MANAGER,
    ),
]
