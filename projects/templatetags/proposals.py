"""What the pages of proposals need beside the portal's own tags."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template

from common.formatting import format_day
from common.moments import BRUSSELS
from common.money import format_eur

register = template.Library()


@register.filter
def cells(row: list[str], item: dict[str, Any]) -> list[dict[str, Any]]:
    """`{% for cell in row|cells:item %}`: each text of a frozen table with its column."""
    return [{"text": text, **column} for text, column in zip(row, item["columns"], strict=False)]


_LONG_WORD = re.compile(r"[^\s-]{21,}")  # a hyphen is a place to break already
_PIECE = re.compile(r".{1,9}\w(?=\w)")
BREAK = "\N{ZERO WIDTH SPACE}"


@register.filter
def breakable(text: str) -> str:
    """The same text with invisible places to break a word that would not fit a column of a PDF."""
    return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\g<0>{BREAK}", word.group()), text)


@register.filter
def amount(text: str) -> str:
    """`{{ content.estimate.total|amount }}`: a frozen amount ("1234.50") as € 1.234,50."""
    return format_eur(Decimal(text))


@register.filter
def exact_moment(instant: datetime) -> str:
    """`14 juni 2026 om 23.59.58 uur (Belgische tijd, UTC+2)`: as a receipt must say it.

    The offset tells the two hours apart that bear one name on the night summer time ends.
    """
    local = instant.astimezone(BRUSSELS)
    hours = int(local.utcoffset().total_seconds() // 3600)  # type: ignore[union-attr]
    return f"{format_day(instant)} om {local:%H.%M.%S} uur (Belgische tijd, UTC+{hours})"
