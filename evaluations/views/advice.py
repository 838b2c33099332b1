"""The advice: its draft beside the scores, the final versions, corrections, and how it reads."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common.autosave import autosave, clash_context, is_autosave
from common.drafting import SETTLING, Clash, chosen_theirs, compare
from common.views import add_errors
from evaluations.documents import published_advice
from evaluations.forms import AdviceForm
from evaluations.lifecycle import AssignmentState
from evaluations.models import Advice, Assignment, SelectionDecision
from evaluations.policies import is_lead_adviser, may_see_decision
from evaluations.selectors import (
    draft_advice,
    final_advice,
    lead_assignment,
    may_read_text,
    score_cards,
)
from evaluations.selectors.advice import advice_differences
from evaluations.selectors.readers import consensus_of
from evaluations.services import correct_advice, finalise_advice, save_advice
from evaluations.services.advice import ADVISABLE
from evaluations.views.page import answer, back, file_view, show
from projects.models import Proposal


@keeps_typed_text
@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def advice(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Read the advice; its writer also edits the draft here, and makes it final."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    lead = lead_assignment(proposal)
    draft = draft_advice(proposal)
    if request.method != "POST":
        return _page(request, proposal, lead, draft)
    is_lead_adviser.check(request.user, lead)
    form = AdviceForm(request.POST, advice=draft)
    if is_autosave(request):
        return autosave(request, form, lambda: _save(request, proposal, form))
    return _press(request, proposal, lead, form)


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


@file_view
@require_safe
def advice_preview(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The advice as the applicant will read it: the own draft, or else the final one."""
    if not may_read_text(request.user, proposal):
        return back(proposal, "assignment")
    shown = final_advice(proposal)
    if is_lead_adviser.test(request.user, lead_assignment(proposal)):
        shown = draft_advice(proposal) or shown
    return show(
        request,
        "advice_preview",
        proposal,
        "advice",
        advice=published_advice(shown) if shown is not None else None,
        is_draft=shown is not None and not shown.is_final,
    )


def _save(request: SignedInRequest, proposal: Proposal, form: AdviceForm) -> Advice:
    return save_advice(
        proposal=proposal, by=request.user, text=form.text, version=form.known_version()
    )


def _press(
    request: SignedInRequest, proposal: Proposal, lead: Assignment | None, form: AdviceForm
) -> HttpResponse:
    if SETTLING in request.POST:
        form.leave(chosen_theirs(request.POST, form))
    if not form.is_valid():
        if {SETTLING, "compare"} & request.POST.keys() and draft_advice(proposal) is not None:
            return _clash(request, proposal)
        return _page(request, proposal, lead, draft_advice(proposal), form, is_unsaved=True)
    try:
        saved = _save(request, proposal, form)
    except Clash:
        return _clash(request, proposal)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, proposal, lead, draft_advice(proposal), form, is_unsaved=True)
    note = f"saved:{request.path}"
    if "finalise" not in request.POST:
        messages.success(request, _("Het ontwerp van het advies is opgeslagen."), extra_tags=note)
        return back(proposal, "advice_preview" if "preview" in request.POST else "advice")
    form.go_on_from(saved.version)
    if not form.cleaned_data["confirmed"]:
        form.add_error("confirmed", _("Vink eerst aan dat u alles hebt nagekeken."))
    else:
        try:
            finalise_advice(proposal=proposal, by=request.user)
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _page(request, proposal, lead, saved, form)
    messages.success(
        request, _("Het advies is definitief. Wie beslist, kan nu verder."), extra_tags=note
    )
    return back(proposal, "advice")


def _clash(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Both texts; the next save counts as made with knowledge of what is stored now."""
    current = draft_advice(proposal)
    if current is None:
        raise Http404
    form, read = (AdviceForm(request.POST, advice=current) for _turn in range(2))
    read.is_valid()
    form.restart_from(current.version)
    return show(
        request,
        "clash",
        proposal,
        "advice",
        shown_errors=form,
        back_url=reverse("evaluations:advice", args=[proposal.reference]),
        **clash_context(request, form, compare(form, read, form.as_item), current),
    )


def _page(
    request: SignedInRequest,
    proposal: Proposal,
    lead: Assignment | None,
    draft: Advice | None,
    form: AdviceForm | None = None,
    *,
    is_unsaved: bool = False,
) -> HttpResponse:
    is_writer = is_lead_adviser.test(request.user, lead)
    finals = list(
        Advice.objects.filter(proposal=proposal, finalised_at__isnull=False)
        .select_related("author")
        .order_by("-number")
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
    if form is None and may_write:
        form = AdviceForm(advice=draft)
    context: dict[str, Any] = {
        "form": form,
        "draft": draft if is_writer else None,
        "changes": advice_differences(finals[0], draft) if is_writer and draft and finals else [],
        "finals": [
            (item, older, advice_differences(older, item) if older is not None else [])
            for item, older in zip(finals, [*finals[1:], None], strict=False)
        ],
        "is_writer": is_writer,
        "is_unsaved": is_unsaved,
        "may_correct": is_writer and undecided and bool(finals) and draft is None,
        "cards": score_cards(request.user, proposal),
        "common": consensus_of(proposal),
    }
    return show(request, "advice", proposal, "advice", **context)
