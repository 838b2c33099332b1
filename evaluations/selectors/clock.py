"""Whether the terms of a file run, for its page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.formatting import format_deadline
from common.moments import today
from evaluations.lifecycle import FileStep
from evaluations.models import ClockPause, FileSummary, PauseReason
from evaluations.pauses import paused_working_days, stands_still_since
from evaluations.policies import may_see_decision
from projects.models import Proposal
from projects.window import window_at


@dataclass(frozen=True)
class FileClock:
    """`since` is None while the terms run; `why` tells what the applicant is to do, each with its
    own term; `due_on` is the last day of the step that waits, moved by the pauses, and `is_late`
    says that it is over."""

    since: datetime | None
    why: list[str]
    has_lapsed: bool
    paused_days: int
    due_on: date | None
    is_late: bool


def file_clock(user: Any, proposal: Proposal) -> FileClock:
    """How the terms of a visible file stand; the day of a step that `user` may not know is left
    out."""
    pauses = list(
        ClockPause.objects.filter(proposal=proposal)
        .select_related("information_request")
        .order_by("started_at", "pk")
    )
    running = [pause for pause in pauses if pause.ended_at is None]
    now = clock.now()
    told = [_of_pause(pause, proposal, now) for pause in running]
    due_on = _due_on(user, proposal)
    return FileClock(
        since=stands_still_since(pauses),
        why=[sentence for sentence, _lapsed in told],
        has_lapsed=any(lapsed for _sentence, lapsed in told),
        paused_days=paused_working_days(pauses),
        due_on=due_on,
        is_late=due_on is not None and due_on < today(),
    )


def _of_pause(pause: ClockPause, proposal: Proposal, now: datetime) -> tuple[str, bool]:
    if pause.reason == PauseReason.CORRECTION:
        window = window_at(proposal, now)
        if window.is_open and window.closes_at is not None:
            until = format_deadline(window.closes_at)
            return _("De aanvrager kan het voorstel aanvullen tot %(until)s.") % {
                "until": until
            }, False
        return _("De aanvrager diende niet op tijd een aangevuld voorstel in."), True
    request = pause.information_request
    assert request is not None, "a pause for information is of a request"
    values = {"number": request.number, "until": format_deadline(request.due_at)}
    if request.is_late_at(now):
        return _(
            "De aanvrager antwoordde nog niet op vraag %(number)s. Dat kon tot %(until)s."
        ) % values, True
    return _("De aanvrager kan vraag %(number)s beantwoorden tot %(until)s.") % values, False


def _due_on(user: Any, proposal: Proposal) -> date | None:
    row = FileSummary.objects.filter(proposal=proposal).first()
    if row is None or row.step == FileStep.CLOSED:
        return None
    hidden = row.step in {FileStep.DECIDE, FileStep.NOTIFY}
    return None if hidden and not may_see_decision.test(user, proposal) else row.due_on
