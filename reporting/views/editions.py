"""Editions of the yearly report, what changed since, and years side by side."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.views import staff_required
from documents.csv_files import csv_response
from funding.models import BudgetYear
from funding.policies import may_see_funding
from reporting.models import ReportEdition
from reporting.policies import may_make_edition, may_sign_edition
from reporting.services.editions import make_edition, sign_edition
from reporting.views.yearly import CutOffForm
from reporting.yearly.building import build_yearly_report
from reporting.yearly.comparing import compare
from reporting.yearly.exports import content_hash
from reporting.yearly.several_years import reports_of_years, years_blocks


@require_POST
@staff_required
def make(request: SignedInRequest, year: int) -> HttpResponse:
    """Make a draft of the stand on the screen; its files follow."""
    may_make_edition.check(request.user)
    get_object_or_404(BudgetYear, year=year)
    cut_off = CutOffForm(request.POST).cut_off(year)
    try:
        made = make_edition(year=year, cut_off=cut_off, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("reporting:report", year)
    return redirect(made)


@require_GET
@staff_required
def edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """The files, the signature, and what is another figure by now."""
    may_see_funding.check(request.user)
    shown = get_object_or_404(
        ReportEdition.objects.select_related(
            "pdf__file", "spreadsheet__file", "archive__file", "made_by", "signed_by"
        ),
        pk=pk,
    )
    former = build_yearly_report(year=shown.year, cut_off=shown.cut_off, generated_by="")
    latter = build_yearly_report(
        year=shown.year, cut_off=clock.now(), generated_by=str(request.user)
    )
    years = list(
        BudgetYear.objects.filter(year__in=[shown.year - 1, shown.year]).values_list(
            "year", flat=True
        )
    )
    with_former_year = (
        reports_of_years(years, cut_off=shown.cut_off, generated_by="") if len(years) == 2 else []
    )
    return render(
        request,
        "reporting/yearly/edition.html",
        {
            "edition": shown,
            "comparison": compare(former, latter),
            "gives_same_hash": content_hash(former) == shown.content_hash,
            "former_year": years_blocks(with_former_year) if with_former_year else [],
            "may_sign": not shown.is_signed and may_sign_edition.test(request.user, shown),
            "sign_sentence": may_sign_edition.sentence,
        },
    )


@require_POST
@staff_required
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign as the second person."""
    shown = get_object_or_404(ReportEdition, pk=pk)
    try:
        sign_edition(edition=shown, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("De editie is ondertekend en ligt nu vast."))
    return redirect(shown)


@require_GET
@staff_required
def several_years(request: SignedInRequest) -> HttpResponse:
    """All budget years side by side, as known now or at the end of a day."""
    may_see_funding.check(request.user)
    years = list(BudgetYear.objects.order_by("-year").values_list("year", flat=True)[:AT_MOST])
    form = CutOffForm(request.GET or None)
    cut_off = form.cut_off(clock.now().year)
    reports = reports_of_years(years, cut_off=cut_off, generated_by=str(request.user))
    return render(
        request,
        "reporting/yearly/years.html",
        {"blocks": years_blocks(reports), "form": form, "cut_off": cut_off},
    )


AT_MOST = 6
"""Years that fit side by side."""


@require_GET
@staff_required
def several_years_csv(request: SignedInRequest, key: str) -> HttpResponseBase:
    may_see_funding.check(request.user)
    years = list(BudgetYear.objects.order_by("-year").values_list("year", flat=True)[:AT_MOST])
    cut_off = CutOffForm(request.GET).cut_off(clock.now().year)
    reports = reports_of_years(years, cut_off=cut_off, generated_by=str(request.user))
    table = next((one.table for one in years_blocks(reports) if one.table.key == key), None)
    if table is None:
        raise Http404
    return csv_response(table.sheet(), f"meerjarenrapport-{key}.csv")
