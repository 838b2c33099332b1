"""Drafts of scores, two windows at once, and what is final."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import ProgrammingError

from accounts.roles import StaffRole
from calls.models import Call, ChecklistItem, ChecklistKind
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import AssignmentState
from evaluations.models import FileSummary, Score
from evaluations.services import (
    ScoreEntry,
    ScoresChanged,
    finalise_scores,
    revoke_assignment,
    save_scores,
)
from evaluations.services.summary import stale_summaries
from projects.lifecycle import ProposalState
from tests.calls.factories import CallFactory
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db
REFUSED = (InternalError, ProgrammingError)


def exclusion_items(case: Case) -> list[ChecklistItem]:
    return list(case.proposal.call.checklist_items.filter(kind=ChecklistKind.EXCLUSION))


def test_a_draft_may_be_empty() -> None:
    case = Case().accepted()
    first, *_others = case.proposal.call.criteria.all()
    save_scores(
        evaluation=case.evaluation,
        by=case.adviser,
        version=1,
        entries={first.pk: ScoreEntry(None, "")},
        own_notes="Nog lezen.",
    )
    assert case.evaluation.own_notes == "Nog lezen."
    assert case.evaluation.version == 2
    assert Score.objects.count() == 0


def test_the_second_window_does_not_overwrite_the_first() -> None:
    case = Case().accepted()
    save_scores(evaluation=case.evaluation, by=case.adviser, version=1, entries=case.entries("3.5"))
    with pytest.raises(ScoresChanged, match="in een ander venster gewijzigd"):
        save_scores(
            evaluation=case.evaluation, by=case.adviser, version=1, entries=case.entries("1")
        )
    assert set(Score.objects.values_list("value", flat=True)) == {Decimal("3.5")}


@pytest.mark.parametrize("value", ["0.3", "5.5", "-1"])
def test_a_score_goes_from_0_to_5_in_steps(value: str) -> None:
    case = Case().accepted()
    with pytest.raises(ValidationError, match="gaat van 0 tot 5 in stappen van 0,5"):
        save_scores(
            evaluation=case.evaluation, by=case.adviser, version=1, entries=case.entries(value)
        )


def test_the_call_sets_the_step() -> None:
    case = Case().accepted()
    Call.objects.update(score_step=Decimal(1))
    with pytest.raises(ValidationError, match="in stappen van 1,0"):
        save_scores(
            evaluation=case.evaluation, by=case.adviser, version=1, entries=case.entries("2.5")
        )


def test_a_criterion_of_another_call_is_refused() -> None:
    case = Case().accepted()
    foreign = CallFactory().criteria.first()
    assert foreign is not None
    with pytest.raises(ValidationError, match="Dit criterium hoort niet bij de oproep"):
        save_scores(
            evaluation=case.evaluation,
            by=case.adviser,
            version=1,
            entries={foreign.pk: ScoreEntry(Decimal(3), "x")},
        )


def test_final_needs_every_score_and_motivation() -> None:
    case = Case().accepted()
    first, second, third = case.proposal.call.criteria.all()
    save_scores(
        evaluation=case.evaluation,
        by=case.adviser,
        version=1,
        entries={first.pk: ScoreEntry(Decimal(3), " "), second.pk: ScoreEntry(None, "Goed.")},
    )
    with pytest.raises(ValidationError) as refused:
        finalise_scores(evaluation=case.evaluation, by=case.adviser)
    assert refused.value.messages == [
        f"Motiveer de score voor “{first.title}”.",
        f"Geef een score voor “{second.title}”.",
        f"Geef een score voor “{third.title}”.",
        f"Motiveer de score voor “{third.title}”.",
        *(f"Antwoord op “{item.label}”." for item in exclusion_items(case)),
    ]
    assert case.evaluation.finalised_at is None


def test_final_scores_are_done_and_stay() -> None:
    case = Case().scored()
    assert case.assignment.state == AssignmentState.DONE
    with pytest.raises(TransitionRefused, match="Deze scores zijn definitief"):
        save_scores(evaluation=case.evaluation, by=case.adviser, version=2, entries={})
    with pytest.raises(TransitionRefused, match="Deze scores zijn definitief"):
        finalise_scores(evaluation=case.evaluation, by=case.adviser)


def test_the_database_refuses_to_change_final_scores() -> None:
    case = Case().scored()
    score = case.evaluation.scores.first()
    assert score is not None
    for act in (
        lambda: Score.objects.filter(pk=score.pk).update(value=Decimal(1)),
        score.delete,
        lambda: Score.objects.create(evaluation=case.evaluation, criterion=score.criterion),
        lambda: type(case.evaluation).objects.update(own_notes="toch"),
    ):
        with pytest.raises(REFUSED, match="pgtrigger"), transaction.atomic():
            act()


def test_only_the_own_scores() -> None:
    case = Case().accepted()
    for person in (staff(StaffRole.ADVISER), case.team, case.leader):
        with pytest.raises(PermissionDenied, match="Alleen de adviseur aan wie"):
            save_scores(evaluation=case.evaluation, by=person, version=1, entries={})


def test_a_revoked_adviser_saves_nothing() -> None:
    case = Case().accepted()
    evaluation = case.evaluation
    revoke_assignment(assignment=case.assignment, by=case.team, reason="Afwezig.")
    with pytest.raises(TransitionRefused, match="Deze toewijzing is niet meer actief"):
        save_scores(evaluation=evaluation, by=case.adviser, version=1, entries={})


def test_no_scores_on_a_withdrawn_file() -> None:
    case = Case().accepted()
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(state=ProposalState.WITHDRAWN)
    with pytest.raises(TransitionRefused, match="is nu “Ingetrokken”"):
        save_scores(evaluation=case.evaluation, by=case.adviser, version=1, entries={})


def test_an_average_that_has_no_end_is_kept_as_what_it_is() -> None:
    case = Case().accepted()
    case.score(value="4.0")
    for value in ("4.0", "5.0"):
        case.score(case.reader(), value)
    assert FileSummary.objects.get(proposal=case.proposal).total_percent == Decimal("86.666667")
    assert list(stale_summaries()) == []
