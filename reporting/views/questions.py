"""A question in Parliament, answered on the screen and as CSV or Excel."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.formatting import format_moment
from documents.csv_files import csv_response
from documents.spreadsheets import Workbook
from documents.xlsx_files import xlsx_response
from funding.views.access import money_view
from reporting.forms.questions import QuestionForm
from reporting.questions.answer import Answer, answer
from reporting.standby import read_for_report


@money_view
@require_safe
def question(request: SignedInRequest) -> HttpResponse:
    """The question as it is asked in the address, with its answer below."""
    form = QuestionForm(request.GET or None)
    answered = _answer(request, form) if form.is_valid() else None
    return render(
        request,
        "reporting/questions/question.html",
        {"form": form, "answer": answered, "query": request.GET.urlencode()},
    )


@money_view
@require_safe
def question_export(request: SignedInRequest, extension: str) -> HttpResponseBase:
    """The table of the same address, with the question in words."""
    if extension not in {"csv", "xlsx"}:
        raise Http404
    form = QuestionForm(request.GET)
    if not form.is_valid():  # the page says what is wrong
        return redirect(f"{reverse('reporting:question')}?{request.GET.urlencode()}")
    table = _answer(request, form).table
    if extension == "csv":
        return csv_response(table.sheet(), "antwoord.csv")
    origin = [
        *form.question.words,
        _("Gemaakt op %(moment)s door %(who)s.")
        % {"moment": format_moment(clock.now()), "who": request.user},
    ]
    return xlsx_response(Workbook(form.question.words[0], [table.sheet(origin)]), "antwoord.xlsx")


def _answer(request: SignedInRequest, form: QuestionForm) -> Answer:
    return read_for_report(lambda: answer(form.question, request.user))
