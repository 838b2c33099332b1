"""The day by which an adviser is to be ready: another one, or a word to remember it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.formatting import format_day
from common.lifecycle import TransitionRefused
from common.moments import today
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment
from evaluations.policies import may_assign
from evaluations.services.locking import lock_file
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Proposal


@transaction.atomic
def change_due_on(*, assignment: Assignment, due_on: date, by: User) -> Assignment:
    """Give an adviser another last day; the adviser gets a mail.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the adviser has nothing left to do on the file.
        ValidationError: when the day has passed, or is the one it was.
    """
    may_assign.check(by)
    assignment = _unfinished(assignment)
    if due_on < today():
        raise ValidationError({"due_on": _("Kies een dag die nog niet voorbij is.")})
    if due_on == assignment.last_day:
        raise ValidationError({"due_on": _("Die dag is al zo afgesproken.")})
    before = assignment.last_day
    assignment.due_on, assignment.agreed_at = due_on, clock.now()
    assignment.moved_to = None
    assignment.save(update_fields=["due_on", "agreed_at", "moved_to"])
    record(
        actor=by,
        action="assignment.due_on_changed",
        label=_("Dag van het advies gewijzigd van %(before)s naar %(after)s")
        % {"before": format_day(before), "after": format_day(due_on)},
        about=assignment,
    )
    _mail(assignment, "due_on_changed", f"{due_on.isoformat()}:{before.isoformat()}")
    return assignment


@transaction.atomic
def remind_adviser(*, assignment: Assignment, by: User) -> Assignment:
    """Mail an adviser that work on a file is waiting; at most once a day, whoever asks.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the adviser has nothing left to do on the file.
        ValidationError: when the adviser got such a mail today.
    """
    may_assign.check(by)
    assignment = _unfinished(assignment)
    if not _mail(assignment, "reminder_by_hand", today().isoformat()):
        raise ValidationError(
            _("%(adviser)s kreeg vandaag al een herinnering.") % {"adviser": assignment.adviser}
        )
    record(
        actor=by,
        action="assignment.reminded",
        label=_("Adviseur herinnerd"),
        about=assignment,
    )
    return assignment


def unfinished(proposal: Proposal) -> list[Assignment]:
    """Assignments of a file that still ask something of their adviser, the lead's first.

    In assessment only: before and after it there is nothing to wait for.
    """
    if proposal.state != ProposalState.ASSESSMENT:
        return []
    rows = (
        Assignment.objects.active()
        .filter(proposal=proposal)
        .select_related("adviser")
        .order_by("-is_lead", "pk")
    )
    return [row for row in rows if _is_unfinished(row)]


def _is_unfinished(assignment: Assignment) -> bool:
    """Scores to give, or, for the lead, the advice to write."""
    waits = assignment.state in {AssignmentState.INVITED, AssignmentState.ACCEPTED}
    return waits or (assignment.is_lead and assignment.state == AssignmentState.DONE)


def _unfinished(assignment: Assignment) -> Assignment:
    proposal = lock_file(Proposal(pk=assignment.proposal_id), {ProposalState.ASSESSMENT})
    found = Assignment.objects.select_related("adviser").get(pk=assignment.pk)
    found.proposal = proposal
    if not _is_unfinished(found):
        raise TransitionRefused(_("Voor deze adviseur is het werk klaar."), code="state")
    return found


def _mail(assignment: Assignment, name: str, key: str) -> bool:
    mail = queue_mail(
        kind=f"evaluations.{name}",
        to=assignment.adviser,
        template=f"evaluations/mail/{name}.md",
        context={
            "assignment": assignment,
            "reference": assignment.proposal.reference,
            "url": portal_url("evaluations:file", assignment.proposal.reference),
        },
        about=assignment,
        dedupe_key=f"evaluations.{name}:{assignment.pk}:{key}",
    )
    return mail is not None
