"""The tables of the figures, and their files with where they come from."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from documents.provenance import provenance_sheet
from documents.report_tables import ReportTable
from documents.spreadsheets import DECIMAL, INTEGER, PERCENT, Column, Sheet, Workbook
from evaluations.reports.figures import Numbers, Success

PROVENANCE = "herkomst"


def numbers_tables(made: Numbers) -> list[ReportTable]:
    """Every table that the reader may see, in order."""
    tables = [
        _lead_times(made),
        _success("soort", _("Slaagkans per soort organisatie"), _("Soort"), made.by_type),
        _success("thema", _("Slaagkans per thema"), _("Thema"), made.by_theme),
    ]
    if made.load is not None:
        tables.append(_load(made))
    return tables


def numbers_origin(made: Numbers, *, by: Any, at: datetime) -> Sheet:
    """The filters, the person, the moment and the hash of all rows of all tables."""
    return provenance_sheet(
        about=_("Cijfers over de beoordeling"),
        filters=made.selection.words,
        by=by,
        at=at,
        rows=[(table.key, *row) for table in numbers_tables(made) for row in table.rows],
    )


def numbers_workbook(made: Numbers, *, by: Any, at: datetime) -> Workbook:
    sheets = [table.sheet([table.note]) for table in numbers_tables(made)]
    return Workbook(_("Cijfers over de beoordeling"), [*sheets, numbers_origin(made, by=by, at=at)])


def _lead_times(made: Numbers) -> ReportTable:
    return ReportTable(
        "doorlooptijden",
        _("Doorlooptijden"),
        _("Doorlooptijden"),
        [
            Column(_("Stap")),
            Column(_("Dossiers"), INTEGER),
            Column(_("Mediaan (kalenderdagen)"), DECIMAL, width=16),
            Column(_("90e percentiel (kalenderdagen)"), DECIMAL, width=16),
            Column(_("Mediaan (werkdagen)"), DECIMAL, width=16),
            Column(_("90e percentiel (werkdagen)"), DECIMAL, width=16),
        ],
        [
            (
                row.label,
                row.files,
                row.median,
                row.ninetieth,
                row.working_median,
                row.working_ninetieth,
            )
            for row in made.lead_times
        ],
        note=_(
            "Van dag tot dag; de eerste dag telt niet mee. Het eerste definitieve advies telt, en"
            " daarna het advies waarop beslist werd. Stilstand van de klok is niet afgetrokken."
            " Tussen twee waarnemingen wordt lineair geïnterpoleerd. Een beslissing telt pas als ze"
            " meegedeeld is."
        ),
    )


def _success(key: str, title: str, label: str, rows: list[Success]) -> ReportTable:
    return ReportTable(
        key,
        title,
        title,
        [
            Column(label),
            Column(_("Ingediend"), INTEGER, total=True),
            Column(_("Beslissing meegedeeld"), INTEGER, width=14, total=True),
            Column(_("Geselecteerd"), INTEGER, width=14, total=True),
            Column(_("Slaagkans"), PERCENT, width=12),
        ],
        [(row.label, row.submitted, row.notified, row.selected, row.rate) for row in rows],
        note=_(
            "Slaagkans = geselecteerd gedeeld door beslissingen die meegedeeld zijn. Ingetrokken"
            " voorstellen tellen niet mee."
        ),
    )


def _load(made: Numbers) -> ReportTable:
    return ReportTable(
        "belasting",
        _("Belasting per adviseur"),
        _("Belasting per adviseur"),
        [
            Column(_("Adviseur")),
            Column(_("Nog te doen"), INTEGER, total=True),
            Column(_("Klaar"), INTEGER, total=True),
            Column(_("Te laat"), INTEGER, total=True),
        ],
        [(row.adviser, row.open, row.done, row.late) for row in made.load or []],
        note=_(
            "Te laat is een deel van nog te doen. Zolang de klok van een dossier stilstaat, is"
            " niemand te laat."
        ),
    )
