"""The calendar of what projects must deliver."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.moments import today
from common.work import WorkItem
from projects.lifecycle import ObligationState, ProjectState
from projects.models import Obligation, Project
from projects.policies import may_guide_project


def obligations_of(project: Project) -> list[Obligation]:
    """All of a project, by day; one query."""
    return list(project.obligations.select_related("project", "file", "delivered_by"))


def calendar(user: Any, *, which: str = "", search: str = "") -> QuerySet[Obligation]:
    """Obligations of running projects, soonest first.

    `which`: "late", "delivered" (waits for the team), "all"; otherwise what is open.
    """
    found = Obligation.objects.visible_to(user).select_related("project__organisation")
    if which == "late":
        found = found.awaited().filter(due_on__lt=today())
    elif which == "delivered":
        found = found.filter(state=ObligationState.DELIVERED)
    elif which != "all":
        found = found.awaited()
    if which != "all":
        found = found.exclude(project__state=ProjectState.STOPPED)
    if search:
        found = found.filter(
            Q(title__icontains=search)
            | Q(project__title__icontains=search)
            | Q(project__reference__icontains=search)
            | Q(project__organisation__name__icontains=search)
        )
    return found.order_by("due_on", "pk")


def one_obligation(user: Any, pk: int) -> Obligation:
    """One that `user` may see.

    Raises:
        Http404: for everybody else.
    """
    found = (
        Obligation.objects.visible_to(user)
        .select_related("project__organisation", "file")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def obligation_work(user: User) -> list[WorkItem]:
    """What was delivered and waits for the team, of projects that one guides or nobody does."""
    if not may_guide_project.test(user, None):
        return []
    waiting = (
        Obligation.objects.filter(state=ObligationState.DELIVERED)
        .filter(Q(project__guide=user) | Q(project__guide__isnull=True))
        .select_related("project")
        .order_by(F("delivered_at").asc(), "pk")
    )
    return [
        WorkItem(
            label=_("Levering nakijken"),
            title=str(obligation),
            url=reverse("projects:staff_obligations", args=[obligation.project.reference]),
            due_on=None,
            is_late=False,
            group=_("Projecten"),
        )
        for obligation in waiting
    ]
