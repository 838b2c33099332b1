"""The clock of a file: when it stands still, and what that does to terms and reminders."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from common.moments import BRUSSELS, end_of_day, start_of_day
from evaluations.lifecycle import FileStep
from evaluations.models import Assignment, ClockPause, FileSummary, PauseReason
from evaluations.pauses import moved_by_pauses, paused_working_days, stands_still_since
from evaluations.reminders import ADVICE, COMPLETENESS, DECISION, LATE_ADVICE
from evaluations.selectors import completeness_due, decision_due, waiting_files
from evaluations.selectors.clock import file_clock
from evaluations.selectors.deadlines import advice_due_on
from evaluations.selectors.lists import visible_summaries
from evaluations.selectors.pool import adviser_for
from evaluations.services import assign_adviser, check_completeness, decide
from evaluations.services.assignment import reassign
from evaluations.services.summary import stale_summaries
from evaluations.services.terms import change_due_on
from notifications.models import OutboxMail
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.lifecycle import ProposalState
from projects.models import InformationRequest, Proposal
from projects.services.information import (
    Answer,
    Asked,
    ask_information,
    send_answers,
    withdraw_information_request,
)
from projects.services.submission import submit_proposal
from projects.services.withdrawal import withdraw_proposal
from tests.evaluations.factories import Case, staff
from tests.projects.conftest import signed_in
from tests.projects.factories import complete_draft

MONDAY = datetime(2027, 3, 1, 10, tzinfo=BRUSSELS)


def at(day: int, hour: int = 10, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=BRUSSELS)


# --- Counting (1 March 2027 is a Monday, 29 March is Easter Monday) -------------------------------


def pause(first: int, last: int | None, month: int = 3) -> Any:
    return SimpleNamespace(
        started_at=at(first, month=month),
        ended_at=at(last, month=month) if last is not None else None,
    )


@pytest.mark.parametrize(
    ("pauses", "since", "days"),
    [
        ([], None, 0),
        ([pause(1, 1)], None, 0),
        ([pause(1, 2)], None, 1),
        ([pause(5, 8)], None, 1),  # from Friday to Monday
        ([pause(1, 5), pause(3, 8)], None, 5),  # what is in both counts once
        ([pause(25, 30)], None, 2),  # Friday and Tuesday: Easter Monday is no working day
        ([pause(1, None), pause(1, 3)], None, 2),
        ([pause(1, 5)], at(3), 2),  # of a term that began on Wednesday
        ([pause(1, 5)], at(8), 0),
    ],
)
def test_working_days_that_stood_still(
    pauses: list[Any], since: datetime | None, days: int
) -> None:
    assert paused_working_days(pauses, since) == days


def test_a_term_moves_by_working_days_and_a_running_pause_is_told() -> None:
    assert moved_by_pauses(date(2027, 3, 5), [pause(1, 3)]) == date(2027, 3, 9)
    assert moved_by_pauses(date(2027, 3, 7), []) == date(2027, 3, 7)
    assert stands_still_since([pause(1, 3), pause(5, None), pause(4, None)]) == at(4)
    assert stands_still_since([pause(1, 3)]) is None


# --- When it stops and starts ---------------------------------------------------------------------


@pytest.fixture
def march(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(march: Any) -> Case:
    """A file whose round closed on 28 February; it can be handed in again."""
    found = Case()
    call = found.proposal.call
    call.rounds.update(closes_at=start_of_day(date(2027, 3, 1)))
    call.correction_days = 14
    call.save()
    return found


def row(case: Case) -> FileSummary:
    assert list(stale_summaries()) == []
    return FileSummary.objects.get(proposal=case.proposal)


def fresh(case: Case) -> Proposal:
    return Proposal.objects.get(pk=case.proposal.pk)


def ask(case: Case) -> InformationRequest:
    return ask_information(
        proposal=case.proposal,
        asked=[Asked("D", "probleem", "Hoeveel riolen?")],
        due_on=date(2027, 3, 12),
        by=case.team,
    )


def answer(request: InformationRequest, case: Case) -> None:
    send_answers(
        request=request,
        answers={item.pk: Answer("Twaalf.") for item in request.items.all()},
        by=case.member,
        arrived_at=timezone.now(),
    )


def test_an_incomplete_file_stands_still_until_it_is_handed_in_again(march: Any) -> None:
    ready = complete_draft()
    case = Case(proposal=ready)
    ready.call.correction_days = 14
    ready.call.save()
    submit_proposal(proposal=ready, by=case.member, arrived_at=MONDAY)
    ready.call.rounds.update(closes_at=start_of_day(date(2027, 3, 2)))
    march.move_to(at(3))
    before = completeness_due(fresh(case))
    check_completeness(proposal=ready, by=case.team, is_complete=False, remarks="De raming.")
    found = ClockPause.objects.get()
    assert (found.reason, found.started_at, found.ended_at) == (
        PauseReason.CORRECTION,
        at(3),
        None,
    )
    summary = row(case)
    assert (summary.step, summary.clock_stands_since) == (FileStep.CORRECTION, at(3))
    march.move_to(at(10))
    submit_proposal(proposal=fresh(case), by=case.member, arrived_at=at(10, 9))
    found.refresh_from_db()
    assert found.ended_at == at(10, 9), "when it arrived, not when it was handled"
    summary = row(case)
    assert (summary.clock_stands_since, summary.paused_days) == (None, 5)
    assert completeness_due(fresh(case)) == before + timedelta(days=7)
    assert end_of_day(summary.due_on) == completeness_due(fresh(case))


@pytest.mark.parametrize("how", ["answer", "withdraw"])
def test_a_question_stops_the_clock_until_it_is_settled(case: Case, march: Any, how: str) -> None:
    case.accepted()
    agreed = case.assignment.due_on
    march.move_to(at(2))
    request = ask(case)
    assert row(case).clock_stands_since == at(2)
    march.move_to(at(4))
    if how == "answer":
        answer(request, case)
    else:
        withdraw_information_request(request=request, by=case.team, reason="Gevonden.")
    found = ClockPause.objects.get()
    assert (found.information_request, found.ended_at) == (request, at(4))
    assert advice_due_on(case.assignment) == moved_by_pauses(agreed, [found])
    assert (row(case).due_on, row(case).paused_days) == (advice_due_on(case.assignment), 2)
    assert advice_due_on(case.assignment) > agreed


def test_every_open_reader_gets_the_days_that_stood_still(case: Case, march: Any) -> None:
    case.accepted()
    second = case.reader()
    own = Assignment.objects.get(adviser=second)
    agreed = own.due_on
    march.move_to(at(2))
    request = ask(case)
    march.move_to(at(4))
    own.refresh_from_db()
    assert own.last_day == agreed, "it is not known yet for how long"
    answer(request, case)
    moved = moved_by_pauses(agreed, [*ClockPause.objects.all()])
    assert (moved > agreed, shown_days(case, second)) == (True, [moved, moved])
    assert deadlines(ADVICE) == [end_of_day(moved)] * 2

    # A day that is agreed after a pause is the day; what stood still before does not move it.
    march.move_to(at(5))
    change_due_on(assignment=own, due_on=moved + timedelta(days=7), by=case.team)
    assert shown_days(case, second) == [moved, moved + timedelta(days=7)]

    # It moves back when what moved it is gone.
    ClockPause.objects.get().delete()
    assert shown_days(case, second)[0] == agreed


def test_a_reader_is_late_in_the_load_after_the_moved_day_and_not_in_a_pause(
    case: Case, march: Any
) -> None:
    case.accepted()
    second = case.reader()
    ClockPause.objects.create(
        proposal=case.proposal, reason=PauseReason.INFORMATION, started_at=at(2), ended_at=at(4)
    )
    own = Assignment.objects.get(adviser=second)

    def late(day: date) -> list[int]:
        march.move_to(start_of_day(day))
        return [adviser_for(case.team, second.pk).late]

    day = timedelta(days=1)
    assert own.last_day > own.due_on
    assert late(own.due_on + day) + late(own.last_day) + late(own.last_day + day) == [0, 0, 1]
    ClockPause.objects.create(proposal=case.proposal, reason=PauseReason.INFORMATION)
    assert late(own.last_day + 2 * day) == [0]


def test_who_takes_a_file_over_gets_the_moved_day(case: Case, march: Any) -> None:
    case.accepted()
    march.move_to(at(2))
    request = ask(case)
    march.move_to(at(4))
    answer(request, case)
    old = case.assignment
    new = reassign(
        assignment=old, adviser=staff(StaffRole.ADVISER), by=case.team, reason="Te druk."
    )
    new.refresh_from_db()
    assert old.last_day > old.due_on
    assert (new.due_on, new.last_day) == (old.last_day, old.last_day)


def test_what_stood_still_before_the_adviser_was_asked_is_not_counted_twice(
    case: Case, march: Any
) -> None:
    case.complete()
    request = ask(case)
    march.move_to(at(10))
    answer(request, case)
    assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)
    assert advice_due_on(case.assignment) == case.assignment.due_on


def shown_days(case: Case, second: User) -> list[date]:
    """Of the lead and of the second reader, as their work list shows them."""
    assert list(stale_summaries()) == []
    return [visible_summaries(who).get().shown_due for who in (case.adviser, second)]


def test_withdrawing_ends_every_pause(case: Case, march: Any) -> None:
    case.complete()
    ask(case)
    march.move_to(at(5))
    withdraw_proposal(proposal=case.proposal, by=case.member, reason="Geen budget.")
    assert list(ClockPause.objects.values_list("ended_at", flat=True)) == [at(5)]


def test_what_the_portal_asks_after_the_selection_stops_nothing(case: Case) -> None:
    case.notified()
    assert ClockPause.objects.count() == 0


def test_a_pause_after_the_advice_moves_the_decision(case: Case, march: Any) -> None:
    case.advised()
    due = decision_due(case.advice())
    request = ask(case)
    march.move_to(at(4))
    answer(request, case)
    assert decision_due(case.advice()) == due + timedelta(days=3)
    decide(
        proposal=case.proposal,
        by=case.leader,
        outcome="selected",
        grounds="Past.",
    )
    assert row(case).step == FileStep.NOTIFY


def test_a_time_to_correct_that_lapses_keeps_the_clock_still_and_shows(
    case: Case, march: Any
) -> None:
    check_completeness(
        proposal=case.proposal, by=case.team, is_complete=False, remarks="De raming."
    )
    told = file_clock(case.team, fresh(case))
    assert (told.since, told.has_lapsed) == (MONDAY, False)
    assert told.why == ["De aanvrager kan het voorstel aanvullen tot 15 maart 2027, 24.00 uur."]
    march.move_to(at(16))
    told = file_clock(case.team, fresh(case))
    assert (told.since, told.has_lapsed) == (MONDAY, True)
    page = signed_in(case.team).get(f"/beheer/dossiers/{case.proposal.reference}/")
    text = page.content.decode()
    assert "De klok staat stil, en de aanvrager is te laat" in text
    assert "De klok staat stil sinds 1 maart 2027 om 10.00 uur." in text


def test_the_page_tells_until_when_a_question_may_be_answered(case: Case, march: Any) -> None:
    case.accepted()
    ask(case)
    told = file_clock(case.adviser, fresh(case))
    assert told.why == ["De aanvrager kan vraag 1 beantwoorden tot 12 maart 2027, 24.00 uur."]
    march.move_to(at(15))
    told = file_clock(case.adviser, fresh(case))
    assert (told.has_lapsed, len(told.why)) == (True, 1)
    assert "antwoordde nog niet op vraag 1" in told.why[0]


def test_the_score_form_says_that_it_stays_open_while_the_clock_stands_still(case: Case) -> None:
    case.accepted()
    address = f"/beheer/dossiers/{case.proposal.reference}/beoordelen/"
    told = "U kunt intussen scores invullen, opslaan en definitief maken."
    client = signed_in(case.adviser)
    assert told not in client.get(address).content.decode()
    ask(case)
    assert told in client.get(address).content.decode()
    assert case.score().finalised_at is not None
    assert told not in client.get(address).content.decode(), "nothing is open any more"


def test_the_page_hides_the_day_of_a_step_that_one_may_not_know(case: Case) -> None:
    case.decided()
    assert file_clock(case.adviser, fresh(case)).due_on is None
    assert file_clock(case.team, fresh(case)).due_on == row(case).due_on


# --- Reminders and work ---------------------------------------------------------------------------


def deadlines(rule: Any) -> list[datetime]:
    return [subject.deadline for subject in rule.subjects(MONDAY)]


@pytest.mark.parametrize("rule", [ADVICE, LATE_ADVICE], ids=lambda rule: rule.name)
def test_no_reminder_of_advice_while_the_clock_stands_still(
    case: Case, march: Any, rule: Any
) -> None:
    case.accepted()
    agreed = end_of_day(case.assignment.due_on)
    assert deadlines(rule) == [agreed]
    request = ask(case)
    assert deadlines(rule) == []
    assert rule.still_needed(case.assignment, case.adviser) == (
        "De klok van dit dossier staat stil: de aanvrager is aan zet."
    )
    march.move_to(at(4))
    answer(request, case)
    assert deadlines(rule) == [end_of_day(advice_due_on(case.assignment))]
    assert rule.still_needed(case.assignment, case.adviser) is True


def test_no_reminder_of_a_decision_while_the_clock_stands_still(case: Case) -> None:
    case.advised()
    assert len(deadlines(DECISION)) == 1
    ask(case)
    assert deadlines(DECISION) == []
    assert "staat stil" in str(DECISION.still_needed(fresh(case), case.leader))


def test_a_corrected_file_is_checked_by_its_own_term(case: Case, march: Any) -> None:
    usual = completeness_due(fresh(case))
    assert deadlines(COMPLETENESS) == [usual]
    ClockPause.objects.create(
        proposal=case.proposal, reason=PauseReason.CORRECTION, started_at=at(1), ended_at=at(3)
    )
    assert deadlines(COMPLETENESS) == [completeness_due(fresh(case))]
    other = Case()
    Proposal.objects.filter(pk=other.proposal.pk).update(
        round=case.proposal.round, call=case.proposal.call
    )
    assert deadlines(COMPLETENESS) == [usual], "the first term that ends counts"


def test_a_planned_reminder_is_not_sent_while_the_clock_stands_still(
    case: Case, march: Any
) -> None:
    case.accepted()
    seed_offsets()
    plan_reminders()
    ask(case)
    march.move_to(end_of_day(case.assignment.due_on) + timedelta(days=2))
    send_due_reminders()
    kinds = set(OutboxMail.objects.values_list("kind", flat=True))
    assert not {kind for kind in kinds if "advice" in kind}


def test_work_is_not_late_while_the_clock_stands_still(case: Case, march: Any) -> None:
    case.accepted()
    march.move_to(end_of_day(case.assignment.due_on) + timedelta(days=2))
    assert [item.is_late for item in waiting_files(case.adviser).items] == [True]
    ask_information(
        proposal=case.proposal,
        asked=[Asked("D", "probleem", "Hoeveel riolen?")],
        due_on=date(2027, 5, 26),
        by=case.team,
    )
    assert [item.is_late for item in waiting_files(case.adviser).items] == [False]
    assert case.state == ProposalState.ASSESSMENT
