"""A conflict of interest that was declared by mistake: who takes it back, and what comes of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import AssignmentState
from evaluations.models import ConflictKind, ConflictOfInterest
from evaluations.selectors import visible_files
from evaluations.selectors.meetings import reason_to_leave
from evaluations.services import assign_adviser
from evaluations.services.conflicts import (
    declare_conflict_on_file,
    find_conflicts,
    take_back_conflict,
)
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import Case, staff
from tests.evaluations.test_division import Round
from tests.evaluations.test_pool import in_pool, signed_in

pytestmark = pytest.mark.django_db


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def declared(case: Case, person: User) -> ConflictOfInterest:
    declare_conflict_on_file(proposal=case.proposal, by=person, explanation="Mijn nicht.")
    return ConflictOfInterest.objects.get(person=person, proposal=case.proposal)


def test_the_person_sees_the_file_again_and_the_row_stays_with_who_and_why() -> None:
    case = Case().accepted()
    row = declared(case, case.team)
    assert not visible_files(fresh(case.team)).exists()
    take_back_conflict(conflict=row, by=case.leader, reason=" Het was een ander dossier. ")
    assert visible_files(fresh(case.team)).get() == case.proposal
    row.refresh_from_db()
    assert (row.explanation, row.lifted_by, row.lift_reason) == (
        *("Mijn nicht.", case.leader),
        "Het was een ander dossier.",
    )
    event = AuditEvent.objects.get(action="conflict.taken_back")
    assert (event.actor, event.comment, event.object_id) == (
        *(case.leader, "Het was een ander dossier."),
        str(row.pk),
    )
    with pytest.raises(TransitionRefused, match="al teruggenomen"):
        take_back_conflict(conflict=row, by=case.leader, reason="Nog eens.")
    assert declared_again(case).lifted_at is None


def declared_again(case: Case) -> ConflictOfInterest:
    declare_conflict_on_file(proposal=case.proposal, by=fresh(case.team), explanation="Toch wel.")
    return ConflictOfInterest.objects.of(case.team).get()


def test_no_assignment_comes_back_and_one_may_be_asked_again_by_hand() -> None:
    case = Case().accepted()
    row = declared(case, case.adviser)
    assert reason_to_leave(case.adviser, case.proposal) != ""
    take_back_conflict(conflict=row, by=case.leader, reason="Naamgenoot.")
    assert case.assignment.state == AssignmentState.RECUSED
    assert not visible_files(fresh(case.adviser)).exists()
    assert reason_to_leave(case.adviser, case.proposal) == ""
    again = assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)
    assert again.state == AssignmentState.INVITED


@pytest.mark.parametrize("was_asked", [True, False])
def test_an_automatic_division_does_not_put_the_person_on_the_file(was_asked: bool) -> None:
    row = Round(files=1, readers=1)
    [file] = row.files
    person = in_pool()
    case = Case(proposal=file, team=row.team, adviser=person)
    if was_asked:
        assign_adviser(proposal=file, adviser=person, by=row.team)
        take_back_conflict(conflict=declared(case, person), by=case.leader, reason="Vergissing.")
    else:
        conflict = ConflictOfInterest.objects.create(
            person=person, proposal=file, kind=ConflictKind.DECLARED, explanation="Nicht."
        )
        take_back_conflict(conflict=conflict, by=case.leader, reason="Vergissing.")
    run = row.propose()
    assert (run.pairs.count(), len(run.problems)) == (0, 1)
    other = in_pool()
    assert [pair.adviser for pair in row.propose().pairs.all()] == [other]


def test_only_the_project_leader_and_never_for_oneself_or_without_a_reason() -> None:
    case = Case().accepted()
    row = declared(case, case.adviser)
    for person in (case.team, case.adviser, staff(StaffRole.AUDITOR)):
        with pytest.raises(PermissionDenied):
            take_back_conflict(conflict=row, by=person, reason="Vergissing.")
    with pytest.raises(ValidationError) as refused:
        take_back_conflict(conflict=row, by=case.leader, reason=" ")
    assert list(refused.value.message_dict) == ["reason"]
    own = declared(case, case.leader)
    with pytest.raises(PermissionDenied, match="een dossier dat u ziet"):
        take_back_conflict(conflict=own, by=fresh(case.leader), reason="Vergissing.")
    assert set(ConflictOfInterest.objects.values_list("lifted_at", flat=True)) == {None}


def test_what_the_data_show_is_not_taken_back_by_hand() -> None:
    case = Case().accepted()
    MembershipFactory(user=case.team, organisation=case.proposal.organisation)
    find_conflicts(proposal_id=case.proposal.pk)
    found = ConflictOfInterest.objects.get(person=case.team)
    with pytest.raises(TransitionRefused, match="volgt uit de gegevens"):
        take_back_conflict(conflict=found, by=case.leader, reason="Vergissing.")
    address = reverse("evaluations:take_back_conflict", args=[case.proposal.reference, found.pk])
    assert signed_in(case.leader).get(address).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():  # nobody, and no reason
        ConflictOfInterest.objects.create(
            person=case.team,
            proposal=case.proposal,
            kind=ConflictKind.DECLARED,
            explanation="Nicht.",
            lifted_at=timezone.now(),
        )


def test_the_page_asks_for_a_reason_and_shows_afterwards_what_was_done() -> None:
    case = Case().accepted()
    row = declared(case, case.adviser)
    address = reverse("evaluations:take_back_conflict", args=[case.proposal.reference, row.pk])
    tab = reverse("evaluations:assignment", args=[case.proposal.reference])
    leader, team = signed_in(case.leader), signed_in(case.team)
    assert [address in client.get(tab).content.decode() for client in (leader, team)] == [
        *(True, False)
    ]
    assert team.get(address).status_code == 403
    assert "Mijn nicht." in leader.get(address).content.decode()
    assert leader.post(address, {"reason": ""}).status_code == 422
    page = leader.post(address, {"reason": "Naamgenoot."}, follow=True).content.decode()
    assert "mag dit dossier weer zien" in page
    assert f"Teruggenomen door {case.leader}" in page
    assert "Naamgenoot." in page
    assert leader.get(address).status_code == 404
