"""The figures of the evaluation: on the screen, and the same tables as files."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.views import staff_required
from documents.csv_files import csv_response
from documents.xlsx_files import xlsx_response
from evaluations.forms.numbers import NumbersForm
from evaluations.reports.figures import numbers
from evaluations.reports.tables import (
    PROVENANCE,
    numbers_origin,
    numbers_tables,
    numbers_workbook,
)


@staff_required
@require_safe
def numbers_page(request: SignedInRequest) -> HttpResponse:
    """Lead times, success rates and load, over the files that one may see."""
    form = NumbersForm(request.GET, user=request.user)
    made = numbers(request.user, form.selection)
    return render(
        request,
        "evaluations/numbers.html",
        {
            "form": form,
            "made": made,
            "tables": numbers_tables(made),
            "words": made.selection.words,
            "provenance_key": PROVENANCE,
            "query": request.GET.urlencode(),
        },
        status=422 if form.errors else 200,
    )


@staff_required
@require_safe
def numbers_csv(request: SignedInRequest, key: str) -> HttpResponseBase:
    """One table of the page as filtered, or where its figures come from."""
    made = numbers(request.user, NumbersForm(request.GET, user=request.user).selection)
    if key == PROVENANCE:
        sheet = numbers_origin(made, by=request.user, at=clock.now())
        return csv_response(sheet, f"cijfers-{key}.csv")
    table = next((table for table in numbers_tables(made) if table.key == key), None)
    if table is None:
        raise Http404
    return csv_response(table.sheet(), f"cijfers-{key}.csv")


@staff_required
@require_safe
def numbers_xlsx(request: SignedInRequest) -> HttpResponseBase:
    """All tables of the page as filtered, with where they come from."""
    made = numbers(request.user, NumbersForm(request.GET, user=request.user).selection)
    workbook = numbers_workbook(made, by=request.user, at=clock.now())
    return xlsx_response(workbook, "cijfers-beoordeling.xlsx")
