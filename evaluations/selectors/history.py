"""What happened to a file, as far as one may know."""

from typing import Any

from audit.selectors import timeline
from evaluations.models import Advice, Assignment
from evaluations.policies import may_see_decision
from projects.lifecycle import ProposalState
from projects.models import Proposal

DECIDED_STATES = frozenset({ProposalState.SELECTED, ProposalState.NOT_SELECTED})


DECISION_ACTIONS = "decision."
"""How the codes of events about a decision begin; they are kept with the advice decided on."""


def file_timeline(user: Any, proposal: Proposal) -> list[dict[str, Any]]:
    """Events of the proposal, its assignments and its advice, oldest first.

    A decision that was not notified is left out for who may not know it, and an adviser sees no
    events of the assignments of others.
    """
    events = timeline(
        proposal,
        *Assignment.objects.visible_to(user).filter(proposal=proposal),
        *Advice.objects.filter(proposal=proposal),
    )
    if not (proposal.state in DECIDED_STATES or may_see_decision.test(user, proposal)):
        events = events.exclude(action__startswith=DECISION_ACTIONS)
    return [
        {"when": event.at, "title": event.label, "actor": event.actor or "", "text": event.comment}
        for event in events
    ]
