"""Telling the applicant of one file: hold the mails, read them, let them leave; the proof after."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from common.views import sentences, service_errors
from evaluations.forms.letters import OneReleaseForm, ProofForm
from evaluations.models import PreparedNotification, SelectionDecision
from evaluations.policies import may_notify
from evaluations.selectors.letters import (
    appeal_of,
    current_versions,
    held_mails,
    text_changed_since,
)
from evaluations.services.notification import (
    add_notification_proof,
    cancel_notification,
    prepare_notification,
    release_notification,
)
from evaluations.views.page import answer, back, file_view, show
from projects.models import Proposal


def telling(user: Any, proposal: Proposal, decision: SelectionDecision | None) -> dict[str, Any]:
    """What the decision page says about telling the applicant."""
    if decision is None:
        return {}
    mine = may_notify.test(user, None)
    if decision.is_notified:
        lacks_proof = mine and not decision.notification_proof
        return {
            "appeal": appeal_of(proposal),
            "proof_form": ProofForm() if lacks_proof else None,
        }
    return {
        "preparation": PreparedNotification.objects.filter(decision=decision)
        .select_related("prepared_by")
        .first(),
        "text_changed": text_changed_since(decision, current_versions()),
        "may_prepare": mine and decision.letter_is_ready,
    }


@file_view
@require_POST
def prepare(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Write the mails and hold them; next one reads them."""
    try:
        prepare_notification(proposal=proposal, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
        return back(proposal, "decide")
    messages.success(request, _("De mails staan klaar. De aanvrager weet nog niets."))
    return redirect("evaluations:notify", proposal.reference)


@file_view
@require_POST
def cancel(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Cancel the mails that are held."""
    return answer(
        request,
        proposal,
        lambda: cancel_notification(proposal=proposal, by=request.user),
        _("De mails zijn geannuleerd. De beslissing is niet meegedeeld."),
        "decide",
    )


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def notify(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The mails as they will leave, and the form that lets them."""
    may_notify.check(request.user)
    decision = (
        SelectionDecision.objects.filter(proposal=proposal, notified_at__isnull=True)
        .select_related("letter__file", "preparation__prepared_by")
        .first()
    )
    if decision is None or not hasattr(decision, "preparation"):
        if request.method == "POST":
            messages.error(
                request, _("Er staan geen mails klaar over dit dossier. Zet ze eerst klaar.")
            )
        return back(proposal, "decide")
    form = OneReleaseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with service_errors(form):
            release_notification(
                proposal=proposal,
                by=request.user,
                means=form.cleaned_data["means"],
                day=form.cleaned_data["day"],
                proof=form.cleaned_data["proof"],
            )
        if form.is_valid():
            messages.success(
                request, _("De beslissing is meegedeeld. De aanvrager krijgt een mail.")
            )
            return back(proposal, "decide")
    return show(
        request,
        "notify",
        proposal,
        "decide",
        decision=decision,
        mails=held_mails(proposal),
        form=form,
        text_changed=text_changed_since(decision, current_versions()),
    )


@file_view
@require_POST
def proof(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Keep the proof of a notification that came later."""
    may_notify.check(request.user)
    form = ProofForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["proof"])))
        return back(proposal, "decide")
    return answer(
        request,
        proposal,
        lambda: add_notification_proof(
            proposal=proposal, by=request.user, proof=form.cleaned_data["proof"]
        ),
        _("Het bewijs is opgeslagen."),
        "decide",
    )
