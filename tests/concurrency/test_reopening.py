"""Real threads: who reopens, checks, hands in again, answers or extends at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.moments import end_of_day
from documents.models import Job
from evaluations.services import check_completeness
from notifications.models import OutboxMail
from projects.lifecycle import InformationState, ProposalState
from projects.models import InformationRequest, Proposal
from projects.services import (
    ask_information,
    grant_extension,
    reopen_proposal,
    send_answers,
    submit_proposal,
)
from projects.services.information import Answer, Asked, default_due_on
from projects.services.submission import RECEIPT_KIND, TooLate
from tests.accounts.factories import UserFactory
from tests.evaluations.factories import Case
from tests.projects.conftest import member
from tests.projects.factories import complete_draft

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
PRESSES = 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, all starting together; a refusal is a result."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            together.wait()
            return act()
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def test_five_presses_after_reopening_make_one_version() -> None:
    proposal = complete_draft()
    by = member(proposal)
    submit_proposal(proposal=proposal, by=by, arrived_at=timezone.now())
    reopen_proposal(proposal=proposal, by=by)

    def press() -> int:
        return submit_proposal(
            proposal=fresh(proposal), by=by, arrived_at=timezone.now(), after=1
        ).number

    assert at_once(*[press] * PRESSES) == [2] * PRESSES
    assert proposal.versions.count() == 2
    assert Job.objects.filter(kind=RECEIPT_KIND).count() == 2
    assert OutboxMail.objects.filter(kind="projects.receipt").count() == 4


@pytest.mark.parametrize("_round", range(3))
def test_reopening_and_checking_exclude_each_other(_round: int) -> None:
    proposal = complete_draft()
    by = member(proposal)
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    submit_proposal(proposal=proposal, by=by, arrived_at=timezone.now())
    results = at_once(
        lambda: reopen_proposal(proposal=fresh(proposal), by=by),
        lambda: check_completeness(proposal=fresh(proposal), by=team, is_complete=True),
    )
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert len(refused) == 1
    found = fresh(proposal)
    assert (found.state, found.reopened_at is not None) in {
        (ProposalState.COMPLETE, False),
        (ProposalState.SUBMITTED, True),
    }


def test_an_answer_sent_five_times_is_sent_once() -> None:
    case = Case().accepted()
    asked = ask_information(
        proposal=case.proposal,
        asked=[Asked("D", "probleem", "Hoeveel?")],
        due_on=default_due_on(),
        by=case.team,
    )
    item = asked.items.get()

    def send() -> Any:
        return send_answers(
            request=InformationRequest.objects.select_related("proposal").get(pk=asked.pk),
            answers={item.pk: Answer("Twaalf.")},
            by=case.member,
            arrived_at=timezone.now(),
        ).state

    assert at_once(*[send] * PRESSES) == [InformationState.ANSWERED] * PRESSES
    assert AuditEvent.objects.filter(action="informationrequest.answer").count() == 1
    assert OutboxMail.objects.filter(kind="evaluations.information_answered").count() == 2


def test_an_extension_while_a_late_attempt_runs() -> None:
    """Whichever comes first: the draft is handed in, or it is refused and may be tried again."""
    proposal = complete_draft()
    by = member(proposal)
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    proposal.call.rounds.update(closes_at=timezone.now() - timedelta(minutes=1))
    arrived_at = timezone.now()

    def submit() -> Any:
        return submit_proposal(proposal=fresh(proposal), by=by, arrived_at=arrived_at)

    def extend() -> Any:
        return grant_extension(
            proposal=fresh(proposal),
            until=end_of_day(timezone.localdate() + timedelta(days=2)),
            reason="Storing.",
            by=team,
        )

    submitted, extended = at_once(submit, extend)
    assert not isinstance(extended, ValidationError)
    if isinstance(submitted, TooLate):
        assert AuditEvent.objects.filter(action="proposal.submit_refused").count() == 1
        submitted = submit()
    assert submitted.number == 1
    assert proposal.versions.count() == 1


def test_the_lock_is_held_past_the_closing() -> None:
    """It arrived in time, waited for a colleague's save, and was handled after the closing."""
    proposal = complete_draft()
    by = member(proposal)
    closes_at = timezone.now() + timedelta(seconds=1.5)
    proposal.call.rounds.update(closes_at=closes_at)
    held, pressed = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Proposal.objects.select_for_update().get(pk=proposal.pk)
            held.set()
            pressed.wait()
            while timezone.now() <= closes_at:
                Event().wait(0.05)

    def press() -> Any:
        held.wait()
        arrived_at = timezone.now()
        pressed.set()
        return submit_proposal(proposal=fresh(proposal), by=by, arrived_at=arrived_at)

    _nothing, version = at_once(hold, press)
    assert version.arrived_at < closes_at < version.recorded_at
    assert fresh(proposal).state == ProposalState.SUBMITTED
