"""The columns of a list of files, the same for every format."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.provenance import provenance_sheet
from documents.spreadsheets import (
    DATE,
    INTEGER,
    MOMENT,
    MONEY,
    PERCENT,
    TEXT,
    Column,
    Kind,
    Sheet,
    Workbook,
    write_workbook,
)
from evaluations.lifecycle import FileStep
from evaluations.listing import Listing
from evaluations.selectors.lists import rights_of
from evaluations.selectors.work import waits_on

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ListColumn:
    """One column; `for_overview`: only for who sees all files."""

    label: "StrOrPromise"
    value: Callable[[Any], Any]
    kind: Kind = TEXT
    for_overview: bool = False


def _yes_no(value: Any) -> str:
    """For None, which is neither, nothing."""
    if value is None:
        return ""
    return _("ja") if value else _("nee")


def _advisers(row: Any) -> str:
    return ", ".join(str(one.adviser) for one in row.proposal.active_assignments)


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn(gettext_lazy("Dossier"), lambda row: row.proposal.reference),
    ListColumn(gettext_lazy("Titel"), lambda row: row.title),
    ListColumn(gettext_lazy("Aanvrager"), lambda row: row.proposal.organisation.name),
    ListColumn(
        gettext_lazy("Soort organisatie"), lambda row: row.proposal.organisation.get_type_display()
    ),
    ListColumn(gettext_lazy("Oproep"), lambda row: row.call.reference),
    ListColumn(gettext_lazy("Thema"), lambda row: row.theme),
    ListColumn(gettext_lazy("Status"), lambda row: row.proposal.get_state_display()),
    ListColumn(gettext_lazy("Wacht op"), lambda row: FileStep(row.shown_step).label),
    ListColumn(gettext_lazy("Wie"), lambda row: waits_on(row, overview=True), for_overview=True),
    ListColumn(gettext_lazy("Voor mij"), lambda row: _yes_no(row.needs_me)),
    ListColumn(gettext_lazy("Tegen"), lambda row: row.shown_due, DATE),
    ListColumn(gettext_lazy("Te laat"), lambda row: _yes_no(row.is_late)),
    ListColumn(gettext_lazy("Klok staat stil sinds"), lambda row: row.clock_stands_since, MOMENT),
    ListColumn(gettext_lazy("Gevraagd"), lambda row: row.requested_amount, MONEY),
    ListColumn(gettext_lazy("Ingediend"), lambda row: row.proposal.submitted_at, MOMENT),
    ListColumn(gettext_lazy("Adviseurs"), _advisers, for_overview=True),
    ListColumn(
        gettext_lazy("Lezers gevraagd"), lambda row: row.readers_asked, INTEGER, for_overview=True
    ),
    ListColumn(
        gettext_lazy("Lezers klaar"), lambda row: row.readers_done, INTEGER, for_overview=True
    ),
    ListColumn(gettext_lazy("Totaal"), lambda row: row.total_percent, PERCENT, for_overview=True),
    ListColumn(
        gettext_lazy("Haalt de drempels"), lambda row: _yes_no(row.passes), for_overview=True
    ),
    ListColumn(gettext_lazy("Advies"), lambda row: row.get_conclusion_display(), for_overview=True),
    ListColumn(
        gettext_lazy("Advies definitief op"),
        lambda row: row.advised_at,
        MOMENT,
        for_overview=True,
    ),
)


def list_sheet(listing: Listing) -> Sheet:
    """The rows of the list, in its order, with the columns that the person may read."""
    overview = rights_of(listing.user).overview
    columns = [column for column in COLUMNS if overview or not column.for_overview]
    return Sheet(
        _("Dossiers"),
        [Column(column.label, column.kind) for column in columns],
        _rows(listing, columns),
    )


def _rows(listing: Listing, columns: list[ListColumn]) -> Iterable[list[Any]]:
    for row in listing.shown:
        yield [column.value(row) for column in columns]


def list_workbook(listing: Listing, *, at: datetime) -> bytes:
    """The list as XLSX with where it came from.

    Made in the request and kept nowhere: a stored export would still show a file after its reader
    had to be kept away from it.
    """
    sheet = list_sheet(listing)
    rows = list(sheet.rows)
    sheets = [
        Sheet(sheet.name, sheet.columns, rows),
        provenance_sheet(
            about=_("Lijst van dossiers, zoals gefilterd op het scherm"),
            filters=listing.describe(),
            by=listing.user,
            at=at,
            rows=rows,
        ),
    ]
    with TemporaryDirectory() as folder:
        target = Path(folder) / "dossiers.xlsx"
        write_workbook(Workbook(_("Dossiers"), sheets), target, Path(folder))
        return target.read_bytes()
