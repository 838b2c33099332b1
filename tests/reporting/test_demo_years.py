"""The three years of the demo: as known on a day, and the same to the cent in every format."""

import random
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q, Sum
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Organisation
from common.moments import end_of_day, today
from common.money import format_eur
from documents.conformance import structural_faults
from documents.rendering import html_to_pdf
from documents.spreadsheets import Kind, write_workbook
from funding.ledger_check import ledger_problems
from funding.models import BudgetLine, BudgetVersion, Commitment, Instalment, LedgerEntry
from projects.models import Project
from reporting.documents import TEMPLATE, report_context
from reporting.yearly.building import build_yearly_report, default_cut_off, report_tables
from reporting.yearly.exports import content_hash, report_workbook
from reporting.yearly.figures import YearlyReport

pytestmark = pytest.mark.django_db

BOOKINGS = 500


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def rows(report: YearlyReport) -> dict[str, Any]:
    return {table.key: table.rows for table in report_tables(report)}


def made(year: int, cut_off: datetime) -> YearlyReport:
    return build_yearly_report(year=year, cut_off=cut_off, generated_by="test")


def years() -> list[int]:
    return [today().year - 2, today().year - 1, today().year]


def test_what_was_known_on_a_day_stays_what_it_was(demo: None) -> None:
    days = {year: end_of_day(date(year, 12, 31)) for year in years()[:2]}
    days[years()[2]] = timezone.now()
    before = {year: made(year, cut_off) for year, cut_off in days.items()}
    hashes = {year: content_hash(report) for year, report in before.items()}

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        booked = book_many()
        Organisation.objects.update(name="Hernoemd", province="Elders")
        Project.objects.update(title="Hernoemd", theme=None)
        Instalment.objects.update(amount=Decimal("1.00"), expected_on=date(2090, 1, 1))
        Instalment.objects.filter(state="planned").delete()
        for project in Project.objects.filter(state="execution"):
            project.state = "stopped"
            project.stop_reason = "Andere koers"
            project.save()

    for year, cut_off in days.items():
        again = made(year, cut_off)
        assert rows(again) == rows(before[year])
        assert content_hash(again) == hashes[year]
        later = made(year, timezone.now() + timedelta(days=2))
        assert content_hash(later) != hashes[year]
        assert later.projects != before[year].projects
    assert booked == BOOKINGS
    assert ledger_problems() == []


def book_many() -> int:
    """Bookings of every kind, most of them counting before the days of the reports above."""
    dice = random.Random(5)  # noqa: S311 - not for secrets
    manager = Commitment.objects.first().recorded_by  # type: ignore[union-attr]
    for line in BudgetLine.objects.all():
        latest = line.versions.latest("number")
        BudgetVersion.objects.create(
            line=line,
            number=latest.number + 1,
            label=BudgetVersion.Label.ADJUSTMENT,
            vak=latest.vak + 9_000_000,
            vek=latest.vek + 9_000_000,
            effective_on=latest.effective_on,
            recorded_by=manager,
        )
    commitments = list(Commitment.objects.select_related("line"))
    done = 0
    while done < BOOKINGS:
        commitment = dice.choice(commitments)
        last = min(date(commitment.effective_on.year, 12, 31), today())
        day = commitment.effective_on + timedelta(days=dice.randrange(30))
        for kind, amount in [
            ("commitment", Decimal(dice.randrange(200, 400))),
            (dice.choice(["payment", "release"]), Decimal("0.37")),
        ]:
            LedgerEntry.objects.create(
                kind=kind,
                commitment=commitment,
                line=commitment.line,
                amount=amount,
                effective_on=min(day, last),
                recorded_by=manager,
            )
            done += 1
    return done


def test_the_hash_is_of_the_figures_alone(demo: None) -> None:
    cut_off = end_of_day(date(years()[1], 6, 30))
    one = build_yearly_report(year=years()[1], cut_off=cut_off, generated_by="An")
    with translation.override("en"), time_machine.travel(timezone.now() + timedelta(days=3)):
        other = build_yearly_report(year=years()[1], cut_off=cut_off, generated_by="Tom")
        assert content_hash(other) == content_hash(one)
    assert content_hash(made(years()[1], end_of_day(date(years()[1], 7, 1)))) != content_hash(one)


def test_every_total_is_the_sum_of_the_rows_that_are_shown(demo: None) -> None:
    for year in years():
        report = made(year, timezone.now())
        for phase in report.phases:
            assert phase.start + phase.came - phase.went == phase.end
        in_year = sum(row.committed_in_year for row in report.projects)
        assert in_year == report.this_year.committed == report.total_credits.committed
        for breakdown in report.breakdowns.values():
            assert sum(row.committed for row in breakdown) == in_year
            assert sum(row.paid for row in breakdown) == report.this_year.paid
        assert sum(row.end for row in report.streams) == report.this_year.end
        assert report.movements[-1].sums.committed == report.this_year.committed
        assert sum(row.start for row in report.phases) + sum(
            row.came - row.went for row in report.phases
        ) == sum(row.end for row in report.phases)


def test_the_flow_of_a_year_starts_where_the_former_year_ended(demo: None) -> None:
    former, latter = made(years()[1], timezone.now()), made(years()[2], timezone.now())
    ends = {row.label: row.end for row in former.phases if row.end}
    assert {row.label: row.start for row in latter.phases if row.start} == ends


def test_nothing_to_divide_is_a_dash(demo: None) -> None:
    empty = made(2009, timezone.now())
    tables = {table.key: table for table in report_tables(empty)}
    assert {line[-1].text for line in tables["doorlooptijden"].cells} == {"–"}
    assert {line[-1].text for line in tables["cofinanciering-gemiddeld"].cells} == {"–"}


# --- The same to the cent, whoever adds it up -----------------------------------------------------

AMOUNT = re.compile(r"€ -?[\d.]+,\d\d|-€ [\d.]+,\d\d")


@pytest.fixture
def office() -> str:
    """LibreOffice, which works formulas out as the reader's own program will."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
    return found


def without_values(source: Path, target: Path) -> None:
    """The same workbook, of which no formula has a value yet."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            new.writestr(name, content)


def recomputed(office: str, books: list[Path], folder: Path) -> list[Any]:
    """Each workbook after LibreOffice opened it, worked it out and wrote it."""
    out = folder / "out"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(out), *map(str, books)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return [openpyxl.load_workbook(out / book.name, data_only=True) for book in books]


def test_spreadsheet_paper_and_database_agree_to_the_cent(
    demo: None, office: str, tmp_path: Path
) -> None:
    reports, books = [], []
    for year in years():
        report = made(year, default_cut_off(year))
        reports.append(report)
        whole, bare = tmp_path / f"whole-{year}.xlsx", tmp_path / f"{year}.xlsx"
        write_workbook(report_workbook(report), whole, tmp_path)
        without_values(whole, bare)
        books.append(bare)
    for report, read in zip(reports, recomputed(office, books, tmp_path), strict=True):
        on_paper = amounts_on_paper(report, tmp_path / f"{report.year}.pdf")
        in_book: Counter[str] = Counter()
        for table in report_tables(report):
            sheet = read[table.short_title]
            expected = [*table.rows, totals_of(table)] if table.totals else table.rows
            for number, line in enumerate(expected, 2):
                for place, (column, value) in enumerate(zip(table.columns, line, strict=True), 1):
                    if column.kind is not Kind.MONEY or value is None:
                        continue
                    found = Decimal(str(sheet.cell(number, place).value))
                    cents = found.quantize(Decimal("0.01"))
                    assert cents == value, (table.key, number, column.label)
                    assert abs(found - cents) < Decimal("0.00001")
                    in_book[format_eur(cents).replace("\N{NO-BREAK SPACE}", " ")] += 1
        assert in_book - on_paper == Counter()
        differences = [row[3].value for row in read["Aansluiting"].iter_rows(min_row=2)]
        assert len(differences) > 10
        assert {round(float(value), 2) for value in differences} == {0.0}
        assert booked_in(report) == (
            cents_of(read["Kredieten"].cell(len(report.credits) + 2, 4).value),
            cents_of(read["Kredieten"].cell(len(report.credits) + 2, 7).value),
        )


def totals_of(table: Any) -> list[Any]:
    return [
        sum((row[place] for row in table.rows if row[place] is not None), Decimal(0))
        if column.total
        else None
        for place, column in enumerate(table.columns)
    ]


def cents_of(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def booked_in(report: YearlyReport) -> tuple[Decimal, Decimal]:
    """Committed and paid in the year, straight from the ledger."""
    signs = {
        "commitment": (0, 1),
        "reversal": (0, -1),
        "payment": (1, 1),
        "payment_reversal": (1, -1),
    }
    sums = [Decimal("0.00"), Decimal("0.00")]
    for kind, amount in (
        LedgerEntry.objects.filter(
            Q(recorded_at__lt=report.cut_off), line__budget_year__year=report.year
        )
        .order_by()
        .values_list("kind")
        .annotate(Sum("amount"))
    ):
        if kind in signs:
            place, sign = signs[kind]
            sums[place] += sign * amount
    return sums[0], sums[1]


def amounts_on_paper(report: YearlyReport, target: Path) -> Counter[str]:
    """Every amount in the text of the PDF, which is also whole and accessible."""
    html_to_pdf(render_to_string(TEMPLATE, report_context(report)), target)
    assert structural_faults(target) == []
    text = subprocess.run(
        ["pdftotext", "-layout", str(target), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert content_hash(report) in "".join(text.split())
    return Counter(AMOUNT.findall(text.replace("\N{NO-BREAK SPACE}", " ")))
