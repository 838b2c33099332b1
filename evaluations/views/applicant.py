"""What the applicant reads: the decision, after the notification and not before."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from evaluations.documents import published_advice
from evaluations.models import SelectionDecision
from evaluations.selectors import notified_decision


@login_required
@require_GET
@never_cache
def applicant_decision(request: HttpRequest, reference: str) -> HttpResponse:
    """Outcome, reasons, advice and letter, for members of the applicant."""
    try:
        found = notified_decision(request.user, reference)
    except SelectionDecision.DoesNotExist:
        raise Http404 from None
    return render(
        request,
        "evaluations/applicant_decision.html",
        {
            "decision": found,
            "proposal": found.proposal,
            "advice": published_advice(found.advice),
            "is_selected": found.outcome == SelectionDecision.Outcome.SELECTED,
        },
    )
