"""Reads of sections that colleagues took upon them."""

from accounts.models import Membership, User
from accounts.roles import MemberRole
from common import clock
from projects.lifecycle import ProposalState
from projects.models import Proposal, SectionAssignment
from projects.window import window_at

MAY_BE_OPEN = [ProposalState.DRAFT, ProposalState.INCOMPLETE, ProposalState.SUBMITTED]
"""States in which the text may still change; `Proposal.can_be_edited` says whether it does."""
WRITERS = [role.value for role in MemberRole if role.includes(MemberRole.EDITOR)]


def assignments_of(proposal: Proposal) -> dict[int, SectionAssignment]:
    """Who works on which section, by section id; two queries.

    Each has `is_writer`: False when the person left the organisation or may only read now.
    """
    found = list(proposal.section_assignments.select_related("assignee", "assigned_by"))
    writers = set(
        Membership.objects.filter(
            organisation=proposal.organisation_id, role__in=WRITERS, user__is_active=True
        ).values_list("user_id", flat=True)
    )
    for assignment in found:
        assignment.is_writer = assignment.assignee_id in writers  # type: ignore[attr-defined]
    return {assignment.section_id: assignment for assignment in found}


def open_assignments() -> list[SectionAssignment]:
    """Everything that is not done in proposals that may still change, for the reminders."""
    found = (
        SectionAssignment.objects.filter(
            done_at=None, proposal__state__in=MAY_BE_OPEN, assignee__is_active=True
        )
        .select_related("assignee", "section", "proposal__call", "proposal__round")
        .prefetch_related("proposal__call__rounds")
        .order_by("pk")
    )
    return [assignment for assignment in found if assignment.proposal.can_be_edited]


def assigned_to(user: User) -> list[SectionAssignment]:
    """What `user` still has to complete, in every organisation; soonest first, two queries."""
    organisations = [
        pk for pk, role in user.member_roles.items() if role.includes(MemberRole.EDITOR)
    ]
    found = (
        SectionAssignment.objects.filter(
            assignee=user,
            done_at=None,
            proposal__state__in=MAY_BE_OPEN,
            proposal__organisation__in=organisations,
        )
        .select_related("section", "assigned_by")
        .select_related("proposal__call", "proposal__organisation", "proposal__round")
        .prefetch_related("proposal__call__rounds")
        .order_by("due_on", "pk")
    )
    now = clock.now()
    return [
        one
        for one in found
        if one.proposal.can_be_edited and not window_at(one.proposal, now).is_late
    ]
