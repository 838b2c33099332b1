"""The ranking board of a call, its exports and its line."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from audit import readings
from calls.models import Call
from common import clock
from common.moments import today
from common.views import service_errors, staff_required
from documents.csv_files import csv_response
from documents.provenance import provenance_sheet
from documents.spreadsheets import Sheet, Workbook
from documents.xlsx_files import xlsx_response
from evaluations.forms.deciding import BoardFilterForm, LineForm
from evaluations.money import money_left
from evaluations.policies import may_decide_on, may_prepare_decisions, may_see_board
from evaluations.selectors.board import (
    DEFAULT_ORDER,
    ORDERS,
    board_rows,
    distribution,
    drawn_lines,
    line_on_board,
    next_undecided,
)
from evaluations.selectors.board_export import board_cells, board_sheet, order_in_words
from evaluations.selectors.pipeline import pipeline
from evaluations.services.line import draw_line

PAGE_SIZE = 50


def call_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the call of its address; who is only an adviser is told why not."""

    @staff_required
    @wraps(view)
    def found(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
        call = Call.objects.visible_to(request.user).filter(slug=slug).first()
        if call is None:
            raise Http404
        may_see_board.check(request.user, call)
        return view(request, call, **kwargs)

    return found


@call_view
@require_safe
def board(request: SignedInRequest, call: Call) -> HttpResponse:
    """Files by score, the sums that they ask, and where the line stands."""
    user = request.user
    form = BoardFilterForm(request.GET)
    sort = request.GET.get("sort", DEFAULT_ORDER)
    scores = distribution(user, call, form.conditions)
    page = Paginator(range(scores.files), PAGE_SIZE).get_page(request.GET.get("page"))
    line = line_on_board(user, call)
    rows = list(
        board_rows(
            user,
            call,
            conditions=form.conditions,
            sort=sort,
            line=line,
            start=page.start_index() - 1 if scores.files else 0,
            stop=page.end_index(),
        )
    )
    year = today().year
    in_order = sort.removeprefix("-") not in ORDERS or sort == DEFAULT_ORDER
    return render(
        request,
        "evaluations/board.html",
        {
            "call": call,
            "form": form,
            "rows": rows,
            "page_obj": page,
            "default_order": DEFAULT_ORDER,
            "wide": form.cleaned_data["wide"],
            "line_is_drawn": in_order
            and line is not None
            and any(row.place == line.place for row in rows),
            "scores": scores,
            "line": line,
            "year": year,
            "money": money_left(year),
            "pipeline": pipeline(user),
            "may_draw": may_prepare_decisions.test(user, call),
            "may_decide": may_decide_on.test(user, call),
            "query": request.GET.urlencode(),
        },
    )


@call_view
@require_safe
def board_export(request: SignedInRequest, call: Call, extension: str) -> HttpResponseBase:
    """The board as filtered and sorted on the screen: all its pages as CSV or XLSX."""
    form = BoardFilterForm(request.GET)
    sort = request.GET.get("sort", DEFAULT_ORDER)
    line = line_on_board(request.user, call)
    rows = board_rows(request.user, call, conditions=form.conditions, sort=sort, line=line)
    name = f"rangschikking-{call.slug}.{extension}"
    readings.note(request, "board", call)
    if extension == "csv":
        return csv_response(board_sheet(rows), name)
    if extension != "xlsx":
        raise Http404
    cells = [board_cells(row) for row in rows]
    shown = board_sheet(())
    about = _("Rangschikking van %(call)s") % {"call": call.title}
    words = [*form.words, (_("Volgorde"), order_in_words(sort))]
    if line is not None:
        words.append((_("Lijn"), _("na plaats %(place)s") % {"place": line.place}))
    origin = provenance_sheet(
        about=about, filters=words, by=request.user, at=clock.now(), rows=cells
    )
    return xlsx_response(Workbook(about, [Sheet(shown.name, shown.columns, cells), origin]), name)


@call_view
@require_safe
def undecided(request: SignedInRequest, call: Call) -> HttpResponse:
    """To the next file in the ranking that waits for a decision, after the one in `?na=`."""
    may_decide_on.check(request.user, call)
    reference = next_undecided(request.user, call, after=request.GET.get("na", ""))
    if reference:
        return redirect("evaluations:decide", reference=reference)
    messages.info(request, _("Er wacht geen ander dossier van deze oproep op uw beslissing."))
    return redirect("evaluations:board", slug=call.slug)


@call_view
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedInRequest, call: Call) -> HttpResponse:
    """Draw the line; below the form stand the earlier ones."""
    may_prepare_decisions.check(request.user, call)
    if request.method == "POST":
        form = LineForm(request.POST)
        if form.is_valid():
            with service_errors(form):
                draw_line(call=call, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("De lijn is getrokken. Ze beslist niets: ze helpt kiezen."))
            return redirect("evaluations:board", slug=call.slug)
    else:
        form = LineForm(initial={"after": request.GET.get("na", "")})
    return render(
        request,
        "evaluations/line.html",
        {"call": call, "form": form, "lines": drawn_lines(request.user, call)},
        status=422 if form.errors else 200,
    )
