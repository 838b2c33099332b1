"""What nobody can do to the ledger, and how it shows when somebody could after all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction

from funding import services
from funding.ledger_check import ledger_problems
from funding.models import BudgetLine, BudgetVersion, Claim, Commitment, LedgerEntry, Payment
from tests.funding.acts import DAY, D, paid_claim, refused, release
from tests.funding.factories import budget_line, commitment, programme_manager

pytestmark = pytest.mark.django_db


def run(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@contextmanager
def somebody_who_can_do_all(model: Any) -> Iterator[None]:
    """The owner of the database, who sets the triggers of a table aside."""
    table = model._meta.db_table
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE funding_budgetline SET committed = 0",
        "UPDATE funding_budgetline SET paid = paid + 1",
        "UPDATE funding_budgetline SET vak = 99000000",
        "UPDATE funding_commitment SET released = 10, committed = committed + 10",
        "UPDATE funding_commitment SET recovered = 1",
        "INSERT INTO funding_budgetline (budget_year_id, stream, article, vak, vek, committed, "
        "paid) SELECT id, 'preparation', '', 5, 0, 0, 0 FROM funding_budgetyear",
    ],
)
def test_totals_cannot_be_written(sql: str) -> None:
    budget_line()
    paid_claim()
    with pytest.raises(IntegrityError, match="funding_totals_follow_rows"), transaction.atomic():
        run(sql)


@pytest.mark.parametrize(
    ("kind", "amount", "name"),
    [
        ("commitment", "4700000.01", "funding_line_vak_not_overdrawn"),
        ("payment", "300000.01", "funding_commitment_open_not_negative"),
        ("release", "300000.01", "funding_commitment_open_not_negative"),
        ("reversal", "300000.01", "funding_line_vak_not_overdrawn"),
        ("recovery", "0.01", "funding_commitment_recovered_within_paid"),
        ("payment", "0.00", "funding_entry_amount_positive"),
        ("payment", "-1.00", "funding_entry_amount_positive"),
        ("payment_reversal", "1.00", "funding_entry_reverses_a_payment"),
    ],
)
def test_no_row_passes_the_bounds(kind: str, amount: str, name: str) -> None:
    line = budget_line()
    made = commitment(300_000)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        run(
            "INSERT INTO funding_ledgerentry (kind, commitment_id, line_id, amount, effective_on, "
            "note, recorded_by_id, recorded_at, sequence, previous_hash, row_hash) "
            "VALUES (%s, %s, %s, %s, '2026-06-01', '', %s, now(), 0, '', '')",
            kind,
            made.pk,
            line.pk,
            amount,
            programme_manager().pk,
        )


@pytest.mark.parametrize(
    ("kind", "day", "name"),
    [
        ("payment", date(2026, 2, 28), "funding_entry_not_before_commitment"),
        ("payment", date(2027, 1, 1), "funding_entry_in_year_of_line"),
        ("reversal", date(2027, 1, 1), "funding_entry_in_year_of_line"),
    ],
)
def test_no_row_counts_on_a_day_on_which_it_cannot(kind: str, day: date, name: str) -> None:
    line = budget_line()
    made = commitment(300_000)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LedgerEntry.objects.create(
            kind=kind,
            commitment=made,
            line=line,
            amount=D(1),
            effective_on=day,
            recorded_by=programme_manager(),
        )


def test_a_ledger_that_is_as_it_was_booked() -> None:
    budget_line()
    paid_claim()
    release(commitment(200_000), "10000")
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue() == "In orde: 4 boekingen en 1 begrotingsversies nagekeken.\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("amount = amount + 1", "de rij is gewijzigd na het boeken"),
        ("effective_on = effective_on + 1", "de rij is gewijzigd na het boeken"),
        ("note = 'Anders'", "de rij is gewijzigd na het boeken"),
        ("recorded_at = recorded_at - interval '1 microsecond'", "de rij is gewijzigd"),
    ],
)
def test_a_changed_row_is_named(change: str, said: str) -> None:
    budget_line()
    release(commitment(300_000), "10000")
    first = LedgerEntry.objects.order_by("pk").first()
    assert first is not None
    with somebody_who_can_do_all(LedgerEntry):
        run(f"UPDATE funding_ledgerentry SET {change} WHERE id = {first.pk}")  # noqa: S608
    problems = [str(one) for one in ledger_problems()]
    assert problems[0].startswith(f"Boeking {first.pk}: {said}")
    err = StringIO()
    with pytest.raises(CommandError, match="Het grootboek klopt niet"):
        call_command("verify_ledger", stderr=err)
    assert f"Boeking {first.pk}" in err.getvalue()


def test_a_removed_row_shows_in_the_next_one_and_in_the_totals() -> None:
    line = budget_line()
    made = commitment(300_000)
    gone = release(made, "10000")
    after = release(made, "5000")
    with somebody_who_can_do_all(LedgerEntry):
        run("DELETE FROM funding_ledgerentry WHERE id = %s", gone.pk)
    assert {problem.row for problem in ledger_problems()} == {
        f"Boeking {after.pk}",
        f"Begrotingslijn {line}",
        f"Vastlegging {made}",
    }


def test_the_last_row_removed_shows_in_the_totals() -> None:
    budget_line()
    made = commitment(300_000)
    gone = release(made, "10000", on=date(2027, 2, 1))
    with somebody_who_can_do_all(LedgerEntry):
        run("DELETE FROM funding_ledgerentry WHERE id = %s", gone.pk)
    assert [str(one).replace("\N{NO-BREAK SPACE}", " ") for one in ledger_problems()] == [
        f"Vastlegging {made}: “vrijgegeven” is € 10.000,00, de som van de boekingen is € 0,00."
    ]


def test_a_changed_budget_version_is_named() -> None:
    line = budget_line()
    [version] = line.versions.all()
    with somebody_who_can_do_all(BudgetVersion):
        run("UPDATE funding_budgetversion SET vak = vak + 1")
    assert {problem.row for problem in ledger_problems()} == {
        f"Begrotingsversie {version.pk}",
        f"Begrotingslijn {line}",
    }


def test_a_returned_payment_gives_the_vek_back_and_can_be_paid_again() -> None:
    line = budget_line()
    payment = paid_claim()
    manager = programme_manager()
    said = refused(
        services.return_payment, payment=payment, on=date(2027, 1, 4), reason="Fout", by=manager
    )
    assert said.startswith("Deze vereffening telt in 2026.")
    services.return_payment(payment=payment, on=DAY, reason="Rekening afgesloten", by=manager)
    line.refresh_from_db()
    claim = Claim.objects.get(pk=payment.claim_id)
    made = Commitment.objects.get()
    assert (line.paid, made.paid, made.open_amount) == (D("0.00"), D("0.00"), D("300000.00"))
    assert claim.payment_made is None
    again = services.pay_claim(claim=claim, paid_on=date(2026, 9, 1), by=manager)
    assert Payment.objects.filter(claim=claim).count() == 2
    assert refused(
        services.return_payment, payment=payment, on=date(2026, 9, 2), reason="Fout", by=manager
    ).startswith("Deze betaling is al teruggekeerd")
    assert Claim.objects.get(pk=claim.pk).payment_made == again


def test_what_is_recovered_gives_no_credit_and_opens_nothing() -> None:
    line = budget_line()
    payment = paid_claim(300_000)
    made = Commitment.objects.get()
    values: dict[str, Any] = {"commitment": made, "received_on": DAY, "by": programme_manager()}
    services.book_recovery(amount=D("40000.00"), reason="Goedkoper", **values)
    line.refresh_from_db()
    made.refresh_from_db()
    assert (made.recovered, made.paid, made.open_amount) == (D(40_000), D(300_000), D(0))
    assert (line.paid, line.vek_available) == (D(300_000), D(3_700_000))
    assert (
        refused(services.book_recovery, amount=D("260000.01"), reason="Te veel", **values)
        == "Betaald en nog niet teruggekomen is € 260.000,00."
    )
    with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
        run("DELETE FROM funding_ledgerentry WHERE id = %s", payment.entry_id)
    assert BudgetLine.objects.get().paid == D(300_000)
