"""What everybody may read about calls, without signing in."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import selectors
from calls.filters import CallFilter
from calls.lifecycle import CallPhase
from calls.models import Call
from documents.downloads import serve

PAGE_SIZE = 20
SHOWN_QUESTIONS = 3
"""How many answers the page of a call shows; the rest stands on a page of its own."""


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Calls for everybody, latest first, with what to look for."""
    found = CallFilter(request.GET or None, queryset=selectors.public_call_list())
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "calls/list.html",
        {
            "page_obj": page,
            "form": found.form,
            "is_filtered": any(request.GET.get(name) for name in found.filters),
        },
    )


@require_safe
def call_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one call, and the way to start."""
    call = get_object_or_404(selectors.calls_with_everything(request.user), slug=slug)
    return render(
        request,
        "calls/detail.html",
        {
            "call": call,
            "phase": call.phase,
            "start": _start(request, call),
            "blank_form_file": selectors.blank_form_file(call),
            "has_self_test": call.self_test_questions.exists(),
            "questions": selectors.published_questions(call)[:SHOWN_QUESTIONS],
            "question_count": selectors.published_questions(call).count(),
        },
    )


@require_safe
def blank_form(request: HttpRequest, slug: str) -> HttpResponse:
    """All questions on one page, to read, print and discuss with colleagues."""
    call = get_object_or_404(selectors.calls_with_everything(request.user), slug=slug)
    return render(
        request,
        "calls/blank_form.html",
        {
            "call": call,
            "sections": selectors.form_of(call),
            "blank_form_file": selectors.blank_form_file(call),
        },
    )


@require_safe
def blank_form_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The blank form as a PDF; 404 until the worker has made it."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    stored = selectors.blank_form_file(call)
    if stored is None:
        raise Http404(_("De PDF van dit formulier is nog niet klaar."))
    return serve(request, stored)


@require_safe
def document(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A file with the call, for everybody who may see the call."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    return serve(request, get_object_or_404(call.documents.select_related("file"), pk=pk).file)


def _start(request: HttpRequest, call: Call) -> str:
    """Which way to a proposal this visitor has: a word that the template knows."""
    if call.phase != CallPhase.OPEN:
        return call.phase.value
    if not request.user.is_authenticated:
        return "sign_in"
    if request.user.is_programme_staff:
        return "staff"
    return "start" if request.user.member_roles else "no_organisation"
