"""The score form beside the proposal, and the final scores."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from common.views import add_errors
from evaluations.forms import ConfirmForm, ScoreForm
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Evaluation, Score
from evaluations.selectors import (
    has_declared,
    may_read_text,
    own_assignment,
    score_cards,
    total_of,
)
from evaluations.services import ScoresChanged, finalise_scores, save_scores
from evaluations.views.page import READING, answer, back, file_view, show
from projects.lifecycle import ProposalState
from projects.models import Proposal


@file_view
@require_GET
def scores(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The final scores of all advisers, as far as one may see them yet."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    return show(request, "scores", proposal, "scores", cards=score_cards(request.user, proposal))


@file_view
@require_http_methods(["GET", "POST"])
def scoring(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Read and score; saving keeps whatever is filled in."""
    own = _own(request, proposal)
    if not has_declared(own):
        return back(proposal, "assignment")
    evaluation = Evaluation.objects.get(assignment=own)
    criteria = list(proposal.call.criteria.all())
    stored = {score.criterion_id: score for score in evaluation.scores.all()}
    clash: dict[int, Score] = {}
    if request.method == "POST":
        form = ScoreForm(request.POST, criteria=criteria)
        if form.is_valid():
            try:
                save_scores(
                    evaluation=evaluation,
                    by=request.user,
                    version=form.cleaned_data["version"],
                    entries=form.entries,
                    own_notes=form.cleaned_data["own_notes"],
                )
            except ScoresChanged as error:
                add_errors(form, error)
                clash = stored
                form.data = {**request.POST.dict(), "version": str(evaluation.version)}
            except ValidationError as error:
                add_errors(form, error)
        if form.is_valid():
            messages.success(request, _("Uw scores zijn opgeslagen."))
            return back(proposal, "scoring")
    else:
        form = ScoreForm(
            criteria=criteria,
            stored=stored,
            initial={"version": evaluation.version, "own_notes": evaluation.own_notes},
        )
    values = {key: score.value for key, score in stored.items()}
    rows = [
        (
            criterion,
            form[f"score_{criterion.pk}"],
            form[f"motivation_{criterion.pk}"],
            clash.get(criterion.pk),
        )
        for criterion in criteria
    ]
    return show(
        request,
        "scoring",
        proposal,
        "scoring",
        form=form,
        rows=rows,
        evaluation=evaluation,
        is_final=own.state == AssignmentState.DONE,
        is_open=own.state == AssignmentState.ACCEPTED
        and proposal.state == ProposalState.ASSESSMENT,
        total=total_of(criteria, values, proposal.call.overall_threshold),
        confirm_form=ConfirmForm(),
        version=proposal.latest_version,
        reading=READING,
    )


@file_view
@require_POST
def running_total(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The weighted total of what stands in the form now; stores nothing."""
    _own(request, proposal)
    criteria = list(proposal.call.criteria.all())
    form = ScoreForm(request.POST, criteria=criteria)
    form.is_valid()
    total = total_of(criteria, form.values, proposal.call.overall_threshold)
    return render(request, "evaluations/_total.html", {"total": total, "announce": True})


@file_view
@require_POST
def finalise(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Make the saved scores final."""
    own = _own(request, proposal)
    if not ConfirmForm(request.POST).is_valid():
        messages.error(request, _("Vink eerst aan dat u alles hebt nagekeken."))
        return back(proposal, "scoring")
    evaluation = Evaluation.objects.get(assignment=own)
    return answer(
        request,
        proposal,
        lambda: finalise_scores(evaluation=evaluation, by=request.user),
        _("Uw scores zijn definitief."),
        "advice" if own.is_lead else "scores",
    )


def _own(request: SignedInRequest, proposal: Proposal) -> Assignment:
    own = own_assignment(request.user, proposal)
    if own is None:
        raise Http404
    return own
