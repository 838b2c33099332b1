"""4. Encours per year and per money stream, and every kind of booking (domain.md 6.6)."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts import Series, column_chart
from common.money import ZERO
from documents.report_tables import ReportTable
from documents.spreadsheets import MONEY, TEXT, Column
from reporting.yearly.credits import stream_label
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.source import Source, Sums


@dataclass(frozen=True)
class EncoursRow:
    """A year of the encours chain: start + commitments - payments - releases = end."""

    year: int
    start: Decimal
    committed: Decimal
    paid: Decimal
    released: Decimal

    @property
    def end(self) -> Decimal:
        return self.start + self.committed - self.paid - self.released


@dataclass(frozen=True)
class StreamRow:
    """The same of one money stream, for the year of the report."""

    label: str
    start: Decimal
    committed: Decimal
    paid: Decimal
    released: Decimal

    @property
    def end(self) -> Decimal:
        return self.start + self.committed - self.paid - self.released


@dataclass(frozen=True)
class MovementRow:
    """What was booked in a year, kind by kind."""

    year: int
    sums: Sums


def encours_rows(source: Source) -> list[EncoursRow]:
    """The chain from the first booking to the year; each year starts where the last one ended."""
    booked = source.by_year
    rows: list[EncoursRow] = []
    start = ZERO
    for year in range(min([*booked, source.year]), source.year + 1):
        sums = booked.get(year, Sums())
        row = EncoursRow(year, start, sums.committed, sums.paid, sums.release)
        rows.append(row)
        start = row.end
    return rows


def stream_rows(source: Source) -> list[StreamRow]:
    """Each stream that ever had a booking, or a line in the year."""
    before = source.sums_by(
        lambda one: one.line.stream, [one for one in source.booked if one.year < source.year]
    )
    in_year = source.sums_by(
        lambda one: one.line.stream, [one for one in source.booked if one.year == source.year]
    )
    years = source.known.years
    of_the_year = {
        line.stream
        for line in source.known.lines.values()
        if line.budget_year_id in years and years[line.budget_year_id].year == source.year
    }
    rows = []
    for stream in sorted({*before, *in_year, *of_the_year}):
        sums = in_year.get(stream, Sums())
        start = before.get(stream, Sums()).still_open
        rows.append(StreamRow(stream_label(stream), start, sums.committed, sums.paid, sums.release))
    return rows


def movement_rows(source: Source) -> list[MovementRow]:
    return [MovementRow(year, sums) for year, sums in sorted(source.by_year.items())]


def encours_section(report: YearlyReport) -> Section:
    rows = report.encours
    chart = [
        lambda: column_chart(
            [str(row.year) for row in rows],
            [
                Series(_("Vastgelegd"), [row.committed for row in rows]),
                Series(_("Vereffend"), [row.paid for row in rows]),
                Series(_("Encours einde"), [row.end for row in rows]),
            ],
            title=_("Vastgelegd, vereffend en encours per jaar"),
        )
    ]
    return Section(
        _("Encours"),
        [Block(_encours(report), chart), Block(_streams(report)), Block(_movements(report))],
    )


def _encours(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "encours",
        _("Encours per jaar"),
        _("Encours"),
        [
            Column(_("Jaar"), TEXT, width=10),
            Column(_("Encours begin"), MONEY),
            Column(_("Vastgelegd"), MONEY),
            Column(_("Vereffend"), MONEY),
            Column(_("Vrijgegeven"), MONEY),
            Column(_("Encours einde"), MONEY, formula="{1}+{2}-{3}-{4}"),
        ],
        [
            (str(row.year), row.start, row.committed, row.paid, row.released, row.end)
            for row in report.encours
        ],
        note=_("Encours einde = begin + vastgelegd - vereffend - vrijgegeven."),
    )


def _streams(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "geldstromen",
        _("Encours van het jaar per geldstroom"),
        _("Geldstromen"),
        [
            Column(_("Geldstroom")),
            Column(_("Encours begin"), MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("Vrijgegeven"), MONEY, total=True),
            Column(_("Encours einde"), MONEY, total=True, formula="{1}+{2}-{3}-{4}"),
        ],
        [
            (row.label, row.start, row.committed, row.paid, row.released, row.end)
            for row in report.streams
        ],
    )


def _movements(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "bewegingen",
        _("Boekingen per jaar"),
        _("Boekingen per jaar"),
        [
            Column(_("Jaar"), TEXT, width=10),
            Column(_("Vastleggingen"), MONEY, total=True),
            Column(_("Teruggeboekt"), MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True, formula="{1}-{2}"),
            Column(_("Vereffeningen"), MONEY, total=True),
            Column(_("Teruggekeerd"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True, formula="{4}-{5}"),
            Column(_("Vrijval"), MONEY, total=True),
            Column(_("Teruggevorderd"), MONEY, total=True),
        ],
        [
            (
                str(row.year),
                row.sums.commitment,
                row.sums.reversal,
                row.sums.committed,
                row.sums.payment,
                row.sums.payment_reversal,
                row.sums.paid,
                row.sums.release,
                row.sums.recovery,
            )
            for row in report.movements
        ],
        note=_(
            "Wat teruggevorderd werd, is een ontvangst: het opent geen krediet en geen encours."
        ),
    )
