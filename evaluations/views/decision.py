"""The decision tab: decide, look at the letter, undo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from common.views import service_errors
from documents.policies import may_download
from evaluations.forms import DecisionForm
from evaluations.models import AgendaItem, FileSummary, SelectionDecision
from evaluations.policies import (
    may_decide,
    may_decide_on,
    may_notify,
    may_remake_letter,
    may_see_decision,
)
from evaluations.selectors import decision_obstacle, draft_advice, final_advice
from evaluations.selectors.meetings import latest_minutes
from evaluations.services import decide, remake_letter, withdraw_decision
from evaluations.views.notification import telling
from evaluations.views.page import answer, back, file_view, show
from projects.lifecycle import ProposalState
from projects.models import Proposal


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def decide_view(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The decision; 404 for an adviser until it was notified."""
    user = request.user
    notified = proposal.state in {ProposalState.SELECTED, ProposalState.NOT_SELECTED}
    if not notified and not may_see_decision.test(user, proposal):
        raise Http404
    decision = (
        SelectionDecision.objects.filter(proposal=proposal)
        .select_related("decided_by", "notified_by", "letter__file", "advice")
        .first()
    )
    advice = final_advice(proposal)
    waits = decision is None and proposal.state == ProposalState.ADVISED
    obstacle = decision_obstacle(user, proposal) if waits else ""
    ready = waits and not obstacle and draft_advice(proposal) is None
    minutes = latest_minutes(user, proposal) if ready else None
    form = None
    if request.method == "POST":
        may_decide.check(user, proposal)
        if advice is None:  # the page has no form then: somebody posts out of turn
            messages.error(request, _("Er is nog geen definitief advies."))
            return back(proposal, "decide")
        form = DecisionForm(request.POST)
        if form.is_valid():
            with service_errors(form):
                decide(
                    proposal=proposal,
                    by=user,
                    outcome=form.cleaned_data["outcome"],
                    grounds=form.cleaned_data["grounds"],
                    deviation_reason=form.cleaned_data["deviation_reason"],
                )
        if form.is_valid():
            messages.success(
                request,
                _("U hebt beslist. De brief wordt gemaakt; de aanvrager weet nog niets."),
            )
            return back(proposal, "decide")
    elif ready:
        form = DecisionForm(initial=from_minutes(minutes))
    open_decision = decision is not None and not decision.is_notified
    return show(
        request,
        "decision",
        proposal,
        "decide",
        form=form,
        decision=decision,
        advice=advice,
        obstacle=obstacle if may_decide.test(user, proposal) else "",
        is_correcting=waits and draft_advice(proposal) is not None,
        may_undo=open_decision and not decision_obstacle(user, proposal),
        may_remake=open_decision
        and (may_notify.test(user, proposal) or may_decide.test(user, proposal)),
        download_refused=decision is None
        or decision.letter is None
        or not may_download.test(user, decision.letter),
        **telling(user, proposal, decision),
        minutes=minutes,
        summary=FileSummary.objects.filter(proposal=proposal).first() if form else None,
        goes_on=may_decide_on.test(user, proposal.call),
    )


def from_minutes(item: AgendaItem | None) -> dict[str, str]:
    """What the form starts with: the minutes as grounds, the leaning as outcome."""
    return {"grounds": item.minutes, "outcome": item.leaning} if item is not None else {}


@file_view
@require_POST
def undo(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Take a decision back that was not notified.

    Who may not is told so first: the answer then does not tell whether there is a decision.
    """
    may_decide.check(request.user, proposal)
    return answer(
        request,
        proposal,
        lambda: withdraw_decision(proposal=proposal, by=request.user),
        _("De beslissing is teruggenomen. Het dossier wacht weer op een beslissing."),
        "decide",
    )


@file_view
@require_POST
def letter(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Have the letter made again; who may not does not learn whether there is one."""
    may_remake_letter.check(request.user, proposal)
    return answer(
        request,
        proposal,
        lambda: remake_letter(proposal=proposal, by=request.user),
        _("De brief wordt opnieuw gemaakt."),
        "decide",
    )
