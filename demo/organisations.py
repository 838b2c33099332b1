"""Invented authorities, and the real ones that the public list of projects names."""

from accounts.models import Organisation, OrganisationType
from demo.sources import ProjectSource

MARK = "(voorbeelddata)"
UNNAMED = "Organisatie niet vermeld in de bron"

INVENTED = [
    ("Gemeente Fictiezele", OrganisationType.MUNICIPALITY, "Fictiezele", "Antwerpen"),
    ("Stad Proefstede", OrganisationType.MUNICIPALITY, "Proefstede", "Limburg"),
    ("Intercommunale Demoland", OrganisationType.INTERMUNICIPAL, "Demoland", "West-Vlaanderen"),
    ("Provincie Voorbeeldland", OrganisationType.PROVINCE, "Voorbeeldstad", "Vlaams-Brabant"),
    ("Agentschap Modelzaken", OrganisationType.AGENCY, "Brussel", ""),
    ("Hulpverleningszone Testrivier", OrganisationType.RESCUE_ZONE, "Testrivier", "Limburg"),
    ("Woonzorgcentrum De Schets", OrganisationType.CARE, "Schetsem", "Oost-Vlaanderen"),
    ("OCMW Fictiezele", OrganisationType.OCMW, "Fictiezele", "Antwerpen"),
]

TYPES = {
    "Vlaams agentschap": OrganisationType.AGENCY,
    "Vlaams departement": OrganisationType.DEPARTMENT,
    "lokaal bestuur (stad of gemeente)": OrganisationType.MUNICIPALITY,
    "Vlaamse overheidsonderneming": OrganisationType.PUBLIC_COMPANY,
    "zorginstelling": OrganisationType.CARE,
}


def invented_organisations() -> list[Organisation]:
    """Authorities that do not exist, with numbers whose check digits are right."""
    return [
        Organisation.objects.get_or_create(
            name=f"{name} {MARK}",
            defaults={
                "type": kind,
                "kbo": _number(position),
                "street": f"Modelstraat {position}",
                "postcode": "9999",
                "city": city,
                "province": province,
                "is_verified": True,
                "is_fictional": True,
            },
        )[0]
        for position, (name, kind, city, province) in enumerate(INVENTED, 1)
    ]


def real_organisation(source: ProjectSource) -> Organisation:
    """The organisation a public page names; nothing about it is invented."""
    return Organisation.objects.get_or_create(
        name=source.organisation or UNNAMED,
        defaults={
            "type": TYPES.get(source.organisation_type, OrganisationType.OTHER),
            "is_verified": True,
        },
    )[0]


def _number(position: int) -> str:
    """A KBO number in a range that is not issued; 97 minus the first eight digits mod 97."""
    base = 9_990_300 + position
    return f"{base:08d}{97 - base % 97:02d}"
