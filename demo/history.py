"""How the demo's projects came where they are, so that a report of a past day shows them then."""

from datetime import date, datetime, timedelta

from demo.timing import Calendar, at
from funding.lifecycle import InstalmentState
from funding.models import CofinancingRequest, Instalment, Payment
from projects.lifecycle import ENDED_PROJECT_STATES, ProjectState
from projects.models import Project
from reporting.facts.recording import record_past

LAST_STEP = 6
"""Days ago that a project without a later date took its last step."""


def tell_history(calendar: Calendar) -> None:
    """The steps of projects and instalments, each known from the day on which it was taken."""
    paid: dict[int, date] = {}
    for instalment, project_key, day in Payment.objects.filter(returned_on=None).values_list(
        "claim__instalment", "claim__instalment__commitment__project", "paid_on"
    ):
        paid[project_key] = max(paid.get(project_key, day), day)
        _instalment(instalment, day)
    waiting = Instalment.objects.exclude(state__in=[InstalmentState.PLANNED, InstalmentState.PAID])
    for key, state in waiting.values_list("pk", "state"):
        record_past(kind="instalment", key=key, instant=_start(key), state=InstalmentState.PLANNED)
        record_past(kind="instalment", key=key, instant=at(calendar.ago(9)), state=state)
    for project in Project.objects.prefetch_related(
        "procurements__cofinancing_requests__decisions"
    ):
        _project(project, paid.get(project.pk), calendar)


def _start(instalment: int) -> datetime:
    found = Instalment.objects.select_related("commitment").get(pk=instalment)
    return at(found.commitment.effective_on, 17)


def _instalment(key: int, paid_on: date) -> None:
    record_past(kind="instalment", key=key, instant=_start(key), state=InstalmentState.PLANNED)
    record_past(kind="instalment", key=key, instant=at(paid_on, 17), state=InstalmentState.PAID)


def _project(project: Project, paid_on: date | None, calendar: Calendar) -> None:
    steps: list[tuple[date, ProjectState]] = []
    if project.opened_on:
        steps.append((project.opened_on, ProjectState.PREPARATION))
    for procurement in project.procurements.all():
        for request in procurement.cofinancing_requests.all():
            steps += _money(request)
        if procurement.published_on:
            steps.append((procurement.published_on, ProjectState.TENDER_PUBLISHED))
        if procurement.awarded_on:
            steps.append((procurement.awarded_on, ProjectState.AWARDED))
            steps.append((procurement.awarded_on + timedelta(days=14), ProjectState.EXECUTION))
    if not steps:
        return
    steps = [(day, state) for day, state in sorted(steps) if day < calendar.ago(LAST_STEP)]
    ended = project.state in ENDED_PROJECT_STATES
    last = paid_on if ended and paid_on else max([calendar.ago(LAST_STEP), *(d for d, _s in steps)])
    final = project.state
    for day, state in [*((d, s) for d, s in steps if d < last), (last, final)]:
        record_past(
            kind="project",
            key=project.pk,
            instant=at(day, 17),
            state=state,
            ended_on=project.ended_on.isoformat()
            if project.ended_on and state == final and day == last
            else None,
        )


def _money(request: CofinancingRequest) -> list[tuple[date, ProjectState]]:
    outcome = {
        "granted": ProjectState.COFINANCING_GRANTED,
        "refused": ProjectState.COFINANCING_REFUSED,
        "postponed": ProjectState.COFINANCING_POSTPONED,
    }
    return [
        (request.requested_at.date(), ProjectState.COFINANCING_REQUESTED),
        *((made.decided_on, outcome[made.outcome]) for made in request.decisions.all()),
    ]
