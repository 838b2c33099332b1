"""Projects of the demo: real titles of the past, and those of invented selected proposals."""

from datetime import date, timedelta

from calls.models import Call, Theme
from common.moments import local_day
from demo.organisations import real_organisation
from demo.people import Cast
from demo.sources import ProjectSource, project_sources
from projects.lifecycle import ProjectState
from projects.models import Project, ProjectPhase, Proposal

STATE_WORDS = [
    ("uitgevoerd", ProjectState.FINISHED),
    ("proof of concept", ProjectState.EXECUTION),
    ("lopend", ProjectState.EXECUTION),
    ("toegewezen", ProjectState.AWARDED),
    ("bestek gepubliceerd", ProjectState.TENDER_PUBLISHED),
    ("opdracht uitgeschreven", ProjectState.TENDER_PUBLISHED),
    ("deelopdracht", ProjectState.TENDER_PREPARATION),
    ("gepland", ProjectState.TENDER_PREPARATION),
]


def real_projects(
    calls: dict[str, Call], themes: dict[str, Theme], cast: Cast
) -> dict[str, Project]:
    """The projects that public pages name, with their source; amounts come later, invented."""
    projects = {}
    for number, source in enumerate(project_sources(), 1):
        projects[source.title] = Project.objects.create(
            call=next(
                (c for title, c in calls.items() if source.call and source.call in title), None
            ),
            organisation=real_organisation(source),
            reference=f"PIO-H-{number:03d}",
            title=source.title,
            summary=_what_is_known(source),
            theme=themes.get(source.theme),
            state=_state(source),
            guide=cast.team,
            source_url=source.address,
        )
    return projects


def invented_project(proposal: Proposal, cast: Cast, state: ProjectState) -> Project:
    """The project of an invented selected proposal, opened when the decision was notified."""
    notified_at = proposal.decision.notified_at
    assert notified_at is not None  # selected, so notified in the story
    opened_on = local_day(notified_at)
    project = Project.objects.create(
        proposal=proposal,
        call=proposal.call,
        organisation=proposal.organisation,
        reference=proposal.reference,
        title=proposal.title,
        summary=proposal.summary,
        theme=proposal.theme,
        guide=cast.team,
        state=state,
        is_fictional=True,
        opened_on=opened_on,
        ended_on=opened_on + timedelta(days=540) if state == ProjectState.FINISHED else None,
    )
    start: date = opened_on
    for line in proposal.cost_lines.order_by("position"):
        end = start + timedelta(days=180)
        ProjectPhase.objects.get_or_create(
            project=project, phase=line.phase, defaults={"starts_on": start, "ends_on": end}
        )
        start = end
    return project


def _state(source: ProjectSource) -> ProjectState:
    for word, state in STATE_WORDS:
        if word in source.status:
            return state
    return ProjectState.PREPARATION


def _what_is_known(source: ProjectSource) -> str:
    year = f" ({source.year})" if source.year else ""
    return f"Volgens de bron{year}: {source.status}."
