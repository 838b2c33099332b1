"""The applicant's page of a request for further information."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views.typed_text import keeps_typed_text
from common import clock
from common.formatting import describe_deadline
from common.views import add_errors
from projects import selectors
from projects.forms.information import AnswersForm
from projects.lifecycle import InformationState
from projects.models import InformationRequest
from projects.policies import is_editor, may_answer_request
from projects.services import save_answers_to_request, send_answers
from projects.services.information import NotAllSaved
from projects.views.people import person


@keeps_typed_text
@require_http_methods(["GET", "HEAD", "POST"])
def information(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The frozen text beside the answer: to fill in while it is open, to read afterwards."""
    found = selectors.request_for_reader(request.user, reference, number)
    may_edit = is_editor.test(request.user, found.proposal)
    is_open = found.state == InformationState.OPEN
    if request.method != "POST":
        form = AnswersForm(items=list(found.items.all())) if may_edit and is_open else None
        return _page(request, found, form)
    form = AnswersForm(request.POST, request.FILES, items=list(found.items.all()))
    form.is_valid()
    if not may_edit:
        return _too_late(request, found, form, str(is_editor.sentence), status=403)
    return _answer(request, found, form) if is_open else _settled(request, found, form)


def _answer(request: HttpRequest, found: InformationRequest, form: AnswersForm) -> HttpResponse:
    """Keep what is in order, whatever is wrong elsewhere; send only when all is in order."""
    is_sending = "send" in request.POST
    if is_sending and not may_answer_request.test(request.user, found):
        form.add_error(None, may_answer_request.sentence)
    clashed: list[int] = []
    try:
        if is_sending and form.is_valid():
            send_answers(
                request=found,
                answers=form.answers,
                by=person(request),
                arrived_at=request.arrived_at,  # type: ignore[attr-defined]
            )
        else:
            save_answers_to_request(request=found, answers=form.answers, by=person(request))
    except ValidationError as error:
        clashed = error.clashed if isinstance(error, NotAllSaved) else []
        add_errors(form, error)
    now = selectors.request_for_reader(request.user, found.proposal.reference, found.number)
    if now.state != InformationState.OPEN:
        return _settled(request, now, form)
    if form.is_valid():
        messages.success(request, _("Opgeslagen. Uw antwoord is nog niet verstuurd."))
        return redirect("projects:information", found.proposal.reference, found.number)
    messages.warning(
        request, _("Opgeslagen, behalve wat hieronder aangeduid is. Er is nog niets verstuurd.")
    )
    again = form.again(list(now.items.all()))
    return _page(request, now, again, clashed=clashed, status=422)


def _settled(request: HttpRequest, found: InformationRequest, form: AnswersForm) -> HttpResponse:
    """It was sent, by this press or an earlier one, or withdrawn: nothing typed may be lost."""
    if found.state == InformationState.WITHDRAWN:
        return _too_late(request, found, form, _("Deze vraag is intussen ingetrokken."))
    items = list(found.items.all())
    if form.unsaved(items) or form.lost_files(items):
        return _too_late(
            request, found, form, _("Het antwoord is intussen verstuurd en ligt nu vast.")
        )
    messages.success(request, _("Uw antwoord is verstuurd. Het ligt nu vast."))
    return redirect("projects:information", found.proposal.reference, found.number)


def _too_late(
    request: HttpRequest,
    found: InformationRequest,
    form: AnswersForm,
    reason: str,
    status: int = 409,
) -> HttpResponse:
    items = list(found.items.all())
    return _page(
        request,
        found,
        None,
        unsaved_reason=reason,
        leftovers=form.unsaved(items),
        lost_files=form.lost_files(items),
        status=status,
    )


def _page(
    request: HttpRequest,
    found: InformationRequest,
    form: AnswersForm | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    return render(
        request,
        "projects/information.html",
        {
            "proposal": found.proposal,
            "asked": found,
            "items": list(found.items.all()),
            "form": form,
            "clashed": [],
            "may_send": may_answer_request.test(request.user, found),
            "sees_answers": selectors.sees_unsent_answers(request.user, found),
            "deadline": describe_deadline(found.due_at),
            "is_late": found.is_late_at(clock.now()),
            "unsaved_reason": "",
            **more,
        },
        status=status,
    )
