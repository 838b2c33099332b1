"""The subsidy register, the check on double subsidies, and granted co-financing as open data."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.database import reads_the_standby
from documents.csv_files import csv_response
from documents.spreadsheets import Sheet, Workbook
from documents.xlsx_files import xlsx_response
from funding.models import BudgetYear
from funding.views.access import money_view
from reporting.forms.registers import OtherRegisterForm
from reporting.registers.doubles import Likeness, doubles_with, doubles_within
from reporting.registers.giving360 import grants_package
from reporting.registers.subsidies import payments, subsidy_sheet
from reporting.standby import read_for_report

PAGE_SIZE = 100


@money_view
@require_safe
def subsidy_register(request: SignedInRequest, year: int) -> HttpResponse:
    """The payments of a year, one row each."""
    found = get_object_or_404(BudgetYear, year=year)
    years = BudgetYear.objects.order_by("-year").values_list("year", flat=True)
    return render(
        request,
        "reporting/registers/subsidies.html",
        {
            "year": found,
            "page_obj": Paginator(payments(year), PAGE_SIZE).get_page(request.GET.get("page")),
            "years": [
                {
                    "label": str(each),
                    "url": reverse("reporting:subsidy_register", args=[each]),
                    "active": each == year,
                }
                for each in years
            ],
        },
    )


@money_view
@require_safe
def subsidy_export(request: SignedInRequest, year: int, extension: str) -> HttpResponseBase:
    """The same rows, all of them, as CSV or Excel."""
    get_object_or_404(BudgetYear, year=year)
    sheet = read_for_report(lambda: _sheet_to_send(year))
    name = f"subsidieregister-{year}.{extension}"
    if extension == "csv":
        return csv_response(sheet, name)
    if extension == "xlsx":
        return xlsx_response(Workbook(str(sheet.name), [sheet]), name)
    raise Http404


def _sheet_to_send(year: int) -> Sheet:
    """Its rows are read while they are sent; from the standby at once, as that is left by then."""
    sheet = subsidy_sheet(year)
    return replace(sheet, rows=list(sheet.rows)) if reads_the_standby() else sheet


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def double_subsidies(request: SignedInRequest) -> HttpResponse:
    """Our projects beside each other, and beside the rows of a file that is not kept."""
    form = OtherRegisterForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"within": read_for_report(doubles_within)}
    if request.method == "POST" and form.is_valid():
        others = form.cleaned_data["bestand"]
        found: list[Likeness] = read_for_report(lambda: doubles_with(others))
        context |= {"found": found, "compared": len(others), "filename": _name(request)}
        form = OtherRegisterForm()
    return render(request, "reporting/registers/doubles.html", {"form": form, **context})


def _name(request: HttpRequest) -> str:
    uploaded = request.FILES.get("bestand")
    return str(getattr(uploaded, "name", "") or _("het bestand"))


@require_safe
def grants(request: HttpRequest) -> JsonResponse:
    """Granted co-financing of the public portfolio in the 360Giving standard, for everybody."""
    response = JsonResponse(
        read_for_report(grants_package), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response.headers["Content-Disposition"] = 'attachment; filename="pio-360giving.json"'
    return response
