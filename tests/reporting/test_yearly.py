"""The yearly report: right figures for any cut-off, the same on screen, PDF, XLSX and CSV."""

import csv
import io
import subprocess
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import OrganisationType
from accounts.roles import MemberRole, StaffRole
from common.moments import BRUSSELS, end_of_day, start_of_day
from documents.models import Job
from documents.report_tables import ReportTable
from documents.services import run_job
from documents.spreadsheets import DATE, MONEY, Column
from evaluations.models import Advice
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, BudgetVersion, Commitment, Instalment, LedgerEntry
from funding.services import release_commitment
from projects.models import Project
from reporting.facts.recording import recorded_at
from reporting.yearly.building import build_yearly_report, default_cut_off, report_tables
from reporting.yearly.calls import CallRow
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import BareCallFactory, RoundFactory
from tests.funding.factories import GrantFactory, budget_line, programme_manager
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db

YEAR = 2024
LATER = datetime(2030, 1, 1, tzinfo=BRUSSELS)


def commitment(amount: str, *, on: date, line: BudgetLine, project: object = None) -> Commitment:
    extra = {"request__procurement__project": project} if project else {}
    decision = GrantFactory(granted_amount=Decimal(amount), decided_on=on, **extra)
    made = Commitment.objects.create(
        decision=decision,
        project=decision.request.procurement.project,
        line=line,
        number=f"VL-{decision.pk}",
        effective_on=on,
        recorded_by=decision.recorded_by,
        recorded_at=start_of_day(on),
    )
    book(made, LedgerEntry.Kind.COMMITMENT, amount, on, line)
    return made


def book(
    made: Commitment, kind: LedgerEntry.Kind, amount: str, on: date, line: BudgetLine
) -> LedgerEntry:
    return LedgerEntry.objects.create(
        commitment=made,
        kind=kind,
        amount=Decimal(amount),
        effective_on=on,
        line=line,
        recorded_by=made.recorded_by,
        recorded_at=start_of_day(on) + timedelta(hours=9),
    )


def line_of(year: int) -> BudgetLine:
    line = budget_line(year, vak=5_000_000, vek=5_000_000)
    # Triggers refuse an update of a version, so the year's budget is recorded in that year here.
    BudgetVersion.objects.create(
        line=line,
        number=2,
        label=BudgetVersion.Label.ADJUSTMENT,
        vak=Decimal(5_000_000),
        vek=Decimal(5_000_000),
        effective_on=date(year, 1, 2),
        recorded_by=programme_manager(),
        recorded_at=start_of_day(date(year, 1, 2)),
    )
    return line


@pytest.fixture
def dossier_year() -> BudgetLine:
    """The example of domain.md 6.6: VAK 5,000,000; 1,000,000 + 650,000 + 480,500; 639,150 paid."""
    line = line_of(YEAR)
    first = commitment("1000000.00", on=date(YEAR, 2, 1), line=line)
    commitment("650000.00", on=date(YEAR, 5, 1), line=line)
    commitment("480500.00", on=date(YEAR, 9, 1), line=line)
    book(first, LedgerEntry.Kind.PAYMENT, "639150.00", date(YEAR, 11, 1), line)
    return line


def test_the_example_of_the_dossier(dossier_year: BudgetLine) -> None:
    report = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test")

    assert report.total_credits.committed == Decimal("2130500.00")
    assert report.total_credits.vak_available == Decimal("2869500.00")
    assert report.total_credits.paid == Decimal("639150.00")
    assert report.this_year.end == Decimal("1491350.00")


def test_a_past_cut_off_shows_what_was_known_then(dossier_year: BudgetLine) -> None:
    then = build_yearly_report(
        year=YEAR, cut_off=end_of_day(date(YEAR, 6, 30)), generated_by="test"
    )

    assert then.total_credits.committed == Decimal("1650000.00")
    assert then.total_credits.paid == Decimal("0.00")
    assert [row.committed for row in then.projects] == [
        Decimal("1000000.00"),
        Decimal("650000.00"),
    ]
    assert then.total_credits.vak == Decimal("5000000.00")


def test_the_same_cut_off_gives_the_same_figures_after_new_bookings(
    dossier_year: BudgetLine,
) -> None:
    cut_off = end_of_day(date(YEAR, 12, 31))
    before = build_yearly_report(year=YEAR, cut_off=cut_off, generated_by="test")
    next_line = line_of(YEAR + 1)
    commitment("100000.00", on=date(YEAR + 1, 3, 1), line=next_line)

    after = build_yearly_report(year=YEAR, cut_off=cut_off, generated_by="test")

    assert (after.credits, after.encours, after.projects, after.by_theme) == (
        before.credits,
        before.encours,
        before.projects,
        before.by_theme,
    )


def test_encours_is_a_chain_over_the_years(dossier_year: BudgetLine) -> None:
    following = line_of(YEAR + 1)
    old = Commitment.objects.order_by("effective_on").first()
    assert old is not None
    book(old, LedgerEntry.Kind.PAYMENT, "100000.00", date(YEAR + 1, 2, 1), following)
    book(old, LedgerEntry.Kind.RELEASE, "50000.00", date(YEAR + 1, 3, 1), dossier_year)
    commitment("200000.00", on=date(YEAR + 1, 4, 1), line=following)

    rows = build_yearly_report(year=YEAR + 1, cut_off=LATER, generated_by="test").encours

    assert [(row.year, row.start, row.end) for row in rows] == [
        (YEAR, Decimal("0.00"), Decimal("1491350.00")),
        (YEAR + 1, Decimal("1491350.00"), Decimal("1541350.00")),
    ]


def test_a_reversal_in_the_year_gives_the_vak_back(dossier_year: BudgetLine) -> None:
    made = Commitment.objects.latest("effective_on")
    release_commitment(
        commitment=made,
        amount=Decimal("80500.00"),
        reason="Gunning lager",
        by=programme_manager(),
        on=date(YEAR, 12, 1),
    )

    report = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test")

    assert report.total_credits.vak_available == Decimal("2950000.00")
    assert report.this_year.end == Decimal("1410850.00")


def test_every_total_is_the_sum_of_the_rows_shown(dossier_year: BudgetLine) -> None:
    report = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test")

    by_type = sum(row.committed for row in report.by_organisation_type)
    by_theme = sum(row.committed for row in report.by_theme)
    listed = sum(row.committed_in_year for row in report.projects)
    assert by_type == by_theme == listed == report.total_credits.committed


def test_breakdowns_group_by_type_and_theme(dossier_year: BudgetLine) -> None:
    hospital = ProjectFactory(organisation__type=OrganisationType.HOSPITAL)
    commitment("1000.01", on=date(YEAR, 10, 1), line=dossier_year, project=hospital)

    report = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test")

    assert [(row.label, row.projects, row.committed) for row in report.by_organisation_type] == [
        ("Stad of gemeente", 3, Decimal("2130500.00")),
        ("Ziekenhuis", 1, Decimal("1000.01")),
    ]


def test_the_pipeline_is_shown_and_never_subtracted(dossier_year: BudgetLine) -> None:
    ProjectFactory(
        proposal=ProposalFactory(submitted=True, requested_amount=Decimal("70000.00")),
        opened_on=date(YEAR, 3, 1),
    )
    ProjectFactory(proposal=None, opened_on=date(YEAR, 3, 1))

    report = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test")

    assert report.pipeline_total == Decimal("70000.00")
    assert report.total_credits.vak_available == Decimal("2869500.00")


def test_the_forecast_counts_open_instalments_by_year(dossier_year: BudgetLine) -> None:
    made = Commitment.objects.latest("effective_on")
    for number, (day, state) in enumerate(
        [
            (date(YEAR + 1, 5, 1), InstalmentState.PLANNED),
            (date(YEAR + 1, 8, 1), InstalmentState.CLAIMED),
            (date(YEAR + 2, 1, 1), InstalmentState.PLANNED),
            (date(YEAR, 1, 1), InstalmentState.CANCELLED),
        ],
        1,
    ):
        Instalment.objects.create(
            commitment=made,
            number=number,
            share=Decimal(25),
            amount=Decimal("100.00"),
            condition="Voorwaarde",
            expected_on=day,
            state=state,
        )

    rows = build_yearly_report(year=YEAR, cut_off=LATER, generated_by="test").forecast

    assert [(row.year, row.instalments, row.amount) for row in rows] == [
        (YEAR + 1, 2, Decimal("200.00")),
        (YEAR + 2, 1, Decimal("100.00")),
    ]


def test_calls_of_before_the_portal_show_their_published_counts() -> None:
    old = BareCallFactory(reference="PIO 2019-1", submitted_count=29, selected_count=18)
    RoundFactory(
        call=old, opens_at=start_of_day(date(2019, 3, 1)), closes_at=end_of_day(date(2019, 6, 14))
    )

    [row] = build_yearly_report(year=2019, cut_off=LATER, generated_by="test").calls

    assert (row.submitted, row.selected, row.local_authorities) == (29, 18, None)
    assert (row.opened_on, row.closed_on) == (date(2019, 3, 1), date(2019, 6, 14))


def test_a_call_without_proposals_has_no_success_rate() -> None:
    row = CallRow("R", "T", None, None, 0, 0, 0, 0, 0, 0, is_historical=False)
    assert row.success_rate is None


def test_a_corrected_advice_counts_once_with_its_latest_conclusion() -> None:
    with recorded_at(start_of_day(date(2024, 3, 1))):
        proposal = ProposalFactory(submitted=True)
        RoundFactory(
            call=proposal.call,
            number=2,
            opens_at=start_of_day(date(2024, 1, 1)),
            closes_at=end_of_day(date(2024, 3, 1)),
        )
    for number, conclusion, day in [(1, "positive", 1), (2, "negative", 20)]:
        with recorded_at(start_of_day(date(2024, 6, day))):
            Advice.objects.create(
                proposal=proposal,
                number=number,
                author=UserFactory(),
                conclusion=conclusion,
                finalised_at=start_of_day(date(2024, 6, day)),
            )

    def counted(cut_off: datetime) -> tuple[int | None, int | None]:
        [row] = build_yearly_report(year=2024, cut_off=cut_off, generated_by="t").calls
        return row.advice_positive, row.advice_negative

    assert counted(start_of_day(date(2024, 6, 10))) == (1, 0)
    assert counted(LATER) == (0, 1)


def test_a_round_that_ends_on_31_december_counts_in_that_year() -> None:
    call = BareCallFactory()
    RoundFactory(
        call=call,
        opens_at=start_of_day(date(2024, 10, 1)),
        closes_at=end_of_day(date(2024, 12, 31)),
    )

    counted = {
        year: [
            row.reference
            for row in build_yearly_report(year=year, cut_off=LATER, generated_by="t").calls
        ]
        for year in (2024, 2025)
    }
    assert counted == {2024: [call.reference], 2025: []}


# --- Screen and exports --------------------------------------------------------------------------


@pytest.fixture
def manager_client() -> Client:
    client = Client()
    client.force_login(programme_manager())
    return client


def test_the_page_shows_every_table_with_its_total(
    manager_client: Client, dossier_year: BudgetLine
) -> None:
    page = manager_client.get(reverse("reporting:report", args=[YEAR])).content.decode()

    assert "€\N{NO-BREAK SPACE}2.869.500,00" in page
    assert "€\N{NO-BREAK SPACE}1.491.350,00" in page
    assert "Kredieten en gebruik" in page


def test_a_wrong_cut_off_is_explained_beside_the_field(
    manager_client: Client, dossier_year: BudgetLine
) -> None:
    page = manager_client.get(reverse("reporting:report", args=[YEAR]), {"stand": "31 december"})
    assert "Schrijf een datum, bijvoorbeeld 31/12/2025." in page.content.decode()


def run_export(client: Client, extension: str) -> Job:
    client.post(
        reverse("reporting:report_export", args=[YEAR, extension]), {"stand": f"{YEAR}-12-31"}
    )
    job = Job.objects.latest("requested_at")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_pdf_and_xlsx_carry_the_figures_of_the_screen(
    manager_client: Client, dossier_year: BudgetLine, tmp_path: Path
) -> None:
    pdf = run_export(manager_client, "pdf")
    assert pdf.file is not None
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf.file.path), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert f"Jaarrapport {YEAR}" in text
    assert "2.869.500,00" in text.replace("\N{NO-BREAK SPACE}", " ")

    xlsx = run_export(manager_client, "xlsx")
    assert xlsx.file is not None
    book_read = openpyxl.load_workbook(io.BytesIO(xlsx.file.read()))
    sheet = book_read["Kredieten"]
    assert [cell.value for cell in sheet[1]][:4] == ["Geldstroom", "Begroting", "VAK", "Vastgelegd"]
    assert (sheet["C2"].value, sheet["D2"].value) == (5_000_000, 2_130_500)
    assert sheet["D3"].value == "=SUM(D2:D2)"


def test_csv_is_the_table_of_the_screen(manager_client: Client, dossier_year: BudgetLine) -> None:
    response = manager_client.get(reverse("reporting:report_csv", args=[YEAR, "encours"]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1] == [str(YEAR), "0,00", "2130500,00", "639150,00", "0,00", "1491350,00"]


def test_every_table_has_its_own_csv(manager_client: Client, dossier_year: BudgetLine) -> None:
    report = build_yearly_report(year=YEAR, cut_off=default_cut_off(YEAR), generated_by="test")
    for table in report_tables(report):
        answer = manager_client.get(reverse("reporting:report_csv", args=[YEAR, table.key]))
        assert answer.status_code == 200
    missing = manager_client.get(reverse("reporting:report_csv", args=[YEAR, "bestaat-niet"]))
    assert missing.status_code == 404


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.ADMINISTRATOR])
def test_staff_without_money_do_not_see_it(role: StaffRole, dossier_year: BudgetLine) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse("reporting:report", args=[YEAR])).status_code == 403


def test_authorities_do_not_see_it(dossier_year: BudgetLine) -> None:
    client = Client()
    client.force_login(MembershipFactory(role=MemberRole.MANAGER).user)
    assert client.get(reverse("reporting:report", args=[YEAR])).status_code == 403


def many_commitments(count: int, line: BudgetLine) -> None:
    """Rows at once, as services would leave them: each a project with a commitment."""
    organisation, on, by = ProjectFactory().organisation, date(YEAR, 10, 1), programme_manager()
    projects = Project.objects.bulk_create(
        Project(organisation=organisation, reference=f"PIO-VEEL-{number}", title="Veel")
        for number in range(count)
    )
    made = Commitment.objects.bulk_create(
        Commitment(
            project=project,
            line=line,
            agreement="Afspraak",
            number=f"VEEL-{project.pk}",
            effective_on=on,
            recorded_by=by,
            recorded_at=start_of_day(on),
        )
        for project in projects
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            commitment=one,
            kind=LedgerEntry.Kind.COMMITMENT,
            amount=Decimal("1000.00"),
            effective_on=on,
            line=line,
            recorded_by=by,
            recorded_at=start_of_day(on),
        )
        for one in made
    )


def test_the_number_of_queries_does_not_grow(
    manager_client: Client, dossier_year: BudgetLine
) -> None:
    url = reverse("reporting:report", args=[YEAR])
    with CaptureQueriesContext(connection) as few:
        manager_client.get(url)
    many_commitments(297, dossier_year)
    with CaptureQueriesContext(connection) as many:
        manager_client.get(url)
    assert len(many) == len(few)


def test_a_long_table_is_short_on_paper_with_the_same_totals() -> None:
    rows = [(f"PIO-{number}", None, Decimal("0.01") * number) for number in range(1, 1201)]
    table = ReportTable(
        "lang",
        "Lang",
        "Lang",
        [Column("Project"), Column("Dag", DATE), Column("Bedrag", MONEY, total=True)],
        rows,
    )
    short = table.at_most(1000)
    assert len(short.rows) == 1001
    assert short.rows[-1][0] == "200 andere, samen"
    assert short.totals == table.totals
    assert table.at_most(1200) is table
