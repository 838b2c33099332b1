"""The report as files: where its figures come from, their hash, spreadsheet, JSON and ZIP."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.formatting import format_deadline, format_moment
from documents.csv_files import csv_lines
from documents.report_tables import ReportTable
from documents.spreadsheets import MONEY, Column, Link, Sheet, Workbook
from reporting.yearly.building import report_tables
from reporting.yearly.figures import YearlyReport

FORMAT = "pio-jaarrapport-1"


def figures_of(report: YearlyReport) -> dict[str, Any]:
    """Every figure, by the key of its table."""
    return {
        "format": FORMAT,
        "year": report.year,
        "cut_off": report.cut_off.astimezone(UTC).isoformat(),
        "tables": {table.key: table.rows for table in report_tables(report)},
    }


def _plain(value: Any) -> str:
    """Amounts as text, without zeros that say nothing: 1.50 and 1.5 are one figure."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"No figure: {value!r}")


def content_hash(report: YearlyReport) -> str:
    """SHA-256 of the canonical JSON of all figures; not of who made the report, or when."""
    text = json.dumps(
        figures_of(report),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=_plain,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def provenance(report: YearlyReport, sha256: str, *, is_closed: bool = True) -> list[str]:
    """What the figures are: period, cut-off, budget version, who made them, when, and the hash.

    As long as the past before the cut-off is not closed, the figures may still move.
    """
    lines = [
        _("Periode: 1 januari tot en met 31 december %(year)s.") % {"year": report.year},
        _("Stand van de boekingen: %(cut_off)s.") % {"cut_off": format_deadline(report.cut_off)},
        _("Begroting: %(version)s.") % {"version": report.total_credits.version or "–"},
        _("Filters: geen; alle projecten en beide geldstromen."),
        _("Gemaakt op %(moment)s door %(who)s.")
        % {"moment": format_moment(report.generated_at), "who": report.generated_by},
        _("Controlesom van de cijfers (SHA-256): %(hash)s") % {"hash": sha256},
    ]
    if not is_closed:
        lines.append(
            _(
                "Deze stand is nog niet vastgelegd: wat op dit ogenblik geboekt wordt, kan nog"
                " meetellen. Een PDF, Excel of ZIP legt ze vast."
            )
        )
    if report.contains_fictional_data:
        lines.append(_("Dit rapport bevat voorbeelddata: bedragen en namen zijn verzonnen."))
    return lines


def report_workbook(report: YearlyReport) -> Workbook:
    """A cover with provenance and reconciliation, then every table on a sheet of its own."""
    sha256 = content_hash(report)
    tables = report_tables(report)
    origin = provenance(report, sha256)
    return Workbook(
        title=_("Jaarrapport %(year)s") % {"year": report.year},
        sheets=[
            Sheet(
                _("Voorblad"),
                [Column(_("Jaarrapport %(year)s") % {"year": report.year}, width=100)],
                [(line,) for line in origin],
            ),
            _reconciliation(report, tables),
            *(table.sheet([*([table.note] if table.note else []), *origin]) for table in tables),
        ],
    )


def _reconciliation(report: YearlyReport, tables: list[ReportTable]) -> Sheet:
    """The same amount as several tables give it: each difference is zero, to the cent."""
    by_key = {table.key: table for table in tables}

    def total(key: str, column: int) -> Link:
        table = by_key[key]
        amount = sum((row[column] for row in table.rows), Decimal("0.00"))
        return Link(table.short_title, len(table.rows), column, amount)

    def of_year(key: str, column: int) -> Link:
        table = by_key[key]
        place = next((n for n, row in enumerate(table.rows) if row[0] == str(report.year)), None)
        if place is None:
            return Link(table.short_title, None, column, Decimal("0.00"))
        return Link(table.short_title, place, column, table.rows[place][column])

    pairs = [
        (_("Vastgelegd: kredieten en encours"), total("kredieten", 3), of_year("encours", 2)),
        (_("Vereffend: kredieten en encours"), total("kredieten", 6), of_year("encours", 3)),
        (_("Vastgelegd: encours en projecten"), of_year("encours", 2), total("projecten", 4)),
        (_("Vereffend: encours en projecten"), of_year("encours", 3), total("projecten", 5)),
        (_("Encours einde: jaren en geldstromen"), of_year("encours", 5), total("geldstromen", 5)),
        (_("Encours einde: jaren en projecten"), of_year("encours", 5), total("projecten", 9)),
        *(
            (
                _("Vastgelegd: projecten en %(table)s") % {"table": by_key[key].short_title},
                total("projecten", 4),
                total(key, 2),
            )
            for key in ("type", "beleidsdomein", "thema", "provincie", "procedure", "aard")
        ),
    ]
    return Sheet(
        _("Aansluiting"),
        [
            Column(_("Aansluiting"), width=48),
            Column(_("Eerste tabel"), MONEY),
            Column(_("Tweede tabel"), MONEY),
            Column(_("Verschil"), MONEY, total=True, formula="{1}-{2}"),
        ],
        [(label, one, other, one.value - other.value) for label, one, other in pairs],
    )


def report_json(report: YearlyReport) -> str:
    """The figures with their labels and their hash, for programs."""
    figures = figures_of(report)
    labelled = {
        table.key: {
            "title": table.title,
            "columns": [
                {"label": str(column.label), "kind": str(column.kind)} for column in table.columns
            ],
            "rows": figures["tables"][table.key],
        }
        for table in report_tables(report)
    }
    return json.dumps(
        {
            **figures,
            "sha256": content_hash(report),
            "generated_at": report.generated_at.astimezone(UTC).isoformat(),
            "generated_by": report.generated_by,
            "tables": labelled,
        },
        ensure_ascii=False,
        indent=1,
        default=_plain,
    )


def report_csv_files(report: YearlyReport) -> dict[str, str]:
    """Every table as CSV, by the name of its file."""
    return {
        f"{number:02d}-{table.key}.csv": "".join(csv_lines(table.sheet()))
        for number, table in enumerate(report_tables(report), 1)
    }
