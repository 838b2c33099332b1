"""Telling who works on a proposal that the closing of its call has moved."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import ClosingMove
from calls.services import closing_mail_context
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.selectors import editors_by_organisation


def tell_drafters(*, move: ClosingMove) -> set[str]:
    """One mail to each editor of a draft, or of a proposal of that round that is open again.

    Part of the move (a listener calls it), so in that transaction. Returns the addresses.
    """
    call = move.round.call
    proposals = list(
        Proposal.objects.filter(
            Q(state=ProposalState.DRAFT)
            | Q(state=ProposalState.INCOMPLETE, round=move.round)
            | Q(state=ProposalState.SUBMITTED, reopened_at__isnull=False, round=move.round),
            call=call,
        ).order_by("reference")
    )
    editors = editors_by_organisation({each.organisation_id for each in proposals})
    work: dict[User, list[Proposal]] = {}
    for proposal in proposals:
        for editor in editors.get(proposal.organisation_id, []):
            work.setdefault(editor, []).append(proposal)
    common = {
        **closing_mail_context(move),
        "call": call.title,
        "call_url": portal_url("calls:detail", call.slug),
    }
    for editor, theirs in work.items():
        queue_mail(
            kind="projects.closing_moved",
            to=editor,
            template="projects/mail/closing_moved.md",
            context={**common, **_what_waits(theirs)},
            about=call,
            dedupe_key=f"projects.closing_moved:{move.pk}:{editor.pk}",
        )
    return {editor.email for editor in work}


def on_closing_moved(*, move: ClosingMove, **_kwargs: Any) -> set[str]:
    """Listener of `calls.signals.closing_moved`."""
    return tell_drafters(move=move)


def _what_waits(proposals: Sequence[Proposal]) -> dict[str, Any]:
    states = {
        ProposalState.DRAFT: _("NOG NIET INGEDIEND"),
        ProposalState.INCOMPLETE: _("onvolledig, nog niet opnieuw ingediend"),
        ProposalState.SUBMITTED: _("heropend, uw wijzigingen zijn NOG NIET INGEDIEND"),
    }
    rows = [
        {
            "title": proposal.title,
            "reference": proposal.reference,
            "status": states[ProposalState(proposal.state)],
            "url": portal_url("projects:proposal", proposal.reference),
        }
        for proposal in proposals
    ]
    return {
        "proposals": rows,
        "has_draft": any(proposal.state == ProposalState.DRAFT for proposal in proposals),
    }
