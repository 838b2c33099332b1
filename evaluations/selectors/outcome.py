"""What the applicant may know: nothing before the notification."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.selectors import timeline
from calls.models import Call
from common import clock
from evaluations.lifecycle import FeedbackState
from evaluations.models import FeedbackTalk, SelectionDecision
from projects.lifecycle import ProposalState
from projects.models import Proposal


def notified_decision(user: Any, reference: str) -> SelectionDecision:
    """The decision on a proposal of an organisation of `user`.

    Raises:
        SelectionDecision.DoesNotExist: when there is none, it was not notified, or the proposal is
            of somebody else.
    """
    return SelectionDecision.objects.select_related(
        "proposal__call", "proposal__organisation", "advice", "letter__file"
    ).get(
        proposal__reference=reference,
        proposal__organisation__in=user.member_roles,
        notified_at__isnull=False,
    )


@dataclass(frozen=True)
class KnownTalk:
    """What the applicant knows of a talk: never the report of staff."""

    wish: str
    state: str
    label: str
    asked_at: datetime
    planned_at: datetime | None
    place: str
    held_at: datetime | None


def known_talk(decision: SelectionDecision) -> KnownTalk | None:
    """The talk about a decision as the applicant may know it; None when none was asked."""
    talk = (
        FeedbackTalk.objects.filter(decision=decision)
        .only("wish", "state", "asked_at", "planned_at", "place", "held_at")
        .first()
    )
    if talk is None:
        return None
    return KnownTalk(
        wish=talk.wish,
        state=talk.state,
        label=str(FeedbackState(talk.state).label),
        asked_at=talk.asked_at,
        planned_at=talk.planned_at,
        place=talk.place,
        held_at=talk.held_at,
    )


def when_planned(decision: SelectionDecision) -> list[datetime]:
    """When the talk about a decision was planned, and each time it was moved, oldest first."""
    plans = timeline(*FeedbackTalk.objects.filter(decision=decision))
    return list(plans.filter(action="feedbacktalk.plan").values_list("at", flat=True))


def adapted_proposal(proposal: Proposal, call: Call) -> Proposal | None:
    """What was already begun from `proposal` for `call`, and not withdrawn."""
    begun = proposal.successors.filter(call=call).exclude(state=ProposalState.WITHDRAWN)
    return begun.order_by("pk").first()


def calls_to_try_again(proposal: Proposal) -> list[tuple[Call, Proposal | None]]:
    """The calls that are open now, each with what was already begun for it from `proposal`."""
    begun = {
        one.call_id: one
        for one in proposal.successors.exclude(state=ProposalState.WITHDRAWN).order_by("-pk")
    }
    calls = Call.objects.public().open_at(clock.now()).order_by("-created_at", "-pk")
    return [(call, begun.get(call.pk)) for call in calls]
