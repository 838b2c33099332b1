"""Looking over, handing in, withdrawing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.typed_text import keeps_typed_text
from calls.models import FormSection
from common import clock
from common.views import sentences, service_errors
from projects import selectors
from projects.corrections import asked_corrections
from projects.draft import Draft, Missing, load_draft
from projects.forms.proposals import WithdrawForm
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal
from projects.policies import is_editor, is_submitter, may_see_draft
from projects.services import submit_proposal, withdraw_proposal
from projects.services.submission import TooLate, check_submitter, unverified_sentence
from projects.views.people import person
from projects.window import Window, window_at


@login_required
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that is missing, each with a link to its field; and the button to hand in."""
    found = selectors.visible_proposal(request.user, reference)
    if not may_see_draft.test(request.user, found):
        raise Http404
    if not found.can_be_edited:
        return redirect(found)
    return _check_page(request, found)


@keeps_typed_text
@require_POST
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand in; pressing again leads to the receipt that is already there."""
    found = selectors.visible_proposal(request.user, reference)
    try:
        version = submit_proposal(
            proposal=found,
            by=person(request),
            arrived_at=request.arrived_at,  # type: ignore[attr-defined]
            after=_number(request.POST.get("after")),
        )
    except TooLate as refusal:
        messages.error(request, sentences(refusal))
        return redirect("projects:check", reference)
    except ValidationError as error:
        is_list = any(part.code == "incomplete" for part in error.error_list)
        messages.error(
            request,
            _("Uw voorstel is niet ingediend: er ontbreekt nog iets. Kijk de lijst na.")
            if is_list
            else sentences(error),
        )
        return redirect("projects:check", reference)
    return redirect("projects:receipt", reference, version.number)


def _number(text: str | None) -> int | None:
    """The version that the page showed; None when it does not say (or says nonsense)."""
    return int(text) if text and text.isdecimal() and len(text) < 6 else None


@keeps_typed_text
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw with a reason; the page says what will happen."""
    found = selectors.visible_proposal(request.user, reference)
    is_submitter.check(request.user, found)
    if not PROPOSAL_LIFECYCLE.allows(found, "withdraw"):
        messages.error(request, _("Dit voorstel kan niet meer ingetrokken worden."))
        return redirect(found)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            withdraw_proposal(
                proposal=found, by=person(request), reason=form.cleaned_data["reason"]
            )
    if form.is_valid():
        messages.success(request, _("U hebt het voorstel ingetrokken."))
        return redirect(found)
    return render(request, "projects/withdraw.html", {"proposal": found, "form": form})


def _check_page(request: HttpRequest, found: Proposal) -> HttpResponse:
    draft = load_draft(found)
    window = window_at(found, clock.now())
    try:
        check_submitter(person(request), found)
        role_refusal = ""
    except PermissionDenied as refusal:
        role_refusal = str(refusal)
    is_verified = found.organisation.is_verified
    blocks = [
        (section, [*draft.missing_in(section), *draft.too_long(section)])
        for section in draft.sections
    ]
    return render(
        request,
        "projects/check.html",
        {
            "proposal": found,
            "draft": draft,
            "form_changes": draft.form_changes,
            "may_edit": is_editor.test(request.user, found),
            "later": draft.later,
            "blocks": blocks,
            "items": [_line(draft, section, gaps) for section, gaps in blocks],
            "missing_count": len(draft.missing),
            "warnings": draft.warnings,
            "window": window,
            "counting": found.counting_version,
            "minutes_left": minutes_left(window),
            "remarks": selectors.what_was_found_missing(found),
            "asked": asked_corrections(found),
            "role_refusal": role_refusal,
            "unverified": "" if is_verified else unverified_sentence(),
            "can_submit": not draft.missing and window.is_open and is_verified and not role_refusal,
        },
    )


def minutes_left(window: Window) -> int:
    """Whole minutes of grace that are left, rounded down; 0 when no grace runs."""
    if window.grace_ends_at is None:
        return 0
    return int((window.grace_ends_at - clock.now()).total_seconds()) // 60


def _line(draft: Draft, section: FormSection, gaps: list[Missing]) -> dict[str, Any]:
    """A section in the checklist."""
    return {
        "label": str(section),
        "url": reverse("projects:section", args=[draft.proposal.reference, section.code]),
        "done": not gaps,
        "note": "" if draft.progress(section).total else _("Niet verplicht"),
    }
