"""The spreadsheet in which an adviser scores without a connection: how it looks, and reading it.

One row per file and criterion on the sheet of the scores, one per file and exclusion criterion on
the second. Two hidden columns say what a row is about (`key`) and what stood in it when it was
downloaded (`mark`), so that an upload tells what the person changed from what was changed in the
portal meanwhile.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
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

SHEET, EXCLUSIONS = "Scores", "Uitsluiting"
REFERENCE, TITLE, CRITERION = "Dossier", "Titel", "Criterium"
WEIGHT, GUIDANCE, POSSIBLE = "Gewicht (%)", "Toelichting", "Mogelijke scores"
SCORE, MOTIVATION = "Score", "Motivering"
MET, REASON = "Voldaan", "Reden"
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
EXCLUSION_COLUMNS = {
    REFERENCE: 18,
    TITLE: 30,
    CRITERION: 50,
    GUIDANCE: 45,
    MET: 10,
    REASON: 70,
    KEY: 12,
    MARK: 16,
}
YES, NO = "ja", "nee"
_NUMBER = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,6})?")
_KEY = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
FILLED_IN = {SHEET: (SCORE, MOTIVATION), EXCLUSIONS: (MET, REASON)}
NEEDED = {
    sheet: (REFERENCE, CRITERION, *filled_in, KEY, MARK) for sheet, filled_in in FILLED_IN.items()
}
HIDDEN = (KEY, MARK)

EXPLANATION = (
    "Zo vult u dit rekenblad in",
    "",
    "1. Vul op het blad “Scores” alleen de kolommen “Score” en “Motivering” in, en op het blad"
    " “Uitsluiting” alleen “Voldaan” en “Reden”. De andere zijn vergrendeld.",
    "2. Kies een score, of ja of nee, uit de lijst. Typ geen formule.",
    "3. Sla het bestand op als .xlsx en upload het in het portaal, bij “Offline werken”.",
    "4. Het portaal toont eerst wat het zou opslaan. Pas als u bevestigt, wordt het opgeslagen.",
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


@dataclass(frozen=True)
class ExclusionRow:
    """One exclusion criterion of one open score form."""

    reference: str
    title: str
    criterion: str
    guidance: str
    is_met: bool | None
    reason: str
    key: str


@dataclass(frozen=True)
class OpenForms:
    """What may still be filled in."""

    scores: list[FormRow]
    exclusions: list[ExclusionRow]


def key_of(evaluation_id: int, asked_id: int) -> str:
    return f"{evaluation_id}-{asked_id}"


def split_key(key: str) -> tuple[int, int] | None:
    """Evaluation, and criterion or exclusion criterion; None when it is no key."""
    found = _KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


Answer = Decimal | bool | None
"""A score, or whether an exclusion criterion is met; None while it is empty."""


def mark_of(value: Answer, text: str) -> str:
    """The same for the same score or answer and text, however they are written."""
    return sha256(f"{_word(value)}|{tidy(text)}".encode()).hexdigest()[:16]


def _word(value: Answer) -> str:
    """`3.5`, `ja`, or nothing."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else YES if value else NO


def tidy(text: str) -> str:
    """A text as it is after a stay in a spreadsheet: one kind of line end, nothing around it."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


# --- Writing -------------------------------------------------------------------------------------


def score_workbook(forms: OpenForms) -> bytes:
    """The file to fill in."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": "Scores om offline in te vullen"})
        scores = _Page(book, SHEET, COLUMNS)
        exclusions = _Page(book, EXCLUSIONS, EXCLUSION_COLUMNS)
        _write_explanation(book)
        lists = _Lists(book)
        for number, score in enumerate(forms.scores, 1):
            _write_score(scores, number, score, lists)
        for number, exclusion in enumerate(forms.exclusions, 1):
            _write_exclusion(exclusions, number, exclusion)
    return target.getvalue()


class _Page:
    """A sheet of which only what is to be filled in is open."""

    def __init__(self, book: Any, name: str, columns: Mapping[str, int]) -> None:
        open_ = {"text_wrap": True, "valign": "top", "locked": False, "border": 1}
        self.locked = book.add_format({"text_wrap": True, "valign": "top"})
        self.text = book.add_format({**open_, "bg_color": "#FFF9DB"})
        self.figure = book.add_format({**open_, "bg_color": "#FFF9DB", "num_format": "0.0"})
        self.sheet = book.add_worksheet(name)
        self._places = {label: place for place, label in enumerate(columns)}
        head = book.add_format({"bold": True, "bg_color": "#E8EBEE", "text_wrap": True})
        for label, place in self._places.items():
            self.sheet.set_column(
                place, place, columns[label], self.locked, {"hidden": label in HIDDEN}
            )
            self.sheet.write_string(0, place, label, head)
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def write(self, row: int, label: str, value: str | Decimal | None, form: Any = None) -> None:
        """A text never becomes a formula; nothing gives an empty cell."""
        place, form = self._places[label], form or self.locked
        if value is None or value == "":
            self.sheet.write_blank(row, place, None, form)
        elif isinstance(value, Decimal):
            self.sheet.write_number(row, place, float(value), form)
        else:
            self.sheet.write_string(row, place, printable(value), form)

    def choose(self, row: int, label: str, source: Any, title: str, message: str) -> None:
        """Let one choose from a list."""
        place = self._places[label]
        self.sheet.data_validation(
            row,
            place,
            row,
            place,
            {
                "validate": "list",
                "source": source,
                "error_title": title,
                "error_message": message,
            },
        )


def _write_score(page: _Page, number: int, row: FormRow, lists: "_Lists") -> None:
    page.write(number, REFERENCE, row.reference)
    page.write(number, TITLE, row.title)
    page.write(number, CRITERION, row.criterion)
    page.write(number, WEIGHT, row.weight)
    page.write(number, GUIDANCE, row.guidance)
    page.write(number, POSSIBLE, words_of(row.possible))
    page.write(number, SCORE, row.value, page.figure)
    page.write(number, MOTIVATION, tidy(row.motivation), page.text)
    page.write(number, KEY, row.key)
    page.write(number, MARK, mark_of(row.value, row.motivation))
    source = lists.place_of(row.possible)
    page.choose(number, SCORE, source, "Geen mogelijke score", "Kies een score uit de lijst.")


def _write_exclusion(page: _Page, number: int, row: ExclusionRow) -> None:
    page.write(number, REFERENCE, row.reference)
    page.write(number, TITLE, row.title)
    page.write(number, CRITERION, row.criterion)
    page.write(number, GUIDANCE, row.guidance)
    page.write(number, MET, _word(row.is_met), page.text)
    page.write(number, REASON, tidy(row.reason), page.text)
    page.write(number, KEY, row.key)
    page.write(number, MARK, mark_of(row.is_met, row.reason))
    page.choose(number, MET, [YES, NO], "Geen antwoord", "Kies ja of nee.")


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
    """The rows of both sheets as they were filled in, in plain values; nothing is judged yet.

    `value` is "" or text; a score that is a number, as Python writes a decimal.

    Raises:
        ValidationError: when it is no such spreadsheet: the sentence names what is missing.
    """
    sheets = {name.strip().casefold(): rows for name, rows in read_workbook(uploaded).items()}
    scores = _rows_of(SHEET, sheets)
    exclusions = _rows_of(EXCLUSIONS, sheets)
    if not scores:
        raise ValidationError(_("Er staan geen rijen met scores in dit rekenblad."), code="empty")
    return [*scores, *exclusions]


def _rows_of(sheet: str, sheets: Mapping[str, Sequence[ReadRow]]) -> list[dict[str, Any]]:
    rows = sheets.get(sheet.casefold())
    if rows is None:
        raise ValidationError(
            _("Het blad “%(name)s” ontbreekt. Gebruik het rekenblad dat u hier downloadde.")
            % {"name": sheet},
            code="sheet",
        )
    places = _places(sheet, rows[0] if rows else ReadRow(1, ()))
    return [_raw(sheet, row, places) for row in rows[1:]]


def _places(sheet: str, header: ReadRow) -> dict[str, int]:
    labels = [str(value or "").strip().casefold() for value in header.values]
    needed = NEEDED[sheet]
    places = {name: labels.index(name.casefold()) for name in needed if name.casefold() in labels}
    if missing := [name for name in needed if name not in places]:
        raise ValidationError(
            _("Op de eerste rij van het blad “%(sheet)s” ontbreken deze kolommen: %(names)s.")
            % {"sheet": sheet, "names": ", ".join(f"“{name}”" for name in missing)},
            code="columns",
        )
    return places


def _raw(sheet: str, row: ReadRow, places: dict[str, int]) -> dict[str, Any]:
    def cell(name: str) -> Any:
        return row.values[places[name]] if places[name] < len(row.values) else None

    value, text = FILLED_IN[sheet]
    return {
        "sheet": sheet,
        "row": row.number,
        "reference": _text(cell(REFERENCE))[:40],
        "criterion": _text(cell(CRITERION))[:150],
        "key": _text(cell(KEY))[:40],
        "mark": _text(cell(MARK))[:40],
        "value": _score_text(cell(value)) if sheet == SHEET else _text(cell(value))[:40],
        "text": _text(cell(text)),
        "formulas": [name for name in FILLED_IN[sheet] if places[name] in row.formulas],
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


def answer_of(text: str) -> bool | None:
    """The answer that was meant; None when the text is empty.

    Raises:
        ValueError: when it is neither `ja` nor `nee`.
    """
    word = text.casefold()
    if word not in {"", YES, NO}:
        raise ValueError(text)
    return word == YES if word else None
