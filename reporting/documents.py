"""The yearly budget report as a document: made by a worker, kept, and downloadable later."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from documents.registry import Params, PdfDocument, ProgressReport, SpreadsheetDocument, register
from documents.spreadsheets import Workbook
from funding.policies import may_see_funding
from reporting.yearly.building import build_yearly_report, report_sections
from reporting.yearly.exports import content_hash, provenance, report_workbook
from reporting.yearly.figures import YearlyReport

REPORT_PDF = "reporting.yearly_report_pdf"
REPORT_XLSX = "reporting.yearly_report_xlsx"


def report_params(*, year: int, cut_off: datetime, by: str) -> Params:
    """What a job needs to make the report again: plain values only."""
    return {"year": year, "cut_off": cut_off.isoformat(), "by": by}


def _report(params: Params, progress: ProgressReport) -> YearlyReport:
    progress(10, "Cijfers verzamelen")
    return build_yearly_report(
        year=params["year"],
        cut_off=datetime.fromisoformat(params["cut_off"]),
        generated_by=params["by"],
    )


def _pdf_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    report = _report(params, progress)
    progress(40, "Tabellen en grafieken maken")
    return {
        "report": report,
        "sections": report_sections(report),
        "provenance": provenance(report, content_hash(report)),
    }


def _workbook(params: Params, progress: ProgressReport) -> Workbook:
    report = _report(params, progress)
    progress(40, "Tabellen maken")
    return report_workbook(report)


def _filename(extension: str) -> Any:
    return lambda params: f"jaarrapport-{params['year']}-{params['cut_off'][:10]}.{extension}"


def _may_download(user: Any, job: Any) -> bool:
    return may_see_funding.test(user, None)


def declare() -> None:
    """Register both kinds (called once, from AppConfig.ready)."""
    register(
        PdfDocument(
            kind=REPORT_PDF,
            label=_("Jaarrapport budget (PDF)"),
            template="reporting/yearly/document.html",
            context=_pdf_context,
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
        )
    )
