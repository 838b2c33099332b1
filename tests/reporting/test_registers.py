"""What goes to registers outside, and the check on double subsidies."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import StaffRole
from funding import services
from projects.lifecycle import ProjectState
from projects.models import Project
from reporting.registers.doubles import doubles_with, doubles_within, read_register
from reporting.registers.giving360 import grants_package
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.funding.acts import paid_claim, release
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
D = Decimal
KBO = "0207509031"
SCHEMA = json.loads(Path(__file__).with_name("giving360.schema.json").read_text())


@pytest.fixture
def manager() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]))
    return client


def csv_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


# --- The subsidy register ------------------------------------------------------------------------


def test_every_payment_is_a_row_and_what_came_back_is_negative(manager: Client) -> None:
    budget_line(2026)
    paid = paid_claim(300_000, paid_on=date(2026, 4, 1))
    services.return_payment(
        payment=paid, on=date(2026, 4, 9), reason="Rekening gesloten", by=programme_manager()
    )
    services.pay_claim(claim=paid.claim, paid_on=date(2026, 4, 20), by=programme_manager())
    organisation = paid.entry.commitment.project.organisation
    organisation.kbo, organisation.name = KBO, "Stad Voorbeeld"
    organisation.save()
    header, *rows = csv_of(manager.get("/beheer/subsidieregister/2026/csv/"))
    assert header[0] == "Ondernemingsnummer"
    assert [[row[0], row[1], row[6], row[8], row[9]] for row in rows] == [
        [KBO, "Stad Voorbeeld", "300000,00", amount, day]
        for amount, day in [
            ("300000,00", "01/04/2026"),
            ("-300000,00", "09/04/2026"),
            ("300000,00", "20/04/2026"),
        ]
    ]
    page = manager.get("/beheer/subsidieregister/2026/").content.decode()
    assert "0207.509.031" in page
    assert page.count("Stad Voorbeeld") == 3
    assert manager.get("/beheer/subsidieregister/2026/pdf/").status_code == 404
    assert manager.get("/beheer/subsidieregister/2019/").status_code == 404


# --- Double subsidies ----------------------------------------------------------------------------


def project(title: str, kbo: str = KBO) -> Project:
    return ProjectFactory(title=title, organisation=OrganisationFactory(kbo=kbo))


def test_projects_of_one_number_that_look_alike_are_shown_once() -> None:
    first = project("Slimme riolen voor natte straten")
    second = project("Slimme riolen voor droge straten")
    project("Valpreventie in het woonzorgcentrum")
    project("Slimme riolen voor natte straten", kbo="0316380841")
    project("Slimme riolen voor natte straten", kbo="")
    project("Slimme riolen voor natte straten", kbo="")
    [found] = doubles_within()
    assert (found.project, found.other) == (first.reference, second.reference)
    assert 0.4 <= found.score < 1


def test_a_row_of_another_register_is_laid_beside_our_projects(manager: Client) -> None:
    project("Slimme riolen voor natte straten")
    file = (
        "Titel;KBO;Maatregel;Bedrag;Datum;Iets anders\r\n"
        "Slimme riolen in natte straten;0207.509.031;City of Things;12.500,50;2025-03-01;x\r\n"
        "Slimme riolen in natte straten;0316.380.841;City of Things;;;\r\n"
    )
    others = read_register("\ufeff".encode() + file.encode())
    [found] = doubles_with(others)
    assert (found.other, found.other_amount, found.other_on) == (
        "City of Things",
        D("12500.50"),
        "2025-03-01",
    )
    page = manager.post(
        "/beheer/dubbele-subsidies/", {"bestand": SimpleUploadedFile("ander.csv", file.encode())}
    ).content.decode()
    assert "2 rijen van ander.csv vergeleken" in page
    assert "City of Things" in page


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (
            b"titel,kbo,maatregel\nA,1,B\n",
            ["Deze kolommen ontbreken: kbo, maatregel, titel. De scheiding is een puntkomma (;)."],
        ),
        (
            "titel;kbo;maatregel\nCaf\xe9;1;B\n".encode("latin-1"),
            ["Dit bestand is geen tekst in UTF-8. Bewaar het als “CSV UTF-8”."],
        ),
        (b"titel;kbo;maatregel\n", ["Dit bestand heeft geen rijen."]),
        (
            b"titel;kbo;maatregel;bedrag\nA;0207509031;B;1,234\n;0207509031;B;\nC;0207509031;B;5\n",
            [
                "Rij 2: Een bedrag heeft hoogstens twee cijfers na de komma.",
                "Rij 3: De titel ontbreekt.",
            ],
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong(
    content: bytes, sentences: list[str]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_register(content)
    assert refusal.value.messages == sentences


def test_the_page_says_it_beside_the_field(manager: Client) -> None:
    wrong = SimpleUploadedFile("ander.csv", b"titel;kbo\n")
    page = manager.post("/beheer/dubbele-subsidies/", {"bestand": wrong}).content.decode()
    assert "Deze kolommen ontbreken: maatregel." in page
    empty = manager.post(
        "/beheer/dubbele-subsidies/", {"bestand": SimpleUploadedFile("leeg.csv", b"")}
    )
    assert "Dit bestand is leeg." in empty.content.decode()


# --- 360Giving -----------------------------------------------------------------------------------


def published(amount: str, **changes: Any) -> Any:
    made = commitment(amount)  # the decision was just told
    values = {"state": ProjectState.TENDER_PUBLISHED, "is_public": True, **changes}
    Project.objects.filter(pk=made.project_id).update(**values)
    return made


def test_granted_cofinancing_is_published_as_the_standard_asks() -> None:
    budget_line(2026)
    made = published("300000.10", title="Slimme riolen", summary="", is_fictional=True)
    release(made, "0.05")
    organisation = made.project.organisation
    organisation.kbo = KBO
    organisation.save()
    published("5", is_public=False)
    published("6", state=ProjectState.COFINANCING_GRANTED)
    answer = Client().get("/open-data/360giving.json")
    package = json.loads(answer.content)
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(package)] == []
    [grant] = package["grants"]
    assert grant["id"] == f"360G-pio-{made.number}"
    assert grant["title"] == "Slimme riolen (voorbeelddata)"
    assert grant["amountAwarded"] == 300000.05
    assert grant["recipientOrganization"][0]["id"] == f"BE-BCE_KBO-{KBO}"
    assert b'"amountAwarded": 300000.05' in answer.content


def test_the_schema_of_the_test_refuses_what_the_standard_refuses() -> None:
    budget_line(2026)
    published("1")
    validator = jsonschema.Draft4Validator(SCHEMA)
    for name in SCHEMA["properties"]["grants"]["items"]["required"]:
        package = grants_package()
        del package["grants"][0][name]
        assert not validator.is_valid(package), name


def test_the_file_takes_one_query_whatever_the_number_of_grants() -> None:
    budget_line(2026)
    published("1")
    with CaptureQueriesContext(connection) as few:
        grants_package()
    for _number in range(5):
        published("1")
    with CaptureQueriesContext(connection) as many:
        grants_package()
    assert len(few) == len(many) == 1
