"""The reminder of a section that a colleague took upon him."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole
from common.moments import end_of_day
from notifications.mails import portal_url
from notifications.registry import Offset, ReminderRule, Subject, register
from projects.models import SectionAssignment
from projects.selectors.assignments import open_assignments
from projects.window import window_at


def sections_to_remind(now: datetime) -> Iterable[Subject]:
    """Every section that somebody still has to complete in a draft that is not too late."""
    for assignment in open_assignments():
        if not window_at(assignment.proposal, now).is_late:
            yield Subject(
                obj=assignment,
                recipients=[assignment.assignee],
                deadline=end_of_day(assignment.due_on),
                since=assignment.assigned_at,
            )


def section_still_open(assignment: SectionAssignment, recipient: User) -> bool | str:
    """Not for what is done, for somebody else now, or can no longer be changed."""
    if assignment.done_at is not None:
        return "Het deel is klaar."
    if assignment.assignee_id != recipient.pk:
        return "Het deel is nu aan iemand anders toegewezen."
    if not assignment.proposal.can_be_edited:
        return "Het voorstel kan niet meer gewijzigd worden."
    if not recipient.has_member_role(assignment.proposal.organisation_id, MemberRole.EDITOR):
        return "Deze persoon werkt niet meer aan dit voorstel."
    return True


def section_context(
    assignment: SectionAssignment, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """Which section of which proposal, and where to go on."""
    proposal, section = assignment.proposal, assignment.section
    return {
        "section": str(section),
        "due_on": assignment.due_on,
        "title": proposal.title,
        "reference": proposal.reference,
        "organisation": proposal.organisation.name,
        "section_url": portal_url("projects:section", proposal.reference, section.code),
    }


def register_assignment_reminders() -> None:
    """Called from AppConfig.ready()."""
    register(
        ReminderRule(
            name="projects.section_assigned",
            label="Toegewezen deel nog niet klaar",
            default_offsets=(Offset(days=-2), Offset()),
            subjects=sections_to_remind,
            still_needed=section_still_open,
            template="projects/mail/section_due.md",
            context=section_context,
        )
    )
