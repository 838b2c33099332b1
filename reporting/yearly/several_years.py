"""Years side by side, each as known at one cut-off: the figures by which years are compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from common.charts import Series, column_chart
from common.money import ZERO
from documents.report_tables import ReportTable, words
from documents.spreadsheets import INTEGER, MONEY, Column, Kind
from reporting.yearly.building import build_yearly_report
from reporting.yearly.figures import Block, YearlyReport

if TYPE_CHECKING:
    from reporting.yearly.calls import CallRow
    from reporting.yearly.outlook import PipelineRow
    from reporting.yearly.projects import ProjectRow
    from reporting.yearly.results import ResultRow

Parts = Mapping[str, Any]
"""What a figure is made of, by name; the parts add up to it."""

Figure = Callable[[YearlyReport], Parts]


def reports_of_years(
    years: Sequence[int], *, cut_off: datetime, generated_by: str
) -> list[YearlyReport]:
    """The report of each year, all as known at the same instant."""
    return [
        build_yearly_report(year=year, cut_off=cut_off, generated_by=generated_by)
        for year in sorted(years)
    ]


def _amounts() -> list[tuple[str, Figure]]:
    return [
        (_("VAK"), lambda report: {row.label: row.vak for row in report.credits}),
        (_("Vastgelegd"), lambda r: {_named(row): row.committed_in_year for row in r.projects}),
        (_("VAK beschikbaar"), lambda r: {row.label: row.vak_available for row in r.credits}),
        (_("VEK"), lambda report: {row.label: row.vek for row in report.credits}),
        (_("Vereffend"), lambda r: {_named(row): row.paid_in_year for row in r.projects}),
        (_("VEK beschikbaar"), lambda r: {row.label: row.vek_available for row in r.credits}),
        (_("Vrijgegeven"), lambda report: {row.label: row.released for row in report.streams}),
        (_("Encours einde"), lambda r: {_named(row): row.open_amount for row in r.projects}),
        (_("Pipeline"), lambda r: {_named(row): row.requested for row in r.pipeline}),
        (
            _("Gevraagde cofinanciering"),
            lambda report: {row.label: row.requested for row in report.cofinancing},
        ),
        (
            _("Toegekende cofinanciering"),
            lambda report: {row.label: row.granted for row in report.cofinancing},
        ),
    ]


def _counts() -> list[tuple[str, Figure]]:
    return [
        (_("Oproepen"), lambda report: {_named(row): 1 for row in report.calls}),
        (_("Ingediende voorstellen"), lambda r: {_named(row): row.submitted for row in r.calls}),
        (
            _("Geselecteerde voorstellen"),
            lambda report: {_named(row): row.selected or 0 for row in report.calls},
        ),
        (_("Projecten aan het einde"), lambda r: {row.label: row.end for row in r.phases}),
        (_("Beslissingen van het comité"), lambda r: {x.label: x.requests for x in r.cofinancing}),
        (_("Gegunde opdrachten"), lambda r: {row.label: row.contracts for row in r.contractors}),
        (_("Beëindigde projecten"), lambda report: {_named(row): 1 for row in report.results}),
    ]


def _named(row: "CallRow | PipelineRow | ProjectRow | ResultRow") -> str:
    return f"{row.reference} – {row.title}"


def years_blocks(reports: Sequence[YearlyReport]) -> list[Block]:
    """Amounts and counts; with two years also their difference."""
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
        Block(_table("bedragen", _("Bedragen per jaar"), reports, _amounts(), MONEY), chart),
        Block(_table("aantallen", _("Aantallen per jaar"), reports, _counts(), INTEGER)),
    ]


def _sum(parts: Parts, kind: Kind) -> Any:
    return sum(parts.values(), ZERO if kind is MONEY else 0)


@dataclass(frozen=True)
class Difference:
    """A figure that is another one in the second of two years, with what made it so.

    Each value is written as people read it; `rows` are the parts that differ, largest first.
    """

    label: str
    before: str
    after: str
    difference: str
    rows: Sequence["Difference"] = ()

    @property
    def shown(self) -> "Sequence[Difference]":
        return self.rows[:ROWS]

    @property
    def more(self) -> int:
        return max(0, len(self.rows) - ROWS)


ROWS = 20
"""Rows that are shown with one figure."""


def differences(former: YearlyReport, latter: YearlyReport) -> list[Difference]:
    """Each figure by which the years differ, with the rows by which it does; reads nothing anew."""
    found = []
    for figures, kind in ((_amounts(), MONEY), (_counts(), INTEGER)):
        for label, figure in figures:
            before, after = figure(former), figure(latter)
            nothing = ZERO if kind is MONEY else 0
            parts = [
                (name, before.get(name, nothing), after.get(name, nothing))
                for name in dict.fromkeys([*before, *after])
            ]
            parts = [one for one in parts if one[1] != one[2]]
            parts.sort(key=lambda one: (-abs(one[2] - one[1]), one[0]))
            if parts:
                found.append(
                    _difference(
                        label,
                        _sum(before, kind),
                        _sum(after, kind),
                        kind,
                        [_difference(*one, kind) for one in parts],
                    )
                )
    return found


def _difference(
    label: str, before: Any, after: Any, kind: Kind, rows: Sequence[Difference] = ()
) -> Difference:
    less, more = words(kind, before), words(kind, after)
    return Difference(label, less, more, words(kind, after - before), rows)


def _table(
    key: str,
    title: str,
    reports: Sequence[YearlyReport],
    figures: Sequence[tuple[str, Figure]],
    kind: Kind,
) -> ReportTable:
    compared = len(reports) == 2
    rows = []
    for label, figure in figures:
        values = [_sum(figure(report), kind) for report in reports]
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
