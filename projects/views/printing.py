"""The whole draft on one page, to print or to read through."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common import clock
from projects import selectors
from projects.content import section_content
from projects.draft import load_draft
from projects.policies import may_see_draft


@login_required
@require_safe
def print_view(request: HttpRequest, reference: str) -> HttpResponse:
    """Every section as a reader sees it; each printed page says that it was not handed in."""
    proposal = selectors.visible_proposal(request.user, reference)
    if not may_see_draft.test(request.user, proposal):
        raise Http404
    if not proposal.can_be_edited:
        return redirect(proposal)
    draft = load_draft(proposal)
    return render(
        request,
        "projects/print.html",
        {
            "proposal": proposal,
            "sections": [section_content(draft, section) for section in draft.sections],
            "printed_at": clock.now(),
        },
    )
