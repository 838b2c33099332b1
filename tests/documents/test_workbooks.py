"""Spreadsheets from people: read, but never trusted."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from documents.workbooks import MAX_ROWS, ReadRow, read_workbook
from tests.documents.factories import docx_bytes, upload


def workbook(fill: Callable[[Any], None], name: str = "Blad") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = name
    fill(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def simple(sheet: Any) -> None:
    sheet.append(["Naam", "Aantal"])
    sheet.append([])
    sheet.append(["a", 1.5])


def changed(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one part rewritten."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", 8) as new:
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, change(part) if info.filename == member else part)
    return target.getvalue()


def refusal(content: bytes, name: str = "scores.xlsx") -> str:
    with pytest.raises(ValidationError) as refused:
        read_workbook(upload(name, content))
    return str(refused.value.code)


def test_rows_come_with_the_number_that_the_person_sees() -> None:
    assert read_workbook(upload("x.xlsx", workbook(simple))) == {
        "Blad": [ReadRow(1, ("Naam", "Aantal")), ReadRow(3, ("a", 1.5))]
    }


def test_a_formula_is_not_worked_out_and_a_text_that_looks_like_one_is_text() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["=1+1", "b"])
        sheet["B1"].value = "=WEBSERVICE"
        sheet["B1"].data_type = "s"

    (row,) = read_workbook(upload("x.xlsx", workbook(fill)))["Blad"]
    assert row == ReadRow(1, ("=1+1", "=WEBSERVICE"), frozenset({0}))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("scores.csv", b"a;b", "type"),
        ("scores.xlsm", b"PK", "type"),
        ("scores.xlsx", b"a;b", "content"),
        ("scores.xlsx", docx_bytes(), "content"),
        ("scores.xlsx", b"", "empty"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(name: str, content: bytes, code: str) -> None:
    assert refusal(content, name) == code


def test_a_big_file_is_refused_before_it_is_opened(settings: Any) -> None:
    settings.DOCUMENT_MAX_WORKBOOK_BYTES = 100
    assert refusal(workbook(simple)) == "size"


def test_a_zip_bomb_is_refused(settings: Any) -> None:
    settings.DOCUMENT_MAX_UNPACKED_WORKBOOK_BYTES = 1_000_000
    bomb = changed(workbook(simple), "docProps/app.xml", lambda part: part + b" " * 2_000_000)
    assert len(bomb) < 20_000
    assert refusal(bomb) == "bomb"


def test_entities_in_the_xml_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    harmful = changed(workbook(simple), "xl/worksheets/sheet1.xml", lambda part: laughs + part)
    assert refusal(harmful) == "entities"


def test_a_damaged_part_is_a_sentence() -> None:
    damaged = changed(workbook(simple), "xl/worksheets/sheet1.xml", lambda part: part[:-40])
    assert refusal(damaged) == "unreadable"


def test_rows_without_end_are_refused() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["a"])
        sheet.cell(MAX_ROWS + 1, 1, "b")

    assert refusal(workbook(fill)) == "rows"
