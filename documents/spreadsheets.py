"""One description of a table, two formats: XLSX here, CSV in csv_files.py.

    Workbook(title="Jaarverslag 2026", sheets=[
        Sheet("Projecten", [Column("Project"), Column("Vastgelegd", MONEY, total=True)], rows,
              provenance=["Stand op 31 december 2026"]),
    ])

Rows may be a generator: they are written as they come, in constant memory.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from common.moments import BRUSSELS


class Kind(StrEnum):
    """What a column holds. PERCENT counts in percent (37.5 is 37,5 %), as on the screen;
    DECIMAL is shown with one decimal."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"


TEXT, INTEGER, MONEY = Kind.TEXT, Kind.INTEGER, Kind.MONEY
DECIMAL = Kind.DECIMAL
PERCENT, DATE, MOMENT = Kind.PERCENT, Kind.DATE, Kind.MOMENT

SUMMABLE = frozenset({Kind.INTEGER, Kind.MONEY})
TOTAL_LABEL = "Totaal"

_WIDTHS = {TEXT: 32, INTEGER: 12, DECIMAL: 12, MONEY: 18, PERCENT: 10, DATE: 12, MOMENT: 17}
_FORMATS: dict[Kind, dict[str, Any]] = {
    TEXT: {"text_wrap": True, "valign": "top"},
    INTEGER: {"num_format": "#,##0", "valign": "top"},
    DECIMAL: {"num_format": "#,##0.0", "valign": "top"},
    MONEY: {"num_format": '"€" #,##0.00;[Red]-"€" #,##0.00', "valign": "top"},
    PERCENT: {"num_format": "0.0%", "valign": "top"},
    DATE: {"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"},
    MOMENT: {"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"},
}
_FORBIDDEN_IN_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MAX_SHEET_NAME = 31
_MAX_CELL = 32_767
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True)
class Column:
    """A typed column; `total` adds a real SUM formula below it (integers and money only).

    `formula` works a value out from others of its row, by their places: "{2}-{3}". The value
    itself stands beside it, for programs that do not calculate; where there is none, neither.
    """

    label: Any
    kind: Kind = Kind.TEXT
    width: int | None = None
    total: bool = False
    formula: str = ""

    def __post_init__(self) -> None:
        if self.total and self.kind not in SUMMABLE:
            raise ValueError(f"A column of {self.kind} has no total.")


@dataclass(frozen=True)
class Link:
    """A value that stands on another sheet, at a place among its rows (from 0).

    The place after the last row is that of the totals; without a place only the value is written.
    """

    sheet: Any
    row: int | None
    column: int
    value: Decimal

    @property
    def formula(self) -> str:
        name = sheet_name(self.sheet).replace("'", "''")
        assert self.row is not None
        return f"='{name}'!{xl_col_to_name(self.column)}{self.row + 2}"


@dataclass(frozen=True)
class Sheet:
    """A table: headers on the first row, then `rows` (one value per column; None is empty).

    `provenance` lines (what, as of when, made when) stand below the table.
    """

    name: Any
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    provenance: Sequence[str] = ()

    @property
    def has_totals(self) -> bool:
        return any(column.total for column in self.columns)


@dataclass(frozen=True)
class Workbook:
    """The sheets of one file; `title` becomes the document's title."""

    title: str
    sheets: Sequence[Sheet] = field(default_factory=list)


def write_workbook(workbook: Workbook, target: Path, work_dir: Path) -> None:
    """Write the XLSX to `target`; rows that wait are kept in `work_dir`.

    Raises:
        ValueError: when a row does not fit its columns, or there is no sheet.
    """
    if not workbook.sheets:
        raise ValueError("A workbook needs a sheet.")
    options = {
        "constant_memory": True,
        "tmpdir": str(work_dir),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(target), options)
    try:
        book.set_properties({"title": workbook.title, "comments": "PIO Portal"})
        formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        sums = {
            kind: book.add_format({**look, "bold": True, "top": 1})
            for kind, look in _FORMATS.items()
        }
        header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        note = book.add_format({"italic": True})
        for sheet in workbook.sheets:
            _write_sheet(
                book.add_worksheet(sheet_name(sheet.name)), sheet, formats, sums, header, note
            )
    finally:
        book.close()


def _write_sheet(
    page: Any, sheet: Sheet, formats: dict[Kind, Any], sums: dict[Kind, Any], header: Any, note: Any
) -> None:
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width or _WIDTHS[column.kind])
        page.write_string(0, index, str(column.label), header)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    totals = {index: Decimal(0) for index, column in enumerate(sheet.columns) if column.total}
    last = 0
    for last, values in enumerate(sheet.rows, 1):
        if len(values) != len(sheet.columns):
            raise ValueError(f"Row {last} of {sheet.name} does not fit its columns.")
        for index, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            if column.formula and value is not None:
                _write_formula(page, last, index, column, value, formats[column.kind])
            else:
                _write_cell(page, last, index, column.kind, value, formats[column.kind])
            if index in totals and value is not None:
                totals[index] += Decimal(value)
    if sheet.columns:
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
    row = last + 1
    if totals:
        _write_totals(page, sheet, totals, row, sums)
        row += 1
    for line in sheet.provenance:
        row += 1
        page.write_string(row, 0, str(line), note)


def _write_totals(
    page: Any, sheet: Sheet, totals: dict[int, Decimal], row: int, sums: dict[Kind, Any]
) -> None:
    """The value stands beside the formula, for programs that do not calculate."""
    for index, column in enumerate(sheet.columns):
        look = sums[column.kind]
        if index in totals:
            name = xl_col_to_name(index)
            # An empty table sums its header: text, so zero; never a circle through the total row.
            formula = f"=SUM({name}{2 if row > 1 else 1}:{name}{row})"
            page.write_formula(row, index, formula, look, float(totals[index]))
        elif index == 0:
            page.write_string(row, 0, TOTAL_LABEL, sums[Kind.TEXT])
        else:
            page.write_blank(row, index, None, look)


def _write_formula(page: Any, row: int, index: int, column: Column, value: Any, look: Any) -> None:
    cells = [f"{xl_col_to_name(place)}{row + 1}" for place in range(index + 1)]
    shown = value / 100 if column.kind is Kind.PERCENT else value
    page.write_formula(row, index, f"={column.formula.format(*cells)}", look, float(shown))


def _write_cell(page: Any, row: int, index: int, kind: Kind, value: Any, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, index, None, look)
    elif isinstance(value, Link):
        if value.row is None:
            page.write_number(row, index, float(value.value), look)
        else:
            page.write_formula(row, index, value.formula, look, float(value.value))
    elif kind is Kind.TEXT:
        page.write_string(row, index, printable(value)[:_MAX_CELL], look)
    elif kind is Kind.PERCENT:
        page.write_number(row, index, float(Decimal(str(value)) / 100), look)
    elif kind is Kind.DATE:
        page.write_datetime(row, index, as_day(value), look)
    elif kind is Kind.MOMENT:
        page.write_datetime(row, index, as_local(value), look)
    else:
        page.write_number(row, index, float(value), look)


def sheet_name(name: Any) -> str:
    """A name that Excel accepts: 31 characters, none of []:*?/\\."""
    return str(name).translate(_FORBIDDEN_IN_SHEET_NAME)[:_MAX_SHEET_NAME].strip() or "Blad"


def printable(value: Any) -> str:
    """Text without the control characters that XML refuses; line ends and tabs stay."""
    return _CONTROL.sub("", str(value))


def as_day(value: date | datetime) -> date:
    """The Brussels day of an instant; a day as it is."""
    return value.astimezone(BRUSSELS).date() if isinstance(value, datetime) else value


def as_local(value: datetime) -> datetime:
    """Brussels wall-clock time without zone: spreadsheets know no zones."""
    return value.astimezone(BRUSSELS).replace(tzinfo=None)
