"""Starting a proposal, and its own page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.roles import MemberRole
from accounts.views.typed_text import keeps_typed_text
from calls.lifecycle import CallPhase
from calls.models import Call
from common import clock
from common.formatting import NONE, Deadline, describe_deadline
from common.views import sentences, service_errors
from projects import selectors
from projects.corrections import asked_corrections
from projects.draft import Draft, load_draft
from projects.forms.proposals import StartForm
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import show_as_submitted
from projects.policies import is_editor, is_reader, is_submitter, may_see_draft
from projects.selectors.assignments import assignments_of
from projects.services import set_team_consent, start_proposal
from projects.views.people import person
from projects.views.reopening import may_be_reopened
from projects.views.submission import minutes_left
from projects.window import window_at

_NO_DEADLINE = Deadline(NONE, "", "calm")


@keeps_typed_text
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a proposal for a call, in the name of the active organisation."""
    call = Call.objects.visible_to(request.user).filter(slug=slug).first()
    if call is None:
        raise Http404
    organisation: Organisation | None = request.organisation or None  # type: ignore[attr-defined]
    refusal = _why_not_start(request, call, organisation)
    form = None
    if organisation is not None and not refusal:
        form = StartForm(request.POST or None, earlier=selectors.earlier_proposals(organisation))
        if form.is_valid():
            with service_errors(form):
                begun = start_proposal(
                    call=call,
                    organisation=organisation,
                    title=form.cleaned_data["title"],
                    previous=form.cleaned_data.get("previous"),
                    copy=form.cleaned_data.get("copy", False),
                    by=person(request),
                )
        if form.is_valid():
            messages.success(
                request,
                _("Uw ontwerp heeft dossiernummer %(reference)s. Het is nog niet ingediend.")
                % {"reference": begun.reference},
            )
            if form.cleaned_data.get("copy"):
                return redirect("projects:copied", begun.reference)
            return redirect(begun)
    return render(
        request,
        "projects/start.html",
        {"call": call, "organisation": organisation, "form": form, "refusal": refusal},
    )


@login_required
def proposal(request: HttpRequest, reference: str) -> HttpResponse:
    """Where a proposal stands: sections with progress, deadline, next step, versions, timeline."""
    found = selectors.visible_proposal(request.user, reference)
    draft = load_draft(found)
    sees_draft = may_see_draft.test(request.user, found)
    window = window_at(found, clock.now())
    versions = list(found.versions.select_related("submitted_by").order_by("-number"))
    if not sees_draft:
        show_as_submitted([found])
    return render(
        request,
        "projects/proposal.html",
        {
            "proposal": found,
            "draft": draft,
            "sees_draft": sees_draft,
            "form_changes": draft.form_changes if sees_draft else [],
            "sections": _section_rows(draft) if sees_draft else [],
            "successors": list(found.successors.all()),
            "is_member": is_reader.test(request.user, found),
            "window": window,
            "remarks": selectors.what_was_found_missing(found),
            "asked": asked_corrections(found),
            "deadline": describe_deadline(window.closes_at) if window.closes_at else _NO_DEADLINE,
            "requested": draft.estimate.requested if sees_draft else found.requested_amount,
            "next_step": selectors.next_step(draft, window),
            "may_edit": found.can_be_edited and is_editor.test(request.user, found),
            "may_submit": is_submitter.test(request.user, found),
            "may_withdraw": PROPOSAL_LIFECYCLE.allows(found, "withdraw")
            and is_submitter.test(request.user, found),
            "may_reopen": may_be_reopened(found) and is_submitter.test(request.user, found),
            "minutes_left": minutes_left(window),
            "counting": versions[0].number if versions else 0,
            "requests": list(found.information_requests.order_by("number"))
            if found.was_submitted
            else [],
            "versions": versions,
            "events": selectors.timeline_for_reader(found),
        },
    )


@login_required
@require_safe
def copied(request: HttpRequest, reference: str) -> HttpResponse:
    """What was taken over from the earlier proposal when this one began, and what was not."""
    found = selectors.visible_proposal(request.user, reference)
    if found.previous is None or not is_reader.test(request.user, found):
        raise Http404
    return render(
        request,
        "projects/copied.html",
        {
            "proposal": found,
            "previous": found.previous,
            "report": selectors.copy_report(found),
            "files": list(found.previous.attachments.select_related("file", "question")),
        },
    )


@keeps_typed_text
@require_POST
def team_consent(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the PIO team look at the draft, or no longer."""
    found = selectors.visible_proposal(request.user, reference)
    may_view = request.POST.get("may_view") == "yes"
    try:
        set_team_consent(proposal=found, may_view=may_view, by=person(request))
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(
            request,
            _("Het PIO-team mag nu meekijken in uw ontwerp.")
            if may_view
            else _("Het PIO-team kan niet meer meekijken in uw ontwerp."),
        )
    return redirect(found)


def _section_rows(draft: Draft) -> list[dict[str, Any]]:
    assigned = assignments_of(draft.proposal)
    return [
        {
            "section": section,
            "assignment": assigned.get(section.pk),
            "progress": draft.progress(section),
            "saved": draft.saved(section),
        }
        for section in draft.sections
    ]


def _why_not_start(request: HttpRequest, call: Call, organisation: Organisation | None) -> str:
    """The sentence of a page without form, or "" when one may begin."""
    if organisation is None:
        return _("U hoort nog bij geen organisatie. Registreer eerst uw organisatie.")
    if not person(request).has_member_role(organisation.pk, MemberRole.EDITOR):
        return _(
            "U bent lezer voor %(organisation)s. Alleen een bewerker, indiener of beheerder kan "
            "een voorstel beginnen."
        ) % {"organisation": organisation.name}
    if call.phase not in {CallPhase.PLANNED, CallPhase.OPEN}:
        return _("Voor deze oproep kunt u geen voorstel meer beginnen.")
    return ""
