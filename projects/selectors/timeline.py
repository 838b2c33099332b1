"""What happened to a proposal, in plain words, for the people of its organisation."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit import selectors as audit
from audit.models import AuditEvent
from projects.models import Proposal


@dataclass(frozen=True)
class _Told:
    """What of an act the applicant reads: the name of who did it, and the comment."""

    by_name: bool
    with_comment: bool


_OWN = _Told(by_name=True, with_comment=True)
_STAFF = _Told(by_name=False, with_comment=False)
# The comment is written for the applicant: what is missing, what is asked and by when, why.
_STAFF_SAYS = _Told(by_name=False, with_comment=True)
# Between receipt and notification the applicant learns of no inner step and no name of staff.
_TOLD = {
    "proposal.started": _OWN,
    "proposal.copied": _OWN,
    "proposal.team_consent": _OWN,
    "proposal.attachment_added": _OWN,
    "proposal.attachment_removed": _OWN,
    "proposal.attachment_replaced": _OWN,
    "proposal.section_restored": _OWN,
    "proposal.section_assigned": _OWN,
    "proposal.section_assignment_done": _OWN,
    "proposal.section_assignment_ended": _OWN,
    "proposal.partner_invited": _OWN,
    "proposal.partner_access_ended": _OWN,
    "proposal.submit": _OWN,
    "proposal.submit_refused": _OWN,
    "proposal.extended": _STAFF,
    "proposal.reopened": _OWN,
    "proposal.reopening_cancelled": _OWN,
    "proposal.reopening_lapsed": _OWN,
    "proposal.withdraw": _OWN,
    "proposal.mark_complete": _STAFF,
    "proposal.mark_incomplete": _STAFF_SAYS,
    "proposal.start_assessment": _STAFF,
    "proposal.select": _STAFF,
    "proposal.do_not_select": _STAFF,
    "informationrequest.asked": _STAFF_SAYS,
    "informationrequest.answer": _OWN,
    "informationrequest.withdraw_request": _STAFF_SAYS,
    "call.closing_moved": _STAFF_SAYS,
    "call.form_changed": _STAFF_SAYS,
}
INTERNAL = frozenset(
    {
        # Part of cancelling a reopening, or of its lapse: that is told.
        "proposal.text_put_back",
        # The advice is a step inside the programme, before the decision is notified.
        "proposal.give_advice",
    }
)
"""Acts on a proposal that the applicant does not read, on purpose."""
_WORDS = {
    "proposal.submit": "Voorstel ingediend",
    "proposal.withdraw": "Voorstel ingetrokken",
    "proposal.mark_complete": "Voorstel volledig verklaard",
    "proposal.mark_incomplete": "Voorstel onvolledig verklaard",
    "proposal.start_assessment": "Beoordeling gestart",
    "proposal.select": "Voorstel geselecteerd",
    "proposal.do_not_select": "Voorstel niet geselecteerd",
    "informationrequest.answer": "Bijkomende informatie beantwoord",
    "informationrequest.withdraw_request": "Vraag om bijkomende informatie ingetrokken",
}


def timeline_for_reader(proposal: Proposal) -> list[dict[str, Any]]:
    """For `{% timeline %}`, oldest first: the proposal, questions about it, and its call.

    Of the call only what came after the proposal was begun.
    """
    asked = list(proposal.information_requests.all()) if proposal.was_submitted else []
    events = audit.timeline(proposal, proposal.call, *asked).filter(action__in=_TOLD)
    return [
        {
            "when": event.at,
            "title": _WORDS.get(event.action, event.label),
            "actor": _who(event),
            "text": event.comment if _TOLD[event.action].with_comment else "",
        }
        for event in events
        if event.at >= proposal.created_at or not event.action.startswith("call.")
    ]


def _who(event: AuditEvent) -> str:
    if event.actor is None:
        return str(_("Het portaal"))
    return str(event.actor) if _TOLD[event.action].by_name else str(_("PIO-team"))
