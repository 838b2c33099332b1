"""Asking an adviser, and the adviser's answer."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_adviser
from common.constraints import readable_constraints
from common.moments import today
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE
from evaluations.models import (
    Assignment,
    ConflictDeclaration,
    ConflictKind,
    ConflictOfInterest,
    Evaluation,
)
from evaluations.policies import may_assign
from evaluations.selectors import conflict_of_interest, default_advice_day
from evaluations.services.locking import lock_file
from notifications.services import portal_url, queue_mail
from projects.lifecycle import PROPOSAL_LIFECYCLE, ProposalState
from projects.models import Proposal

ASSIGNABLE = frozenset({ProposalState.COMPLETE, ProposalState.ASSESSMENT})


@transaction.atomic
def assign_adviser(
    *,
    proposal: Proposal,
    adviser: User,
    by: User,
    is_lead: bool = True,
    due_on: date | None = None,
    why: str = "",
    replaces: Assignment | None = None,
) -> Assignment:
    """Ask an adviser to assess a complete file; the first one asked starts the assessment.

    `due_on` is the last day for the advice; without it the default term of the portal holds.
    `why` is kept: why this adviser. `replaces` is the assignment that this one takes over.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the file is not complete, or was advised already.
        ValidationError: when the person is no adviser, has a conflict of interest, or is on the
            file already; when the day has passed; when the file has a lead already.
    """
    may_assign.check(by, proposal)
    proposal = lock_file(proposal, ASSIGNABLE)
    due_on = due_on or default_advice_day(proposal)
    _refuse_unfit(adviser, proposal)
    if due_on < today():
        raise ValidationError({"due_on": _("Kies een dag die nog niet voorbij is.")})
    with readable_constraints(
        fields={
            "evaluations_adviser_once_per_file": "adviser",
            "evaluations_one_lead_per_file": "is_lead",
        }
    ):
        assignment = Assignment.objects.create(
            proposal=proposal,
            adviser=adviser,
            is_lead=is_lead,
            due_on=due_on,
            assigned_by=by,
            why=why,
            replaces=replaces,
        )
    if proposal.state == ProposalState.COMPLETE:
        PROPOSAL_LIFECYCLE.perform(proposal, "start_assessment", actor=by)
    tell(assignment, adviser, "invitation")
    return assignment


def _refuse_unfit(adviser: User, proposal: Proposal) -> None:
    if not is_adviser.test(adviser, None):
        raise ValidationError({"adviser": _("Kies een VLAIO-adviseur.")})
    sentence = conflict_of_interest(adviser, proposal)
    if sentence:
        raise ValidationError(
            {
                "adviser": _("Belangenconflict: %(reason)s Kies iemand anders.")
                % {"reason": sentence}
            }
        )


@transaction.atomic
def accept_assignment(*, assignment: Assignment, by: User) -> Assignment:
    """Accept, and declare that there is no conflict of interest; the score form is opened.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        TransitionRefused: when it was answered or revoked already.
        ValidationError: when the portal's own data show a conflict.
    """
    assignment, proposal = _locked(assignment, ASSIGNABLE)
    ASSIGNMENT_LIFECYCLE.perform(assignment, "accept", actor=by)
    sentence = conflict_of_interest(by, proposal)
    if sentence:
        raise ValidationError(
            _("%(reason)s Meld daarom een belangenconflict.") % {"reason": sentence}
        )
    ConflictDeclaration.objects.create(assignment=assignment, has_conflict=False)
    Evaluation.objects.create(assignment=assignment)
    return assignment


@transaction.atomic
def declare_conflict(*, assignment: Assignment, by: User, explanation: str) -> Assignment:
    """Declare a conflict of interest: from then on the file does not exist for this person.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        TransitionRefused: when the assignment has ended.
        ValidationError: when the conflict is not explained.
    """
    assignment, _proposal = _locked(assignment)
    explanation = explanation.strip()
    if not explanation:
        raise ValidationError({"explanation": _("Leg uit welk belangenconflict u hebt.")})
    ASSIGNMENT_LIFECYCLE.perform(assignment, "recuse", actor=by, comment=explanation)
    ConflictDeclaration.objects.create(
        assignment=assignment, has_conflict=True, explanation=explanation
    )
    ConflictOfInterest.objects.create(
        person=by,
        proposal=assignment.proposal,
        kind=ConflictKind.DECLARED,
        explanation=explanation,
    )
    tell_assigner(assignment, "adviser_left")
    return assignment


@transaction.atomic
def decline_assignment(*, assignment: Assignment, by: User, reason: str) -> Assignment:
    """Decline an invitation for another reason than a conflict.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        TransitionRefused: when it was answered or revoked already.
        ValidationError: when there is no reason.
    """
    assignment, _proposal = _locked(assignment)
    assignment.reason = _reason(reason, _("Schrijf waarom u de opdracht niet aanvaardt."))
    ASSIGNMENT_LIFECYCLE.perform(
        assignment, "decline", actor=by, comment=assignment.reason, save=["reason"]
    )
    tell_assigner(assignment, "adviser_left")
    return assignment


@transaction.atomic
def revoke_assignment(*, assignment: Assignment, by: User, reason: str) -> Assignment:
    """Take an assignment back, so that somebody else can be asked.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the scores are final, or the assignment has ended.
        ValidationError: when there is no reason.
    """
    assignment, _proposal = _locked(assignment)
    assignment.reason = _reason(reason, _("Schrijf waarom u de toewijzing intrekt."))
    ASSIGNMENT_LIFECYCLE.perform(
        assignment, "revoke", actor=by, comment=assignment.reason, save=["reason"]
    )
    tell(assignment, assignment.adviser, "revoked")
    return assignment


@transaction.atomic
def reassign(
    *,
    assignment: Assignment,
    adviser: User,
    by: User,
    reason: str,
    due_on: date | None = None,
) -> Assignment:
    """Take a file from one adviser and ask another, with the same task, in one step.

    Both get a mail. Scores that were saved but not final stay on record and do not count. Without
    `due_on` the day stays, unless it has passed.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the scores are final, or the assignment has ended.
        ValidationError: when there is no reason, or the other adviser cannot be asked.
    """
    assignment, proposal = _locked(assignment)
    if assignment.adviser_id == adviser.pk:
        raise ValidationError({"adviser": _("Dit is dezelfde adviseur. Kies iemand anders.")})
    revoke_assignment(assignment=assignment, by=by, reason=reason)
    if due_on is None and assignment.last_day >= today():
        due_on = assignment.last_day
    return assign_adviser(
        proposal=proposal,
        adviser=adviser,
        by=by,
        is_lead=assignment.is_lead,
        due_on=due_on,
        why=_("Neemt over van %(adviser)s.") % {"adviser": assignment.adviser},
        replaces=assignment,
    )


def _locked(
    assignment: Assignment, states: frozenset[ProposalState] = frozenset()
) -> tuple[Assignment, Proposal]:
    proposal = lock_file(Proposal(pk=assignment.proposal_id), states)
    found = Assignment.objects.select_related("adviser", "assigned_by").get(pk=assignment.pk)
    found.proposal = proposal
    return found, proposal


def _reason(text: str, sentence: str) -> str:
    if not text.strip():
        raise ValidationError({"reason": sentence})
    return text.strip()


def tell_assigner(assignment: Assignment, name: str) -> None:
    """Mail who assigned, unless the file does not exist for that person any more."""
    person = assignment.assigned_by
    if not ConflictOfInterest.objects.of(person).filter(proposal=assignment.proposal_id).exists():
        tell(assignment, person, name)


def tell(assignment: Assignment, to: User, name: str) -> None:
    """Tell `to`; mails hold the file number and a link, no content of the file."""
    queue_mail(
        kind=f"evaluations.{name}",
        to=to,
        template=f"evaluations/mail/{name}.md",
        context={
            "assignment": assignment,
            "proposal": assignment.proposal,
            "url": portal_url("evaluations:assignment", assignment.proposal.reference),
        },
        about=assignment,
        dedupe_key=f"evaluations.{name}:{assignment.pk}",
    )
