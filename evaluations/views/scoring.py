"""The score form beside the proposal, and the final scores."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from calls.models import ChecklistItem, ChecklistKind
from common.autosave import autosave, clash_context, is_autosave, refuse_autosave
from common.drafting import SETTLING, Clash, chosen_theirs, compare
from common.views import add_errors
from evaluations.forms import ScoreForm
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Evaluation
from evaluations.selectors import (
    has_declared,
    may_read_text,
    own_assignment,
    score_cards,
    total_of,
)
from evaluations.selectors.reading import places_about, with_feet
from evaluations.services import finalise_scores, save_scores
from evaluations.services.scores import missing_to_finish
from evaluations.views.page import READING, back, file_view, show
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.policies import may_ask_information
from projects.services.information import ASKABLE_STATES


@file_view
@require_safe
def scores(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The final scores of all advisers, as far as one may see them yet."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    return show(request, "scores", proposal, "scores", cards=score_cards(request.user, proposal))


@keeps_typed_text
@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def scoring(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Read and score; saving keeps whatever is filled in, and the last press makes it final."""
    own = _own(request, proposal)
    if not has_declared(own):
        return back(proposal, "assignment")
    if request.method != "POST":
        return _page(request, proposal, own, _form(own, None))
    form = _form(own, request.POST)
    if reason := _why_closed(own, proposal):
        if is_autosave(request):
            return refuse_autosave(request, reason)
        return _closed(request, proposal, own, form, reason)
    if is_autosave(request):
        return autosave(request, form, lambda: _save(request, form))
    return _press(request, proposal, own, form)


@file_view
@require_POST
def running_total(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The weighted total of what stands in the form now; stores nothing."""
    own = _own(request, proposal)
    if not has_declared(own):
        raise Http404
    form = _form(own, request.POST)
    form.is_valid()
    total = total_of(list(form.criteria), form.values, proposal.call.overall_threshold)
    return render(request, "evaluations/_total.html", {"total": total, "announce": True})


def _own(request: SignedInRequest, proposal: Proposal) -> Assignment:
    own = own_assignment(request.user, proposal)
    if own is None:
        raise Http404
    own.proposal = proposal
    return own


def _form(own: Assignment, data: Any) -> ScoreForm:
    call = own.proposal.call
    evaluation = Evaluation.objects.prefetch_related("scores", "exclusion_answers").get(
        assignment=own
    )
    evaluation.assignment = own
    return ScoreForm(
        data,
        evaluation=evaluation,
        call=call,
        criteria=list(call.criteria.all()),
        items=list(
            ChecklistItem.objects.filter(call=call, kind=ChecklistKind.EXCLUSION).order_by(
                "position", "pk"
            )
        ),
    )


def _save(request: SignedInRequest, form: ScoreForm) -> Evaluation:
    return save_scores(
        evaluation=form.evaluation,
        by=request.user,
        version=form.known_version(),
        entries=form.entries,
        exclusions=form.exclusions,
        own_notes=form.value("own_notes"),
    )


def _press(
    request: SignedInRequest, proposal: Proposal, own: Assignment, form: ScoreForm
) -> HttpResponse:
    if SETTLING in request.POST:
        form.leave(chosen_theirs(request.POST, form))
    if not form.is_valid():
        if {SETTLING, "compare"} & request.POST.keys():
            return _clash(request, proposal, own)
        return _page(request, proposal, own, form, is_unsaved=True)
    try:
        saved = _save(request, form)
    except Clash:
        return _clash(request, proposal, own)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, proposal, own, form, is_unsaved=True)
    if "finalise" not in request.POST:
        messages.success(
            request, _("Uw scores zijn opgeslagen."), extra_tags=f"saved:{request.path}"
        )
        return back(proposal, "scoring")
    return _finalise(request, proposal, own, form, saved)


def _finalise(
    request: SignedInRequest,
    proposal: Proposal,
    own: Assignment,
    form: ScoreForm,
    saved: Evaluation,
) -> HttpResponse:
    """What was typed is saved by now; what is missing is said beside its box."""
    form.go_on_from(saved.version)
    if not form.cleaned_data["confirmed"]:
        add_errors(form, ValidationError(missing_to_finish(saved)))  # all at once, not one by one
        form.add_error("confirmed", _("Vink eerst aan dat u alles hebt nagekeken."))
    else:
        try:
            finalise_scores(evaluation=saved, by=request.user)
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _page(request, proposal, own, form)
    messages.success(request, _("Uw scores zijn definitief."), extra_tags=f"saved:{request.path}")
    return back(proposal, "advice" if own.is_lead else "scores")


def _clash(request: SignedInRequest, proposal: Proposal, own: Assignment) -> HttpResponse:
    """Both texts; the next save counts as made with knowledge of what is stored now."""
    form, read = _form(own, request.POST), _form(own, request.POST)
    read.is_valid()
    current = form.evaluation
    form.restart_from(current.version)
    return show(
        request,
        "clash",
        proposal,
        "scoring",
        shown_errors=form,
        back_url=reverse("evaluations:scoring", args=[proposal.reference]),
        **clash_context(request, form, compare(form, read, form.as_item), current),
    )


def _why_closed(own: Assignment, proposal: Proposal) -> str:
    if own.state == AssignmentState.DONE:
        return _("Uw scores zijn definitief. U kunt ze niet meer wijzigen.")
    if proposal.state != ProposalState.ASSESSMENT:
        return _("Dit dossier is niet meer in beoordeling; scores geven kan niet meer.")
    return ""


def _closed(
    request: SignedInRequest, proposal: Proposal, own: Assignment, form: ScoreForm, reason: str
) -> HttpResponse:
    """A press that came too late: why, and what was typed, to copy."""
    leftovers = form.leftovers()
    if not leftovers:
        messages.error(request, reason)
        return redirect("evaluations:scoring", reference=proposal.reference)
    page = _page(
        request, proposal, own, _form(own, None), unsaved_reason=reason, leftovers=leftovers
    )
    page.status_code = 409
    return page


def _page(
    request: SignedInRequest,
    proposal: Proposal,
    own: Assignment,
    form: ScoreForm,
    *,
    is_unsaved: bool = False,
    unsaved_reason: str = "",
    leftovers: Any = (),
) -> HttpResponse:
    version = proposal.latest_version
    content = version.content if version is not None else {}
    criteria = list(form.criteria)
    values = (
        form.values if form.is_bound else {key: entry.value for key, entry in form.scores.items()}
    )
    may_ask = may_ask_information.test(request.user) and proposal.state in ASKABLE_STATES
    return show(
        request,
        "scoring",
        proposal,
        "scoring",
        form=form,
        rows=[(row, places_about(row.criterion, content)) for row in form.rows()],
        saved=form.evaluation if form.evaluation.version > 1 or form.scores else None,
        is_final=own.state == AssignmentState.DONE,
        why_closed=_why_closed(own, proposal),
        is_unsaved=is_unsaved,
        unsaved_reason=unsaved_reason,
        leftovers=leftovers,
        lost_files="",
        total=total_of(criteria, values, proposal.call.overall_threshold),
        version=version,
        content=with_feet(content, criteria, proposal, may_ask=may_ask),
        reading=READING,
    )
