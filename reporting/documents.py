"""The yearly budget report as a document: made by a worker, kept, and downloadable later."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from common.formatting import format_moment
from common.moments import last_day_before
from documents.registry import (
    ArchiveDocument,
    Enclosure,
    Legal,
    Params,
    PartOfArchive,
    PdfDocument,
    PdfInArchive,
    ProgressReport,
    SheetsInArchive,
    SpreadsheetDocument,
    Standing,
    TextInArchive,
    register,
)
from documents.spreadsheets import Workbook
from funding.policies import may_see_funding
from reporting.models import ReportEdition
from reporting.standby import read_for_report
from reporting.yearly.building import build_yearly_report, report_sections
from reporting.yearly.exports import (
    content_hash,
    provenance,
    report_csv_files,
    report_json,
    report_workbook,
)
from reporting.yearly.figures import Section, YearlyReport

REPORT_PDF = "reporting.yearly_report_pdf"
REPORT_XLSX = "reporting.yearly_report_xlsx"
REPORT_ZIP = "reporting.yearly_report_zip"
TEMPLATE = "reporting/yearly/document.html"
PAPER_ROWS = 1_000
"""Of a longer table the rest stands together in one row: about forty pages, 500 MB to lay out."""
WHOLE = "rapport"
"""The one part of the archive."""


def report_params(*, year: int, cut_off: datetime, by: str) -> Params:
    """What a job needs to make the report again: plain values only."""
    return {"year": year, "cut_off": cut_off.isoformat(), "by": by}


def _report(params: Params, progress: ProgressReport) -> YearlyReport:
    """An edition counts in law and is signed: like its hash it comes from the primary."""
    progress(10, "Cijfers verzamelen")

    def build() -> YearlyReport:
        return build_yearly_report(
            year=params["year"],
            cut_off=datetime.fromisoformat(params["cut_off"]),
            generated_by=params["by"],
        )

    return build() if _is_of_edition(params) else read_for_report(build)


def _pdf_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    report = _report(params, progress)
    progress(40, "Tabellen en grafieken maken")
    return report_context(report)


def report_context(report: YearlyReport) -> dict[str, Any]:
    """What the template of the document shows."""
    return {
        "report": report,
        "sections": [_on_paper(section) for section in report_sections(report)],
        "provenance": provenance(report, content_hash(report)),
    }


def _on_paper(section: Section) -> Section:
    blocks = [replace(one, table=one.table.at_most(PAPER_ROWS)) for one in section.blocks]
    return replace(section, blocks=blocks)


def _enclosures(context: dict[str, Any]) -> list[Enclosure]:
    """The figures for programs, inside the PDF."""
    report = context["report"]
    return [
        Enclosure(
            name=f"jaarrapport-{report.year}.json",
            content=report_json(report),
            description="De cijfers van dit rapport",
            made_at=report.generated_at,
        )
    ]


def _passing(context: dict[str, Any]) -> list[str]:
    """The words that only say when this copy was made: figures of one stand stay the same."""
    made_at = context["report"].generated_at
    return [format_moment(made_at), made_at.astimezone(UTC).isoformat()]


def edition_number(params: Params) -> str:
    """JR-2026-1 of an edition; a loose export does not count in law."""
    return f"JR-{params['year']}-{params['edition']}" if "edition" in params else ""


def edition_standing(params: Params, job: UUID) -> Standing:
    """The last edition of a year counts, once a second person signed it."""
    editions = ReportEdition.objects.filter(year=params["year"])
    edition = editions.filter(number=params["edition"], pdf=job).first()
    if edition is None:
        return Standing.WITHDRAWN
    if editions.filter(number__gt=edition.number, signed_at__isnull=False).exists():
        return Standing.SUPERSEDED
    return Standing.CURRENT if edition.is_signed else Standing.PENDING


def _is_of_edition(params: Params) -> bool:
    return "edition" in params


def _files(params: Params, _part: str) -> list[PartOfArchive]:
    report = _report(params, lambda _percent, _message="": None)
    context = report_context(report)
    name = _stem(params)
    return [
        PdfInArchive((f"{name}.pdf",), TEMPLATE, context, _enclosures(context)),
        SheetsInArchive((f"{name}.xlsx",), report_workbook(report)),
        TextInArchive((f"{name}.json",), report_json(report)),
        *(TextInArchive(("csv", key), text) for key, text in report_csv_files(report).items()),
    ]


def _workbook(params: Params, progress: ProgressReport) -> Workbook:
    report = _report(params, progress)
    progress(40, "Tabellen maken")
    return report_workbook(report)


def _filename(extension: str) -> Any:
    return lambda params: f"{_stem(params)}.{extension}"


def _stem(params: Params) -> str:
    """Named after the last day that counts, as people say it."""
    day = last_day_before(datetime.fromisoformat(params["cut_off"]))
    return f"jaarrapport-{params['year']}-stand-{day:%Y-%m-%d}"


def _may_download(user: Any, job: Any) -> bool:
    return may_see_funding.test(user, None)


def declare() -> None:
    """Register both kinds (called once, from AppConfig.ready)."""
    register(
        PdfDocument(
            kind=REPORT_PDF,
            label=_("Jaarrapport budget (PDF)"),
            template=TEMPLATE,
            context=_pdf_context,
            enclosures=_enclosures,
            passing=_passing,
            legal=Legal(number=edition_number, standing=edition_standing),
            filename=_filename("pdf"),
            may_download=_may_download,
        )
    )
    register(
        SpreadsheetDocument(
            kind=REPORT_XLSX,
            label=_("Jaarrapport budget (Excel)"),
            workbook=_workbook,
            filename=_filename("xlsx"),
            may_download=_may_download,
            never_purged=_is_of_edition,
        )
    )
    register(
        ArchiveDocument(
            kind=REPORT_ZIP,
            label=_("Jaarrapport budget (alles in een ZIP)"),
            parts=lambda _params: [WHOLE],
            files=_files,
            filename=_filename("zip"),
            may_download=_may_download,
            never_purged=_is_of_edition,
        )
    )
