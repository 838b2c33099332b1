"""What every page of a file shares: finding it, its tabs, and answering a refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from common.views import sentences, staff_required
from evaluations import readings
from evaluations.models import Evaluation, FeedbackTalk
from evaluations.policies import may_see_all_files, may_see_decision
from evaluations.selectors import file_steps, get_file, may_read_text, next_step, own_assignment
from evaluations.selectors.clock import file_clock
from evaluations.selectors.letters import appeal_of
from evaluations.selectors.readers import may_see_consensus
from evaluations.views.list_place import carried_query, keep_list, list_place
from evaluations.views.refused import refused
from projects.lifecycle import ProposalState
from projects.models import Proposal

FileView = Callable[..., HttpResponse]
READING = ("projects/_version_content.html", "evaluations/_version.html")
"""How a frozen proposal is shown."""


def file_view(view: FileView) -> Callable[..., HttpResponseBase]:
    """Give the view the file of its address; who may not know of it gets 404.

    What was typed for a file that is no longer this person's comes back, to copy.
    """

    @staff_required
    @wraps(view)
    def found(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        try:
            proposal = _found(request, reference)
            return keep_list(request, proposal, view(request, proposal, **kwargs))
        except (Http404, PermissionDenied) as error:
            kept = refused(request, error)
            if kept is None:
                raise
            return kept

    return found


def _found(request: HttpRequest, reference: str) -> Proposal:
    try:
        return get_file(request.user, reference)
    except Proposal.DoesNotExist:
        raise Http404 from None


def show(
    request: HttpRequest, template: str, proposal: Proposal, tab: str, **context: Any
) -> HttpResponse:
    """A page of the file with its header, steps and tabs; 422 for a form that was refused."""
    refused = any(
        getattr(value, "is_bound", False) and getattr(value, "errors", None)
        for value in context.values()
    )
    carried = carried_query(request)
    readings.on_page(request, template, proposal)
    return render(
        request,
        f"evaluations/{template}.html",
        {
            "proposal": proposal,
            "tabs": _tabs(request.user, proposal, tab, carried),
            "steps": file_steps(proposal),
            "next": next_step(request.user, proposal),
            "clock": file_clock(request.user, proposal),
            "list_place": list_place(request, proposal),
            "list_query": carried,
            "appeal": appeal_of(proposal),
            **context,
        },
        status=422 if refused else 200,
    )


def answer(
    request: HttpRequest, proposal: Proposal, act: Callable[[], Any], done: str, page: str
) -> HttpResponse:
    """Do it, say so or say why not, and go to a page of the file."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, done)
    return back(proposal, page)


def back(proposal: Proposal, page: str) -> HttpResponse:
    return redirect(f"evaluations:{page}", reference=proposal.reference)


def _tabs(user: Any, proposal: Proposal, active: str, carried: str) -> list[dict[str, Any]]:
    reads = may_read_text(user, proposal)
    own = own_assignment(user, proposal)
    has_consensus = (
        reads
        and may_see_consensus(user, proposal)
        and Evaluation.objects.filter(
            assignment__proposal=proposal, finalised_at__isnull=False
        ).exists()
    )
    decided = proposal.state in {ProposalState.SELECTED, ProposalState.NOT_SELECTED}
    sees_talk = (
        proposal.state == ProposalState.NOT_SELECTED
        and may_see_all_files.test(user, None)
        and FeedbackTalk.objects.filter(decision__proposal=proposal).exists()
    )
    shown = [
        ("file", _("Voorstel"), True),
        ("completeness", _("Volledigheid"), may_see_all_files.test(user, None)),
        ("assignment", _("Toewijzing"), True),
        ("information", _("Informatie"), reads),
        ("scoring", _("Beoordelen"), own is not None and reads),
        ("scores", _("Scores"), reads),
        ("consensus", _("Consensus"), has_consensus),
        ("advice", _("Advies"), reads),
        ("decide", _("Beslissing"), decided or may_see_decision.test(user, proposal)),
        ("feedback", _("Feedbackgesprek"), sees_talk),
        ("history", _("Tijdlijn"), True),
    ]
    return [
        {
            "label": label,
            "url": reverse(f"evaluations:{name}", args=[proposal.reference]) + carried,
            "active": name == active,
        }
        for name, label, wanted in shown
        if wanted
    ]
