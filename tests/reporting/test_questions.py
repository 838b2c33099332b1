"""A question in Parliament: every measure by every dimension, against a plain count."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import OrganisationType, User
from accounts.roles import StaffRole
from calls.models import Theme
from evaluations.models import ConflictKind, ConflictOfInterest
from funding.models import BudgetLine
from reporting.forms.questions import QuestionForm
from reporting.questions.answer import Question, answer
from reporting.questions.measures import SOURCES, Dimension, Measure
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.calls.factories import ThemeFactory
from tests.evaluations.factories import Case
from tests.funding.acts import paid_claim, release
from tests.funding.factories import budget_line, commitment
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def manager() -> User:
    return UserFactory(roles=[StaffRole.PROGRAMME_MANAGER])


def rows(user: User, measure: Measure, by: Dimension, **more: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in answer(Question(measure, by, **more), user).table.rows]


def of_type(made: Any, kind: OrganisationType, province: str = "", theme: str = "") -> None:
    project = made.project
    project.organisation.type = kind
    project.organisation.province = province
    project.organisation.save()
    project.theme = Theme.objects.filter(name=theme).first() if theme else None
    project.save()


def test_money_by_type_with_a_column_per_year(manager: User) -> None:
    for year in (2025, 2026):
        budget_line(year)
    first = commitment("100000.10", on=date(2025, 3, 1))
    second = commitment("50000.20", on=date(2026, 3, 1))
    third = commitment("0.03", on=date(2026, 12, 31))
    release(second, "0.20", on=date(2026, 9, 1))
    for made, kind in zip(
        [first, second, third], ["municipality", "hospital", "hospital"], strict=True
    ):
        of_type(made, OrganisationType(kind))
    found = answer(Question(Measure.COMMITTED, Dimension.ORGANISATION_TYPE, per_year=True), manager)
    assert [str(column.label) for column in found.table.columns] == [
        "Soort organisatie",
        "2025",
        "2026",
        "Samen",
    ]
    assert [tuple(row) for row in found.table.rows] == [
        ("Stad of gemeente", D("100000.10"), D("0.00"), D("100000.10")),
        ("Ziekenhuis", D("0.00"), D("50000.03"), D("50000.03")),
    ]
    assert [cell.text for cell in found.table.totals][3].endswith("150.000,13")
    assert rows(manager, Measure.COMMITTED, Dimension.YEAR) == [
        ("2025", D("100000.10")),
        ("2026", D("50000.03")),
    ]


def test_both_ends_of_the_period_count(manager: User) -> None:
    budget_line(2026)
    for day in [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1)]:
        commitment(day.day, on=day)
    period = {"since": date(2026, 3, 2), "until": date(2026, 3, 31)}
    assert rows(manager, Measure.COMMITTED, Dimension.STREAM, **period) == [
        ("Cofinanciering van opdrachten", D("33.00"))
    ]


def test_filters_keep_only_what_was_asked(manager: User) -> None:
    budget_line(2026)
    ThemeFactory(name="Water")
    for amount, theme, province in [(1, "Water", "Limburg"), (2, "Water", ""), (4, "", "Limburg")]:
        of_type(commitment(amount), OrganisationType.MUNICIPALITY, province, theme)
    assert rows(manager, Measure.COMMITTED, Dimension.PROVINCE) == [
        ("Limburg", D("5.00")),
        ("Onbekend", D("2.00")),
    ]
    only = {Dimension.THEME: "Water", Dimension.PROVINCE: "Limburg"}
    assert rows(manager, Measure.COMMITTED, Dimension.THEME, only=only) == [("Water", D("1.00"))]


def test_every_measure_answers_by_everything_that_it_knows(manager: User) -> None:
    budget_line(2026)
    paid_claim(300_000)
    for measure, source in SOURCES.items():
        for by in [Dimension.YEAR, *source.paths]:
            for per_year in (False, True):
                made = answer(Question(measure, by, per_year=per_year), manager)
                assert made.table.key == "antwoord"
    assert set(SOURCES) == set(Measure)
    assert rows(manager, Measure.PAID, Dimension.YEAR) == [("2026", D("300000.00"))]


def test_a_file_with_a_conflict_of_interest_does_not_count(manager: User) -> None:
    case = Case()
    case.accepted()
    [(_year, count)] = rows(manager, Measure.SUBMITTED, Dimension.YEAR)
    assert count == 1
    ConflictOfInterest.objects.create(
        person=manager,
        proposal=case.proposal,
        kind=ConflictKind.DECLARED,
        explanation="Mijn zus werkt daar.",
    )
    assert rows(manager, Measure.SUBMITTED, Dimension.YEAR) == []


def test_a_project_counts_on_the_day_it_was_opened(manager: User) -> None:
    ProjectFactory(opened_on=date(2026, 1, 1), organisation=OrganisationFactory(name="Stad A"))
    ProjectFactory(opened_on=None)
    assert rows(manager, Measure.STARTED, Dimension.ORGANISATION) == [("Stad A", 1)]


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        (
            {"meting": "ingediend", "per": "organisatie"},
            "per",
            "“Aantal ingediende voorstellen” heeft geen organisatie. Kies iets anders.",
        ),
        (
            {"meting": "gestart", "per": "jaar", "geldstroom": BudgetLine.Stream.PREPARATION},
            "geldstroom",
            "“Aantal gestarte projecten” heeft geen geldstroom. Kies iets anders.",
        ),
        (
            {"meting": "vastgelegd", "per": "jaar", "van": "2026-02-01", "tot": "2026-01-31"},
            "tot",
            "De periode eindigt vóór ze begint.",
        ),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(
    asked: dict[str, str], field: str, sentence: str
) -> None:
    form = QuestionForm(asked)
    assert form.errors == {field: [sentence]}


def test_the_address_asks_the_question_and_the_exports_say_it(manager: User) -> None:
    budget_line(2026)
    of_type(commitment(1), OrganisationType.MUNICIPALITY, "Limburg")
    client = Client()
    client.force_login(manager)
    asked = urlencode({"meting": "vastgelegd", "per": "provincie", "van": "01/01/2026"})
    page = client.get(f"/beheer/vraag/?{asked}").content.decode()
    assert "Vastgelegd bedrag, per provincie." in page
    assert "Periode: 1 januari 2026 tot en met vandaag." in page
    assert page.count("<figure") == 1
    answered = client.get(f"/beheer/vraag/csv/?{asked}")
    text = b"".join(answered.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines() == ["Provincie;Vastgelegd bedrag", "Limburg;1,00"]
    workbook = client.get(f"/beheer/vraag/xlsx/?{asked}")
    sheet = load_workbook(BytesIO(workbook.getvalue())).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert cells.count("Vastgelegd bedrag, per provincie.") == 1
    assert cells.count("Limburg") == 1
    assert client.get(f"/beheer/vraag/pdf/?{asked}").status_code == 404
    wrong = client.get("/beheer/vraag/csv/?meting=alles")
    assert wrong.headers["Location"] == "/beheer/vraag/?meting=alles"
    assert "Antwoord als CSV" not in client.get("/beheer/vraag/").content.decode()
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
    assert client.get("/beheer/vraag/").status_code == 403
