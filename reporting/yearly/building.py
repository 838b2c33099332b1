"""Building the yearly report for a year and a cut-off instant.

Everything is read as it was known at the cut-off: bookings and versions of the budget by when they
were recorded, and all else from facts (reporting.facts). Money counts in the year of its effective
date. So the same year and cut-off give the same figures later on, and the same hash. The whole
report is read in one snapshot of the database.
"""

from datetime import date, datetime

from django.utils import translation

from common import clock
from common.database import consistent_view
from common.moments import end_of_day
from documents.report_tables import ReportTable
from reporting.yearly.breakdowns import Breakdowns, breakdowns_section
from reporting.yearly.calls import call_rows, calls_section
from reporting.yearly.cofinancing import cofinancing_rows, cofinancing_section
from reporting.yearly.contractors import contractor_rows, contractors_section
from reporting.yearly.credits import Credits, credits_section
from reporting.yearly.encours import encours_rows, encours_section, movement_rows, stream_rows
from reporting.yearly.figures import Section, YearlyReport
from reporting.yearly.lead_times import lead_time_rows, lead_times_section
from reporting.yearly.outlook import forecast_rows, outlook_section, pipeline_rows
from reporting.yearly.portfolio import phase_rows, portfolio_section
from reporting.yearly.projects import project_rows, projects_section
from reporting.yearly.results import result_rows, results_section
from reporting.yearly.source import Source

LANGUAGE = "nl"
"""What stands in the rows is Dutch in every language of the page: its hash is that of the figures,
and a document is Dutch."""

SECTIONS = (
    calls_section,
    portfolio_section,
    credits_section,
    encours_section,
    breakdowns_section,
    cofinancing_section,
    outlook_section,
    lead_times_section,
    contractors_section,
    results_section,
    projects_section,
)
"""In the order of the report; the list of projects is its annex."""


def build_yearly_report(*, year: int, cut_off: datetime, generated_by: str) -> YearlyReport:
    """The report of `year` as it was known at `cut_off` (an instant, exclusive)."""
    with consistent_view(), translation.override(LANGUAGE):
        source = Source(year, cut_off)
        credits = Credits(source)
        cofinancing, averages = cofinancing_rows(source)
        breakdowns = Breakdowns(source)
        return YearlyReport(
            year=year,
            cut_off=cut_off,
            generated_at=clock.now(),
            generated_by=generated_by,
            calls=call_rows(source),
            phases=phase_rows(source),
            credits=credits.rows(),
            versions=credits.version_rows(),
            credit_years=credits.year_rows(),
            encours=encours_rows(source),
            streams=stream_rows(source),
            movements=movement_rows(source),
            breakdowns=breakdowns.rows(),
            groups=breakdowns.groups(),
            project_of=breakdowns.project_of,
            source=source,
            pipeline=pipeline_rows(source),
            forecast=forecast_rows(source),
            cofinancing=cofinancing,
            averages=averages,
            lead_times=lead_time_rows(source),
            contractors=contractor_rows(source),
            results=result_rows(source),
            projects=project_rows(source),
        )


def report_sections(report: YearlyReport) -> list[Section]:
    """Every section with its tables and charts."""
    language = translation.get_language() or LANGUAGE
    if language not in report.described:
        report.described[language] = [section(report) for section in SECTIONS]
    return report.described[language]


def report_tables(report: YearlyReport) -> list[ReportTable]:
    """Every table of the report, in its order."""
    return [block.table for section in report_sections(report) for block in section.blocks]


def default_cut_off(year: int) -> datetime:
    """The end of the year, or now when the year is not over."""
    return min(end_of_day(date(year, 12, 31)), clock.now())
