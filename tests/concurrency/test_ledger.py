"""Fifty people book at once for ten seconds; the books are right and nobody meets a deadlock."""

import threading
import time
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from funding import services
from funding.ledger_check import ledger_problems
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
    Payment,
)
from funding.selectors.budget import encours
from projects.models import Procurement, Project
from tests.funding.factories import budget_line, commitment, programme_manager

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

PEOPLE = 50
SECONDS = 10
YEARS = (2025, 2026)


class Booker:
    """One person, who books at random until the time is over."""

    def __init__(self, number: int, project: Project, manager: User) -> None:
        self.dice = Random(number)  # noqa: S311 - a walk, no secret
        self.project = project
        self.manager = manager
        self.done = 0
        self.refused: list[str] = []
        self.broken: list[BaseException] = []

    def run(self, barrier: threading.Barrier, until: float) -> None:
        barrier.wait(timeout=60)
        try:
            while time.monotonic() < until and not self.broken:
                act = self.dice.choice(
                    [self.commit, self.release, self.pay, self.pay, self.take_back, self.recover]
                )
                try:
                    self.done += act()
                except ValidationError as refusal:
                    self.refused += refusal.messages
                except Exception as error:
                    self.broken.append(error)
        finally:
            connection.close()

    def _commitment(self) -> Commitment | None:
        return Commitment.objects.order_by("?").first()

    def _day(self, since: date = date(2025, 1, 1)) -> date:
        return max(since, date(self.dice.choice(YEARS), self.dice.randrange(1, 13), 1))

    def _amount(self) -> Decimal:
        return Decimal(self.dice.randrange(1, 9_000_000)) / 100

    def commit(self) -> int:
        procurement = Procurement.objects.create(
            project=self.project,
            number=self.dice.randrange(1, 30_000),
            title="Opdracht",
            estimated_amount=Decimal(1),
        )
        amount = self._amount()
        request = CofinancingRequest.objects.create(
            procurement=procurement,
            eligible_base=Decimal(1),
            rate=Decimal("0.5"),
            advised_amount=amount,
            rule_explanation="-",
            requested_amount=amount,
            state=RequestState.GRANTED,
            requested_by=self.manager,
        )
        decision = CommitteeDecision.objects.create(
            request=request,
            outcome=CommitteeDecision.Outcome.GRANTED,
            granted_amount=amount,
            decided_on=self._day(),
            recorded_by=self.manager,
        )
        services.commit(decision=decision, by=self.manager)
        return 1

    def release(self) -> int:
        made = self._commitment()
        if made is None:
            return 0
        services.release_commitment(
            commitment=made,
            amount=self._amount(),
            reason="Goedkoper gegund",
            by=self.manager,
            on=self._day(made.effective_on),
        )
        return 1

    def pay(self) -> int:
        made = self._commitment()
        if made is None:
            return 0
        amount = self._amount()
        instalment = Instalment.objects.create(
            commitment=made,
            number=self.dice.randrange(1, 30_000),
            share=Decimal(1),
            amount=amount,
            condition="-",
            state=InstalmentState.APPROVED,
        )
        claim = Claim.objects.create(
            instalment=instalment,
            amount=amount,
            accepted_amount=amount,
            statement="-",
            claimed_by=self.manager,
            checked_by=self.manager,
        )
        services.pay_claim(claim=claim, paid_on=self._day(made.effective_on), by=self.manager)
        return 1

    def take_back(self) -> int:
        payment = Payment.objects.filter(returned_on__isnull=True).order_by("?").first()
        if payment is None:
            return 0
        services.return_payment(
            payment=payment, on=payment.paid_on, reason="Rekening afgesloten", by=self.manager
        )
        return 1

    def recover(self) -> int:
        made = self._commitment()
        if made is None:
            return 0
        services.book_recovery(
            commitment=made,
            amount=self._amount() / 10,
            reason="Te veel betaald",
            received_on=self._day(made.effective_on),
            by=self.manager,
        )
        return 1


def unique_number(error: BaseException) -> bool:
    """Two people drew the same number for a row that only this test makes."""
    return "_once" in str(error)


def test_fifty_people_book_for_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [budget_line(year, vak=20_000_000, vek=9_000_000) for year in YEARS]
    made = [commitment(2_000_000, on=date(year, 2, 1)) for year in YEARS]
    manager = programme_manager()
    bookers = [Booker(number, made[0].project, manager) for number in range(PEOPLE)]
    barrier = threading.Barrier(PEOPLE)
    until = time.monotonic() + SECONDS
    threads: list[Any] = [
        threading.Thread(target=booker.run, args=(barrier, until), daemon=True)
        for booker in bookers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    broken = [repr(e) for one in bookers for e in one.broken if not unique_number(e)]
    refused = [sentence for one in bookers for sentence in one.refused]
    booked = sum(one.done for one in bookers)
    with capsys.disabled():
        print(f"\n{booked} bookings, {len(refused)} refused, {LedgerEntry.objects.count()} rows")  # noqa: T201
    assert broken == []
    assert booked > PEOPLE
    assert all(sentence.endswith(".") for sentence in refused)
    assert [str(problem) for problem in ledger_problems()] == []
    for line in lines:
        line.refresh_from_db()
        assert line.vak_available >= 0
        assert line.vek_available >= 0
    everything = Commitment.objects.all()
    assert min(one.open_amount for one in everything) >= 0
    assert encours(2026) == sum(one.open_amount for one in everything)
    assert BudgetLine.objects.count() == len(YEARS)
