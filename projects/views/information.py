"""The applicant's page of a request for further information."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.formatting import describe_deadline
from common.views import service_errors
from projects import selectors
from projects.forms.information import AnswersForm
from projects.lifecycle import InformationState
from projects.models import InformationRequest
from projects.policies import is_editor, may_answer_request
from projects.services import save_answers_to_request, send_answers
from projects.views.people import person


@login_required
@require_http_methods(["GET", "POST"])
def information(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The frozen text beside the answer: to fill in while it is open, to read afterwards."""
    found = selectors.request_for_reader(request.user, reference, number)
    may_edit = found.state == InformationState.OPEN and is_editor.test(request.user, found.proposal)
    if request.method == "POST":
        if not is_editor.test(request.user, found.proposal):
            raise PermissionDenied(is_editor.sentence)
        return _answer(request, found)
    form = AnswersForm(items=list(found.items.all())) if may_edit else None
    return _page(request, found, form)


def _answer(request: HttpRequest, found: InformationRequest) -> HttpResponse:
    form = AnswersForm(request.POST, request.FILES, items=list(found.items.all()))
    is_sending = "send" in request.POST
    back = redirect("projects:information", found.proposal.reference, found.number)
    if form.is_valid():
        with service_errors(form):
            if is_sending:
                send_answers(
                    request=found,
                    answers=form.answers,
                    by=person(request),
                    arrived_at=request.arrived_at,  # type: ignore[attr-defined]
                )
            else:
                save_answers_to_request(request=found, answers=form.answers, by=person(request))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    messages.success(
        request,
        _("Uw antwoord is verstuurd. Het ligt nu vast.")
        if is_sending
        else _("Opgeslagen. Uw antwoord is nog niet verstuurd."),
    )
    return back


def _page(
    request: HttpRequest, found: InformationRequest, form: AnswersForm | None, **kwargs: Any
) -> HttpResponse:
    return render(
        request,
        "projects/information.html",
        {
            "proposal": found.proposal,
            "asked": found,
            "items": list(found.items.all()),
            "form": form,
            "may_send": may_answer_request.test(request.user, found),
            "sees_answers": selectors.sees_unsent_answers(request.user, found),
            "deadline": describe_deadline(found.due_at),
            "is_late": found.is_late_at(clock.now()),
        },
        **kwargs,
    )
