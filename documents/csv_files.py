"""The same `Sheet` as CSV for Belgian Excel: UTF-8 with BOM, `;`, decimal comma, dd/mm/yyyy.

Only headers and rows: totals and provenance are rows like any other to a program.
"""

import csv
import logging
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from documents.spreadsheets import Kind, Sheet, as_day, as_local, printable

logger = logging.getLogger(__name__)

BOM = "\N{BYTE ORDER MARK}"
BROKEN = "### FOUT: dit bestand is onvolledig. Download het opnieuw. ###"
# What Excel takes for a formula; the apostrophe makes it text again.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The file line by line; when a row fails, the last line says so."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield BOM + writer.writerow([escape(str(column.label)) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    try:
        for values in sheet.rows:
            yield writer.writerow(
                [csv_cell(kind, value) for kind, value in zip(kinds, values, strict=True)]
            )
    except Exception:
        # The status line is long gone: only the file itself can tell that it is not whole.
        logger.exception("csv_broken", extra={"sheet": str(sheet.name)})
        yield writer.writerow([BROKEN])


def csv_response(sheet: Sheet, filename: str) -> StreamingHttpResponse:
    """A download that starts at once, however many rows there are."""
    response = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def csv_cell(kind: Kind, value: Any) -> str:
    """One value as text."""
    if value is None or value == "":
        return ""
    if kind is Kind.TEXT:
        return escape(printable(value))
    if kind is Kind.DATE:
        return f"{as_day(value):%d/%m/%Y}"
    if kind is Kind.MOMENT:
        return f"{as_local(value):%d/%m/%Y %H:%M}"
    number = Decimal(str(value))
    if kind is Kind.MONEY:
        number = number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{number:f}".replace(".", ",")


def escape(text: str) -> str:
    """Text that can't become a formula when a spreadsheet opens it."""
    return f"'{text}" if text.startswith(_FORMULA_START) else text
