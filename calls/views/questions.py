"""Questions and answers: what everybody reads and asks, and what the team does with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.client_address import client_address
from accounts.requests import SignedInRequest
from calls import selectors, services
from calls.filters import QuestionFilter
from calls.models import Call, CallQuestion
from calls.policies import may_manage_calls
from calls.public_forms import AnswerForm, QuestionForm
from common.views import sentences, service_errors, staff_required

PAGE_SIZE = 50

STATUSES = {
    "open": gettext_lazy("Te beantwoorden"),
    "gepubliceerd": gettext_lazy("Gepubliceerd"),
    "privaat": gettext_lazy("Alleen aan de vraagsteller"),
    "opzij": gettext_lazy("Opzijgelegd"),
}


@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published question on one page: to search, to print, and each with its own anchor."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    found = QuestionFilter(request.GET or None, queryset=selectors.published_questions(call))
    return render(
        request,
        "calls/questions.html",
        {
            "call": call,
            "form": found.form,
            "questions": list(found.qs),
            "is_searched": bool(request.GET.get("q")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """A question from anybody, with or without address."""
    call = get_object_or_404(Call.objects.public(), slug=slug)
    person = request.user if request.user.is_authenticated else None
    form = QuestionForm(request.POST or None, initial={"email": person.email if person else ""})
    if form.is_valid():
        with service_errors(form):
            if not form.is_from_a_robot:
                services.ask_question(
                    call=call,
                    question=form.cleaned_data["question"],
                    email=form.cleaned_data["email"],
                    place=client_address(request) or "",
                )
        if form.is_valid():
            messages.success(
                request,
                _("We ontvingen uw vraag. We mailen u het antwoord.")
                if form.cleaned_data["email"]
                else _("We ontvingen uw vraag. Het antwoord komt op deze pagina."),
            )
            return redirect("calls:questions", slug=call.slug)
    return render(request, "calls/ask_question.html", {"call": call, "form": form})


@staff_required
@require_safe
def staff_questions(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was asked about a call, what waits for an answer first."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    status = request.GET.get("toon", "")
    if status not in STATUSES:
        status = "open"
    counts = selectors.question_counts(call)
    page = Paginator(selectors.questions_of(call, status), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "calls/staff/questions.html",
        {
            "call": call,
            "page_obj": page,
            "status": status,
            "tabs": [
                {
                    "label": label,
                    "url": f"?toon={key}",
                    "active": key == status,
                    "count": counts[key],
                }
                for key, label in STATUSES.items()
            ],
            "may_manage": may_manage_calls.test(request.user),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Answer for everybody, answer only who asked, or set aside: one button each."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    may_manage_calls.check(request.user)
    question = get_object_or_404(call.questions.all(), pk=pk)
    if request.POST.get("doe") == "opzij":
        return _dismiss(request, question)
    form = AnswerForm(
        request.POST or None, initial={"question": question.question, "answer": question.answer}
    )
    if form.is_valid():
        with service_errors(form):
            done = _carry_out(request, question, form.cleaned_data)
        if form.is_valid():
            messages.success(request, done)
            return redirect("calls:staff_questions", slug=call.slug)
    return render(
        request, "calls/staff/answer.html", {"call": call, "question": question, "form": form}
    )


def _carry_out(request: SignedInRequest, question: CallQuestion, typed: dict[str, Any]) -> str:
    if request.POST.get("doe") == "privaat":
        services.answer_privately(question=question, answer=typed["answer"], by=request.user)
        return _("Het antwoord is alleen naar de vraagsteller gemaild.")
    services.publish_answer(
        question=question,
        text=typed["question"],
        answer=typed["answer"],
        by=request.user,
        tell=typed["tell_followers"],
    )
    return _("Vraag en antwoord staan op de site.")


def _dismiss(request: SignedInRequest, question: CallQuestion) -> HttpResponse:
    try:
        services.dismiss_question(question=question, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De vraag ligt opzij. Niemand krijgt hierover een mail."))
    return redirect("calls:staff_questions", slug=question.call.slug)
