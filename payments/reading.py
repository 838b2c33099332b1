"""Reading a file of the bank or the accounting: rows, or a sentence that names what is wrong.

UTF-8 with `;`, one header row, the columns of `COLUMNS` in any order (docs/payments.md).
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.moments import today
from common.money import parse_amount
from payments.iban import read_iban

END_TO_END, EXECUTED, AMOUNT = "end-to-end-id", "uitvoeringsdatum", "bedrag"
IBAN, STATUS, REFERENCE = "iban", "status", "bankreferentie"
COLUMNS = (END_TO_END, EXECUTED, AMOUNT, IBAN, STATUS, REFERENCE)
PAID, RETURNED = "betaald", "teruggekeerd"
STATUSES = {PAID: PAID, "paid": PAID, RETURNED: RETURNED, "returned": RETURNED}
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")
MAX_ROWS = 2000
MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row; `column` is empty when it is the row as a whole."""

    column: str
    sentence: str


@dataclass(frozen=True)
class BankRow:
    """One row as it stands in the file; `number` is what a spreadsheet shows beside it. EUR."""

    number: int
    typed: dict[str, str]
    end_to_end_id: str = ""
    executed_on: date | None = None
    amount: Decimal | None = None
    iban: str = ""
    status: str = ""
    reference: str = ""
    problem: Problem | None = None


def read_rows(content: bytes) -> list[BankRow]:
    """The rows of a file; a row that cannot be read carries its problem.

    Raises:
        ValidationError: when the file as a whole cannot be read.
    """
    table = _table(content)
    header = [cell.strip().casefold() for cell in table[0]]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValidationError(
            _("Rij 1 mist deze kolommen: %(missing)s. Nodig zijn: %(needed)s.")
            % {"missing": ", ".join(missing), "needed": "; ".join(COLUMNS)}
        )
    rows = [
        _row(number, cells, header)
        for number, cells in enumerate(table[1:], 2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise ValidationError(_("Dit bestand heeft geen rijen onder de titels."))
    if len(rows) > MAX_ROWS:
        raise ValidationError(
            _("Dit bestand heeft %(count)s rijen. Lees er hoogstens %(most)s in één keer in.")
            % {"count": len(rows), "most": MAX_ROWS}
        )
    return rows


def _table(content: bytes) -> list[list[str]]:
    if not content.strip():
        raise ValidationError(_("Dit bestand is leeg."))
    if len(content) > MAX_BYTES:
        raise ValidationError(_("Dit bestand is te groot. Splits het in kleinere bestanden."))
    if content.startswith(b"PK"):
        raise ValidationError(
            _("Dit is een Excel-bestand. Bewaar het in Excel als “CSV UTF-8” en kies dat.")
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            _(
                "De letters in dit bestand zijn niet te lezen. Bewaar het in Excel als “CSV UTF-8” "
                "en kies dat."
            )
        ) from None
    if not text.strip():
        raise ValidationError(_("Dit bestand is leeg."))
    if "\0" in text:
        raise ValidationError(_("Dit is geen tekstbestand."))
    first = text.lstrip().partition("\n")[0]
    if ";" not in first:
        if "," in first or "\t" in first:
            raise ValidationError(
                _(
                    "De kolommen staan niet met een puntkomma (;) van elkaar. "
                    "Bewaar het bestand met puntkomma's."
                )
            )
        raise ValidationError(
            _("Rij 1 heeft geen titels. Nodig zijn: %(needed)s.") % {"needed": "; ".join(COLUMNS)}
        )
    try:
        return list(csv.reader(io.StringIO(text.lstrip()), delimiter=";", strict=True))
    except csv.Error:
        raise ValidationError(
            _("Dit bestand is geen goede CSV: een aanhalingsteken staat verkeerd.")
        ) from None


def _row(number: int, cells: list[str], header: list[str]) -> BankRow:
    typed = {
        name: cells[header.index(name)].strip() if header.index(name) < len(cells) else ""
        for name in COLUMNS
    }
    found: dict[str, Any] = {
        "end_to_end_id": typed[END_TO_END],
        "reference": typed[REFERENCE][:60],
    }
    if len(cells) != len(header):
        problem = Problem("", _("Deze rij heeft niet evenveel kolommen als rij 1."))
        return BankRow(number, typed, problem=problem)
    for column, name, read in READERS:
        try:
            found[name] = read(typed[column])
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
            return BankRow(number, typed, **found, problem=Problem(column, sentence))
    return BankRow(number, typed, **found)


def _read_id(text: str) -> str:
    if not text:
        raise ValidationError(_("Dit vak is leeg."))
    return text


def _read_day(text: str) -> date:
    for shape in DAYS:
        try:
            day = datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
        if day > today():
            raise ValidationError(_("Deze dag moet nog komen."))
        return day
    raise ValidationError(_("Schrijf een dag zoals 14/06/2026."))


def _read_amount(text: str) -> Decimal:
    amount = parse_amount(text)
    if amount <= 0:
        raise ValidationError(_("Dit is geen bedrag van meer dan nul."))
    return amount


def _read_status(text: str) -> str:
    status = STATUSES.get(text.casefold())
    if status is None:
        raise ValidationError(
            _("Schrijf “%(paid)s” of “%(returned)s”.") % {"paid": PAID, "returned": RETURNED}
        )
    return status


READERS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    (END_TO_END, "end_to_end_id", _read_id),
    (EXECUTED, "executed_on", _read_day),
    (AMOUNT, "amount", _read_amount),
    (IBAN, "iban", read_iban),
    (STATUS, "status", _read_status),
)
