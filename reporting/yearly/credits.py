"""4. Credits: VAK and VEK of the year by money stream, their versions, and earlier years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts import share_chart
from common.money import ZERO
from documents.report_tables import ReportTable
from documents.spreadsheets import DATE, MONEY, TEXT, Column
from funding.models import BudgetLine, BudgetVersion
from reporting.yearly.figures import Block, Section, YearlyReport, total
from reporting.yearly.source import Source, Sums


@dataclass(frozen=True)
class CreditRow:
    """One money stream, or a whole year, as it stood at the cut-off."""

    label: str
    version: str
    vak: Decimal = ZERO
    committed: Decimal = ZERO
    vek: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def vak_available(self) -> Decimal:
        return self.vak - self.committed

    @property
    def vek_available(self) -> Decimal:
        return self.vek - self.paid


@dataclass(frozen=True)
class VersionRow:
    """A version of the budget of the year: new totals of its line."""

    label: str
    version: str
    effective_on: date
    legal_basis: str
    vak: Decimal
    vek: Decimal


@dataclass(frozen=True)
class YearCreditRow:
    """A year as a whole, up to and including that of the report."""

    year: int
    vak: Decimal
    committed: Decimal
    vek: Decimal
    paid: Decimal


class Credits:
    """Versions of the budget that were known, with what was booked on their lines."""

    def __init__(self, source: Source) -> None:
        self.year = source.year
        self.versions = list(
            BudgetVersion.objects.filter(recorded_at__lt=source.cut_off)
            .order_by("line", "number")
            .only("line", "number", "label", "vak", "vek", "effective_on", "legal_basis")
        )
        self.booked: Mapping[int, Sums] = source.sums_by(lambda one: one.line.id)
        keys = {version.line_id for version in self.versions}
        lines = source.known.with_first_known("line", keys)
        years = source.known.with_first_known(
            "year", (one.budget_year_id for one in lines.values())
        )
        latest = {version.line_id: version for version in self.versions}
        self.lines = sorted(
            (
                (years[line.budget_year_id].year, line.stream, line.id, latest.get(line.id))
                for line in lines.values()
            ),
            key=lambda row: row[:3],
        )

    def rows(self) -> list[CreditRow]:
        rows = []
        for year, stream, key, latest in self.lines:
            if year != self.year:
                continue
            sums = self.booked.get(key, Sums())
            rows.append(
                CreditRow(
                    label=stream_label(stream),
                    version=str(latest.get_label_display()) if latest else "",
                    vak=latest.vak if latest else ZERO,
                    vek=latest.vek if latest else ZERO,
                    committed=sums.committed,
                    paid=sums.paid,
                )
            )
        return rows

    def version_rows(self) -> list[VersionRow]:
        streams = {key: stream for year, stream, key, _latest in self.lines if year == self.year}
        return sorted(
            (
                VersionRow(
                    label=stream_label(streams[version.line_id]),
                    version=str(version.get_label_display()),
                    effective_on=version.effective_on,
                    legal_basis=version.legal_basis,
                    vak=version.vak,
                    vek=version.vek,
                )
                for version in self.versions
                if version.line_id in streams
            ),
            key=lambda row: (row.label, row.effective_on),
        )

    def year_rows(self) -> list[YearCreditRow]:
        years: dict[int, list[tuple[BudgetVersion | None, Sums]]] = {}
        for year, _stream, key, latest in self.lines:
            if year <= self.year:
                years.setdefault(year, []).append((latest, self.booked.get(key, Sums())))
        return [
            YearCreditRow(
                year=year,
                vak=total(latest.vak for latest, _sums in rows if latest),
                committed=total(sums.committed for _latest, sums in rows),
                vek=total(latest.vek for latest, _sums in rows if latest),
                paid=total(sums.paid for _latest, sums in rows),
            )
            for year, rows in sorted(years.items())
        ]


def stream_label(stream: str) -> str:
    return str(BudgetLine.Stream(stream).label)


def credits_section(report: YearlyReport) -> Section:
    credits = report.total_credits
    return Section(
        _("Kredieten"),
        [
            Block(
                _credits(report),
                [
                    lambda: share_chart(
                        [(_("Vastgelegd"), credits.committed)],
                        title=_("Gebruik van het vastleggingskrediet (VAK)"),
                        total=credits.vak,
                        rest=_("Beschikbaar"),
                    ),
                    lambda: share_chart(
                        [(_("Vereffend"), credits.paid)],
                        title=_("Gebruik van het vereffeningskrediet (VEK)"),
                        total=credits.vek,
                        rest=_("Beschikbaar"),
                    ),
                ],
            ),
            Block(_versions(report)),
            Block(_years(report)),
        ],
    )


def _credits(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "kredieten",
        _("Kredieten en gebruik"),
        _("Kredieten"),
        [
            Column(_("Geldstroom")),
            Column(_("Begroting")),
            Column(_("VAK"), MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("VAK beschikbaar"), MONEY, total=True, formula="{2}-{3}"),
            Column(_("VEK"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("VEK beschikbaar"), MONEY, total=True, formula="{5}-{6}"),
        ],
        [
            (
                row.label,
                row.version,
                row.vak,
                row.committed,
                row.vak_available,
                row.vek,
                row.paid,
                row.vek_available,
            )
            for row in report.credits
        ],
        note=_("De twee geldstromen staan los van elkaar: hun kredieten worden nooit gemengd."),
    )


def _versions(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "begrotingsversies",
        _("Versies van de begroting"),
        _("Begrotingsversies"),
        [
            Column(_("Geldstroom")),
            Column(_("Soort")),
            Column(_("Geldig vanaf"), DATE),
            Column(_("Rechtsgrond of toelichting")),
            Column(_("VAK"), MONEY),
            Column(_("VEK"), MONEY),
        ],
        [
            (row.label, row.version, row.effective_on, row.legal_basis, row.vak, row.vek)
            for row in report.versions
        ],
        note=_("Elke versie geeft het nieuwe totaal van haar geldstroom; de laatste telt."),
    )


def _years(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "kredieten-per-jaar",
        _("Kredieten en gebruik van dit en vroegere jaren"),
        _("Kredieten per jaar"),
        [
            Column(_("Jaar"), TEXT, width=10),
            Column(_("VAK"), MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("VAK niet gebruikt"), MONEY, total=True, formula="{1}-{2}"),
            Column(_("VEK"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("VEK niet gebruikt"), MONEY, total=True, formula="{4}-{5}"),
        ],
        [
            (
                str(row.year),
                row.vak,
                row.committed,
                row.vak - row.committed,
                row.vek,
                row.paid,
                row.vek - row.paid,
            )
            for row in report.credit_years
        ],
    )
