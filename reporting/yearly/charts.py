"""The charts of the yearly report; each stands beside the table with its figures."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts import Series, bar_chart, column_chart, share_chart
from reporting.yearly.figures import YearlyReport


@dataclass(frozen=True)
class ReportCharts:
    vak: SafeString
    vek: SafeString
    years: SafeString
    by_organisation_type: SafeString
    by_theme: SafeString


def report_charts(report: YearlyReport) -> ReportCharts:
    """Every chart of the report, as SVG."""
    credits = report.total_credits
    years = [str(row.year) for row in report.encours]
    return ReportCharts(
        vak=share_chart(
            [(_("Vastgelegd"), credits.committed)],
            title=_("Gebruik van het vastleggingskrediet (VAK)"),
            total=credits.vak,
            rest=_("Beschikbaar"),
        ),
        vek=share_chart(
            [(_("Vereffend"), credits.paid)],
            title=_("Gebruik van het vereffeningskrediet (VEK)"),
            total=credits.vek,
            rest=_("Beschikbaar"),
        ),
        years=column_chart(
            years,
            [
                Series(_("Vastgelegd"), [row.committed for row in report.encours]),
                Series(_("Vereffend"), [row.paid for row in report.encours]),
                Series(_("Encours einde"), [row.end for row in report.encours]),
            ],
            title=_("Vastgelegd, vereffend en encours per jaar"),
        ),
        by_organisation_type=bar_chart(
            [(row.label, row.committed) for row in report.by_organisation_type],
            title=_("Vastgelegd per soort organisatie"),
        ),
        by_theme=bar_chart(
            [(row.label, row.committed) for row in report.by_theme],
            title=_("Vastgelegd per thema"),
        ),
    )
