"""Common scores: the scores of all readers side by side, the lead's proposal, and the answers."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common.autosave import autosave, clash_context, is_autosave
from common.drafting import SETTLING, Clash, chosen_theirs, compare
from common.views import add_errors
from evaluations.forms import ConsensusForm, ConsensusReplyForm
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Consensus
from evaluations.policies import is_lead_adviser, is_second_reader
from evaluations.selectors import may_read_text, own_assignment, score_cards
from evaluations.selectors.readers import (
    answers_on,
    consensus_of,
    may_see_consensus,
    needs_consensus,
    readers_of,
    spreads,
    still_to_answer,
    total_of_consensus,
    unfinished,
)
from evaluations.services.consensus import (
    answer_consensus,
    propose_consensus,
    save_consensus,
    take_back_consensus,
)
from evaluations.views.page import answer, back, file_view, show
from projects.lifecycle import ProposalState
from projects.models import Proposal


@keeps_typed_text
@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def consensus(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Compare the readers; the lead writes the common scores and lays them before the others."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    if not may_see_consensus(request.user, proposal):
        return back(proposal, "scores")
    own = own_assignment(request.user, proposal)
    if request.method != "POST":
        return _page(request, proposal, own)
    is_lead_adviser.check(request.user, own)
    form = _form(proposal, request.POST)
    if is_autosave(request):
        return autosave(request, form, lambda: _save(request, proposal, form))
    return _press(request, proposal, own, form)


@file_view
@require_POST
def consensus_take_back(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The lead takes the proposal back to change it."""
    return answer(
        request,
        proposal,
        lambda: take_back_consensus(proposal=proposal, by=request.user),
        _("U kunt het voorstel wijzigen. De andere lezers antwoorden daarna opnieuw."),
        "consensus",
    )


@keeps_typed_text
@file_view
@require_POST
def consensus_answer(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """A reader agrees with the common scores, or says why not."""
    if not may_read_text(request.user, proposal) or not may_see_consensus(request.user, proposal):
        return back(proposal, "scores")
    own = own_assignment(request.user, proposal)
    is_second_reader.check(request.user, own)
    form = ConsensusReplyForm(request.POST)
    if form.is_valid():
        try:
            answer_consensus(proposal=proposal, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
    if form.is_valid():
        messages.success(request, _("Uw antwoord is opgeslagen."))
        return back(proposal, "consensus")
    return _page(request, proposal, own, reply_form=form)


def _form(proposal: Proposal, data: Any) -> ConsensusForm:
    call = proposal.call
    return ConsensusForm(
        data, consensus=consensus_of(proposal), call=call, criteria=list(call.criteria.all())
    )


def _save(request: SignedInRequest, proposal: Proposal, form: ConsensusForm) -> Consensus:
    return save_consensus(
        proposal=proposal,
        by=request.user,
        version=form.known_version(),
        entries=form.entries,
        remarks=form.value("remarks"),
    )


def _press(
    request: SignedInRequest, proposal: Proposal, own: Assignment | None, form: ConsensusForm
) -> HttpResponse:
    if SETTLING in request.POST:
        form.leave(chosen_theirs(request.POST, form))
    if not form.is_valid():
        if {SETTLING, "compare"} & request.POST.keys() and form.consensus is not None:
            return _clash(request, proposal)
        return _page(request, proposal, own, form, is_unsaved=True)
    try:
        saved = _save(request, proposal, form)
    except Clash:
        return _clash(request, proposal)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, proposal, own, form, is_unsaved=True)
    note = f"saved:{request.path}"
    if "propose" not in request.POST:
        messages.success(request, _("De scores zijn opgeslagen."), extra_tags=note)
        return back(proposal, "consensus")
    form.go_on_from(saved.version)
    try:
        propose_consensus(proposal=proposal, by=request.user)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, proposal, own, form)
    messages.success(
        request,
        _("De andere lezers krijgen een mail met de vraag om te antwoorden."),
        extra_tags=note,
    )
    return back(proposal, "consensus")


def _clash(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Both texts; the next save counts as made with knowledge of what is stored now."""
    form, read = _form(proposal, request.POST), _form(proposal, request.POST)
    read.is_valid()
    current = form.consensus
    assert current is not None
    form.restart_from(current.version)
    return show(
        request,
        "clash",
        proposal,
        "consensus",
        shown_errors=form,
        back_url=reverse("evaluations:consensus", args=[proposal.reference]),
        **clash_context(request, form, compare(form, read, form.as_item), current),
    )


def _page(
    request: SignedInRequest,
    proposal: Proposal,
    own: Assignment | None,
    form: ConsensusForm | None = None,
    *,
    reply_form: ConsensusReplyForm | None = None,
    is_unsaved: bool = False,
) -> HttpResponse:
    readers = readers_of(proposal)
    found = consensus_of(proposal)
    cards = score_cards(request.user, proposal)
    rows, total = spreads(proposal, cards)
    is_lead = is_lead_adviser.test(request.user, own)
    is_proposed = found is not None and found.proposed_at is not None
    is_final = found is not None and found.finalised_at is not None
    is_open = (
        proposal.state == ProposalState.ASSESSMENT
        and not is_final
        and needs_consensus(proposal, readers)
    )
    if form is None and is_open and is_lead and not is_proposed:
        form = _form(proposal, None)
    answers = answers_on(found, readers) if found is not None and is_proposed else {}
    may_answer = bool(
        is_open
        and is_proposed
        and own is not None
        and not own.is_lead
        and own.state == AssignmentState.DONE
    )
    if reply_form is None and may_answer and found is not None:
        reply_form = ConsensusReplyForm(initial={"version": found.version})
    criteria = list(proposal.call.criteria.all())
    return show(
        request,
        "consensus",
        proposal,
        "consensus",
        cards=cards,
        spreads=rows,
        total=total,
        waiting=unfinished(readers),
        is_open=is_open,
        is_lead=is_lead,
        is_final=is_final,
        is_unsaved=is_unsaved,
        form=form,
        rows=list(zip_longest(form.rows(), rows)) if form is not None else [],
        # A draft of the lead is for the lead alone, until it lies before the readers.
        common=found if is_proposed else None,
        saved=found,
        common_rows=_common_rows(found, criteria) if found is not None and is_proposed else [],
        common_total=total_of_consensus(found, criteria, proposal.call.overall_threshold)
        if found is not None and is_proposed
        else None,
        answers=list(answers.values()),
        earlier=_earlier(found) if found is not None and (is_proposed or is_lead) else [],
        still=still_to_answer(found, readers) if found is not None and is_proposed else [],
        reply_form=reply_form,
        own_answer=answers.get(own.pk) if own is not None else None,
    )


def _common_rows(found: Consensus, criteria: list[Any]) -> list[tuple[Any, Any]]:
    scores = {score.criterion_id: score for score in found.scores.all()}
    return [(criterion, scores.get(criterion.pk)) for criterion in criteria]


def _earlier(found: Consensus) -> list[Any]:
    """What was answered on earlier proposals, newest first."""
    return [reply for reply in found.replies.all() if reply.version != found.version]
