"""The ledger as a whole: the example of the dossier, totals, and what the database refuses."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.db.utils import InternalError

from accounts.models import User
from funding import services
from funding.lifecycle import InstalmentState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    Claim,
    Commitment,
    Instalment,
    LedgerEntry,
)
from funding.selectors.budget import encours, pipeline
from funding.settlement import settlement
from tests.funding.acts import (
    D,
    paid_claim,
    release,
)
from tests.funding.factories import (
    RequestFactory,
    budget_line,
    commitment,
    programme_manager,
)
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def test_the_example_of_the_dossier() -> None:
    """domain.md 6.6: VAK 5,000,000; three decisions; 639,150 paid."""
    line = budget_line(2024, vak=5_000_000, vek=5_000_000)
    day = date(2024, 4, 2)
    commitment(1_000_000, on=day)
    commitment("10850", on=day)
    paid_claim("639150", on=day, paid_on=date(2024, 10, 1))
    commitment("480500", on=day)
    line.refresh_from_db()
    assert line.vak_available == D("2869500.00")
    assert encours(2024) == D("1491350.00")


def test_selected_projects_are_a_pipeline_beside_the_vak() -> None:
    line = budget_line()
    RequestFactory(requested_amount=D("250000.00"))
    ProjectFactory()
    rows, total, count = pipeline()
    line.refresh_from_db()
    assert [row.amount for row in rows] == [D("250000.00")]
    assert (total, count, line.vak_available) == (D("250000.00"), 1, D("5000000.00"))


@pytest.mark.parametrize("model", [LedgerEntry, BudgetVersion])
@pytest.mark.parametrize("sql", ["UPDATE {} SET recorded_at = now()", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_ledger(model: Any, sql: str) -> None:
    budget_line()
    commitment()
    with (
        pytest.raises(InternalError, match="Cannot update or delete rows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(model._meta.db_table))


@pytest.mark.parametrize(
    ("granted", "cost", "paid", "due"),
    [
        ("700000.00", "1400000.00", "490000.00", "210000.00"),
        ("700000.00", "1200000.00", "490000.00", "110000.00"),
        ("700000.00", "900000.00", "490000.00", "-40000.00"),
        ("700000.00", "2000000.00", "700000.00", "0.00"),
        ("16666.67", "33333.33", "0.00", "16666.67"),
    ],
)
def test_final_settlement(granted: str, cost: str, paid: str, due: str) -> None:
    """domain.md 6.2; a negative amount is recovered."""
    assert settlement(
        granted=D(granted), accepted_final_cost=D(cost), rate=D("0.5"), paid=D(paid)
    ) == D(due)


def test_totals_are_the_sums_of_the_rows_after_a_random_walk() -> None:
    """Some 150 bookings of all kinds over three years, refusals included."""
    chance = random.Random(20261123)  # noqa: S311 (a walk, no secret)
    manager = programme_manager()
    lines = {year: budget_line(year, vak=3_000_000, vek=1_500_000) for year in (2024, 2025, 2026)}
    made: list[Commitment] = []
    for _ in range(150):
        year = chance.choice(list(lines))
        day = date(year, 1, 1) + timedelta(days=chance.randrange(365))
        amount = D(chance.randrange(1, 30_000_000)) / 100
        try:
            with transaction.atomic():
                if not made or chance.random() < 0.4:
                    made.append(commitment(amount, on=day))
                elif chance.random() < 0.5:
                    release(chance.choice(made), str(amount), on=day, by=manager)
                else:
                    pay(chance.choice(made), amount, day, manager)
        except ValidationError:
            continue
    assert LedgerEntry.objects.count() > 60
    for line in BudgetLine.objects.all():
        sums = _sums(line.entries.all())
        assert line.committed == sums["commitment"] - sums["reversal"]
        assert line.paid == sums["payment"]
        assert line.vak_available >= 0
        assert line.vek_available >= 0
    for one in Commitment.objects.all():
        sums = _sums(one.entries.all())
        assert one.committed == sums["commitment"] - sums["reversal"]
        assert (one.released, one.paid) == (sums["release"], sums["payment"])
        assert one.open_amount >= 0
    open_now = Commitment.objects.aggregate(net=Sum("committed") - Sum("released") - Sum("paid"))[
        "net"
    ]
    assert encours(2026) == open_now


def pay(made: Commitment, amount: Decimal, day: date, manager: User) -> None:
    """A payment of part of a commitment, without the claim's whole road."""
    checker = manager
    instalment = Instalment.objects.create(
        commitment=made,
        number=made.instalments.count() + 1,
        share=D(1),
        amount=amount,
        condition="-",
        state=InstalmentState.APPROVED,
    )
    claim_row = Claim.objects.create(
        instalment=instalment,
        amount=amount,
        accepted_amount=amount,
        statement="-",
        claimed_by=checker,
        checked_by=checker,
    )
    services.pay_claim(claim=claim_row, paid_on=day, by=manager)


def _sums(entries: Any) -> dict[str, Decimal]:
    sums = {kind.value: D("0.00") for kind in LedgerEntry.Kind}
    for entry in entries:
        sums[entry.kind] += entry.amount
    return sums
