"""A closing that moves while somebody hands in: the submission is judged wholly by one moment."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import StaffRole
from calls.models import SubmissionRound
from calls.services import hold_closings, move_closing
from projects.models import Proposal, ProposalVersion
from projects.services import submit_proposal
from projects.services.submission import TooLate
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member
from tests.projects.factories import complete_draft

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

AWHILE = 0.7  # seconds; long enough to see that somebody waits


def in_thread(pool: ThreadPoolExecutor, act: Callable[[], Any]) -> "Future[Any]":
    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


def waits(future: "Future[Any]") -> bool:
    try:
        future.exception(timeout=AWHILE)
    except TimeoutError:
        return True
    return False


def move(pk: int, closes_at: datetime, by: Any) -> None:
    move_closing(
        submission_round=SubmissionRound.objects.get(pk=pk),
        closes_at=closes_at,
        reason="Een storing op de laatste avond.",
        by=by,
    )


def test_a_move_waits_for_who_is_handing_in_and_not_the_other_way_round() -> None:
    proposal = complete_draft()
    user, team = member(proposal), UserFactory(roles=[StaffRole.TEAM_MEMBER])
    submission_round = proposal.call.rounds.get()
    later = submission_round.closes_at + timedelta(days=3)
    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic():
            hold_closings(proposal.call_id)  # as a submission does
            moving = in_thread(pool, lambda: move(submission_round.pk, later, team))
            assert waits(moving)
            assert SubmissionRound.objects.get().closes_at == submission_round.closes_at
        moving.result(timeout=30)
    assert SubmissionRound.objects.get().closes_at == later
    submit_proposal(proposal=proposal, by=user, arrived_at=timezone.now())
    assert ProposalVersion.objects.count() == 1


def test_who_hands_in_while_a_closing_moves_is_judged_by_the_new_moment() -> None:
    """Too late by the old moment, in time by the new one that is being committed."""
    proposal = complete_draft()
    user, team = member(proposal), UserFactory(roles=[StaffRole.TEAM_MEMBER])
    now = timezone.now()
    SubmissionRound.objects.update(closes_at=now - timedelta(minutes=5))
    with pytest.raises(TooLate):
        submit_proposal(proposal=proposal, by=user, arrived_at=now)
    submission_round = proposal.call.rounds.get()
    later = now + timedelta(days=1)
    moved, commit = Event(), Event()

    def moving() -> None:
        with transaction.atomic():
            move(submission_round.pk, later, team)
            moved.set()
            assert commit.wait(30)

    with ThreadPoolExecutor(2) as pool:
        mover = in_thread(pool, moving)
        assert moved.wait(30)
        mine = Proposal.objects.get(pk=proposal.pk)
        pressing = in_thread(
            pool, lambda: submit_proposal(proposal=mine, by=user, arrived_at=timezone.now())
        )
        assert waits(pressing)
        commit.set()
        mover.result(timeout=30)
        version = pressing.result(timeout=30)
    assert datetime.fromisoformat(version.content["round"]["closes_at"]) == later
    assert ProposalVersion.objects.get() == version
