"""The overview per call, the file itself and the timeline."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common.views import staff_required
from evaluations.policies import may_see_board
from evaluations.selectors import (
    call_overview,
    file_timeline,
    may_read_text,
)
from evaluations.selectors.chain import file_chain
from evaluations.selectors.packs import may_have_pack, pack_job
from evaluations.views.page import READING, file_view, show
from projects.models import Proposal
from projects.selectors import answered_requests, partners_as_submitted

PAGE_SIZE = 25


@staff_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How far each call is, counted over the files that one may see."""
    page = Paginator(call_overview(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    boards = {call.pk for call in page if may_see_board.test(request.user, call)}
    return render(request, "evaluations/overview.html", {"page_obj": page, "boards": boards})


@file_view
@require_safe
def file(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The proposal as it was submitted; who is invited sees with whom, to declare a conflict."""
    reads = may_read_text(request.user, proposal)
    return show(
        request,
        "file",
        proposal,
        "file",
        chain=file_chain(request.user, proposal),
        partner_names=", ".join(name for name, _kbo in partners_as_submitted(proposal)) or "–",
        version=proposal.latest_version if reads else None,
        answered=list(answered_requests(proposal)) if reads else [],
        reads=reads,
        reading=READING,
        packs=may_have_pack(request.user, proposal),
        pack=pack_job(request.user, proposal),
    )


@file_view
@require_safe
def history(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """What happened to the file."""
    return show(
        request, "history", proposal, "history", events=file_timeline(request.user, proposal)
    )
