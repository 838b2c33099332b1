"""What waits for whom, collected from every room; a fixed number of queries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.requests import SignedInRequest
from calls.lifecycle import CallPhase, CallState
from calls.models import Call
from calls.policies import may_manage_calls
from calls.selectors import calls_to_announce
from common import clock
from common.work import WorkItem
from documents.models import Job, JobState
from documents.policies import may_retry
from evaluations.selectors import waiting_files
from evaluations.selectors.talks import talk_work
from funding.selectors import member_work as funding_member_work
from funding.selectors import work_for as funding_work
from notifications.selectors import mails_that_need_a_person
from payments.selectors import member_work as payment_member_work
from payments.selectors import work_for as payment_work
from projects.lifecycle import ProposalState
from projects.models import Project, Proposal
from projects.selectors.assignments import assigned_to
from projects.selectors.obligations import obligation_work
from projects.selectors.partners import parts_for_dashboard
from projects.selectors.projects import work_for as project_work
from projects.selectors.proposals import ProposalCard, own_proposals, proposals_for_dashboard
from reporting.selectors import work_for as report_work

PER_GROUP = 25
"""How many rows of a group, or files of an authority, stand on one page."""


@dataclass(frozen=True)
class WorkGroup:
    """Things to do under one heading, soonest first."""

    name: str
    items: list[WorkItem]
    count: int
    late: int
    url: str = ""
    """The whole list, when it has a page of its own."""


def _calls_to_move(user: User) -> list[WorkItem]:
    """Calls of which every round closed, but whose assessment has not been started."""
    if not may_manage_calls.test(user, None):
        return []
    closed = Call.objects.visible_to(user).in_phase(CallPhase.CLOSED, clock.now())
    return [
        WorkItem(
            label=_("Beoordeling starten"),
            title=str(call),
            url=reverse("calls:staff_detail", args=[call.slug]),
            due_on=None,
            is_late=False,
            group=_("Oproepen"),
        )
        for call in closed.order_by("pk")
    ]


def _failures(user: User) -> list[WorkItem]:
    """Documents and mails that a person must look at."""
    if not may_retry(user, None):
        return []
    items = []
    failed_jobs = Job.objects.visible_to(user).filter(state=JobState.FAILED).count()
    if failed_jobs:
        items.append(
            WorkItem(
                label=_("Mislukte documenten bekijken"),
                title=_("%(n)s mislukt") % {"n": failed_jobs},
                url=f"{reverse('documents:jobs')}?state={JobState.FAILED.value}",
                due_on=None,
                is_late=False,
                group=_("Portaal"),
            )
        )
    failed_mails = mails_that_need_a_person(user)["broken"]
    if failed_mails:
        items.append(
            WorkItem(
                label=_("Mails bekijken die niet vertrokken zijn"),
                title=_("%(n)s mails") % {"n": failed_mails},
                url=reverse("notifications:outbox"),
                due_on=None,
                is_late=False,
                group=_("Portaal"),
            )
        )
    return items


WORK: list[Callable[[User], list[WorkItem]]] = [
    talk_work,
    project_work,
    obligation_work,
    funding_work,
    payment_work,
    report_work,
    _calls_to_move,
    _failures,
]
"""The `work_for` of each room but files, of which there may be thousands; the order is that of the
groups on the page."""


def staff_overview(user: User) -> dict[str, Any]:
    """What waits for `user`, by group, and how the programme stands."""
    items = [item for work_for in WORK for item in work_for(user)]
    groups = [*_files(user), *_grouped(items)]
    return {
        "groups": groups,
        "total": sum(group.count for group in groups),
        "late": sum(group.late for group in groups),
        "calls": _running_calls(user),
    }


def _files(user: User) -> list[WorkGroup]:
    """The first files of the work list, with what the database counted of all of them."""
    files = waiting_files(user, limit=PER_GROUP)
    if not files.count:
        return []
    url = reverse("evaluations:work")
    return [WorkGroup(_("Dossiers"), files.items, files.count, files.late, url)]


def _grouped(items: list[WorkItem]) -> list[WorkGroup]:
    order = {name: place for place, name in enumerate(dict.fromkeys(item.group for item in items))}
    items.sort(key=lambda item: (order[item.group], item.due_on or date.max, item.title))
    groups = []
    for name, rows in groupby(items, key=lambda item: item.group):
        of_group = list(rows)
        late = sum(item.is_late for item in of_group)
        groups.append(WorkGroup(str(name), of_group[:PER_GROUP], len(of_group), late))
    return groups


@dataclass(frozen=True)
class CallCounts:
    """A running call; of drafts only the number is told, whoever asks."""

    call: Call
    drafts: int
    submitted: int


def _running_calls(user: User) -> list[CallCounts]:
    """Calls that are in preparation, open or being judged, with their proposals counted."""
    running = [CallState.CONCEPT, CallState.PUBLISHED, CallState.ASSESSMENT]
    calls = list(
        Call.objects.visible_to(user)
        .filter(state__in=running)
        .latest_first()
        .prefetch_related("rounds")[:10]
    )
    counts = {
        row["call"]: row
        for row in Proposal.objects.filter(call__in=calls)
        .order_by()
        .values("call")
        .annotate(
            drafts=Count("pk", filter=Q(state=ProposalState.DRAFT, submitted_at=None)),
            submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
        )
    }
    nothing = {"drafts": 0, "submitted": 0}
    return [
        CallCounts(call, found["drafts"], found["submitted"])
        for call in calls
        for found in [counts.get(call.pk, nothing)]
    ]


def authority_overview(request: SignedInRequest) -> dict[str, Any]:
    """The active organisation of this request's user, a page of its files, and the open calls."""
    user = request.user
    organisation = request.organisation or None
    open_calls, planned = calls_to_announce(clock.now())
    page = Paginator(own_proposals(user, organisation), PER_GROUP).get_page(request.GET.get("page"))
    projects = list(
        Project.objects.visible_to(user)
        .filter(organisation=organisation)
        .order_by("-opened_on", "-pk")
        if organisation
        else []
    )
    return {
        "organisation": organisation,
        "money": _money_of(user, organisation) if organisation and projects else [],
        "page_obj": page,
        **_by_stage(proposals_for_dashboard(page.object_list)),
        "assigned": assigned_to(user),
        "parts": parts_for_dashboard(user),
        "projects": projects,
        "open_calls": open_calls,
        "planned": planned,
    }


def _money_of(user: User, organisation: Organisation) -> list[WorkItem]:
    """What the authority must do about money, soonest first."""
    items = [
        *payment_member_work(user, organisation),
        *funding_member_work(user, organisation),
    ]
    return sorted(items, key=lambda item: item.due_on or date.max)


def _by_stage(cards: list[ProposalCard]) -> dict[str, list[ProposalCard]]:
    """What one must still finish, what is being judged, and what is over."""
    to_finish, in_review, over = [], [], []
    for card in cards:
        proposal = card.proposal
        if proposal.waits_for_answer or (proposal.can_be_edited and not card.window.is_late):
            to_finish.append(card)
        elif card.proposal.is_under_review:
            in_review.append(card)
        else:
            over.append(card)
    return {"to_finish": to_finish, "in_review": in_review, "over": over}
