"""What of the evaluation waits for a person, and by when."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.moments import last_day_before, today
from common.work import WorkItem
from evaluations.lifecycle import AssignmentState
from evaluations.models import Advice, Assignment, SelectionDecision
from evaluations.pauses import stands_still_since
from evaluations.policies import may_assign, may_check_completeness, may_notify
from evaluations.selectors.deadlines import (
    advice_due_on,
    completeness_due,
    decision_due,
    default_advice_day,
    notification_due,
)
from evaluations.selectors.files import visible_files
from projects.lifecycle import ProposalState
from projects.models import Proposal


def work_for(user: Any) -> list[WorkItem]:
    """Everything of the evaluation that waits for `user`, soonest first.

    A fixed number of queries, whatever the number of files.
    """
    if not getattr(user, "is_programme_staff", False):
        return []
    items = [*_to_check(user), *_to_assign(user), *_to_assess(user), *_to_decide(user)]
    items += _to_notify(user)
    return sorted(items, key=lambda item: (item.due_on or date.max, item.title))


def _files(user: Any) -> QuerySet[Proposal]:
    return (
        visible_files(user)
        .select_related("round", "call", "organisation")
        .prefetch_related("clock_pauses")
        .order_by("pk")
    )


def _item(label: str, proposal: Proposal, page: str, due: date | datetime | None) -> WorkItem:
    due_on = last_day_before(due) if isinstance(due, datetime) else due
    runs = stands_still_since(proposal.clock_pauses.all()) is None
    return WorkItem(
        label=label,
        title=str(proposal),
        url=reverse(f"evaluations:{page}", args=[proposal.reference]),
        due_on=due_on,
        is_late=due_on is not None and due_on < today() and runs,
        group=_("Dossiers"),
    )


def _to_check(user: Any) -> Iterator[WorkItem]:
    if not may_check_completeness.test(user, None):
        return
    waiting = _files(user).filter(state=ProposalState.SUBMITTED, reopened_at__isnull=True)
    for proposal in waiting:
        due = completeness_due(proposal)
        yield _item(_("Volledigheid controleren"), proposal, "completeness", due)


def _to_assign(user: Any) -> Iterator[WorkItem]:
    if not may_assign.test(user, None):
        return
    lead = Assignment.objects.active().filter(proposal=OuterRef("pk"), is_lead=True)
    waiting = _files(user).filter(
        ~Exists(lead), state__in=[ProposalState.COMPLETE, ProposalState.ASSESSMENT]
    )
    for proposal in waiting:
        due = default_advice_day(proposal)
        yield _item(_("Adviseur toewijzen"), proposal, "assignment", due)


def _to_assess(user: Any) -> Iterator[WorkItem]:
    own = (
        Assignment.objects.active()
        .filter(adviser=user, proposal__state__in=_ASSESSED)
        .select_related("proposal")
        .prefetch_related("proposal__clock_pauses")
        .order_by("pk")
    )
    drafts = set(
        Advice.objects.filter(proposal__assignments__in=own, finalised_at__isnull=True).values_list(
            "proposal_id", flat=True
        )
    )
    for assignment in own:
        proposal, due_on = assignment.proposal, advice_due_on(assignment)
        if proposal.state == ProposalState.ADVISED:
            # Only a correction that was begun still waits for its writer.
            if assignment.is_lead and proposal.pk in drafts:
                yield _item(_("Verbeterd advies afronden"), proposal, "advice", due_on)
        elif assignment.state == AssignmentState.INVITED:
            label = _("Uitnodiging beantwoorden")
            yield _item(label, proposal, "assignment", due_on)
        elif assignment.state == AssignmentState.ACCEPTED:
            yield _item(_("Scores geven"), proposal, "scoring", due_on)
        elif assignment.is_lead:
            yield _item(_("Advies schrijven"), proposal, "advice", due_on)


_ASSESSED = [ProposalState.ASSESSMENT, ProposalState.ADVISED]


def _to_decide(user: Any) -> Iterator[WorkItem]:
    roles = [role.value for role in user.staff_roles]
    involved = Assignment.objects.filter(proposal=OuterRef("pk"), adviser=user)
    decided = SelectionDecision.objects.filter(proposal=OuterRef("pk"))
    final = Advice.objects.filter(finalised_at__isnull=False).order_by("number")
    waiting = (
        _files(user)
        .filter(
            ~Exists(involved),
            ~Exists(decided),
            call__decision_role__in=roles,
            state=ProposalState.ADVISED,
        )
        .prefetch_related(Prefetch("advices", final, to_attr="final_advices"))
    )
    for proposal in waiting:
        advices: list[Advice] = getattr(proposal, "final_advices", [])
        due = decision_due(advices[-1]) if advices else None
        yield _item(_("Beslissen over de selectie"), proposal, "decide", due)


def _to_notify(user: Any) -> Iterator[WorkItem]:
    if not may_notify.test(user, None):
        return
    waiting = _files(user).filter(
        state=ProposalState.ADVISED,
        decision__isnull=False,
        decision__notified_at__isnull=True,
    )
    for proposal in waiting.select_related("decision"):
        due = notification_due(proposal.decision)
        yield _item(_("Beslissing meedelen"), proposal, "decide", due)
