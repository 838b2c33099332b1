"""Steering on a budget year: figures, warnings, the rows behind each figure, and what-if."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common.charts import Series, column_chart
from common.moments import today
from documents.csv_files import csv_response
from funding.models import BudgetLine, BudgetYear
from funding.views.access import money_view
from reporting.forms.steering import WhatIfForm
from reporting.steering.figures import Figure, steering
from reporting.steering.rows import LATE, NO_DATE, Rows, forecast_rows, named_rows
from reporting.steering.warnings import warnings
from reporting.steering.what_if import candidates, what_if

PAGE_SIZE = 100
TILES = [Figure.VAK_LEFT, Figure.COMMITTED, Figure.VEK_LEFT, Figure.PAID, Figure.OPEN_AT_END]


@money_view
@require_safe
def newest(request: SignedInRequest) -> HttpResponse:
    """The year of today, or else the latest one that has a budget."""
    year = (
        BudgetYear.objects.filter(year__lte=today().year).order_by("-year").first()
        or BudgetYear.objects.order_by("year").first()
    )
    if year is None:
        return redirect("funding:budget_years")
    return redirect("reporting:steering_year", year.year)


@money_view
@require_safe
def steering_year(request: SignedInRequest, year: int) -> HttpResponse:
    """Budget, committed, paid, available, encours, pipeline and forecast of a year."""
    found = steering(get_object_or_404(BudgetYear, year=year))
    return render(
        request,
        "reporting/steering/year.html",
        {
            "year": found.year,
            "found": found,
            "figures": [
                (each, [(one.stream, one[each]) for one in [*found.streams, found.total]])
                for each in Figure
            ],
            "coming": [
                (_("Pipeline"), found.pipeline, "pipeline"),
                (_("Bij het comité"), found.at_committee, "bij-het-comite"),
                (_("Toegekend, nog niet vastgelegd"), found.to_commit, "nog-vast-te-leggen"),
            ],
            "tiles": [(each, found.total[each]) for each in TILES],
            "warnings": warnings(found),
            "years": [
                {
                    "label": str(each),
                    "url": reverse("reporting:steering_year", args=[each]),
                    "active": each == year,
                }
                for each in BudgetYear.objects.order_by("-year").values_list("year", flat=True)
            ],
            "forecast_chart": column_chart(
                [str(one.year or _("Zonder datum")) for one in found.forecast],
                [
                    Series(stream.label, [one.amounts[stream.stream] for one in found.forecast])
                    for stream in found.streams
                ],
                title=_("Verwachte betalingen per jaar"),
                stacked=True,
            ),
        },
    )


@money_view
@require_safe
def figure(request: SignedInRequest, year: int, key: str) -> HttpResponseBase:
    """The rows of a figure, a page at a time, or all of them as CSV."""
    budget_year = get_object_or_404(BudgetYear, year=year)
    stream = _stream(request)
    named = named_rows(key, budget_year, stream)
    if named is None:
        raise Http404
    return _rows_page(request, budget_year, *named, stream=stream, name=key)


@money_view
@require_safe
def forecast(request: SignedInRequest, year: int, expected: str) -> HttpResponseBase:
    """The instalments that are expected in a year, late, or without a date."""
    budget_year = get_object_or_404(BudgetYear, year=year)
    stream = _stream(request)
    rows = forecast_rows(expected, stream)
    if rows is None:
        raise Http404
    titles = {
        NO_DATE: _("Verwachte betalingen zonder datum"),
        LATE: _("Schijven die al verwacht waren"),
    }
    title = titles.get(expected, _("Verwachte betalingen in %(year)s") % {"year": expected})
    return _rows_page(
        request, budget_year, title, rows, stream=stream, name=f"verwachting-{expected}"
    )


@money_view
@require_safe
def try_out(request: SignedInRequest, year: int) -> HttpResponse:
    """Pick projects of the pipeline and see what is left of the year's credits; books nothing."""
    found = steering(get_object_or_404(BudgetYear, year=year))
    projects = candidates()
    form = WhatIfForm(request.GET or None, projects=projects)
    picked = form.picked
    return render(
        request,
        "reporting/steering/what_if.html",
        {
            "year": found.year,
            "form": form,
            "outcome": what_if(found, picked, projects) if picked else None,
        },
    )


def _stream(request: SignedInRequest) -> str:
    stream = request.GET.get("stroom", "")
    return stream if stream in BudgetLine.Stream.values else ""


def _rows_page(
    request: SignedInRequest, year: BudgetYear, title: str, rows: Rows, *, stream: str, name: str
) -> HttpResponseBase:
    if request.GET.get("vorm") == "csv":
        return csv_response(rows.sheet(title), f"{year}-{name}.csv")
    return render(
        request,
        "reporting/steering/rows.html",
        {
            "year": year,
            "title": title,
            "stream": BudgetLine.Stream(stream).label if stream else "",
            "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "total": rows.total,
            "csv_url": f"{request.path}?vorm=csv{f'&stroom={stream}' if stream else ''}",
            "back": reverse("reporting:steering_year", args=[year.year]),
        },
    )
