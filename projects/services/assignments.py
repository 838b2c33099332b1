"""Asking a colleague to complete a section of a draft."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from audit.services import record
from calls.models import FormSection
from common import clock
from common.formatting import format_day
from common.moments import last_day_before, today
from notifications.services import portal_url, queue_mail
from projects.models import Proposal, SectionAssignment
from projects.services.drafting import lock_for_editing
from projects.window import window_at


def assign_section(
    *,
    proposal: Proposal,
    section: FormSection,
    assignee: User,
    due_on: date,
    by: User,
    note: str = "",
) -> SectionAssignment:
    """Ask `assignee` to complete the section by the end of `due_on`; replaces an earlier request.

    The person gets a mail, unless one asks oneself.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: by field, when the colleague may not write, or the day is not between
            today and the last day on which one may hand in.
    """
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        if section.call_id != current.call_id:
            raise ValidationError(_("Dit deel hoort niet bij dit formulier."))
        _check(current, assignee, due_on)
        assignment, _created = SectionAssignment.objects.update_or_create(
            proposal=current,
            section=section,
            defaults={
                "assignee": assignee,
                "due_on": due_on,
                "note": note,
                "assigned_by": by,
                "assigned_at": clock.now(),
                "done_at": None,
            },
        )
        assignment.full_clean()
        _record(assignment, by, "assigned", _("Deel %(code)s toegewezen"))
        if assignee != by:
            _mail(assignment)
    return assignment


def finish_assignment(*, assignment: SectionAssignment, by: User) -> SectionAssignment:
    """Say that the section is done; once more changes nothing. Raises: PermissionDenied."""
    with transaction.atomic():
        lock_for_editing(assignment.proposal, by)
        found = SectionAssignment.objects.get(pk=assignment.pk)
        if found.done_at is None:
            found.done_at = clock.now()
            found.save(update_fields=["done_at"])
            _record(found, by, "assignment_done", _("Deel %(code)s is klaar"))
    return found


def end_assignment(*, assignment: SectionAssignment, by: User) -> None:
    """Take the request back. Raises: as `finish_assignment`."""
    with transaction.atomic():
        lock_for_editing(assignment.proposal, by)
        _record(assignment, by, "assignment_ended", _("Toewijzing van deel %(code)s verwijderd"))
        assignment.delete()


def _check(proposal: Proposal, assignee: User, due_on: date) -> None:
    if not assignee.is_active or not assignee.has_member_role(
        proposal.organisation_id, MemberRole.EDITOR
    ):
        raise ValidationError(
            {"assignee": _("Kies een collega die mag schrijven: bewerker, indiener of beheerder.")}
        )
    if due_on < today():
        raise ValidationError({"due_on": _("Deze dag is al voorbij. Kies een latere dag.")})
    closes_at = window_at(proposal, clock.now()).closes_at
    if closes_at is not None and due_on > last_day_before(closes_at):
        raise ValidationError(
            {
                "due_on": _("Indienen kan tot en met %(day)s. Kies een dag die niet later valt.")
                % {"day": format_day(last_day_before(closes_at))}
            }
        )


def _record(assignment: SectionAssignment, by: User, action: str, label: str) -> None:
    record(
        actor=by,
        action=f"proposal.section_{action}",
        label=label % {"code": assignment.section.code},
        about=assignment.proposal,
        data={"section": assignment.section_id, "assignee": assignment.assignee_id},
    )


def _mail(assignment: SectionAssignment) -> None:
    proposal, section = assignment.proposal, assignment.section
    queue_mail(
        kind="projects.section_assigned",
        to=assignment.assignee,
        template="projects/mail/section_assigned.md",
        context={
            "asked_by": str(assignment.assigned_by),
            "section": str(section),
            "due_on": assignment.due_on,
            "note": assignment.note,
            "title": proposal.title,
            "reference": proposal.reference,
            "organisation": proposal.organisation.name,
            "section_url": portal_url("projects:section", proposal.reference, section.code),
        },
        about=proposal,
        dedupe_key=f"projects.section_assigned:{assignment.pk}:{assignment.assigned_at.timestamp()}",
    )
