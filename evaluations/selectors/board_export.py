"""The ranking board as a table to export: the rows and the order of the screen."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.spreadsheets import INTEGER, MONEY, PERCENT, Column, Sheet
from evaluations.selectors.board import DEFAULT_ORDER, BoardRow

Cells = list[object]

_ORDERS = {
    "rank": gettext_lazy("Rang"),
    "reference": gettext_lazy("Dossier"),
    "applicant": gettext_lazy("Aanvrager"),
    "type": gettext_lazy("Soort en thema"),
    "total": gettext_lazy("Totaal"),
    "passes": gettext_lazy("Drempels"),
    "divergence": gettext_lazy("Lezers"),
    "conclusion": gettext_lazy("Advies"),
    "requested": gettext_lazy("Gevraagd"),
    "step": gettext_lazy("Stand"),
}


def order_in_words(sort: str) -> str:
    """The order as the heading of its column says it; an unknown one is that of the ranking."""
    label = _ORDERS.get(sort.removeprefix("-"), _ORDERS[DEFAULT_ORDER])
    if sort.startswith("-"):
        return _("%(column)s, aflopend") % {"column": label}
    return str(label)


def board_sheet(rows: Iterable[BoardRow]) -> Sheet:
    """The rows as they come, so that a download starts at once."""
    return Sheet(
        _("Rangschikking"),
        [
            Column(_("Rang"), INTEGER),
            Column(_("Dossier"), width=20),
            Column(_("Titel"), width=50),
            Column(_("Aanvrager")),
            Column(_("Soort organisatie")),
            Column(_("Thema")),
            Column(_("Totaal"), PERCENT),
            Column(_("Laagste"), PERCENT),
            Column(_("Hoogste"), PERCENT),
            Column(_("Verschil"), PERCENT),
            Column(_("Lezers lopen uiteen")),
            Column(_("Drempels gehaald")),
            Column(_("Advies")),
            Column(_("Gevraagd"), MONEY),
            Column(_("Tot hier"), MONEY),
            Column(_("Boven de lijn")),
            Column(_("Wacht op")),
            Column(_("Beslissing")),
            Column(_("Meegedeeld")),
        ],
        map(board_cells, rows),
    )


def board_cells(row: BoardRow) -> Cells:
    """One file, in the order of the columns."""
    return [
        row.rank,
        row.reference,
        row.title,
        row.applicant,
        row.organisation_label,
        row.theme,
        row.total,
        row.lowest,
        row.highest,
        row.divergence,
        _yes_no(row.is_divergent if row.divergence is not None else None),
        _yes_no(row.passes),
        row.conclusion_label,
        row.requested,
        row.cumulative,
        _yes_no(row.is_above),
        row.step_label,
        row.outcome_label,
        _yes_no(row.is_notified if row.outcome else None),
    ]


def _yes_no(value: object) -> str:
    return "" if value is None else _("Ja") if value else _("Nee")
