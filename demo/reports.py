"""What reports tell: projects that were finished, and an edition of last year that was signed."""

from datetime import date

from common import clock
from common.moments import start_of_day
from common.money import round_cents
from demo.organisations import MARK
from demo.people import Cast
from demo.timing import Calendar, at
from funding.lifecycle import InstalmentState
from funding.models import Commitment
from funding.services import release_commitment
from projects.lifecycle import ProjectState
from projects.models import FollowUp, Project
from reporting.facts.recording import recorded_at
from reporting.models import ReportEdition
from reporting.services.editions import make_edition

LATE = 5
"""Days ago on which something of last year was booked, after the edition."""


def follow_ups(calendar: Calendar, cast: Cast) -> None:
    """What became of the projects that were finished."""
    lessons = "https://voorbeeld.example/lessen"
    finished = Project.objects.filter(state=ProjectState.FINISHED, is_fictional=True)
    for number, project in enumerate(finished.order_by("pk")):
        in_use = number % 3 < 2
        FollowUp.objects.create(
            project=project,
            noted_on=calendar.ago(LATE),
            in_use=in_use,
            scaled_to=f"Twee andere besturen {MARK}" if number % 3 == 0 else "",
            lessons_url=lessons if in_use else "",
            noted_by=cast.team,
            noted_at=at(calendar.ago(LATE), 9),
        )


def signed_edition(calendar: Calendar, cast: Cast) -> None:
    """The edition of last year; workers make its files once the demo is there.

    Its page is not empty: a little of last year was given back after it, dated in that year.
    """
    last = calendar.year - 1
    cut_off = min(start_of_day(date(calendar.year, 2, 1)), start_of_day(calendar.ago(2 * LATE)))
    made = make_edition(year=last, cut_off=cut_off, by=cast.manager)
    ReportEdition.objects.filter(pk=made.pk).update(signed_by=cast.leader, signed_at=clock.now())
    planned = (
        Commitment.objects.filter(
            line__budget_year__year=last,
            effective_on__lt=date(last, 12, 20),
            instalments__state=InstalmentState.PLANNED,
        )
        .order_by("pk")
        .first()
    )
    if planned is None:
        return
    late = at(calendar.ago(LATE), 11)
    with clock.moved_to(late), recorded_at(late):
        release_commitment(
            commitment=planned,
            amount=round_cents(planned.open_amount / 100),
            reason=f"Minder kosten dan geraamd {MARK}",
            by=cast.manager,
            on=date(last, 12, 20),
        )
