"""Two people, two threads, one file: one wins, the other reads why not, nothing is half done."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.roles import StaffRole
from audit.models import AuditEvent
from evaluations.lifecycle import AssignmentState
from evaluations.models import (
    Advice,
    Assignment,
    Consensus,
    ConsensusReply,
    Evaluation,
    SelectionDecision,
)
from evaluations.services import (
    accept_assignment,
    assign_adviser,
    correct_advice,
    decide,
    decline_assignment,
    finalise_advice,
    finalise_scores,
    notify_decision,
    revoke_assignment,
    save_advice,
    save_scores,
    seed_letter_texts,
)
from evaluations.services.assignment import reassign
from evaluations.services.consensus import answer_consensus, take_back_consensus
from evaluations.services.notification import (
    cancel_notification,
    prepare_notification,
    release_notification,
)
from evaluations.services.summary import stale_summaries
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Project, Proposal
from projects.services import withdraw_proposal
from tests.concurrency.test_decisions import at_once
from tests.evaluations.factories import ADVICE, Case, staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture(autouse=True)
def _in_order(db: Any) -> Iterator[None]:
    """Each test begins with the texts of letters, and ends with every summary as it should be."""
    seed_letter_texts()
    yield
    assert list(stale_summaries()) == []


def deciding(case: Case, person: Any, outcome: str = "selected") -> Callable[[], Any]:
    return lambda: decide(
        proposal=case.proposal,
        by=person,
        outcome=outcome,
        grounds="Motivering.",
        deviation_reason="Reden.",
    )


def withdrawing(case: Case) -> Callable[[], Any]:
    return lambda: withdraw_proposal(
        proposal=case.proposal, by=case.member, reason="Wij stoppen ermee."
    )


def events(*actions: str) -> list[str]:
    rows = AuditEvent.objects.filter(action__in=actions).order_by("action")
    return list(rows.values_list("action", flat=True))


def test_deciding_while_the_applicant_withdraws() -> None:
    """Either order is sound: what was withdrawn first is not decided; a decision is not told."""
    case = Case().advised()
    answers = at_once(deciding(case, case.leader), withdrawing(case))
    assert case.state == ProposalState.WITHDRAWN
    decided = SelectionDecision.objects.count()
    assert answers in (
        ["", "Dit kan niet meer: de status van het dossier is nu “Ingetrokken”."],
        ["", ""],
    )
    assert decided == (answers == ["", ""])
    assert events("decision.taken", "proposal.withdraw") == [
        *["decision.taken"] * decided,
        "proposal.withdraw",
    ]
    assert Project.objects.count() == 0


def test_telling_while_the_applicant_withdraws() -> None:
    case = Case().lettered()
    answers = at_once(
        lambda: notify_decision(proposal=case.proposal, by=case.team), withdrawing(case)
    )
    told = SelectionDecision.objects.filter(notified_at__isnull=False).count()
    assert answers[0] == ""
    assert re.search("de status (van het dossier )?is nu “", answers[1])
    assert case.state == (ProposalState.SELECTED if told else ProposalState.WITHDRAWN)
    assert Project.objects.count() == told
    assert OutboxMail.objects.filter(kind="evaluations.decision").count() == told


def test_scores_that_become_final_while_the_assignment_is_revoked() -> None:
    case = Case().accepted()
    evaluation = case.evaluation
    save_scores(
        evaluation=evaluation,
        by=case.adviser,
        version=1,
        entries=case.entries(),
        exclusions=case.exclusions(),
    )
    assignment = case.assignment
    answers = at_once(
        lambda: finalise_scores(evaluation=evaluation, by=case.adviser),
        lambda: revoke_assignment(assignment=assignment, by=case.team, reason="Te laat."),
    )
    assignment.refresh_from_db()
    final = Evaluation.objects.get().finalised_at is not None
    assert assignment.state == (AssignmentState.DONE if final else AssignmentState.REVOKED)
    assert answers in (
        ["", "Deze toewijzing is niet meer actief."],
        ["", "“Toewijzing intrekken” kan niet meer: de status is nu “Klaar”."],
    )
    assert len(events("assignment.finish", "assignment.revoke")) == 1


def test_scores_that_become_final_while_another_adviser_is_asked() -> None:
    case = Case().accepted()
    evaluation, assignment, second = case.evaluation, case.assignment, staff(StaffRole.ADVISER)
    save_scores(
        evaluation=evaluation,
        by=case.adviser,
        version=1,
        entries=case.entries(),
        exclusions=case.exclusions(),
    )
    answers = at_once(
        lambda: finalise_scores(evaluation=evaluation, by=case.adviser),
        lambda: reassign(assignment=assignment, adviser=second, by=case.team, reason="Te laat."),
    )
    final = Evaluation.objects.get().finalised_at is not None
    assert answers in (
        ["", "Deze toewijzing is niet meer actief."],
        ["", "“Toewijzing intrekken” kan niet meer: de status is nu “Klaar”."],
    )
    [lead] = Assignment.objects.active()
    assert (lead.adviser, lead.is_lead) == (case.adviser if final else second, True)
    assert OutboxMail.objects.filter(recipient=second).count() == (not final)


def test_an_advice_that_becomes_final_while_another_adviser_is_asked() -> None:
    case = Case().scored()
    save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    assignment, second = case.assignment, staff(StaffRole.ADVISER)
    answers = at_once(
        lambda: finalise_advice(proposal=case.proposal, by=case.adviser),
        lambda: reassign(assignment=assignment, adviser=second, by=case.team, reason="Te laat."),
    )
    assert answers[0] == ""
    assert answers[1].endswith("de status is nu “Klaar”.")
    assert Assignment.objects.get().adviser == case.adviser
    assert Advice.objects.get().is_final


def test_agreeing_while_the_common_scores_are_taken_back() -> None:
    """A reader never agrees with scores that are being changed."""
    case = Case().proposed()
    consensus = Consensus.objects.get()
    answers = at_once(
        lambda: answer_consensus(
            proposal=case.proposal, by=case.second, version=consensus.version, agrees=True
        ),
        lambda: take_back_consensus(proposal=case.proposal, by=case.adviser),
    )
    consensus.refresh_from_db()
    is_reached = consensus.finalised_at is not None
    assert answers == [
        "",
        "De gemeenschappelijke scores zijn definitief."
        if is_reached
        else "Er ligt nu geen voorstel bij de lezers.",
    ]
    assert ConsensusReply.objects.count() == is_reached
    assert events("consensus.reached", "consensus.taken_back") == [
        "consensus.reached" if is_reached else "consensus.taken_back"
    ]


def test_of_two_people_who_release_the_same_mails_one_tells_the_applicant() -> None:
    case = Case().lettered()
    prepare_notification(proposal=case.proposal, by=case.team)
    answers = at_once(
        lambda: release_notification(proposal=case.proposal, by=case.team),
        lambda: release_notification(proposal=case.proposal, by=case.leader),
    )
    assert answers == ["", "Deze beslissing is al meegedeeld en ligt vast."]
    assert Project.objects.count() == 1
    assert events("decision.notified") == ["decision.notified"]


def test_releasing_the_mails_while_they_are_cancelled() -> None:
    case = Case().lettered()
    prepare_notification(proposal=case.proposal, by=case.team)
    answers = at_once(
        lambda: release_notification(proposal=case.proposal, by=case.team),
        lambda: cancel_notification(proposal=case.proposal, by=case.leader),
    )
    told = SelectionDecision.objects.filter(notified_at__isnull=False).count()
    assert answers[0] == ""
    assert answers[1].endswith("ligt vast." if told else "Zet ze eerst klaar en lees ze na.")
    assert Project.objects.count() == told == len(events("decision.notified"))
    assert len(events("decision.preparation_cancelled")) == 1 - told


def test_accepting_while_it_is_revoked() -> None:
    case = Case().assigned()
    assignment = case.assignment
    answers = at_once(
        lambda: accept_assignment(assignment=assignment, by=case.adviser),
        lambda: revoke_assignment(assignment=assignment, by=case.team, reason="Iemand anders."),
    )
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.REVOKED
    accepted = Evaluation.objects.count()
    assert answers == (
        ["", ""]
        if accepted
        else [
            "",
            "“Aanvaarden zonder belangenconflict” kan niet meer: de status is nu “Ingetrokken”.",
        ]
    )
    assert len(events("assignment.accept", "assignment.revoke")) == 1 + accepted


def test_of_two_leads_one_is_asked() -> None:
    case = Case().complete()
    others = [staff(StaffRole.ADVISER), staff(StaffRole.ADVISER)]
    answers = at_once(
        *(
            lambda person=person: assign_adviser(
                proposal=case.proposal, adviser=person, by=case.team
            )
            for person in others
        )
    )
    assert answers == ["", "Dit dossier heeft al een adviseur die het advies schrijft."]
    assert Assignment.objects.count() == 1
    assert OutboxMail.objects.filter(kind="evaluations.invitation").count() == 1
    assert events("proposal.start_assessment") == ["proposal.start_assessment"]


def test_an_advice_that_becomes_final_while_another_reader_declines() -> None:
    """The advice waits for every reader; who declines first is not waited for."""
    case = Case().scored()
    second = staff(StaffRole.ADVISER)
    other = assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    answers = at_once(
        lambda: finalise_advice(proposal=case.proposal, by=case.adviser),
        lambda: decline_assignment(assignment=other, by=second, reason="Geen tijd."),
    )
    is_final = Advice.objects.get().is_final
    assert answers[0] == ""
    assert (answers[1] == "") == is_final
    assert is_final or answers[1].startswith(
        "Nog niet alle lezers hebben hun scores definitief gemaakt"
    )
    assert case.state == (ProposalState.ADVISED if is_final else ProposalState.ASSESSMENT)
    assert len(events("advice.finalised", "proposal.give_advice")) == 2 * is_final
    assert len(events("assignment.decline")) == 1


def test_an_advice_is_not_decided_on_while_it_is_being_made_final_again() -> None:
    """The project leader decides on the version that stands at that moment, never on half of it."""
    case = Case().advised()
    assert Proposal.objects.get().state == ProposalState.ADVISED
    answers = at_once(
        deciding(case, case.leader),
        lambda: correct_advice(proposal=case.proposal, by=case.adviser),
    )
    corrected = Advice.objects.filter(finalised_at__isnull=True).count()
    assert SelectionDecision.objects.count() == 1 - corrected
    assert answers == [
        "",
        "De adviseur verbetert het advies. Beslis als de nieuwe versie definitief is."
        if corrected
        else "Het advies ligt vast: wie beslist, is ermee aan het werk.",
    ]
