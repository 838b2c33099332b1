"""Where an exported list came from: a sheet that stands in the file itself."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.formatting import format_moment
from documents.spreadsheets import Column, Sheet


def rows_sha256(rows: Iterable[Sequence[Any]]) -> str:
    """The SHA-256 of the rows as canonical JSON: the same figures give the same hash."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(
            json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"
        )
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool | int) else str(value)


def provenance_sheet(
    *,
    about: str,
    filters: Iterable[tuple[str, str]],
    by: Any,
    at: datetime,
    rows: Sequence[Sequence[Any]],
) -> Sheet:
    """What was asked, by whom, when, and the hash of what it gave.

    `filters` as the person read them on the screen; `rows` are those of the sheet that it is about.
    """
    lines = [
        (_("Wat"), about),
        *((_("Filter: %(name)s") % {"name": name}, value) for name, value in filters),
        (_("Gemaakt door"), str(by)),
        (_("Gemaakt op"), format_moment(at)),
        (_("Aantal rijen"), str(len(rows))),
        (_("SHA-256 van de rijen"), rows_sha256(rows)),
    ]
    return Sheet(
        _("Herkomst"), [Column(_("Gegeven"), width=30), Column(_("Waarde"), width=80)], lines
    )
