"""Two people act on one file at the same moment: one wins, the other reads why not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.roles import StaffRole
from audit.models import AuditEvent
from evaluations.models import SelectionDecision
from evaluations.services import (
    decide,
    finalise_advice,
    notify_decision,
    save_advice,
    seed_letter_texts,
    withdraw_decision,
)
from projects.models import Project
from tests.evaluations.factories import ADVICE, Case, staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture(autouse=True)
def _texts(db: Any) -> None:
    """A transactional test starts from an empty database, also without the letter's texts."""
    seed_letter_texts()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run each act in a thread of its own; "" for who succeeded, else the sentence."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        start.wait()
        try:
            act()
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_of_two_decisions_one_wins() -> None:
    case = Case().advised()
    second = staff(StaffRole.PROJECT_LEADER)

    def deciding(person: Any, outcome: str) -> Callable[[], Any]:
        return lambda: decide(
            proposal=case.proposal,
            by=person,
            outcome=outcome,
            grounds="Motivering.",
            deviation_reason="Reden.",
        )

    answers = at_once(deciding(case.leader, "selected"), deciding(second, "not_selected"))
    assert answers == ["", "Over dit dossier is al beslist."]
    assert SelectionDecision.objects.count() == 1
    assert AuditEvent.objects.filter(action="decision.taken").count() == 1


def test_notifying_twice_opens_one_project() -> None:
    case = Case().lettered()
    answers = at_once(
        lambda: notify_decision(proposal=case.proposal, by=case.team),
        lambda: notify_decision(proposal=case.proposal, by=case.leader),
    )
    assert answers == ["", "Deze beslissing is al meegedeeld en ligt vast."]
    assert Project.objects.count() == 1


def test_taking_back_while_notifying_leaves_nothing_half_done() -> None:
    case = Case().lettered()
    answers = at_once(
        lambda: notify_decision(proposal=case.proposal, by=case.team),
        lambda: withdraw_decision(proposal=case.proposal, by=case.leader),
    )
    assert answers in (
        ["", "Deze beslissing is al meegedeeld en ligt vast."],
        ["", "Over dit dossier is nog niet beslist."],
    )
    notified = SelectionDecision.objects.filter(notified_at__isnull=False).count()
    assert Project.objects.count() == notified == int("meegedeeld" in answers[1])


def test_an_advice_becomes_final_once() -> None:
    case = Case().scored()
    save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    answers = at_once(
        lambda: finalise_advice(proposal=case.proposal, by=case.adviser),
        lambda: finalise_advice(proposal=case.proposal, by=case.adviser),
    )
    assert answers == ["", "Er is geen ontwerp van een advies om definitief te maken."]
    assert AuditEvent.objects.filter(action="proposal.give_advice").count() == 1
