"""Years side by side, each as known at one cut-off: the figures by which years are compared."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.charts import Series, column_chart
from documents.report_tables import ReportTable
from documents.spreadsheets import INTEGER, MONEY, Column
from reporting.yearly.building import build_yearly_report
from reporting.yearly.figures import Block, YearlyReport, total

Figure = Callable[[YearlyReport], Any]


def reports_of_years(
    years: Sequence[int], *, cut_off: datetime, generated_by: str
) -> list[YearlyReport]:
    """The report of each year, all as known at the same instant."""
    return [
        build_yearly_report(year=year, cut_off=cut_off, generated_by=generated_by)
        for year in sorted(years)
    ]


def years_blocks(reports: Sequence[YearlyReport]) -> list[Block]:
    """Amounts and counts; with two years also their difference."""
    amounts: list[tuple[str, Figure]] = [
        (_("VAK"), lambda report: report.total_credits.vak),
        (_("Vastgelegd"), lambda report: report.total_credits.committed),
        (_("VAK beschikbaar"), lambda report: report.total_credits.vak_available),
        (_("VEK"), lambda report: report.total_credits.vek),
        (_("Vereffend"), lambda report: report.total_credits.paid),
        (_("VEK beschikbaar"), lambda report: report.total_credits.vek_available),
        (_("Vrijgegeven"), lambda report: report.this_year.released),
        (_("Encours einde"), lambda report: report.this_year.end),
        (_("Pipeline"), lambda report: report.pipeline_total),
        (_("Gevraagde cofinanciering"), lambda r: total(row.requested for row in r.cofinancing)),
        (_("Toegekende cofinanciering"), lambda r: total(row.granted for row in r.cofinancing)),
    ]
    counts: list[tuple[str, Figure]] = [
        (_("Oproepen"), lambda report: len(report.calls)),
        (_("Ingediende voorstellen"), lambda r: sum(row.submitted for row in r.calls)),
        (_("Geselecteerde voorstellen"), lambda r: sum(row.selected or 0 for row in r.calls)),
        (_("Projecten aan het einde"), lambda report: sum(row.end for row in report.phases)),
        (_("Beslissingen van het comité"), lambda r: sum(row.requests for row in r.cofinancing)),
        (_("Gegunde opdrachten"), lambda r: sum(row.contracts for row in r.contractors)),
        (_("Beëindigde projecten"), lambda report: len(report.results)),
    ]
    chart = [
        lambda: column_chart(
            [str(report.year) for report in reports],
            [
                Series(_("Vastgelegd"), [one.total_credits.committed for one in reports]),
                Series(_("Vereffend"), [one.total_credits.paid for one in reports]),
                Series(_("Encours einde"), [one.this_year.end for one in reports]),
            ],
            title=_("Vastgelegd, vereffend en encours per jaar"),
        )
    ]
    return [
        Block(_table("bedragen", _("Bedragen per jaar"), reports, amounts, MONEY), chart),
        Block(_table("aantallen", _("Aantallen per jaar"), reports, counts, INTEGER)),
    ]


def _table(
    key: str,
    title: str,
    reports: Sequence[YearlyReport],
    figures: Sequence[tuple[str, Figure]],
    kind: Any,
) -> ReportTable:
    compared = len(reports) == 2
    rows = []
    for label, figure in figures:
        values = [figure(report) for report in reports]
        rows.append((label, *values, *([values[1] - values[0]] if compared else [])))
    return ReportTable(
        key,
        title,
        title,
        [
            Column(_("Cijfer")),
            *(Column(str(report.year), kind) for report in reports),
            *([Column(_("Verschil"), kind, formula="{2}-{1}")] if compared else []),
        ],
        rows,
    )
