"""Two people decide about the same money at the same moment: one wins, the other reads why not.

What the winner booked stands whole, and what the other began is gone; nobody meets a deadlock.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from documents.models import Job
from funding import services
from funding.ledger_check import ledger_problems
from funding.models import (
    ChangeRequest,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    LedgerEntry,
)
from funding.services.letters import LETTER_KIND
from projects.models import Procurement
from tests.concurrency.test_decisions import at_once
from tests.funding.acts import planned, secretary, team
from tests.funding.factories import (
    budget_line,
    commitment,
    programme_manager,
    request_with_document,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

D = Decimal


def amounts(made: Commitment) -> list[Decimal]:
    rows = made.instalments.exclude(state="cancelled").order_by("number")
    return [one.amount for one in rows]


def test_of_two_decisions_of_the_committee_one_stands() -> None:
    request = request_with_document()

    def deciding(by: User, outcome: str, amount: str) -> Callable[[], Any]:
        return lambda: services.record_committee_decision(
            request=request,
            outcome=outcome,
            granted_amount=D(amount) if outcome == "granted" else None,
            decided_on=date(2026, 3, 1),
            grounds="Motivering",
            by=by,
        )

    answers = at_once(
        deciding(secretary(), "granted", "300000"), deciding(secretary(), "refused", "0")
    )
    assert answers[0] == ""
    assert "kan niet meer: de status is nu" in answers[1]
    [decision] = CommitteeDecision.objects.all()
    request.refresh_from_db()
    assert request.state == decision.outcome
    letters = Job.objects.filter(kind=LETTER_KIND)
    assert [job.params["decision"] for job in letters] == [decision.pk]


def test_of_two_awards_one_is_noted_and_releases_once() -> None:
    budget_line()
    made = commitment(300_000)
    planned(made, "33.33", "33.33", "33.34")
    assert made.decision is not None
    procurement = made.decision.request.procurement

    def awarding(by: User, amount: str) -> Callable[[], Any]:
        return lambda: services.award_procurement(
            procurement=Procurement.objects.get(pk=procurement.pk),
            awarded_on=date(2026, 8, 1),
            award_amount=D(amount),
            contractor_name="Bedrijf Voorbeeld nv",
            contractor_kbo="0207509031",
            by=by,
        )

    answers = at_once(
        awarding(programme_manager(), "500000"), awarding(programme_manager(), "400000")
    )
    assert answers == ["", "Deze opdracht is al gegund op 1 augustus 2026."]
    procurement.refresh_from_db()
    made.refresh_from_db()
    assert procurement.award_amount is not None
    kept = procurement.award_amount / 2
    assert made.committed == kept
    assert sum(amounts(made)) == kept
    assert LedgerEntry.objects.filter(kind=LedgerEntry.Kind.REVERSAL).count() == 1
    assert [str(one) for one in ledger_problems()] == []


@pytest.mark.parametrize("other", [True, False])
def test_of_two_answers_to_a_change_one_counts(other: bool) -> None:
    """Accepted by two, or accepted by one and refused by the other."""
    budget_line()
    made = commitment(300_000)
    planned(made, "33.33", "33.33", "33.34")
    change = services.ask_change(
        commitment=made,
        kind="amount",
        reason="Kleiner bestek",
        new_base=D(500_000),
        new_amount=D(250_000),
        by=team(),
    )

    def answering(by: User, *, accept: bool) -> Callable[[], Any]:
        return lambda: services.decide_change(change=change, accept=accept, note="Nee", by=by)

    answers = at_once(
        answering(programme_manager(), accept=True), answering(programme_manager(), accept=other)
    )
    assert answers[0] == ""
    assert "kan niet meer: de status is nu" in answers[1]
    change = ChangeRequest.objects.get()
    made.refresh_from_db()
    accepted = change.state == "accepted"
    assert made.committed == (D(250_000) if accepted else D(300_000))
    assert sum(amounts(made)) == made.committed
    assert LedgerEntry.objects.count() == (2 if accepted else 1)
    assert [str(one) for one in ledger_problems()] == []


def test_an_award_and_a_change_at_once_wait_for_each_other() -> None:
    """Both lower the grant: whoever comes second computes with what the first left."""
    budget_line()
    made = commitment(300_000)
    planned(made, "33.33", "33.33", "33.34")
    assert made.decision is not None
    procurement = made.decision.request.procurement
    change = services.ask_change(
        commitment=made,
        kind="amount",
        reason="Kleiner bestek",
        new_base=D(500_000),
        new_amount=D(250_000),
        by=team(),
    )
    manager, other = programme_manager(), programme_manager()
    answers = at_once(
        lambda: services.decide_change(change=change, accept=True, by=manager),
        lambda: services.award_procurement(
            procurement=Procurement.objects.get(pk=procurement.pk),
            awarded_on=date(2026, 8, 1),
            award_amount=D(400_000),
            contractor_name="Bedrijf Voorbeeld nv",
            contractor_kbo="0207509031",
            by=other,
        ),
    )
    made.refresh_from_db()
    change.refresh_from_db()
    assert answers == ["", ""]
    assert (change.state, made.committed) == ("accepted", D(200_000))
    assert CofinancingRequest.objects.count() == (1 if change.addition is None else 2)
    assert sum(amounts(made)) == made.committed
    assert [str(one) for one in ledger_problems()] == []
