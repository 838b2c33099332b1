"""What running projects deliver: accepted, waiting for the team, late, and still to come."""

from datetime import timedelta

from common.moments import add_months
from demo.organisations import MARK
from demo.people import Cast
from demo.timing import Calendar, at
from funding.models import Commitment
from projects.lifecycle import ENDED_PROJECT_STATES, ObligationState
from projects.models import Obligation
from projects.services.obligations import default_obligations

MONTHS = 24


def obligations(calendar: Calendar, cast: Cast) -> None:
    """Of every running project with a commitment, two years from the commitment on."""
    running = (
        Commitment.objects.exclude(project__state__in=ENDED_PROJECT_STATES)
        .select_related("project")
        .order_by("effective_on", "pk")
    )
    past: list[Obligation] = []
    for commitment in running:
        starts_on = commitment.effective_on
        for due in default_obligations(starts_on, add_months(starts_on, MONTHS)):
            obligation = Obligation.objects.create(
                project=commitment.project,
                kind=due.kind,
                title=due.title,
                due_on=due.due_on,
                created_by=cast.team,
                created_at=at(starts_on, 10),
            )
            if due.due_on < calendar.today:
                past.append(obligation)
    past.sort(key=lambda one: one.due_on)
    late, waiting, *accepted = reversed(past)
    del late  # nobody delivered it
    for obligation in [waiting, *accepted]:
        _move(obligation, ObligationState.DELIVERED, cast)
    for obligation in accepted:
        _move(obligation, ObligationState.ACCEPTED, cast)


def _move(obligation: Obligation, state: ObligationState, cast: Cast) -> None:
    """Along the lifecycle: the database refuses a jump."""
    Obligation.objects.filter(pk=obligation.pk).update(
        state=state,
        note=f"Bezorgd aan de begeleider {MARK}",
        delivered_by=cast.submitter,
        delivered_at=at(obligation.due_on - timedelta(days=2), 15),
    )
