"""Common scores of several readers: who sees what, who must agree, and what waits for it."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.models import Call, ConsensusRule
from common.lifecycle import TransitionRefused
from common.moments import add_working_days, end_of_day, local_day
from evaluations.lifecycle import FileStep
from evaluations.models import Consensus, ConsensusScore, FileSummary
from evaluations.reminders import CONSENSUS
from evaluations.selectors import file_timeline, next_step, score_cards, waiting_files
from evaluations.selectors.readers import spreads
from evaluations.services import finalise_advice, revoke_assignment, save_advice
from evaluations.services.conflicts import declare_conflict_on_file
from evaluations.services.consensus import (
    ConsensusChanged,
    answer_consensus,
    propose_consensus,
    save_consensus,
    settle_consensus,
    take_back_consensus,
)
from evaluations.services.summary import stale_summaries
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from tests.evaluations.factories import ADVICE, Case, staff

pytestmark = pytest.mark.django_db
REFUSED = (InternalError, ProgrammingError)


def page(user: User, case: Case) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse("evaluations:consensus", args=[case.proposal.reference]))


def post(user: User, case: Case, data: dict[str, Any], name: str = "consensus") -> Any:
    client = Client()
    client.force_login(user)
    return client.post(reverse(f"evaluations:{name}", args=[case.proposal.reference]), data)


def step(case: Case) -> str:
    return FileSummary.objects.get(proposal=case.proposal).step


def second(case: Case) -> User:
    assert case.second is not None
    return case.second


def typed(case: Case, value: str = "3.0", **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"version": 0, "remarks": "Zo besproken.", **more}
    for key, entry in case.entries(value).items():
        data |= {f"score_{key}": value, f"motivation_{key}": entry.motivation}
    return data


class TestWhenItIsNeeded:
    def test_readers_who_lie_far_apart_must_agree(self) -> None:
        case = Case().disagreed()
        assert step(case) == FileStep.CONSENSUS
        rows, total = spreads(case.proposal, score_cards(case.team, case.proposal))
        assert [row.diverges for row in rows] == [True, True, True]
        assert (total.points, total.diverges) == (Decimal(40), True)

    def test_readers_close_together_need_none(self) -> None:
        case = Case()
        Call.objects.update(consensus_rule=ConsensusRule.DIVERGENT, reader_count=2)
        case.proposal.call.refresh_from_db()
        case.accepted()
        other = case.reader()
        case.score(value="4.0")
        case.score(other, "3.5")
        assert step(case) == FileStep.ADVISE
        rows, total = spreads(case.proposal, score_cards(case.team, case.proposal))
        assert [row.diverges for row in [*rows, total]] == [False, False, False, False]
        with pytest.raises(TransitionRefused, match="geen consensus nodig"):
            save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries={})
        assert "Geen consensus nodig" in page(case.adviser, case).content.decode()

    def test_both_sides_of_the_threshold_diverge_however_close(self) -> None:
        case = Case()
        Call.objects.update(consensus_rule=ConsensusRule.DIVERGENT, reader_count=2)
        case.proposal.call.refresh_from_db()
        case.accepted()
        other = case.reader()
        case.score(value="2.5")
        case.score(other, "2.0")
        assert step(case) == FileStep.CONSENSUS

    def test_it_waits_for_every_reader(self) -> None:
        case = Case()
        Call.objects.update(consensus_rule=ConsensusRule.ALWAYS, reader_count=2)
        case.proposal.call.refresh_from_db()
        case.accepted()
        case.reader()
        case.score()
        with pytest.raises(TransitionRefused, match="Nog niet alle lezers"):
            save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries={})


class TestWhoSeesWhat:
    def test_a_reader_who_is_not_done_does_not_get_there(self) -> None:
        case = Case()
        Call.objects.update(consensus_rule=ConsensusRule.ALWAYS, reader_count=2)
        case.proposal.call.refresh_from_db()
        case.accepted()
        other = case.reader()
        case.score()
        assert page(other, case).status_code == 302
        address = reverse("evaluations:consensus", args=[case.proposal.reference])
        client = Client()
        client.force_login(other)
        shown = client.get(reverse("evaluations:scoring", args=[case.proposal.reference]))
        assert address not in shown.content.decode()

    def test_a_draft_of_the_lead_is_for_the_lead(self) -> None:
        case = Case().disagreed()
        entries = case.entries("3.0")
        save_consensus(
            proposal=case.proposal,
            by=case.adviser,
            version=0,
            entries=entries,
            remarks="VOOROVERLEG",
        )
        assert "VOOROVERLEG" in page(case.adviser, case).content.decode()
        for person in (second(case), case.team, case.leader):
            assert "VOOROVERLEG" not in page(person, case).content.decode()
        propose_consensus(proposal=case.proposal, by=case.adviser)
        for person in (second(case), case.team, case.leader):
            assert "VOOROVERLEG" in page(person, case).content.decode()

    def test_a_call_without_consensus_has_no_such_page(self) -> None:
        case = Case().scored()
        assert page(case.adviser, case).status_code == 302

    def test_the_timeline_tells_it_to_readers_who_are_done(self) -> None:
        case = Case().proposed()
        titles = [event["title"] for event in file_timeline(second(case), case.proposal)]
        assert "Gemeenschappelijke scores voorgelegd aan de andere lezers" in titles


class TestAgreeing:
    def test_the_others_get_a_mail_without_content(self) -> None:
        case = Case().proposed()
        mail = OutboxMail.objects.get(kind="evaluations.consensus_proposed")
        assert mail.recipient == second(case)
        assert case.proposal.title not in mail.subject + mail.text

    def test_when_all_agree_the_common_scores_are_final(self) -> None:
        case = Case().proposed()
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        found = Consensus.objects.get()
        assert found.finalised_at is not None
        assert (found.total_percent, found.passes) == (Decimal(60), True)
        row = FileSummary.objects.get(proposal=case.proposal)
        assert (row.step, row.total_percent) == (FileStep.ADVISE, Decimal(60))
        assert list(
            AuditEvent.objects.filter(action__startswith="consensus.")
            .order_by("pk")
            .values_list("action", flat=True)
        ) == ["consensus.proposed", "consensus.agreed", "consensus.reached"]
        for act in (
            lambda: Consensus.objects.update(remarks="toch"),
            lambda: ConsensusScore.objects.update(value=Decimal(1)),
        ):
            with pytest.raises(REFUSED, match="pgtrigger"), transaction.atomic():
                act()

    def test_who_does_not_agree_says_why_and_a_changed_proposal_asks_again(self) -> None:
        case = Case().proposed()
        with pytest.raises(ValidationError, match="Schrijf waarom u niet akkoord gaat"):
            answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=False)
        answer_consensus(
            proposal=case.proposal, by=second(case), version=1, agrees=False, remark="Te hoog."
        )
        assert OutboxMail.objects.get(kind="evaluations.consensus_answered").recipient == (
            case.adviser
        )
        assert Consensus.objects.get().finalised_at is None
        take_back_consensus(proposal=case.proposal, by=case.adviser)
        save_consensus(
            proposal=case.proposal, by=case.adviser, version=2, entries=case.entries("2.5")
        )
        propose_consensus(proposal=case.proposal, by=case.adviser)
        with pytest.raises(TransitionRefused, match="intussen gewijzigd"):
            answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        answer_consensus(proposal=case.proposal, by=second(case), version=3, agrees=True)
        assert Consensus.objects.get().total_percent == Decimal(50)
        assert "Te hoog." in page(second(case), case).content.decode()

    def test_a_proposal_that_lies_before_the_readers_is_not_changed(self) -> None:
        case = Case().proposed()
        with pytest.raises(TransitionRefused, match="Neem het eerst terug"):
            save_consensus(proposal=case.proposal, by=case.adviser, version=1, entries={})

    def test_only_the_lead_proposes_and_only_other_readers_answer(self) -> None:
        case = Case().proposed()
        for person in (second(case), case.team, case.leader):
            with pytest.raises(PermissionDenied):
                take_back_consensus(proposal=case.proposal, by=person)
        for person in (case.adviser, case.team, staff(StaffRole.ADVISER)):
            with pytest.raises(PermissionDenied):
                answer_consensus(proposal=case.proposal, by=person, version=1, agrees=True)

    def test_incomplete_common_scores_are_not_laid_before_anybody(self) -> None:
        case = Case().disagreed()
        save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries={})
        with pytest.raises(ValidationError, match="Geef een score voor"):
            propose_consensus(proposal=case.proposal, by=case.adviser)

    def test_a_reader_who_left_holds_nothing_up(self) -> None:
        case = Case().disagreed()
        third = case.reader()
        with pytest.raises(TransitionRefused, match="Nog niet alle lezers"):
            save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries={})
        late = case.proposal.assignments.get(adviser=third)
        revoke_assignment(assignment=late, by=case.team, reason="Afwezig.")
        entries = case.entries("3.0")
        save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries=entries)
        propose_consensus(proposal=case.proposal, by=case.adviser)
        fourth = case.reader()
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        assert Consensus.objects.get().finalised_at is None
        late = case.proposal.assignments.get(adviser=fourth)
        revoke_assignment(assignment=late, by=case.team, reason="Afwezig.")
        assert Consensus.objects.get().finalised_at is not None
        assert settle_consensus(proposal=case.proposal, by=case.team) is False

    def test_it_is_a_draft_again_when_scores_of_a_reader_are_set_aside(self) -> None:
        case = Case().proposed()
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        declare_conflict_on_file(proposal=case.proposal, by=second(case), explanation="Mijn zus.")
        found = Consensus.objects.get()
        assert (found.finalised_at, found.proposed_at, found.total_percent, found.version) == (
            None,
            None,
            None,
            2,
        )
        row = FileSummary.objects.get(proposal=case.proposal)
        # The scores of the lead alone: four out of five.
        assert (row.step, row.total_percent, row.readers_done) == (FileStep.ASSIGN, Decimal(80), 1)
        assert list(stale_summaries()) == []
        event = AuditEvent.objects.get(action="consensus.reopened")
        assert (event.actor, event.comment) == (
            None,
            "De lezers van dit dossier zijn niet meer dezelfde.",
        )
        assert event.data["was_final"] is True
        assert {score["value"] for score in event.data["scores"].values()} == {"3.0"}
        told = page(case.adviser, case).content.decode()
        assert "De gemeenschappelijke scores zijn weer een ontwerp" in told
        assert "De lezers van nu worden het opnieuw eens." not in told, "there is one reader"
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        with pytest.raises(TransitionRefused, match="vraagt 2 lezers per dossier"):
            finalise_advice(proposal=case.proposal, by=case.adviser)

        # With another reader as far apart, the lead goes on from the draft.
        third = case.reader()
        case.score(third, "2.0")
        assert (step(case), FileSummary.objects.get().total_percent) == (
            FileStep.CONSENSUS,
            Decimal(60),
        )
        assert "De lezers van nu worden het opnieuw eens." in page(third, case).content.decode()
        propose_consensus(proposal=case.proposal, by=case.adviser)
        answer_consensus(proposal=case.proposal, by=third, version=2, agrees=True)
        found.refresh_from_db()
        assert (found.finalised_at is not None, found.reopened_at) == (True, None)
        assert step(case) == FileStep.ADVISE

    def test_who_is_ready_after_the_consensus_must_agree_too(self) -> None:
        case = Case().proposed()
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        third = case.reader()
        assert Consensus.objects.get().finalised_at is not None
        case.score(third, "1.0")
        assert Consensus.objects.get().finalised_at is None
        assert AuditEvent.objects.get(action="consensus.reopened").actor == third
        assert step(case) == FileStep.CONSENSUS

    def test_a_proposal_falls_back_with_a_reader_and_is_laid_before_the_others_again(self) -> None:
        case = Case().disagreed()
        third = case.reader()
        case.score(third, "3.0")
        entries = case.entries("3.0")
        save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries=entries)
        propose_consensus(proposal=case.proposal, by=case.adviser)
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        declare_conflict_on_file(proposal=case.proposal, by=third, explanation="Mijn zus.")
        found = Consensus.objects.get()
        assert (found.proposed_at, found.finalised_at) == (None, None), "agreed by who is left"
        assert AuditEvent.objects.get(action="consensus.reopened").data["was_final"] is False

    def test_the_database_lets_go_of_a_final_consensus_as_a_later_draft_only(self) -> None:
        case = Case().proposed()
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        for act in (
            lambda: Consensus.objects.update(version=2),
            lambda: Consensus.objects.update(finalised_at=None),
            lambda: Consensus.objects.all().delete(),
        ):
            with pytest.raises(REFUSED, match="pgtrigger"), transaction.atomic():
                act()

    def test_the_second_window_of_the_lead_does_not_overwrite_the_first(self) -> None:
        case = Case().disagreed()
        save_consensus(
            proposal=case.proposal, by=case.adviser, version=0, entries=case.entries("3.0")
        )
        save_consensus(
            proposal=case.proposal, by=case.adviser, version=0, entries=case.entries("3.0")
        )
        assert Consensus.objects.get().version == 1  # the same again
        with pytest.raises(ConsensusChanged, match="intussen gewijzigd"):
            save_consensus(
                proposal=case.proposal, by=case.adviser, version=0, entries=case.entries("4.0")
            )


class TestAdviceWaits:
    def test_for_every_reader_naming_who_is_missing(self) -> None:
        case = Case().accepted()
        other = case.reader()
        case.score()
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        with pytest.raises(TransitionRefused, match=f"definitief gemaakt: {other}"):
            finalise_advice(proposal=case.proposal, by=case.adviser)
        revoke_assignment(
            assignment=case.proposal.assignments.get(adviser=other), by=case.team, reason="Weg."
        )
        finalise_advice(proposal=case.proposal, by=case.adviser)
        assert case.state == ProposalState.ADVISED

    def test_for_as_many_readers_as_the_call_asks(self) -> None:
        case = Case().scored()
        Call.objects.update(reader_count=2)
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        with pytest.raises(TransitionRefused, match="vraagt 2 lezers per dossier"):
            finalise_advice(proposal=case.proposal, by=case.adviser)

    def test_for_the_consensus(self) -> None:
        case = Case().proposed()
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        with pytest.raises(TransitionRefused, match="moeten het eerst eens worden"):
            finalise_advice(proposal=case.proposal, by=case.adviser)
        answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
        finalise_advice(proposal=case.proposal, by=case.adviser)
        assert case.state == ProposalState.ADVISED


def test_the_next_step_and_the_work_go_from_one_reader_to_the_other() -> None:
    case = Case().disagreed()
    labels = lambda person: [item.label for item in waiting_files(person).items]  # noqa: E731
    assert next_step(case.adviser, case.proposal).label == "Consensus zoeken"
    assert (labels(case.adviser), labels(second(case))) == (["Consensus zoeken"], [])
    save_consensus(proposal=case.proposal, by=case.adviser, version=0, entries=case.entries("3.0"))
    propose_consensus(proposal=case.proposal, by=case.adviser)
    assert next_step(second(case), case.proposal).label == "Antwoorden"
    assert (labels(case.adviser), labels(second(case))) == (
        [],
        ["Consensus zoeken"],
    )
    answer_consensus(
        proposal=case.proposal, by=second(case), version=1, agrees=False, remark="Te hoog."
    )
    assert (labels(case.adviser), labels(second(case))) == (["Consensus zoeken"], [])
    answer_consensus(proposal=case.proposal, by=second(case), version=1, agrees=True)
    assert (labels(case.adviser), labels(second(case))) == (["Advies schrijven"], [])


def test_who_did_not_answer_is_reminded() -> None:
    case = Case().proposed()
    found = Consensus.objects.get()
    assert found.proposed_at is not None
    due = end_of_day(add_working_days(local_day(found.proposed_at), 5))
    [subject] = CONSENSUS.subjects(found.proposed_at)
    assert (subject.obj, list(subject.recipients), subject.deadline) == (
        found,
        [second(case)],
        due,
    )
    assert CONSENSUS.still_needed(found, second(case)) is True
    answer_consensus(
        proposal=case.proposal, by=second(case), version=1, agrees=False, remark="Te hoog."
    )
    assert CONSENSUS.still_needed(found, second(case)) == "Deze lezer heeft geantwoord."


def test_the_whole_way_through_the_forms() -> None:
    case = Case().disagreed()
    shown = page(case.adviser, case).content.decode()
    assert shown.count("loopt uiteen") == 7
    empty = post(case.adviser, case, {"version": 0, "propose": "yes"})
    assert empty.status_code == 422
    assert len(empty.context["form"].errors) == 6
    Consensus.objects.all().delete()
    saved = post(case.adviser, case, {**typed(case), "autosave": "yes"}).content.decode()
    assert 'data-autosave="saved" data-version="1"' in saved
    clash = post(case.adviser, case, typed(case, "4.0")).content.decode()
    assert "Tekst uit uw andere venster" in clash
    done = post(case.adviser, case, typed(case, version=1, propose="yes"))
    assert done.status_code == 302
    refused = post(second(case), case, {"version": 1, "agrees": "no"}, "answer_consensus")
    assert refused.context["reply_form"]["remark"].errors == ["Schrijf waarom u niet akkoord gaat."]
    post(case.adviser, case, {}, "take_back_consensus")
    post(case.adviser, case, typed(case, version=2, propose="yes"))
    post(second(case), case, {"version": 2, "agrees": "yes", "remark": ""}, "answer_consensus")
    assert Consensus.objects.get().finalised_at is not None
    assert "Consensus bereikt" in page(case.team, case).content.decode()
