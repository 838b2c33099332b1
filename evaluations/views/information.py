"""Further information: what staff asked about a file, and the answers beside the frozen text."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.views import service_errors
from evaluations.forms import ReasonForm
from evaluations.selectors import may_read_text
from evaluations.selectors.reading import place_of
from evaluations.views.page import back, file_view, show
from projects.forms.information import AskForm
from projects.lifecycle import InformationState
from projects.models import Proposal
from projects.policies import may_ask_information
from projects.selectors import information_requests
from projects.services import ask_information, withdraw_information_request
from projects.services.information import ASKABLE_STATES, default_due_on

SCORING = "beoordelen"
"""Value of `terug`: who asks while scoring comes back to the same place."""


@file_view
@require_safe
def information(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Every request with the comparison of what was handed in and what was answered."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    return show(
        request,
        "information",
        proposal,
        "information",
        requests=list(information_requests(proposal)),
        may_ask=may_ask_information.test(request.user) and proposal.state in ASKABLE_STATES,
        may_withdraw=may_ask_information.test(request.user),
    )


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Choose questions of the frozen version and write what one wants to know."""
    may_ask_information.check(request.user, proposal)
    version = proposal.latest_version
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    if version is None or proposal.state not in ASKABLE_STATES:
        messages.error(request, _("Over dit dossier kunt u nu geen informatie vragen."))
        return back(proposal, "information")
    over, returns = request.GET.get("over", ""), request.GET.get("terug") == SCORING
    form = AskForm(
        request.POST or None,
        content=version.content,
        initial={"due_on": default_due_on()},
        about=over,
    )
    came_from = reverse("evaluations:information", args=[proposal.reference])
    if returns:
        came_from = reverse("evaluations:scoring", args=[proposal.reference])
        came_from += f"#{place_of(*over.split('.', 1))}" if form.knows(over) else ""
    if form.is_valid():
        with service_errors(form):
            asked = ask_information(
                proposal=proposal,
                asked=form.asked,
                due_on=form.cleaned_data["due_on"],
                message=form.cleaned_data["message"],
                by=request.user,
            )
    if form.is_valid():
        messages.success(
            request,
            _("Vraag %(number)s is gesteld. De aanvrager krijgt een mail.")
            % {"number": asked.number},
        )
        return redirect(came_from)
    return show(
        request,
        "ask_information",
        proposal,
        "scoring" if returns else "information",
        form=form,
        version=version,
        came_from=came_from,
    )


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, proposal: Proposal, number: int) -> HttpResponse:
    """Take a question back, with a reason that the applicant reads."""
    may_ask_information.check(request.user, proposal)
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    target = information_requests(proposal).filter(number=number).first()
    if target is None:
        raise Http404
    if target.state != InformationState.OPEN:
        messages.error(request, _("Deze vraag is al beantwoord of ingetrokken."))
        return back(proposal, "information")
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("De aanvrager leest deze reden.")
    if form.is_valid():
        with service_errors(form):
            withdraw_information_request(
                request=target, by=request.user, reason=form.cleaned_data["reason"]
            )
    if form.is_valid():
        messages.success(request, _("De vraag is ingetrokken. De aanvrager krijgt een mail."))
        return back(proposal, "information")
    return show(request, "withdraw_information", proposal, "information", form=form, target=target)
