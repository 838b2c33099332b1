"""What the applicant reads: the decision, after the notification and not before; and what then."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from audit import readings
from calls.models import Call
from common.views import sentences, service_errors
from evaluations.calendars import talk_calendar
from evaluations.documents import published_advice
from evaluations.forms.letters import TalkForm
from evaluations.models import SelectionDecision
from evaluations.selectors import notified_decision
from evaluations.selectors.outcome import calls_to_try_again, known_talk, when_planned
from evaluations.services.feedback import ask_for_talk, start_again
from projects.policies import is_editor, is_submitter


@login_required
@require_safe
@never_cache
def applicant_decision(request: SignedInRequest, reference: str) -> HttpResponse:
    """Outcome, reasons, advice and letter, for members of the applicant."""
    return _page(request, _decision(request, reference), TalkForm())


@keeps_typed_text
@require_POST
def ask_talk(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask for a talk about the decision."""
    found = _decision(request, reference)
    form = TalkForm(request.POST)
    if form.is_valid():
        with service_errors(form):
            ask_for_talk(proposal=found.proposal, by=request.user, wish=form.cleaned_data["wish"])
    if not form.is_valid():
        return _page(request, found, form)
    messages.success(request, _("Uw vraag is verstuurd. Het PIO-team stelt een moment voor."))
    return redirect("evaluations:decision", reference)


@login_required
@require_safe
@never_cache
def talk_in_calendar(request: SignedInRequest, reference: str) -> HttpResponse:
    """The planned talk as a calendar file."""
    found = _decision(request, reference)
    talk = known_talk(found)
    if talk is None or talk.planned_at is None:
        raise Http404
    return HttpResponse(
        talk_calendar(
            reference=reference,
            planned_at=talk.planned_at,
            place=talk.place,
            plans=when_planned(found),
        ),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="gesprek-{reference}.ics"'},
    )


@login_required
@require_POST
def try_again(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """Begin an adapted proposal for an open call; next one sees what was taken over."""
    found = _decision(request, reference)
    call = get_object_or_404(Call.objects.public(), slug=slug)
    try:
        begun = start_again(proposal=found.proposal, call=call, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
        return redirect("evaluations:decision", reference)
    messages.success(
        request,
        _("Uw ontwerp heeft dossiernummer %(reference)s. Het is nog niet ingediend.")
        % {"reference": begun.reference},
    )
    return redirect("projects:copied", begun.reference)


def _decision(request: HttpRequest, reference: str) -> SelectionDecision:
    try:
        return notified_decision(request.user, reference)
    except SelectionDecision.DoesNotExist:
        raise Http404 from None


def _page(request: SignedInRequest, found: SelectionDecision, form: TalkForm) -> HttpResponse:
    is_selected = found.outcome == SelectionDecision.Outcome.SELECTED
    readings.note(request, "applicant_decision", found.proposal)
    return render(
        request,
        "evaluations/applicant_decision.html",
        {
            "decision": found,
            "proposal": found.proposal,
            "advice": published_advice(found.advice),
            "is_selected": is_selected,
            **({} if is_selected else _after_a_refusal(request, found, form)),
        },
        status=422 if form.is_bound else 200,
    )


def _after_a_refusal(
    request: SignedInRequest, found: SelectionDecision, form: TalkForm
) -> dict[str, Any]:
    talk = known_talk(found)
    may_ask = talk is None and is_submitter.test(request.user, found.proposal)
    return {
        "talk": talk,
        "talk_form": form if may_ask else None,
        "calls": calls_to_try_again(found.proposal),
        "may_start": is_editor.test(request.user, found.proposal),
    }
