"""Working away from the portal: evaluator packs, and scores in a spreadsheet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import is_adviser
from accounts.requests import SignedInRequest
from common.views import staff_required
from documents.models import Job
from documents.policies import may_download
from evaluations.selectors.packs import own_files, packs_job
from evaluations.services.packs import request_pack, request_packs
from evaluations.views.page import file_view
from projects.models import Proposal


def _follow(job: Job, back: str) -> HttpResponse:
    return redirect(f"{reverse('documents:job', args=[job.pk])}?{urlencode({'terug': back})}")


@file_view
@require_POST
def pack(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Have the pack of one file made."""
    job = request_pack(proposal=proposal, by=request.user)
    return _follow(job, reverse("evaluations:file", args=[proposal.reference]))


@staff_required
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Everything for who takes the own files home."""
    is_adviser.check(request.user, None)
    made = packs_job(request.user)
    return render(
        request,
        "evaluations/offline.html",
        {
            "files": own_files(request.user),
            "packs": made,
            "packs_refused": made is not None
            and made.is_done
            and not may_download.test(request.user, made),
        },
    )


@staff_required
@require_POST
def packs(request: SignedInRequest) -> HttpResponse:
    """Have the packs of all own files made."""
    return _follow(request_packs(by=request.user), reverse("evaluations:offline"))
