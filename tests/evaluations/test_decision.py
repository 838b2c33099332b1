"""Deciding with four eyes, undoing, notifying."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import IntegrityError, ProgrammingError

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from documents.models import Job
from documents.services import run_job
from evaluations.documents import letter_context
from evaluations.models import SelectionDecision
from evaluations.services import (
    assign_adviser,
    decide,
    decline_assignment,
    finalise_advice,
    notify_decision,
    remake_letter,
    save_advice,
    withdraw_decision,
)
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Project
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import ADVICE, Case, staff

pytestmark = pytest.mark.django_db
REFUSED = (InternalError, ProgrammingError, IntegrityError)


def act(case: Case, **changes: Any) -> SelectionDecision:
    return decide(
        **{
            "proposal": case.proposal,
            "by": case.leader,
            "outcome": "selected",
            "grounds": "Het past.",
            **changes,
        }
    )


def test_a_decision_is_kept_and_told_to_nobody() -> None:
    case = Case().advised()
    mails = OutboxMail.objects.count()
    decision = act(case)
    assert (decision.outcome, decision.follows_advice, decision.decided_by) == (
        "selected",
        True,
        case.leader,
    )
    assert case.state == ProposalState.ADVISED
    assert OutboxMail.objects.count() == mails
    assert decision.letter is not None
    assert case.proposal.title not in decision.letter.title


@pytest.mark.parametrize(
    "role", [StaffRole.TEAM_MEMBER, StaffRole.ADVISER, StaffRole.PROGRAMME_MANAGER]
)
def test_only_the_role_of_the_call_decides(role: StaffRole) -> None:
    case = Case().advised()
    with pytest.raises(PermissionDenied, match="Alleen wie volgens de oproep beslist"):
        act(case, by=staff(role))


def test_the_call_may_name_another_role() -> None:
    case = Case().advised()
    case.proposal.call.decision_role = StaffRole.PROGRAMME_MANAGER
    case.proposal.call.save()
    assert act(case, by=staff(StaffRole.PROGRAMME_MANAGER)).outcome == "selected"
    assert AuditEvent.objects.filter(action="decision.taken").count() == 1


def test_the_author_of_the_advice_does_not_decide() -> None:
    both = staff(StaffRole.ADVISER, StaffRole.PROJECT_LEADER)
    case = Case(adviser=both).advised()
    with pytest.raises(PermissionDenied, match="kan er niet over beslissen"):
        act(case, by=both)


def test_nor_does_anybody_who_was_asked_to_assess() -> None:
    both = staff(StaffRole.ADVISER, StaffRole.PROJECT_LEADER)
    case = Case().assigned()
    asked = assign_adviser(proposal=case.proposal, adviser=both, by=case.team, is_lead=False)
    decline_assignment(assignment=asked, by=both, reason="Ik beslis later.")
    # The rest of the way, without assigning the lead again.
    case.assigned = lambda: case  # type: ignore[method-assign]
    case.advised()
    with pytest.raises(PermissionDenied, match="kan er niet over beslissen"):
        act(case, by=both)


def test_nor_does_a_member_of_the_applicant() -> None:
    case = Case().advised()
    MembershipFactory(user=case.leader, organisation=case.proposal.organisation)
    with pytest.raises(PermissionDenied, match="die bij dit voorstel betrokken is"):
        act(case)


def test_the_database_keeps_the_four_eyes_too() -> None:
    """Whatever the code above does: not the author, not another adviser, no draft advice."""
    case = Case().scored()
    advice = save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    row = {
        "proposal": case.proposal,
        "advice": advice,
        "adviser": case.adviser,
        "outcome": "selected",
        "grounds": "x",
        "follows_advice": True,
    }
    with pytest.raises(REFUSED, match="needs a final advice"), transaction.atomic():
        SelectionDecision.objects.create(**row, decided_by=case.leader)
    finalise_advice(proposal=case.proposal, by=case.adviser)
    with pytest.raises(REFUSED, match="an adviser of the file cannot decide"), transaction.atomic():
        SelectionDecision.objects.create(**row, decided_by=case.adviser)
    with pytest.raises(REFUSED, match="four_eyes"), transaction.atomic():
        SelectionDecision.objects.create(**{**row, "adviser": case.leader}, decided_by=case.leader)
    with pytest.raises(REFUSED, match="deviation_is_reasoned"), transaction.atomic():
        SelectionDecision.objects.create(**{**row, "follows_advice": False}, decided_by=case.leader)
    assert SelectionDecision.objects.create(**row, decided_by=case.leader).pk


def test_a_decision_needs_a_final_advice() -> None:
    case = Case().scored()
    with pytest.raises(TransitionRefused, match="is nu “In beoordeling”"):
        act(case)
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(state=ProposalState.ADVISED)
    with pytest.raises(ValidationError, match="Er is nog geen definitief advies"):
        act(case)


def test_a_decision_is_one_of_two_and_has_grounds() -> None:
    case = Case().advised()
    with pytest.raises(ValidationError, match="Kies een beslissing"):
        act(case, outcome="misschien")
    with pytest.raises(ValidationError, match="Motiveer de beslissing"):
        act(case, grounds=" ")


@pytest.mark.parametrize(
    ("conclusion", "outcome", "follows"),
    [
        ("positive", "selected", True),
        ("positive_with_points", "selected", True),
        ("negative", "not_selected", True),
        ("positive", "not_selected", False),
        ("positive_with_points", "not_selected", False),
        ("negative", "selected", False),
    ],
)
def test_deviating_from_the_advice_needs_a_reason(
    conclusion: str, outcome: str, *, follows: bool
) -> None:
    case = Case().advised(replace(ADVICE, conclusion=conclusion))
    if not follows:
        with pytest.raises(ValidationError) as refused:
            act(case, outcome=outcome)
        assert refused.value.message_dict == {
            "deviation_reason": ["Schrijf waarom u van het advies afwijkt."]
        }
    decision = act(case, outcome=outcome, deviation_reason="Het budget is op.")
    assert decision.follows_advice is follows
    assert decision.deviation_reason == ("" if follows else "Het budget is op.")


def test_a_file_is_decided_once() -> None:
    case = Case().decided()
    with pytest.raises(TransitionRefused, match="Over dit dossier is al beslist"):
        act(case)


def test_undo_until_notified() -> None:
    case = Case().decided()
    first = case.decision
    with pytest.raises(PermissionDenied, match="Alleen wie volgens de oproep beslist"):
        withdraw_decision(proposal=case.proposal, by=case.team)
    withdraw_decision(proposal=case.proposal, by=case.leader)
    assert SelectionDecision.objects.count() == 0
    again = act(case)
    assert again.letter_number != first.letter_number
    # The letter of the first decision is not made any more.
    with pytest.raises(ValidationError, match="Deze beslissing is teruggenomen"):
        letter_context({"decision": first.pk}, lambda percent, message="": None)


def test_never_after() -> None:
    case = Case().notified()
    for refused in (
        lambda: withdraw_decision(proposal=case.proposal, by=case.leader),
        lambda: notify_decision(proposal=case.proposal, by=case.team),
        lambda: remake_letter(proposal=case.proposal, by=case.team),
    ):
        with pytest.raises(TransitionRefused, match="al meegedeeld en ligt vast"):
            refused()
    with pytest.raises(REFUSED, match="pgtrigger"), transaction.atomic():
        SelectionDecision.objects.update(grounds="anders")


def test_without_a_decision_there_is_nothing_to_undo_or_notify() -> None:
    case = Case().advised()
    for refused in (
        lambda: withdraw_decision(proposal=case.proposal, by=case.leader),
        lambda: notify_decision(proposal=case.proposal, by=case.team),
    ):
        with pytest.raises(TransitionRefused, match="nog niet beslist"):
            refused()


def test_the_letter_must_be_ready_to_notify() -> None:
    case = Case().decided()
    with pytest.raises(ValidationError, match="De brief is nog niet klaar"):
        notify_decision(proposal=case.proposal, by=case.team)
    assert case.state == ProposalState.ADVISED
    run_job(job_id=case.decision.letter_id)
    notify_decision(proposal=case.proposal, by=case.team)
    assert case.state == ProposalState.SELECTED


def test_who_may_notify() -> None:
    case = Case().lettered()
    for person in (case.adviser, staff(StaffRole.AUDITOR), case.member):
        with pytest.raises(PermissionDenied, match="mag een beslissing meedelen"):
            notify_decision(proposal=case.proposal, by=person)
    notify_decision(proposal=case.proposal, by=case.leader)


def test_a_selected_proposal_opens_its_project() -> None:
    case = Case().notified("selected")
    project = Project.objects.get()
    assert (project.proposal, project.organisation) == (case.proposal, case.proposal.organisation)
    assert case.decision.notified_by == case.team


def test_a_rejected_one_does_not() -> None:
    case = Case().notified("not_selected")
    assert case.state == ProposalState.NOT_SELECTED
    assert Project.objects.count() == 0


def test_the_mail_holds_a_link_and_no_outcome() -> None:
    case = Case().notified("not_selected")
    mail = OutboxMail.objects.get(kind="evaluations.decision")
    assert mail.recipient == case.member
    assert f"/voorstellen/{case.proposal.reference}/beslissing/" in mail.text
    for word in ("geselecteerd", "afgewezen", case.proposal.title, ADVICE.strengths):
        assert word.lower() not in (mail.subject + mail.text + mail.html).lower()


def test_a_proposal_withdrawn_after_the_decision_is_not_notified() -> None:
    case = Case().lettered()
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(state=ProposalState.WITHDRAWN)
    with pytest.raises(TransitionRefused, match="de status van het dossier is nu “Ingetrokken”"):
        notify_decision(proposal=case.proposal, by=case.team)
    assert case.decision.notified_at is None


def test_a_letter_is_made_again_while_it_is_not_notified() -> None:
    case = Case().lettered()
    first = case.decision.letter_id
    job = remake_letter(proposal=case.proposal, by=case.team)
    assert job.pk != first
    assert case.decision.letter_id == job.pk
    assert Job.objects.count() == 2
    assert remake_letter(proposal=case.proposal, by=case.leader).pk == job.pk
    with pytest.raises(PermissionDenied, match="maakt de brief opnieuw"):
        remake_letter(proposal=case.proposal, by=case.adviser)


def test_letters_are_numbered_per_year() -> None:
    first, second = Case().decided().decision, Case().decided().decision
    assert first.letter_number is not None
    assert second.letter_number is not None
    year = first.decided_at.year
    numbers = [first.letter_number, second.letter_number]
    assert numbers == [f"PIO/{year}/0001", f"PIO/{year}/0002"]
