"""Editions of the yearly report, what changed since, and years side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.views import staff_required
from documents.csv_files import csv_response
from funding.models import BudgetYear
from funding.policies import may_see_funding
from reporting.models import ReportEdition
from reporting.policies import may_make_edition, may_sign_edition
from reporting.services.editions import make_edition, sign_edition
from reporting.standby import read_for_report
from reporting.views.yearly import CutOffForm
from reporting.yearly.building import build_yearly_report
from reporting.yearly.comparing import compare
from reporting.yearly.exports import content_hash
from reporting.yearly.figures import YearlyReport
from reporting.yearly.several_years import differences, reports_of_years, years_blocks


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


@require_safe
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
    beside, now = _beside(request, shown), clock.now()
    stand, context = read_for_report(lambda: _laid_beside(shown, beside, now))
    return render(
        request,
        "reporting/yearly/edition.html",
        {
            "edition": shown,
            **context,
            "beside": beside,
            "tabs": _tabs(shown, beside),
            "gives_same_hash": content_hash(stand) == shown.content_hash,
            "may_sign": not shown.is_signed and may_sign_edition.test(request.user, shown),
            "sign_sentence": may_sign_edition.sentence,
        },
    )


SINCE = "nu"
FORMER_EDITION = "vorige-editie"
FORMER_YEAR = "vorig-jaar"


@dataclass(frozen=True)
class Beside:
    """What an edition is laid beside, and what there is to lay it beside."""

    key: str
    edition: ReportEdition | None
    has_former_year: bool


def _beside(request: SignedInRequest, shown: ReportEdition) -> Beside:
    """The stand of now, unless another is asked and there is one."""
    former = (
        ReportEdition.objects.filter(
            year=shown.year, signed_at__isnull=False, cut_off__lt=shown.cut_off
        )
        .order_by("-cut_off")
        .first()
    )
    has_former_year = BudgetYear.objects.filter(year=shown.year - 1).exists()
    there_is = {FORMER_EDITION: former is not None, FORMER_YEAR: has_former_year}
    asked = request.GET.get("naast", SINCE)
    return Beside(asked if there_is.get(asked) else SINCE, former, has_former_year)


def _laid_beside(
    shown: ReportEdition, beside: Beside, now: datetime
) -> tuple[YearlyReport, dict[str, Any]]:
    """The figures of the edition, and what the page shows of what it is laid beside."""
    stand = _report(shown.year, shown.cut_off)
    if beside.key == SINCE:
        return stand, {"comparison": compare(stand, _report(shown.year, now))}
    if beside.key == FORMER_EDITION and beside.edition is not None:
        former = _report(shown.year, beside.edition.cut_off)
        return stand, {"comparison": compare(former, stand)}
    former_year = _report(shown.year - 1, shown.cut_off)
    return stand, {
        "differences": differences(former_year, stand),
        "former_year": years_blocks([former_year, stand]),
    }


def _tabs(shown: ReportEdition, beside: Beside) -> list[dict[str, Any]]:
    labels = {SINCE: _("Wat sindsdien anders is")}
    if beside.edition is not None:
        labels[FORMER_EDITION] = _("Naast de vorige ondertekende editie")
    if beside.has_former_year:
        labels[FORMER_YEAR] = _("Naast het vorige jaar")
    url = shown.get_absolute_url()
    return [
        {"label": label, "url": f"{url}?naast={key}#naast", "active": key == beside.key}
        for key, label in labels.items()
    ]


def _report(year: int, cut_off: datetime) -> YearlyReport:
    return build_yearly_report(year=year, cut_off=cut_off, generated_by="")


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


@require_safe
@staff_required
def several_years(request: SignedInRequest) -> HttpResponse:
    """All budget years side by side, as known now or at the end of a day."""
    may_see_funding.check(request.user)
    years = list(BudgetYear.objects.order_by("-year").values_list("year", flat=True)[:AT_MOST])
    form = CutOffForm(request.GET or None)
    cut_off = form.cut_off(clock.now().year)
    reports = _reports(request, years, cut_off)
    return render(
        request,
        "reporting/yearly/years.html",
        {"blocks": years_blocks(reports), "form": form, "cut_off": cut_off},
    )


AT_MOST = 6
"""Years that fit side by side."""


@require_safe
@staff_required
def several_years_csv(request: SignedInRequest, key: str) -> HttpResponseBase:
    may_see_funding.check(request.user)
    years = list(BudgetYear.objects.order_by("-year").values_list("year", flat=True)[:AT_MOST])
    cut_off = CutOffForm(request.GET).cut_off(clock.now().year)
    reports = _reports(request, years, cut_off)
    table = next((one.table for one in years_blocks(reports) if one.table.key == key), None)
    if table is None:
        raise Http404
    return csv_response(table.sheet(), f"meerjarenrapport-{key}.csv")


def _reports(request: SignedInRequest, years: list[int], cut_off: datetime) -> list[YearlyReport]:
    by = str(request.user)
    return read_for_report(lambda: reports_of_years(years, cut_off=cut_off, generated_by=by))
