"""Twenty people at once spend no euro twice: in Python, and in the database without Python."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from accounts.roles import StaffRole
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, Claim, Commitment, Instalment, LedgerEntry, Payment
from funding.services import commit, commitments, pay_claim, payments
from tests.accounts.factories import UserFactory
from tests.funding.factories import GrantFactory, budget_line, commitment, programme_manager

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

THREADS = 20
AMOUNT = Decimal("300000.00")
VAK_REFUSAL = "vastleggingskrediet (VAK)"
VEK_REFUSAL = "vereffeningskrediet (VEK)"


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run every act in a thread of its own, all starting together; results or exceptions."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        try:
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(index, act), daemon=True)
        for index, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def sentences(results: list[Any]) -> list[str]:
    return [" ".join(r.messages) for r in results if isinstance(r, ValidationError)]


def test_twenty_commitments_of_300_000_against_5_million() -> None:
    line = budget_line(vak=5_000_000)
    manager = programme_manager()
    decisions = [GrantFactory() for _ in range(THREADS)]

    results = at_once([lambda d=d: commit(decision=d, by=manager) for d in decisions])

    made = [result for result in results if isinstance(result, Commitment)]
    refused = sentences(results)
    assert (len(made), len(refused)) == (16, 4)
    assert all(VAK_REFUSAL in sentence for sentence in refused)
    line.refresh_from_db()
    assert line.committed == Decimal("4800000.00")
    assert line.entries.aggregate(total=Sum("amount"))["total"] == line.committed
    assert Commitment.objects.count() == 16


def test_the_database_refuses_when_python_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, with the lock and the check taken out of the Python code."""
    line = budget_line(vak=5_000_000)
    manager = programme_manager()
    decisions = [GrantFactory() for _ in range(THREADS)]
    monkeypatch.setattr(commitments, "refuse_overdraft", lambda line, amount: None)
    monkeypatch.setattr(commitments, "lock_line", lambda **_: BudgetLine.objects.get(pk=line.pk))

    results = at_once([lambda d=d: commit(decision=d, by=manager) for d in decisions])

    made = [result for result in results if isinstance(result, Commitment)]
    assert (len(made), len(sentences(results))) == (16, 4)
    assert set(sentences(results)) == {"Er is niet genoeg vastleggingskrediet (VAK) over."}
    line.refresh_from_db()
    assert line.committed == Decimal("4800000.00")


def test_the_database_refuses_a_bare_insert_too() -> None:
    line = budget_line(vak=500_000)
    made = commitment(AMOUNT)
    entry = {
        "kind": LedgerEntry.Kind.COMMITMENT,
        "commitment": made,
        "line": line,
        "effective_on": date(2026, 3, 2),
        "recorded_by": programme_manager(),
    }
    with (
        pytest.raises(IntegrityError, match="funding_line_vak_not_overdrawn"),
        transaction.atomic(),
    ):
        LedgerEntry.objects.bulk_create([LedgerEntry(amount=Decimal("200000.01"), **entry)])
    LedgerEntry.objects.bulk_create([LedgerEntry(amount=Decimal("200000.00"), **entry)])
    line.refresh_from_db()
    assert line.vak_available == Decimal("0.00")


def approved_claims(count: int) -> list[Claim]:
    checker = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    claims = []
    for _ in range(count):
        instalment = Instalment.objects.create(
            commitment=commitment(AMOUNT),
            number=1,
            share=Decimal(100),
            amount=AMOUNT,
            condition="Opgeleverd",
            state=InstalmentState.APPROVED,
        )
        claims.append(
            Claim.objects.create(
                instalment=instalment,
                amount=AMOUNT,
                accepted_amount=AMOUNT,
                statement="Kosten van het prototype",
                claimed_by=checker,
                checked_by=checker,
                approved_by=programme_manager(),
            )
        )
    return claims


@pytest.mark.parametrize("with_python_check", [True, False])
def test_twenty_payments_of_300_000_against_5_million_vek(
    monkeypatch: pytest.MonkeyPatch, with_python_check: bool
) -> None:
    line = budget_line(vak=6_000_000, vek=5_000_000)
    manager = programme_manager()
    claims = approved_claims(THREADS)
    if not with_python_check:
        monkeypatch.setattr(payments, "refuse_vek_overdraft", lambda line, amount: None)
        monkeypatch.setattr(payments, "lock_line", lambda **_: BudgetLine.objects.get(pk=line.pk))

    results = at_once(
        [lambda c=c: pay_claim(claim=c, paid_on=date(2026, 6, 1), by=manager) for c in claims]
    )

    paid = [result for result in results if isinstance(result, Payment)]
    refused = sentences(results)
    assert (len(paid), len(refused)) == (16, 4)
    assert all(VEK_REFUSAL in sentence for sentence in refused)
    line.refresh_from_db()
    assert (line.paid, line.committed) == (Decimal("4800000.00"), Decimal("6000000.00"))
    assert Instalment.objects.filter(state=InstalmentState.PAID).count() == 16
    assert Instalment.objects.filter(state=InstalmentState.APPROVED).count() == 4


def test_one_claim_paid_by_five_people_at_once_is_paid_once() -> None:
    budget_line()
    manager = programme_manager()
    [claim] = approved_claims(1)

    results = at_once([lambda: pay_claim(claim=claim, paid_on=date(2026, 6, 1), by=manager)] * 5)

    assert sum(isinstance(result, Payment) for result in results) == 1
    assert len(sentences(results)) == 4
    assert Payment.objects.count() == 1
