"""The advice tab."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from common.views import service_errors
from evaluations.forms import AdviceForm, ConfirmForm
from evaluations.lifecycle import AssignmentState
from evaluations.models import Advice, SelectionDecision
from evaluations.policies import is_lead_adviser, may_see_decision
from evaluations.selectors import (
    draft_advice,
    lead_assignment,
    may_read_text,
    score_cards,
)
from evaluations.services import correct_advice, finalise_advice, save_advice
from evaluations.services.advice import ADVISABLE
from evaluations.views.page import answer, back, file_view, show
from projects.models import Proposal


@file_view
@require_http_methods(["GET", "POST"])
def advice(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Read the advice; its writer also edits the draft here."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    lead = lead_assignment(proposal)
    is_writer = is_lead_adviser.test(request.user, lead)
    draft = draft_advice(proposal)
    finals = list(
        Advice.objects.filter(proposal=proposal, finalised_at__isnull=False).order_by("-number")
    )
    # Whether there is a decision that was not told yet is not for this page to show.
    undecided = proposal.state in ADVISABLE and not (
        may_see_decision.test(request.user, proposal)
        and SelectionDecision.objects.filter(proposal=proposal).exists()
    )
    may_write = bool(
        is_writer
        and undecided
        and lead is not None
        and lead.state == AssignmentState.DONE
        and (draft is not None or not finals)
    )
    form = None
    if request.method == "POST":
        is_lead_adviser.check(request.user, lead)
        form = AdviceForm(request.POST)
        if form.is_valid():
            with service_errors(form):
                save_advice(proposal=proposal, by=request.user, text=form.text)
        if form.is_valid():
            messages.success(request, _("Het ontwerp van het advies is opgeslagen."))
            return back(proposal, "advice")
    elif may_write:
        form = AdviceForm(advice=draft)
    return show(
        request,
        "advice",
        proposal,
        "advice",
        form=form,
        draft=draft if is_writer else None,
        finals=finals,
        lead=lead,
        is_writer=is_writer,
        may_write=may_write,
        may_correct=is_writer and undecided and bool(finals) and draft is None,
        cards=score_cards(request.user, proposal),
        confirm_form=ConfirmForm(),
    )


@file_view
@require_POST
def advice_final(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Make the saved draft final."""
    if not ConfirmForm(request.POST).is_valid():
        messages.error(request, _("Vink eerst aan dat u alles hebt nagekeken."))
        return back(proposal, "advice")
    return answer(
        request,
        proposal,
        lambda: finalise_advice(proposal=proposal, by=request.user),
        _("Het advies is definitief. Wie beslist, kan nu verder."),
        "advice",
    )


@file_view
@require_POST
def advice_correct(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Begin a new version of a final advice."""
    return answer(
        request,
        proposal,
        lambda: correct_advice(proposal=proposal, by=request.user),
        _("U kunt een verbeterde versie schrijven. De vorige versie blijft bewaard."),
        "advice",
    )
