"""The tables of a report, described once: the screen, PDF, XLSX and CSV all read these."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.formatting import format_number, format_pct
from common.money import format_eur
from documents.spreadsheets import (
    DATE,
    DECIMAL,
    INTEGER,
    MONEY,
    PERCENT,
    TOTAL_LABEL,
    Column,
    Kind,
    Sheet,
)

NUMERIC = frozenset({INTEGER, DECIMAL, MONEY, PERCENT})


@dataclass(frozen=True)
class Cell:
    """A value as people read it."""

    text: str
    is_number: bool
    label: str


@dataclass(frozen=True)
class ReportTable:
    """A table with its caption; `key` names it in addresses, `short_title` its sheet.

    Totals are sums of the rows shown.
    """

    key: str
    title: str
    short_title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    note: str = ""

    @property
    def cells(self) -> list[list[Cell]]:
        return [
            [
                Cell(words(column.kind, value), column.kind in NUMERIC, str(column.label))
                for column, value in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    @property
    def headers(self) -> list[Cell]:
        return [
            Cell(str(column.label), column.kind in NUMERIC, str(column.label))
            for column in self.columns
        ]

    @property
    def totals(self) -> list[Cell]:
        """The last line; empty when no column has a total."""
        if not any(column.total for column in self.columns):
            return []
        cells = []
        for index, column in enumerate(self.columns):
            text = ""
            if column.total:
                values = [row[index] for row in self.rows if row[index] is not None]
                text = words(column.kind, sum(values, Decimal(0)))
            elif index == 0:
                text = TOTAL_LABEL
            cells.append(Cell(text, column.kind in NUMERIC, str(column.label)))
        return cells

    def at_most(self, limit: int) -> "ReportTable":
        """The first `limit` rows, and all others together in a last one; the totals stay the same.

        For paper: nobody leafs through thousands of rows, and laying them out takes much memory.
        """
        rest = self.rows[limit:]
        if not rest:
            return self
        together: list[Any] = [
            sum((row[index] for row in rest if row[index] is not None), Decimal(0))
            if column.total
            else None
            for index, column in enumerate(self.columns)
        ]
        together[0] = _("%(count)s andere, samen") % {"count": len(rest)}
        note = _("De volledige lijst staat in het rekenblad en in de CSV.")
        return replace(
            self,
            rows=[*self.rows[:limit], together],
            note=f"{self.note} {note}".strip(),
        )

    def sheet(self, provenance: Sequence[str] = ()) -> Sheet:
        return Sheet(self.short_title, self.columns, self.rows, provenance=provenance)


def words(kind: Kind, value: Any) -> str:
    """A value as text; – where there is nothing, also after a division by zero."""
    if value is None or value == "":
        return "–"
    if kind is MONEY:
        return format_eur(value)
    if kind is PERCENT:
        return format_pct(value)
    if kind is INTEGER:
        return format_number(value)
    if kind is DECIMAL:
        return format_number(value, 1)
    if kind is DATE:
        return f"{value:%d/%m/%Y}"
    return str(value)
