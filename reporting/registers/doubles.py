"""Two subsidies for one thing? The same KBO number and a title that looks alike (domain.md 9.5).

A likeness is a reason to look, not a finding: only people decide.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.identifiers import validate_kbo
from common.database import reading_connection
from common.money import parse_amount

COLUMNS = ("kbo", "maatregel", "titel", "bedrag", "datum")
MOST_ROWS = 50_000
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class OtherSubsidy:
    """A row of another register. EUR."""

    number: int
    kbo: str
    measure: str
    title: str
    amount: Decimal | None
    on: str


@dataclass(frozen=True)
class Likeness:
    """A project of ours and what it looks like, from 0 to 1."""

    project: str
    title: str
    organisation: str
    kbo: str
    other: str
    other_title: str
    other_amount: Decimal | None
    other_on: str
    score: float

    @property
    def percent(self) -> float:
        return 100 * self.score


def doubles_within() -> list[Likeness]:
    """Pairs of our own projects, each once; one query.

    Pairs of which one is the other's later proposal are shown too: staff know which.
    """
    found = _rows(
        """
        SELECT a.reference, a.title, o.name, o.kbo, b.reference, b.title, NULL, '',
               similarity(a.title, b.title) AS score
        FROM projects_project a
        JOIN accounts_organisation o ON o.id = a.organisation_id
        JOIN projects_project b ON b.id > a.id
        JOIN accounts_organisation p ON p.id = b.organisation_id AND p.kbo = o.kbo
        WHERE o.kbo <> '' AND similarity(a.title, b.title) >= %s
        ORDER BY score DESC, a.reference, b.reference
        """,
        [settings.DOUBLE_SUBSIDY_LIKENESS],
    )
    return [Likeness(*row) for row in found]


def doubles_with(others: Sequence[OtherSubsidy]) -> list[Likeness]:
    """Our projects that look like a row of another register, by likeness; one query."""
    found = _rows(
        """
        SELECT a.reference, a.title, o.name, o.kbo, other.measure, other.title, other.amount,
               other.granted, similarity(a.title, other.title) AS score
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::numeric[], %s::text[])
            AS other(kbo, measure, title, amount, granted)
        JOIN accounts_organisation o ON o.kbo = other.kbo
        JOIN projects_project a ON a.organisation_id = o.id
        WHERE similarity(a.title, other.title) >= %s
        ORDER BY score DESC, a.reference, other.title
        """,
        [
            [one.kbo for one in others],
            [one.measure for one in others],
            [one.title for one in others],
            [one.amount for one in others],
            [one.on for one in others],
            settings.DOUBLE_SUBSIDY_LIKENESS,
        ],
    )
    return [Likeness(*row) for row in found]


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def read_register(content: bytes) -> list[OtherSubsidy]:
    """Rows of a CSV (`;`, UTF-8) with the columns of COLUMNS, in any order; others are ignored.

    Raises:
        ValidationError: one sentence per wrong row, with its number, or what is wrong as a whole.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            _("Dit bestand is geen tekst in UTF-8. Bewaar het als “CSV UTF-8”.")
        ) from None
    reader = csv.DictReader(io.StringIO(text), delimiter=";")
    named = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in COLUMNS[:3] if name not in named]
    if missing:
        raise ValidationError(
            _("Deze kolommen ontbreken: %(names)s. De scheiding is een puntkomma (;)."),
            params={"names": ", ".join(missing)},
        )
    reader.fieldnames = named
    found: list[OtherSubsidy] = []
    wrong: list[str] = []
    try:
        for number, row in enumerate(reader, 2):
            if number > MOST_ROWS:
                raise ValidationError(
                    _("Dit bestand heeft meer dan %(most)s rijen."), params={"most": MOST_ROWS}
                )
            try:
                found.append(_read(number, row))
            except ValidationError as refusal:
                wrong.append(f"{_('Rij')} {number}: {' '.join(refusal.messages)}")
    except csv.Error:
        raise ValidationError(_("Dit bestand is geen leesbare CSV.")) from None
    if wrong:
        raise ValidationError(wrong[:10])
    if not found:
        raise ValidationError(_("Dit bestand heeft geen rijen."))
    return found


def _read(number: int, row: dict[str, Any]) -> OtherSubsidy:
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    kbo = "".join(character for character in cells["kbo"] if character.isdigit()).zfill(10)
    validate_kbo(kbo)
    if not cells["titel"]:
        raise ValidationError(_("De titel ontbreekt."))
    return OtherSubsidy(
        number=number,
        kbo=kbo,
        measure=cells["maatregel"],
        title=cells["titel"],
        amount=parse_amount(cells["bedrag"]) if cells["bedrag"] else None,
        on=cells["datum"],
    )
