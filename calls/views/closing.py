"""Moving a closing moment of a published call: first what it means, then the act."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from calls import selectors, services
from calls.lifecycle import CallState
from calls.models import Call, SubmissionRound
from calls.policies import may_manage_calls
from calls.setup_forms import MoveClosingForm
from calls.views.setup import step_url
from common import clock
from common.formatting import format_deadline
from common.views import staff_required


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_closing(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for the moment and the reason, show what follows from it, and do it when confirmed."""
    call = get_object_or_404(selectors.calls_for_setup(request.user), slug=slug)
    may_manage_calls.check(request.user)
    submission_round = get_object_or_404(call.rounds, pk=pk)
    if call.state != CallState.PUBLISHED:
        messages.error(
            request, _("De sluiting verplaatsen kan alleen bij een gepubliceerde oproep.")
        )
        return redirect(step_url(call, "rondes"))
    form = MoveClosingForm(request.POST or None)
    preview: dict[str, Any] | None = None
    if form.is_valid():
        closing = form.closing
        assert closing is not None, "a valid form has a closing"
        try:
            if request.POST.get("bevestigd") == closing.isoformat():
                services.move_closing(
                    submission_round=submission_round,
                    closes_at=closing,
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                )
                messages.success(
                    request,
                    _(
                        "De ronde sluit nu op %(moment)s. Wie aan een voorstel werkt en wie de"
                        " oproep volgt, krijgt een mail. De herinneringen zijn opnieuw gepland."
                    )
                    % {"moment": format_deadline(closing)},
                )
                return redirect(step_url(call, "rondes"))
            services.check_closing(submission_round=submission_round, closes_at=closing)
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            preview = _preview(call, submission_round, closing)
    return render(
        request,
        "calls/staff/move_closing.html",
        {
            "call": call,
            "round": submission_round,
            "form": form,
            "preview": preview,
            "notice_days": services.notice_days(),
            "earliest": services.earliest_earlier_closing(),
            "is_closed": submission_round.closes_at <= clock.now(),
            "back": step_url(call, "rondes"),
        },
    )


def _preview(call: Call, submission_round: SubmissionRound, closing: datetime) -> dict[str, Any]:
    """What follows from the move, before it is done."""
    return {
        "value": closing.isoformat(),
        "becomes": closing,
        "is_earlier": closing < submission_round.closes_at,
        "reopens": submission_round.closes_at <= clock.now(),
        "reminders": selectors.reminder_dates(call, closing),
    }
