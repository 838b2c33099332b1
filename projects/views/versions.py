"""What was handed in: reading it, its receipt, its documents and files."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from documents.downloads import serve
from documents.selectors import latest_job
from documents.services import request_document
from projects import selectors
from projects.lifecycle import ProposalState
from projects.services.submission import DOSSIER_KIND, RECEIPT_KIND


@login_required
@require_safe
def version(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The frozen text."""
    found = selectors.version_for_reading(request.user, reference, number)
    return render(
        request,
        "projects/version.html",
        {
            "version": found,
            "proposal": found.proposal,
            "content": found.content,
            "job": latest_job(DOSSIER_KIND, selectors.dossier_params(found)),
        },
    )


@login_required
@require_safe
def receipt(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Proof of receipt: number, instant, SHA-256, list of content, and what happens next."""
    found = selectors.version_for_reading(request.user, reference, number)
    return render(
        request,
        "projects/receipt.html",
        {
            "version": found,
            "proposal": found.proposal,
            "content": found.content,
            "is_latest": found.proposal.submitted_at == found.arrived_at,
            "awaits_check": found.proposal.state == ProposalState.SUBMITTED,
            "job": latest_job(RECEIPT_KIND, {"version": found.pk}),
            "dossier": latest_job(DOSSIER_KIND, selectors.dossier_params(found)),
        },
    )


@login_required
@require_POST
def make_document(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Ask for the receipt or the whole proposal as PDF; what was made is not made again."""
    found = selectors.version_for_reading(request.user, reference, number)
    kind = request.POST.get("kind")
    if kind not in {RECEIPT_KIND, DOSSIER_KIND}:
        raise Http404
    params = selectors.dossier_params(found) if kind == DOSSIER_KIND else {"version": found.pk}
    job = latest_job(kind, params)
    if job is None or job.is_without_file:
        job = request_document(
            kind=kind, params=params, requested_by=request.user, about=found.proposal
        )
    back = reverse("projects:version", args=[reference, number])
    return redirect(f"{reverse('documents:job', args=[job.pk])}?{urlencode({'terug': back})}")


@login_required
@require_safe
def file(request: HttpRequest, reference: str, file_id: UUID) -> HttpResponseBase:
    """An attachment, for who may read the proposal it stands in."""
    return serve(request, selectors.file_of_proposal(request.user, reference, file_id))
