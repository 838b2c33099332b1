"""One sheet, two formats: what is typed stays typed, and text never becomes a formula."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from documents.csv_files import BROKEN, csv_lines, csv_response
from documents.spreadsheets import (
    DATE,
    INTEGER,
    MOMENT,
    MONEY,
    PERCENT,
    Column,
    Sheet,
    Workbook,
    sheet_name,
    write_workbook,
)

COLUMNS = [
    Column("Project"),
    Column("Aantal", INTEGER, total=True),
    Column("Bedrag", MONEY, total=True),
    Column("Aandeel", PERCENT),
    Column("Dag", DATE),
    Column("Ingediend", MOMENT),
]
# 23:30 UTC in summer is half past one the next day in Brussels.
LATE = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)
ROWS: list[list[Any]] = [
    ["Slimme sensoren; fase 1", 3, Decimal("1234.56"), Decimal("37.5"), date(2026, 6, 14), LATE],
    ["=1+1", -2, Decimal("-0.10"), None, None, None],
]


def sheet(rows: Any = ROWS, **changes: Any) -> Sheet:
    return Sheet(**{"name": "Projecten", "columns": COLUMNS, "rows": rows, **changes})


def written(tmp_path: Path, *sheets: Sheet, values: bool = False) -> Any:
    target = tmp_path / "proef.xlsx"
    write_workbook(Workbook("Jaarverslag 2026", list(sheets)), target, tmp_path)
    return openpyxl.load_workbook(target, data_only=values)


def test_xlsx_cells_are_typed_and_totals_are_formulas(tmp_path: Path) -> None:
    book = written(tmp_path, sheet(provenance=["Stand op 31 december 2026"]))
    page = book["Projecten"]
    assert list(page.iter_rows(values_only=True)) == [
        ("Project", "Aantal", "Bedrag", "Aandeel", "Dag", "Ingediend"),
        (
            "Slimme sensoren; fase 1",
            3,
            1234.56,
            0.375,
            datetime(2026, 6, 14),  # noqa: DTZ001 - spreadsheets know no zones
            datetime(2026, 6, 15, 1, 30),  # noqa: DTZ001
        ),
        ("=1+1", -2, -0.1, None, None, None),
        ("Totaal", "=SUM(B2:B3)", "=SUM(C2:C3)", None, None, None),
        (None,) * 6,
        ("Stand op 31 december 2026", None, None, None, None, None),
    ]
    assert page["A3"].data_type == "s"
    assert (page["C2"].number_format, page["D2"].number_format) == (
        '"€" #,##0.00;[Red]-"€" #,##0.00',
        "0.0%",
    )
    assert page["E2"].number_format == "dd/mm/yyyy"
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:F3")
    assert book.properties.title == "Jaarverslag 2026"


def test_xlsx_totals_carry_their_value_for_programs_that_do_not_calculate(tmp_path: Path) -> None:
    page = written(tmp_path, sheet(), values=True)["Projecten"]
    assert (page["B4"].value, page["C4"].value) == (1, 1234.46)


def test_an_empty_table_has_a_total_of_nothing(tmp_path: Path) -> None:
    page = written(tmp_path, sheet(rows=[]))["Projecten"]
    assert [cell.value for cell in page[2]][:3] == ["Totaal", "=SUM(B1:B1)", "=SUM(C1:C1)"]


def test_rows_may_come_from_a_generator_and_odd_characters_do_no_harm(tmp_path: Path) -> None:
    def rows() -> Iterator[list[Any]]:
        yield ["a\x00\x0bb\nc", 1, 0, 0, None, None]

    page = written(tmp_path, sheet(rows=rows(), name="Fase [1]: een/twee " + "x" * 40)).active
    assert page["A2"].value == "ab\nc"
    assert page.title == sheet_name("Fase [1]: een/twee " + "x" * 40)
    assert len(page.title) <= 31


def test_a_row_that_does_not_fit_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Row 1 of Projecten does not fit"):
        written(tmp_path, sheet(rows=[["te weinig"]]))
    with pytest.raises(ValueError, match="needs a sheet"):
        write_workbook(Workbook("Leeg"), tmp_path / "leeg.xlsx", tmp_path)
    with pytest.raises(ValueError, match="has no total"):
        Column("Dag", DATE, total=True)


def test_csv_is_what_belgian_excel_reads() -> None:
    assert "".join(csv_lines(sheet())) == (
        "\ufeffProject;Aantal;Bedrag;Aandeel;Dag;Ingediend\r\n"
        '"Slimme sensoren; fase 1";3;1234,56;37,5;14/06/2026;15/06/2026 01:30\r\n'
        "'=1+1;-2;-0,10;;;\r\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_text_cannot_become_a_formula(start: str) -> None:
    lines = list(csv_lines(Sheet("x", [Column(f"{start}kop")], [[f"{start}cmd|' /C calc'!A0"]])))
    for line in lines:
        first = line.lstrip("\ufeff").lstrip('"')[0]
        assert first not in "=+-@\t\r"


def test_csv_response_streams_with_bom_and_name() -> None:
    response = csv_response(sheet(), "projecten – 2026.csv")
    content = b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert content.startswith(b"\xef\xbb\xbfProject;")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''projecten%20%E2%80%93%202026.csv"
    )


def test_a_csv_that_breaks_off_says_so_in_its_last_line() -> None:
    def rows() -> Iterator[list[Any]]:
        yield ROWS[0]
        raise RuntimeError

    lines = list(csv_lines(sheet(rows=rows())))
    assert len(lines) == 3
    assert lines[-1] == f"{BROKEN}\r\n"
