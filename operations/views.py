"""Pages about how the portal works: outages, and its last inspection."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from accounts.requests import SignedInRequest
from common.formatting import format_deadline, format_moment
from common.views import service_errors, staff_required
from operations import selectors, services
from operations.checks import CHECKS, Level
from operations.csp_reports import violations_in
from operations.forms import OutageForm
from operations.metrics import exposition, may_read_metrics
from operations.models import Inspection, OutageAnswer
from operations.policies import may_answer_outage, may_see_operation, may_see_outages

ANSWERS_SHOWN = 50
OUTAGES_SHOWN = 50


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; for who holds the token or calls from a listed address, else 404."""
    if not may_read_metrics(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser tells what it refused on one of our pages; always the same, empty answer."""
    with suppress(ValueError):
        services.count_violations(violations=violations_in(request.body))
    return HttpResponse(status=204)


@staff_required
@require_safe
def outages(request: HttpRequest) -> HttpResponse:
    """Outages as the heartbeats tell them, what the portal proposes, and what was answered."""
    may_see_outages.check(request.user)
    return render(
        request,
        "operations/outages.html",
        {
            "proposals": selectors.proposals(),
            "outages": selectors.outages()[:OUTAGES_SHOWN],
            "answers": OutageAnswer.objects.latest_first()[:ANSWERS_SHOWN],
            "may_answer": may_answer_outage.test(request.user),
        },
    )


@staff_required
@require_safe
def condition(request: HttpRequest) -> HttpResponse:
    """What the last inspection found, and the last sign of life of each part."""
    may_see_operation.check(request.user)
    inspection = Inspection.objects.first()
    return render(
        request,
        "operations/condition.html",
        {
            "inspection": inspection,
            "findings": [_shown(one) for one in inspection.findings] if inspection else [],
            "signs": sorted(selectors.last_signs().items()),
            "csp_reports": selectors.latest_csp_reports(),
        },
    )


def _shown(finding: dict[str, Any]) -> dict[str, Any]:
    """A kept finding with the words of its check; a check of an older portal keeps its code."""
    words = {
        Level.OK: (_("In orde"), "success"),
        Level.WARNING: (_("Let op"), "warning"),
        Level.FAULT: (_("Fout"), "danger"),
    }
    word, tone = words[Level(finding["level"])]
    check = CHECKS.get(finding["code"])
    label = check.label if check else finding["code"]
    return {**finding, "label": label, "word": word, "tone": tone}


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_outage(request: SignedInRequest, pk: int, began: int) -> HttpResponse:
    """Grant the proposed extension, perhaps with another moment, or decline it."""
    may_answer_outage.check(request.user)
    proposal = next(
        (
            one
            for one in selectors.proposals()
            if one.round.pk == pk and one.gap.began == _instant(began)
        ),
        None,
    )
    if proposal is None:
        raise Http404
    form = OutageForm(
        request.POST or None,
        initial={
            "closes_at": proposal.closes_at,
            "reason": _("Het portaal was niet bereikbaar van %(began)s tot %(ended)s.")
            % {
                "began": format_moment(proposal.gap.began),
                "ended": format_moment(proposal.gap.ended),
            },
        },
    )
    granted = request.POST.get("antwoord") != "weigeren"
    if form.is_valid():
        closes_at = form.closing_when(granted=granted)
        if form.is_valid():
            with service_errors(form):
                services.answer_outage(
                    submission_round=proposal.round,
                    began_at=proposal.gap.began,
                    closes_at=closes_at,
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                )
        if form.is_valid():
            messages.success(
                request,
                _("De ronde sluit nu op %(moment)s. Wie erop rekent, krijgt een mail.")
                % {"moment": format_deadline(closes_at)}
                if closes_at
                else _("Er komt geen extra tijd. Uw reden staat bij de storing."),
            )
            return redirect("operations:outages")
    return render(request, "operations/answer_outage.html", {"form": form, "proposal": proposal})


def _instant(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Http404 from None
