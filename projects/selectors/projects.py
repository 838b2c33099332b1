"""Reads about projects: lists, a project's pages, the public portfolio."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import sees_money
from audit import selectors as audit
from calls.models import Call, Theme
from common.work import WorkItem
from projects.lifecycle import PROJECT_LIFECYCLE, ProjectState
from projects.models import FollowUp, Procurement, Project, ProjectPhase
from projects.models.project import MONEY_STATES
from projects.policies import may_guide_project

PUBLIC_STATES = {
    "lopend": [state for state in ProjectState if state not in {"finished", "stopped"}],
    "afgerond": [ProjectState.FINISHED],
    "stopgezet": [ProjectState.STOPPED],
}
"""What the public portfolio filters on: inner steps say little to a visitor."""


@dataclass(frozen=True)
class Stage:
    """Where a project stands, for the row of steps."""

    label: str
    state: str


def staff_project_list(
    user: User, *, search: str = "", state: str = "", call: str = "", guide: str = ""
) -> QuerySet[Project]:
    """Projects that `user` may see, latest first. `guide` is "mine" or empty."""
    found = Project.objects.visible_to(user).select_related("organisation", "guide", "call")
    if search:
        found = found.filter(
            Q(title__icontains=search)
            | Q(reference__icontains=search)
            | Q(organisation__name__icontains=search)
        )
    if state:
        found = found.filter(state=state)
    if call:
        found = found.filter(call__reference=call)
    if guide == "mine":
        found = found.filter(guide=user)
    return found


def work_for(user: User) -> list[WorkItem]:
    """Running projects of the portal that nobody guides yet: the authority waits for a contact."""
    if not may_guide_project.test(user, None):
        return []
    found = (
        Project.objects.visible_to(user)
        .running()
        .filter(guide__isnull=True, proposal__isnull=False)
        .order_by("opened_on", "pk")
    )
    return [
        WorkItem(
            label=_("Begeleider aanwijzen"),
            title=str(project),
            url=reverse("projects:project_guide", args=[project.reference]),
            due_on=None,
            is_late=False,
            group=_("Projecten"),
        )
        for project in found
    ]


def calls_with_projects() -> list[tuple[str, str]]:
    """Choices for a filter: reference and title of each call that has projects."""
    calls = Call.objects.filter(projects__isnull=False).distinct().order_by("-reference")
    return [(call.reference, str(call)) for call in calls]


def themes_in_portfolio() -> list[tuple[str, str]]:
    """Choices for a filter: themes of public projects."""
    themes = Theme.objects.filter(project__in=Project.objects.public()).distinct().order_by("name")
    return [(theme.slug, theme.name) for theme in themes]


def portfolio(*, search: str = "", theme: str = "", state: str = "") -> QuerySet[Project]:
    """Public projects, latest first; only what everybody may know."""
    found = Project.objects.public().select_related("organisation", "theme")
    if search:
        found = found.filter(
            Q(title__icontains=search)
            | Q(summary__icontains=search)
            | Q(organisation__name__icontains=search)
        )
    if theme:
        found = found.filter(theme__slug=theme)
    if state in PUBLIC_STATES:
        found = found.filter(state__in=PUBLIC_STATES[state])
    return found


def public_project(reference: str) -> Project:
    """A project of the public portfolio.

    Raises:
        Http404: when it is not public.
    """
    return _one(Project.objects.public().select_related("organisation", "theme"), reference)


def staff_project(user: Any, reference: str) -> Project:
    """A project with all that its staff page shows.

    Raises:
        Http404: when there is none.
    """
    return _one(_with_everything(Project.objects.visible_to(user)), reference)


def member_project(user: Any, reference: str) -> Project:
    """A project of one of the organisations that `user` belongs to.

    Raises:
        Http404: for everybody else.
    """
    own = Project.objects.filter(organisation__in=user.member_roles)
    return _one(_with_everything(own), reference)


def _with_everything(projects: QuerySet[Project]) -> QuerySet[Project]:
    return projects.select_related(
        "organisation", "guide", "call", "theme", "proposal"
    ).prefetch_related(
        Prefetch("phases", ProjectPhase.objects.order_by("starts_on", "pk")),
        Prefetch("procurements", Procurement.objects.order_by("number")),
        Prefetch("follow_ups", FollowUp.objects.order_by("-noted_on", "-pk")),
    )


def _one(projects: QuerySet[Project], reference: str) -> Project:
    found = projects.filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def project_tabs(user: Any, project: Project, active: str) -> list[dict[str, Any]]:
    """The parts of a project's staff page; the money part is drawn by a higher room."""
    parts = [
        ("project", _("Project"), "projects:staff_project"),
        ("obligations", _("Verplichtingen"), "projects:staff_obligations"),
    ]
    if sees_money.test(user, None):
        parts.append(("funding", _("Cofinanciering"), "funding:staff_project_funding"))
    return [
        {
            "label": label,
            "url": reverse(url_name, args=[project.reference]),
            "active": name == active,
            "count": None,
        }
        for name, label, url_name in parts
    ]


def project_history(project: Project) -> list[dict[str, Any]]:
    """What happened to the project, latest first."""
    return [
        {
            "when": event.at,
            "title": event.label,
            "actor": event.actor or _("Het portaal"),
            "text": event.comment,
        }
        for event in audit.timeline(project).reverse()[:50]
    ]


MAIN_ROAD = (
    ProjectState.PREPARATION,
    ProjectState.TENDER_PREPARATION,
    ProjectState.COFINANCING_REQUESTED,
    ProjectState.COFINANCING_GRANTED,
    ProjectState.TENDER_PUBLISHED,
    ProjectState.AWARDED,
    ProjectState.EXECUTION,
    ProjectState.DELIVERED,
    ProjectState.FINISHED,
)


def stages(project: Project, *, for_member: bool = False) -> list[Stage]:
    """The usual road with where the project stands; empty when it left that road.

    A member of the organisation reads what the committee decided in its letter, not here.
    """
    state = project.state
    if for_member and state in MONEY_STATES:
        state = ProjectState.COFINANCING_REQUESTED
    if state not in MAIN_ROAD:
        return []
    place = MAIN_ROAD.index(ProjectState(state))
    return [
        Stage(str(state.label), "done" if n < place else "current" if n == place else "todo")
        for n, state in enumerate(MAIN_ROAD)
    ]


def possible_steps(user: Any, project: Project) -> list[Any]:
    """Steps that `user` may take by hand now."""
    return PROJECT_LIFECYCLE.possible_for(project, user)
