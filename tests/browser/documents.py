"""What stands in the documents that people download."""

import subprocess
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]
CREDITS, ENCOURS, PROJECTS = "Kredieten", "Encours", "Projecten"
MAIN_STREAM = "Cofinanciering van opdrachten"


def pdf_text(path: Path) -> str:
    """The text of a PDF, in reading order, on one line."""
    command = ["pdftotext", str(path), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


@dataclass(frozen=True)
class ReportBook:
    """The yearly report as a spreadsheet: per sheet its rows by their first cell, and its totals.

    Totals are what a reader sees before a spreadsheet program calculates: the stored results.
    """

    rows: dict[str, dict[str, Row]]
    totals: dict[str, Row]

    @property
    def main_stream(self) -> Row:
        return self.rows[CREDITS][MAIN_STREAM]

    def sum(self, sheet: str, column: str) -> Decimal:
        return sum((row[column] for row in self.rows[sheet].values()), Decimal(0))


def read_report(path: Path) -> ReportBook:
    """Every sheet up to the empty line before the provenance; amounts as Decimal."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows: dict[str, dict[str, Row]] = {}
    totals: dict[str, Row] = {}
    for sheet in book:
        lines = sheet.iter_rows(values_only=True)
        headers = next(lines)
        rows[sheet.title] = {}
        for line in lines:
            if line[0] is None:
                break
            row = {str(header): _exact(value) for header, value in zip(headers, line, strict=True)}
            if line[0] == "Totaal":
                totals[sheet.title] = row
            else:
                rows[sheet.title][str(line[0])] = row
    book.close()
    return ReportBook(rows, totals)


def _exact(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) else value
