"""Keeping the stored conflicts of interest as the data and the people say.

`find_conflicts` compares what stands with what the data show and writes only the difference, so it
may run as often as one likes, twice at once too. Changes wake it (`conflict_watch`), and the beat
every hour, so that a lost message costs an hour at most.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from audit.services import record
from common import clock
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE, AssignmentState
from evaluations.models import Assignment, ConflictKind, ConflictOfInterest
from evaluations.policies import may_take_back_conflict
from evaluations.selectors.conflicts import Conflicts, conflicts_between
from evaluations.selectors.files import visible_files
from evaluations.services.assignment import declare_conflict, tell, tell_assigner
from evaluations.services.locking import lock_file
from projects.lifecycle import ProposalState
from projects.models import Proposal


def find_conflicts(*, proposal_id: int | None = None, person_id: int | None = None) -> int:
    """Store what the data show of staff and submitted files, of all or of one; lift what is over.

    A declared conflict stays. An assignment of somebody who is found too close is taken back.
    Returns how many files changed. A fixed number of queries when nothing changed.
    """
    people = _staff(person_id)
    files = _files(proposal_id)
    found = conflicts_between(people, files)
    standing = _standing(people, files)
    shown = {pair: {one.kind for one in kinds} for pair, kinds in found.items()}
    differing = {
        pair[1] for pair in shown.keys() | standing.keys() if shown.get(pair) != standing.get(pair)
    }
    for pk in sorted(differing):
        _settle(pk, people)
    return len(differing)


@transaction.atomic
def declare_conflict_on_file(*, proposal: Proposal, by: User, explanation: str) -> None:
    """Declare a conflict with a file that `by` sees, whether or not `by` was asked to assess it.

    From then on the file does not exist for this person. Scores that were final are set aside while
    the advice is not.

    Raises:
        PermissionDenied: when `by` sees no such file.
        ValidationError: when the conflict is not explained.
    """
    if not visible_files(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("U kunt dit alleen melden bij een dossier dat u ziet."))
    explanation = explanation.strip()
    if not explanation:
        raise ValidationError({"explanation": _("Leg uit welk belangenconflict u hebt.")})
    proposal = lock_file(proposal)
    own = Assignment.objects.active().filter(proposal=proposal, adviser=by).first()
    if own is not None and ASSIGNMENT_LIFECYCLE.allows(own, "recuse"):
        declare_conflict(assignment=own, by=by, explanation=explanation)
        return
    row = ConflictOfInterest.objects.create(
        person=by, proposal=proposal, kind=ConflictKind.DECLARED, explanation=explanation
    )
    record(
        actor=by,
        action="conflict.declared",
        label=_("Belangenconflict gemeld"),
        about=row,
        comment=explanation,
    )
    _take_back(proposal, [by.pk], _("%(person)s meldde een belangenconflict.") % {"person": by})


@transaction.atomic
def take_back_conflict(*, conflict: ConflictOfInterest, by: User, reason: str) -> None:
    """Undo a conflict that was declared by mistake: the person may know the file again.

    The row stays, with who took it back and why. No assignment and no score comes back, and an
    automatic division does not put this person on the file: who wants that asks by hand.

    Raises:
        PermissionDenied: when `by` may not, or sees no such file.
        TransitionRefused: when it was taken back already, or was found in data of the portal.
        ValidationError: when there is no reason.
    """
    may_take_back_conflict.check(by, conflict.proposal)
    proposal = lock_file(Proposal(pk=conflict.proposal_id))
    if not visible_files(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("U kunt dit alleen bij een dossier dat u ziet."))
    row = ConflictOfInterest.objects.get(pk=conflict.pk)
    if row.kind != ConflictKind.DECLARED:
        raise TransitionRefused(
            _("Dit conflict volgt uit de gegevens van het portaal. Het vervalt als die wijzigen."),
            code="state",
        )
    if row.lifted_at is not None:
        raise TransitionRefused(_("Dit belangenconflict is al teruggenomen."), code="state")
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom dit geen belangenconflict is.")})
    row.lifted_at, row.lifted_by, row.lift_reason = clock.now(), by, reason.strip()
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    record(
        actor=by,
        action="conflict.taken_back",
        label=_("Gemeld belangenconflict teruggenomen"),
        about=row,
        comment=row.lift_reason,
    )


# --- The difference -------------------------------------------------------------------------------

Pair = tuple[int, int]
Kinds = dict[Pair, set[ConflictKind]]


def _staff(person_id: int | None) -> list[User]:
    staff = staff_with_role(*StaffRole)
    return list(staff if person_id is None else staff.filter(pk=person_id))


def _files(proposal_id: int | None) -> "QuerySet[Proposal]":
    files = Proposal.objects.filter(submitted_at__isnull=False)
    return files if proposal_id is None else files.filter(pk=proposal_id)


def _standing(people: Iterable[User], files: "QuerySet[Proposal]") -> Kinds:
    """What was found and stands; of who works for the programme now."""
    rows = (
        ConflictOfInterest.objects.standing()
        .exclude(kind=ConflictKind.DECLARED)
        .filter(person__in=people, proposal__in=files)
        .order_by("pk")
    )
    standing: Kinds = {}
    for person, proposal, kind in rows.values_list("person", "proposal", "kind"):
        standing.setdefault((person, proposal), set()).add(ConflictKind(kind))
    return standing


@transaction.atomic
def _settle(proposal_id: int, people: list[User]) -> None:
    """Write the difference of one file, looked at again under its lock."""
    proposal = lock_file(Proposal(pk=proposal_id))
    files = _files(proposal_id)
    found: Conflicts = conflicts_between(people, files)
    standing = _standing(people, files)
    for person in people:
        pair = (person.pk, proposal_id)
        sentences = {one.kind: one.sentence for one in found.get(pair, ())}
        for kind in sorted(standing.get(pair, set()) - sentences.keys()):
            _lift(proposal, person, kind)
        for kind in sentences.keys() - standing.get(pair, set()):
            _store(proposal, person, kind, sentences[kind])
        if sentences:
            _take_back(proposal, [person.pk], next(iter(sentences.values())))


def _store(proposal: Proposal, person: User, kind: ConflictKind, sentence: str) -> None:
    row = ConflictOfInterest.objects.create(
        person=person, proposal=proposal, kind=kind, explanation=sentence
    )
    record(
        actor=None,
        action="conflict.found",
        label=_("Belangenconflict gevonden"),
        about=row,
        comment=sentence,
    )


def _lift(proposal: Proposal, person: User, kind: ConflictKind) -> None:
    row = ConflictOfInterest.objects.of(person).get(proposal=proposal, kind=kind)
    row.lifted_at = clock.now()
    row.save(update_fields=["lifted_at"])
    record(
        actor=None,
        action="conflict.lifted",
        label=_("Belangenconflict vervallen"),
        about=row,
        comment=_("De gegevens tonen het niet meer."),
    )


def _take_back(proposal: Proposal, people: list[int], sentence: str) -> None:
    """End the assignments of these people on the file; of final scores only before the advice."""
    steps = {AssignmentState.INVITED: "conflict_found", AssignmentState.ACCEPTED: "conflict_found"}
    if proposal.state == ProposalState.ASSESSMENT:
        steps[AssignmentState.DONE] = "set_aside"
    rows = Assignment.objects.filter(proposal=proposal, adviser__in=people, state__in=steps)
    for assignment in rows.select_related("adviser", "assigned_by").order_by("pk"):
        assignment.proposal = proposal
        assignment.reason = sentence
        ASSIGNMENT_LIFECYCLE.perform(
            assignment,
            steps[AssignmentState(assignment.state)],
            actor=None,
            comment=sentence,
            save=["reason"],
        )
        tell_assigner(assignment, "conflict_found")
        tell(assignment, assignment.adviser, "revoked")
