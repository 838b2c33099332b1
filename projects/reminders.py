"""Reminders about proposals."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import MemberRole
from calls.lifecycle import CallState
from calls.models import Call
from notifications.mails import portal_url
from notifications.registry import Offset, ReminderRule, Subject, register
from projects.draft import load_draft
from projects.lifecycle import ProposalState
from projects.models import TAKING_STATES, Proposal
from projects.selectors import editors_by_organisation
from projects.window import window_at


def drafts_to_remind(now: datetime) -> Iterable[Subject]:
    """Every draft that can still be handed in, with the editors of its organisation."""
    drafts = list(
        Proposal.objects.drafts()
        .filter(
            Q(call__state=CallState.PUBLISHED, call__rounds__closes_at__gt=now)
            | Q(call__state__in=TAKING_STATES, extended_until__gt=now)
        )
        .select_related("call")
        .prefetch_related("call__rounds", "call__reminder_moments")
        .distinct()
        .order_by("pk")
    )
    editors = editors_by_organisation({draft.organisation_id for draft in drafts})
    for draft in drafts:
        window = window_at(draft, now)
        if window.closes_at is not None and not window.is_late:
            yield Subject(
                obj=draft,
                recipients=editors.get(draft.organisation_id, []),
                deadline=window.closes_at,
                since=draft.created_at,
                offsets=_plan_of(draft.call),
            )


def _plan_of(call: Call) -> tuple[Offset, ...] | None:
    """The call's own reminder plan; None: the portal's."""
    moments = call.reminder_moments.all()
    return tuple(Offset(-moment.days, -moment.hours) for moment in moments) or None


def draft_still_open(proposal: Proposal, recipient: User) -> bool | str:
    """Not for what was handed in or withdrawn, nor for who no longer works on it."""
    if proposal.state == ProposalState.WITHDRAWN:
        return "Het voorstel is ingetrokken."
    if proposal.state != ProposalState.DRAFT:
        return "Het voorstel is ingediend."
    if not recipient.has_member_role(proposal.organisation_id, MemberRole.EDITOR):
        return "Deze persoon werkt niet meer aan dit voorstel."
    return True


def draft_context(proposal: Proposal, recipient: User, deadline: datetime) -> Mapping[str, Any]:
    """Title, what is missing, and where to go on."""
    return {
        "title": proposal.title,
        "reference": proposal.reference,
        "call": proposal.call.title,
        "organisation": proposal.organisation.name,
        "missing": len(load_draft(proposal).missing),
        "proposal_url": portal_url("projects:proposal", proposal.reference),
        "check_url": portal_url("projects:check", proposal.reference),
    }


def register_reminders() -> None:
    """Called from AppConfig.ready(). Offsets: domain.md 7, a default that staff change."""
    register(
        ReminderRule(
            name="projects.draft_not_submitted",
            label="Ontwerp nog niet ingediend",
            default_offsets=(
                Offset(days=-14),
                Offset(days=-7),
                Offset(days=-2),
                Offset(hours=-3),
            ),
            subjects=drafts_to_remind,
            still_needed=draft_still_open,
            template="projects/mail/draft_not_submitted.md",
            context=draft_context,
        )
    )
