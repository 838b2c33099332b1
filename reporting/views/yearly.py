"""The yearly report on the screen, and its exports."""

from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.formatting import format_deadline
from common.forms import DayField, PortalForm
from common.moments import end_of_day, last_day_before
from common.views import staff_required
from documents.csv_files import csv_response
from documents.models import Job
from documents.services import request_document
from funding.models import BudgetYear
from funding.policies import may_see_funding
from reporting.documents import REPORT_PDF, REPORT_XLSX, REPORT_ZIP, report_params
from reporting.models import ReportEdition
from reporting.policies import may_make_edition
from reporting.services.horizon import close_the_past, is_closed
from reporting.standby import read_for_report
from reporting.yearly.building import (
    build_yearly_report,
    default_cut_off,
    report_sections,
    report_tables,
)
from reporting.yearly.exports import content_hash, provenance, report_json
from reporting.yearly.figures import YearlyReport

KINDS = {"pdf": REPORT_PDF, "xlsx": REPORT_XLSX, "zip": REPORT_ZIP}


class CutOffForm(PortalForm):
    """Which bookings count: those recorded up to and including this day."""

    stand = DayField(
        label=_("Stand op het einde van"),
        required=False,
        help_text=_("Alleen wat toen geboekt was, telt mee. Leeg: het einde van het jaar, of nu."),
        error_messages={"invalid": _("Schrijf een datum, bijvoorbeeld 31/12/2025.")},
    )

    def cut_off(self, year: int) -> datetime:
        """The instant, exclusive; the default when nothing (or no day) was typed."""
        day: date | None = self.cleaned_data.get("stand") if self.is_valid() else None
        return min(end_of_day(day), clock.now()) if day else default_cut_off(year)


@require_safe
@staff_required
def reports(request: SignedInRequest) -> HttpResponse:
    """The years of which there is a report, and the documents made earlier."""
    may_see_funding.check(request.user)
    years = BudgetYear.objects.order_by("-year")
    jobs = Job.objects.filter(kind__in=KINDS.values()).select_related("file", "requested_by")
    editions = ReportEdition.objects.select_related("made_by", "signed_by")
    return render(
        request,
        "reporting/yearly/list.html",
        {"years": years, "editions": editions[:20], "jobs": jobs[:20]},
    )


@require_safe
@staff_required
def report(request: SignedInRequest, year: int) -> HttpResponse:
    """All figures of a year, as they were known at the cut-off."""
    may_see_funding.check(request.user)
    get_object_or_404(BudgetYear, year=year)
    form = CutOffForm(request.GET or None)
    made = _report(request, year, form.cut_off(year))
    return render(
        request,
        "reporting/yearly/detail.html",
        {
            "report": made,
            "form": form,
            "stand": last_day_before(made.cut_off) if form.data.get("stand") else None,
            "sections": report_sections(made),
            "provenance": provenance(made, content_hash(made), is_closed=is_closed(made.cut_off)),
            "may_make_edition": may_make_edition.test(request.user, None),
            "years": BudgetYear.objects.order_by("-year").values_list("year", flat=True),
        },
    )


@require_POST
@staff_required
def export(request: SignedInRequest, year: int, extension: str) -> HttpResponse:
    """Have a worker make the PDF or the spreadsheet; the next page shows the progress."""
    may_see_funding.check(request.user)
    get_object_or_404(BudgetYear, year=year)
    if extension not in KINDS:
        raise Http404
    cut_off = CutOffForm(request.POST).cut_off(year)
    try:
        close_the_past(until=cut_off, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("reporting:report", year)
    job = request_document(
        kind=KINDS[extension],
        params=report_params(year=year, cut_off=cut_off, by=str(request.user)),
        requested_by=request.user,
        title=_("Jaarrapport %(year)s, stand %(cut_off)s (%(extension)s)")
        % {"year": year, "cut_off": format_deadline(cut_off), "extension": extension.upper()},
    )
    back = reverse("reporting:report", args=[year])
    return redirect(f"{reverse('documents:job', args=[job.pk])}?{urlencode({'terug': back})}")


@require_safe
@staff_required
def report_as_json(request: SignedInRequest, year: int) -> HttpResponse:
    """All figures for programs, with the cut-off of the screen."""
    may_see_funding.check(request.user)
    get_object_or_404(BudgetYear, year=year)
    cut_off = CutOffForm(request.GET).cut_off(year)
    made = _report(request, year, cut_off)
    response = HttpResponse(report_json(made), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="jaarrapport-{year}.json"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@staff_required
def table_csv(request: SignedInRequest, year: int, key: str) -> HttpResponseBase:
    """One table as CSV, with the cut-off of the screen."""
    may_see_funding.check(request.user)
    get_object_or_404(BudgetYear, year=year)
    cut_off = CutOffForm(request.GET).cut_off(year)
    made = _report(request, year, cut_off)
    table = next((table for table in report_tables(made) if table.key == key), None)
    if table is None:
        raise Http404
    return csv_response(table.sheet(), f"jaarrapport-{year}-{key}.csv")


def _report(request: SignedInRequest, year: int, cut_off: datetime) -> YearlyReport:
    by = str(request.user)
    return read_for_report(lambda: build_yearly_report(year=year, cut_off=cut_off, generated_by=by))
