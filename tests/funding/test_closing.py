"""Closing a budget year: the checklist, what lapses or is carried over, opening it with two."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from time_machine import travel

from accounts.roles import StaffRole
from funding import services
from funding.models import BudgetLine, BudgetVersion, BudgetYear, LedgerEntry
from funding.selectors import work_for
from funding.selectors.closing import closing_checks
from funding.services import CarryOver
from tests.funding.acts import D, approved, claimed, member, refused, release
from tests.funding.factories import (
    BudgetYearFactory,
    GrantFactory,
    budget_line,
    commitment,
    programme_manager,
)
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

AFTER = "2027-02-01 12:00"


def close(line: BudgetLine, **changes: Any) -> Any:
    values: dict[str, Any] = {"accepted": set(), "carried": {}, "by": programme_manager()}
    with travel(AFTER, tick=False):
        return services.close_year(year=line.budget_year, **{**values, **changes})


def refused_close(line: BudgetLine, **changes: Any) -> str:
    return refused(lambda **kw: close(line, **kw), **changes)


def open_checks(year: BudgetYear) -> set[str]:
    with travel(AFTER, tick=False):
        return {check.key for check in closing_checks(year) if not check.is_fine}


def test_unused_credit_lapses_and_nothing_can_be_booked_any_more() -> None:
    line = budget_line(2026, vak=1_000_000, vek=800_000)
    made = commitment(300_000)
    closing = close(line)
    [credit] = closing.credits.all()
    assert (credit.vak_unused, credit.vek_unused) == (D("700000.00"), D("800000.00"))
    assert (credit.vak_carried, credit.vek_carried) == (D("0.00"), D("0.00"))
    assert BudgetYear.objects.get(year=2026).is_closed
    sentence = "Het begrotingsjaar 2026 is afgesloten."
    assert refused(release, made=made, amount="1") == sentence
    assert refused(services.commit, decision=GrantFactory(), by=programme_manager()) == sentence
    assert (
        refused(
            services.add_budget_version,
            line=line,
            label="BA",
            vak=D(2_000_000),
            vek=D(1),
            effective_on=date(2026, 12, 1),
            by=programme_manager(),
        )
        == sentence
    )


@pytest.mark.parametrize("kind", LedgerEntry.Kind.values)
def test_the_database_refuses_what_the_code_would_let_through(kind: str) -> None:
    line = budget_line(2026)
    made = commitment(300_000)
    close(line)
    entry = LedgerEntry(
        kind=kind,
        commitment=made,
        line=line,
        amount=D("1.00"),
        effective_on=date(2026, 12, 31),
        recorded_by=programme_manager(),
    )
    with pytest.raises(IntegrityError, match="funding_entry_year_is_open"), transaction.atomic():
        LedgerEntry.objects.bulk_create([entry])
    with pytest.raises(IntegrityError, match="funding_version_year_is_open"), transaction.atomic():
        BudgetVersion.objects.bulk_create(
            [
                BudgetVersion(
                    line=line,
                    number=2,
                    label="BA",
                    vak=D(1),
                    vek=D(1),
                    effective_on=date(2026, 12, 31),
                    recorded_by=programme_manager(),
                )
            ]
        )


def test_an_older_commitment_is_released_in_the_next_year_though_its_own_is_closed() -> None:
    line = budget_line(2026)
    made = commitment(300_000)
    close(line)
    BudgetYearFactory(year=2027)
    entry = release(made, "1000", on=date(2027, 3, 1))
    assert entry.kind == LedgerEntry.Kind.RELEASE


def test_what_is_carried_over_becomes_credit_of_the_next_year() -> None:
    line = budget_line(2026, vak=1_000_000, vek=800_000)
    following = budget_line(2027, vak=5_000_000, vek=4_000_000)
    carry = {line.pk: CarryOver(D("250000"), D("100000"), "Art. 12 begrotingsdecreet")}
    closing = close(line, carried=carry)
    following.refresh_from_db()
    assert (following.vak, following.vek) == (D("5250000.00"), D("4100000.00"))
    version = following.versions.get(label=BudgetVersion.Label.CARRY_OVER)
    assert version.legal_basis == "Art. 12 begrotingsdecreet"
    # Closed again after a reopening, with less to carry: only the difference moves.
    reopening = services.ask_reopening(
        year=line.budget_year, reason="Vergeten vastlegging", by=closing.closed_by
    )
    services.answer_reopening(reopening=reopening, is_granted=True, by=programme_manager())
    commitment(900_000, on=date(2026, 12, 1))
    close(line, carried={line.pk: CarryOver(D("100000"), D("100000"), "Art. 12")})
    following.refresh_from_db()
    assert (following.vak, following.vek) == (D("5100000.00"), D("4100000.00"))
    assert [one.number for one in line.budget_year.closings.all()] == [1, 2]


@pytest.mark.parametrize(
    ("carry", "sentence"),
    [
        (("1000000.01", "0", "Art. 12"), "Niet gebruikt is € 1.000.000,00; meer kan niet overgaan"),
        (("1", "0", " "), "Schrijf de rechtsgrond van de overdracht."),
        (("1", "0", "Art. 12"), "Open eerst het begrotingsjaar 2027"),
    ],
)
def test_a_carry_over_that_cannot_be(carry: tuple[str, str, str], sentence: str) -> None:
    line = budget_line(2026, vak=1_000_000)
    vak, vek, basis = carry
    said = refused_close(line, carried={line.pk: CarryOver(Decimal(vak), Decimal(vek), basis)})
    assert said.startswith(sentence)
    assert not BudgetYear.objects.get(year=2026).is_closed


def test_the_checklist() -> None:
    line = budget_line(2026)
    assert open_checks(line.budget_year) == set()
    with travel("2026-12-31 22:59", tick=False):
        assert {c.key for c in closing_checks(line.budget_year) if c.blocks and not c.is_fine} == {
            "over"
        }
    budget_line(2025)
    GrantFactory(decided_on=date(2026, 5, 1))
    with travel(f"{date(2026, 6, 1)} 12:00", tick=False):
        approved(1000)
        claimed(2000)
    assert open_checks(line.budget_year) == {"former", "granted", "unpaid", "waiting"}


def test_what_waits_is_accepted_by_name_and_what_blocks_is_not() -> None:
    line = budget_line(2026)
    GrantFactory(decided_on=date(2026, 5, 1))
    said = refused_close(line)
    assert said.startswith("Nog niet in orde: Alles wat het comité toekende, is vastgelegd.")
    assert "Nog 1, samen € 300.000,00." in said
    closing = close(line, accepted={"granted"})
    assert [c["key"] for c in closing.checklist if not c["is_fine"]] == ["granted"]
    blocked = budget_line(2028)
    assert "Het jaar is voorbij" in refused_close(blocked, accepted={"over"})
    assert refused_close(line) == "Dit jaar is al afgesloten."


def test_a_year_opens_again_with_a_second_person_only() -> None:
    line = budget_line(2026)
    manager = programme_manager()
    close(line, by=manager)
    year = line.budget_year
    assert "Schrijf waarom" in refused(services.ask_reopening, year=year, reason=" ", by=manager)
    asked = services.ask_reopening(year=year, reason="Fout in een boeking", by=manager)
    assert [one.label for one in work_for(member(StaffRole.PROJECT_LEADER))] == [
        "Heropening van een jaar beantwoorden"
    ]
    assert work_for(manager) == []
    assert refused(services.ask_reopening, year=year, reason="Nog eens", by=manager) == (
        "De heropening van dit jaar is al gevraagd."
    )
    for who in (manager, member(StaffRole.ADVISER)):
        with pytest.raises(PermissionDenied), transaction.atomic():
            services.answer_reopening(reopening=asked, is_granted=True, by=who)
    second = member(StaffRole.PROJECT_LEADER)
    assert "waarom het jaar dicht" in refused(
        services.answer_reopening, reopening=asked, is_granted=False, by=second
    )
    services.answer_reopening(reopening=asked, is_granted=True, by=second)
    with travel(AFTER, tick=False):
        assert [one.label for one in work_for(manager)] == ["Begrotingsjaar afsluiten"]
        assert work_for(second) == []
    assert not BudgetYear.objects.get(year=2026).is_closed
    assert refused(services.answer_reopening, reopening=asked, is_granted=True, by=second) == (
        "Deze vraag is al beantwoord."
    )
    commitment(1000)


def test_raw_sql_cannot_open_a_closed_year() -> None:
    line = budget_line(2026)
    close(line)
    with pytest.raises(IntegrityError, match="funding_year_reopened_by_two"), transaction.atomic():
        BudgetYear.objects.filter(year=2026).update(is_closed=False)


def test_only_a_programme_manager_closes() -> None:
    line = budget_line(2026)
    with pytest.raises(PermissionDenied):
        close(line, by=member(StaffRole.PROJECT_LEADER))


def two_lines() -> tuple[BudgetLine, BudgetLine]:
    """Co-financing and preparation of one year, both with credit. EUR."""
    line = budget_line(2026, vak=1_000_000, vek=500_000)
    other = BudgetLine.objects.create(
        budget_year=line.budget_year, stream=BudgetLine.Stream.PREPARATION
    )
    services.add_budget_version(
        line=other,
        label="BO",
        vak=D(100_000),
        vek=D(100_000),
        effective_on=date(2026, 1, 1),
        by=programme_manager(),
    )
    other.refresh_from_db()
    return line, other


def test_credits_move_between_the_lines_of_a_year() -> None:
    line, other = two_lines()
    got = services.transfer_credits(
        giving=line,
        receiving=other,
        vak=D("50000.01"),
        vek=D("0.00"),
        effective_on=date(2026, 6, 1),
        legal_basis="MB van 1 juni",
        by=programme_manager(),
    )
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.vak, other.vak) == (D("949999.99"), D("150000.01"))
    assert (line.vek, other.vek) == (D("500000.00"), D("100000.00"))
    assert got.counterpart is not None
    assert got.counterpart.line == line


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vak": D("1000000.01")}, "Van deze lijn is nog € 1.000.000,00 over."),
        ({"vak": D(0)}, "Vul een bedrag van meer dan nul in."),
        ({"vak": D(-1)}, "Vul een bedrag van meer dan nul in."),
        ({"legal_basis": ""}, "Schrijf de rechtsgrond van de herverdeling."),
        ({"effective_on": date(2027, 1, 1)}, "Kies een dag in 2026."),
    ],
)
def test_a_transfer_that_cannot_be(changes: dict[str, Any], sentence: str) -> None:
    line, other = two_lines()
    values: dict[str, Any] = {
        "giving": line,
        "receiving": other,
        "vak": D(1),
        "vek": D(0),
        "effective_on": date(2026, 6, 1),
        "legal_basis": "MB",
        "by": programme_manager(),
    }
    assert refused(services.transfer_credits, **{**values, **changes}) == sentence


def test_the_two_money_streams_are_kept_apart() -> None:
    line, other = two_lines()
    made = services.commit_preparation(
        project=ProjectFactory(),
        amount=D("25000.00"),
        agreement="Brief EWI/2026/14",
        on=date(2026, 3, 1),
        by=programme_manager(),
    )
    assert (made.line_id, made.decision) == (other.pk, None)
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.committed, other.committed) == (D("0.00"), D("25000.00"))
