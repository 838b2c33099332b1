"""The spreadsheet in which an adviser scores without a connection: how it looks, and reading it.

One row per file and criterion. Two hidden columns say what a row is about (`key`) and what stood in
it when it was downloaded (`mark`), so that an upload tells what the person changed from what was
changed in the portal meanwhile.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from common.formatting import format_number
from documents.spreadsheets import printable
from documents.workbooks import ReadRow, read_workbook

SHEET = "Scores"
REFERENCE, TITLE, CRITERION = "Dossier", "Titel", "Criterium"
WEIGHT, GUIDANCE, POSSIBLE = "Gewicht (%)", "Toelichting", "Mogelijke scores"
SCORE, MOTIVATION = "Score", "Motivering"
KEY, MARK = "Sleutel", "Versie"
COLUMNS = {
    REFERENCE: 18,
    TITLE: 30,
    CRITERION: 24,
    WEIGHT: 10,
    GUIDANCE: 45,
    POSSIBLE: 16,
    SCORE: 10,
    MOTIVATION: 70,
    KEY: 12,
    MARK: 16,
}
"""Labels and widths; Dutch, like every file of the portal."""
_NUMBER = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,6})?")
_KEY = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
NEEDED = (REFERENCE, CRITERION, SCORE, MOTIVATION, KEY, MARK)
FILLED_IN = (SCORE, MOTIVATION)
HIDDEN = (KEY, MARK)

EXPLANATION = (
    "Zo vult u dit rekenblad in",
    "",
    "1. Vul alleen de kolommen “Score” en “Motivering” in. De andere zijn vergrendeld.",
    "2. Kies een score uit de lijst. Typ geen formule.",
    "3. Bewaar het bestand als .xlsx en laad het op in het portaal, bij “Offline werken”.",
    "4. Het portaal toont eerst wat het zou bewaren. Pas als u bevestigt, wordt het bewaard.",
    "",
    "Een rij die u niet wijzigt, blijft zoals ze in het portaal staat. Wijzigde u dezelfde rij ook"
    " in het portaal, dan toont het portaal beide teksten en kiest u.",
    "Definitief maken doet u daarna in het portaal, per dossier.",
    "",
    "Dit bestand is vertrouwelijk: deel het met niemand.",
)


@dataclass(frozen=True)
class FormRow:
    """One criterion of one open score form."""

    reference: str
    title: str
    criterion: str
    weight: Decimal
    guidance: str
    possible: Sequence[Decimal]
    value: Decimal | None
    motivation: str
    key: str


def key_of(evaluation_id: int, criterion_id: int) -> str:
    return f"{evaluation_id}-{criterion_id}"


def split_key(key: str) -> tuple[int, int] | None:
    """Evaluation and criterion, or None when it is no key."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


def mark_of(value: Decimal | None, motivation: str) -> str:
    """The same for the same score and motivation, however they are written."""
    score = "" if value is None else f"{value.normalize():f}"
    return sha256(f"{score}|{tidy(motivation)}".encode()).hexdigest()[:16]


def tidy(text: str) -> str:
    """A text as it is after a stay in a spreadsheet: one kind of line end, nothing around it."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


# --- Writing -------------------------------------------------------------------------------------


def score_workbook(rows: Iterable[FormRow]) -> bytes:
    """The file to fill in."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": "Scores om offline in te vullen"})
        page = book.add_worksheet(SHEET)
        _write_explanation(book)
        _write_rows(book, page, list(rows))
    return target.getvalue()


def _write_rows(book: Any, page: Any, rows: Sequence[FormRow]) -> None:
    places = {label: place for place, label in enumerate(COLUMNS)}
    head = book.add_format({"bold": True, "bg_color": "#E8EBEE", "text_wrap": True})
    locked = book.add_format({"text_wrap": True, "valign": "top"})
    open_ = {"text_wrap": True, "valign": "top", "locked": False, "border": 1}
    text = book.add_format({**open_, "bg_color": "#FFF9DB"})
    figure = book.add_format({**open_, "bg_color": "#FFF9DB", "num_format": "0.0"})
    for label, place in places.items():
        page.set_column(place, place, COLUMNS[label], locked, {"hidden": label in HIDDEN})
        page.write_string(0, place, label, head)
    lists = _Lists(book)
    for number, row in enumerate(rows, 1):
        for label, words in (
            (REFERENCE, row.reference),
            (TITLE, row.title),
            (CRITERION, row.criterion),
            (GUIDANCE, row.guidance),
            (POSSIBLE, words_of(row.possible)),
            (KEY, row.key),
            (MARK, mark_of(row.value, row.motivation)),
        ):
            page.write_string(number, places[label], printable(words), locked)
        page.write_number(number, places[WEIGHT], float(row.weight), locked)
        if row.value is None:
            page.write_blank(number, places[SCORE], None, figure)
        else:
            page.write_number(number, places[SCORE], float(row.value), figure)
        page.write_string(number, places[MOTIVATION], tidy(row.motivation), text)
        page.data_validation(
            number,
            places[SCORE],
            number,
            places[SCORE],
            {
                "validate": "list",
                "source": lists.place_of(row.possible),
                "error_title": "Geen mogelijke score",
                "error_message": "Kies een score uit de lijst.",
            },
        )
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


class _Lists:
    """The scores to choose from, on a hidden sheet, as numbers: no decimal sign can differ."""

    def __init__(self, book: Any) -> None:
        self._page = book.add_worksheet("Lijsten")
        self._page.hide()
        self._places: dict[tuple[Decimal, ...], str] = {}

    def place_of(self, possible: Sequence[Decimal]) -> str:
        scores = tuple(possible)
        if scores not in self._places:
            column = len(self._places)
            for row, score in enumerate(scores):
                self._page.write_number(row, column, float(score))
            letter = chr(ord("A") + column)
            self._places[scores] = f"=Lijsten!${letter}$1:${letter}${len(scores)}"
        return self._places[scores]


def _write_explanation(book: Any) -> None:
    page = book.add_worksheet("Uitleg")
    page.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    title = book.add_format({"bold": True, "font_size": 14})
    for number, line in enumerate(EXPLANATION):
        page.write_string(number, 0, line, title if number == 0 else None)
    page.protect()


def words_of(possible: Iterable[Decimal]) -> str:
    """`0 · 0,5 · 1`."""
    return " · ".join(number_words(score) for score in possible)


def number_words(score: Decimal) -> str:
    """`3`, `3,5`."""
    return format_number(score, 1).removesuffix(",0")


# --- Reading -------------------------------------------------------------------------------------


def read_scores(uploaded: File) -> list[dict[str, Any]]:
    """The rows as they were filled in, in plain values; nothing is judged yet.

    `score` is "" or text; when it is a number, as Python writes a decimal.

    Raises:
        ValidationError: when it is no such spreadsheet: the sentence names what is missing.
    """
    sheets = {name.strip().casefold(): rows for name, rows in read_workbook(uploaded).items()}
    rows = sheets.get(SHEET.casefold())
    if rows is None:
        raise ValidationError(
            _("Het blad “%(name)s” ontbreekt. Gebruik het rekenblad dat u hier downloadde.")
            % {"name": SHEET},
            code="sheet",
        )
    places = _places(rows[0] if rows else ReadRow(1, ()))
    if len(rows) < 2:
        raise ValidationError(_("Er staan geen rijen met scores in dit rekenblad."), code="empty")
    return [_raw(row, places) for row in rows[1:]]


def _places(header: ReadRow) -> dict[str, int]:
    labels = [str(value or "").strip().casefold() for value in header.values]
    places = {name: labels.index(name.casefold()) for name in NEEDED if name.casefold() in labels}
    if missing := [name for name in NEEDED if name not in places]:
        names = ", ".join(f"“{name}”" for name in missing)
        raise ValidationError(
            _("Op de eerste rij ontbreken deze kolommen: %(names)s.") % {"names": names},
            code="columns",
        )
    return places


def _raw(row: ReadRow, places: dict[str, int]) -> dict[str, Any]:
    def cell(name: str) -> Any:
        return row.values[places[name]] if places[name] < len(row.values) else None

    return {
        "row": row.number,
        "reference": _text(cell(REFERENCE))[:40],
        "criterion": _text(cell(CRITERION))[:150],
        "key": _text(cell(KEY))[:40],
        "mark": _text(cell(MARK))[:40],
        "score": _score_text(cell(SCORE)),
        "motivation": _text(cell(MOTIVATION)),
        "formulas": [name for name in FILLED_IN if places[name] in row.formulas],
    }


def _text(value: Any) -> str:
    return "" if value is None else tidy(str(value))


def _score_text(value: Any) -> str:
    """A number as a decimal; also one that was typed as text, with a comma."""
    text = _text(value)[:40]
    return f"{Decimal(text.replace(',', '.')).normalize():f}" if _NUMBER.fullmatch(text) else text


def score_of(text: str, possible: Iterable[Decimal]) -> Decimal | None:
    """The score that was meant; None when the text is empty.

    Raises:
        ValueError: when it is none of the possible scores.
    """
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or Decimal(text) not in possible:
        raise ValueError(text)
    return Decimal(text)
