"""What happened to a file, as far as one may know."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.selectors import timeline
from evaluations.models import (
    Advice,
    Assignment,
    ConflictOfInterest,
    Consensus,
    FeedbackTalk,
)
from evaluations.policies import may_assign, may_see_decision
from evaluations.selectors.readers import may_see_consensus
from projects.lifecycle import ProposalState
from projects.models import Proposal

DECIDED_STATES = frozenset({ProposalState.SELECTED, ProposalState.NOT_SELECTED})


DECISION_ACTIONS = "decision."
"""How the codes of events about a decision begin; they are kept with the advice decided on."""


WHAT_HAPPENED = {
    "proposal.submit": _("Voorstel ingediend"),
    "proposal.mark_complete": _("Voorstel volledig verklaard"),
    "proposal.mark_incomplete": _("Voorstel onvolledig verklaard"),
    "proposal.start_assessment": _("Beoordeling gestart"),
    "proposal.give_advice": _("Advies uitgebracht"),
    "proposal.select": _("Voorstel geselecteerd"),
    "proposal.do_not_select": _("Voorstel niet geselecteerd"),
    "proposal.withdraw": _("Voorstel ingetrokken"),
    "informationrequest.answer": _("Bijkomende informatie beantwoord"),
    "informationrequest.withdraw_request": _("Vraag om bijkomende informatie ingetrokken"),
    "assignment.accept": _("Uitnodiging aanvaard, zonder belangenconflict"),
    "assignment.decline": _("Uitnodiging geweigerd"),
    "assignment.recuse": _("Belangenconflict gemeld"),
    "assignment.revoke": _("Toewijzing ingetrokken"),
    "assignment.conflict_found": _("Toewijzing ingetrokken wegens een belangenconflict"),
    "assignment.set_aside": _("Scores opzijgezet wegens een belangenconflict"),
    "assignment.finish": _("Scores definitief"),
    "feedbacktalk.plan": _("Feedbackgesprek gepland"),
    "feedbacktalk.hold": _("Feedbackgesprek gehouden"),
}
"""A step of a lifecycle is named as something to do; a timeline tells what was done."""


def _conflicts(user: Any, proposal: Proposal) -> list[ConflictOfInterest]:
    """Conflicts of interest with the file; only who may assign reads whose."""
    if not may_assign.test(user, None):
        return []
    return list(ConflictOfInterest.objects.filter(proposal=proposal).order_by("pk"))


def file_timeline(user: Any, proposal: Proposal) -> list[dict[str, Any]]:
    """Events of the proposal, its assignments and its advice, oldest first.

    A decision that was not notified is left out for who may not know it, and an adviser sees no
    events of the assignments of others.
    """
    events = timeline(
        proposal,
        *Assignment.objects.visible_to(user).filter(proposal=proposal),
        *_conflicts(user, proposal),
        *Advice.objects.filter(proposal=proposal),
        *(Consensus.objects.filter(proposal=proposal) if may_see_consensus(user, proposal) else ()),
        *proposal.information_requests.all(),
        *FeedbackTalk.objects.filter(decision__proposal=proposal),
    )
    if not (proposal.state in DECIDED_STATES or may_see_decision.test(user, proposal)):
        events = events.exclude(action__startswith=DECISION_ACTIONS)
    return [
        {
            "when": event.at,
            "title": str(WHAT_HAPPENED.get(event.action, event.label)),
            "actor": event.actor or "",
            "text": event.comment,
        }
        for event in events
    ]
