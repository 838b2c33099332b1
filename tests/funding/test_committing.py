"""Commitments, releases and instalments, with each sentence that refuses them."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from funding import services
from funding.lifecycle import InstalmentState
from funding.models import (
    BudgetYear,
    Commitment,
    LedgerEntry,
)
from funding.selectors.budget import encours
from tests.funding.acts import (
    DAY,
    D,
    claim,
    planned,
    refusal,
    refused,
    release,
    secretary,
    team,
)
from tests.funding.factories import (
    GrantFactory,
    budget_line,
    commitment,
    programme_manager,
)

pytestmark = pytest.mark.django_db


def test_a_grant_is_committed_once_on_the_year_of_the_decision() -> None:
    line = budget_line()
    decision = GrantFactory()
    made = services.commit(decision=decision, by=programme_manager())
    assert (made.line, made.effective_on, made.open_amount) == (line, DAY, D("300000.00"))
    assert refused(services.commit, decision=decision, by=programme_manager()) == (
        "Dit bedrag is al vastgelegd."
    )
    with pytest.raises(PermissionDenied):
        services.commit(decision=decision, by=team())


def test_committing_is_refused_with_a_sentence() -> None:
    manager = programme_manager()
    assert refused(services.commit, decision=GrantFactory(), by=manager) == (
        "Er is geen begroting voor 2026."
    )
    line = budget_line(vak=299_999)
    assert refused(services.commit, decision=GrantFactory(), by=manager) == (
        "In 2026 is nog € 299.999,00 vastleggingskrediet (VAK) over; gevraagd: € 300.000,00."
    )
    refusing = GrantFactory(outcome="refused", granted_amount=None, grounds="Nee")
    assert refused(services.commit, decision=refusing, by=manager) == (
        "Het comité kende voor deze aanvraag niets toe."
    )
    BudgetYear.objects.filter(pk=line.budget_year_id).update(is_closed=True)
    assert refused(services.commit, decision=GrantFactory(), by=manager) == (
        "Het begrotingsjaar 2026 is afgesloten."
    )


def test_a_reversal_gives_vak_back_and_a_release_of_an_older_year_does_not() -> None:
    old, new = budget_line(2025), budget_line(2026)
    older, made = commitment(300_000, on=date(2025, 5, 1)), commitment(300_000)
    assert release(made, "100000").kind == LedgerEntry.Kind.REVERSAL
    assert release(older, "100000").kind == LedgerEntry.Kind.RELEASE
    for thing in (old, new, older, made):
        thing.refresh_from_db()
    assert new.vak_available == D("4800000.00")
    assert old.vak_available == D("4700000.00")
    assert (older.open_amount, made.open_amount) == (D("200000.00"), D("200000.00"))
    assert (older.released, made.committed) == (D("100000.00"), D("200000.00"))
    assert (encours(2025), encours(2026)) == (D("300000.00"), D("400000.00"))


def test_releasing_is_refused_with_a_sentence() -> None:
    budget_line()
    made = commitment(300_000)
    assert refused(release, made=made, amount="1", reason=" ") == (
        "Schrijf waarom dit bedrag vrijkomt."
    )
    assert refused(release, made=made, amount="0") == "Vul een bedrag van meer dan nul in."
    assert refused(release, made=made, amount="300000.01") == (
        "Van deze vastlegging staat nog € 300.000,00 open."
    )
    assert refused(release, made=made, amount="1", on=date(2026, 2, 28)) == (
        "Vrijgeven kan niet vóór de dag van de vastlegging."
    )
    with pytest.raises(PermissionDenied):
        release(made, "1", by=team())
    BudgetYear.objects.update(is_closed=True)
    assert refused(release, made=made, amount="1") == "Het begrotingsjaar 2026 is afgesloten."
    assert release(made, "1", on=date(2027, 1, 2)).kind == LedgerEntry.Kind.RELEASE


def test_releasing_everything_cancels_what_nobody_claimed() -> None:
    budget_line()
    made = commitment(300_000)
    planned(made)
    release(made, "300000")
    assert {one.state for one in made.instalments.all()} == {InstalmentState.CANCELLED}


def test_the_default_plan_is_that_of_the_settings() -> None:
    plan = services.default_plan(date(2026, 1, 1))
    assert [row.share for row in plan] == [D(30), D(40), D(30)]
    assert [row.expected_on for row in plan] == [
        date(2026, 5, 1),
        date(2027, 1, 1),
        date(2028, 1, 1),
    ]


def test_shares_of_33_33_times_three_are_refused() -> None:
    budget_line()
    made = commitment(300_000)
    message = "De schijven zijn samen niet precies 100 %."
    for shares in (("33.33", "33.33", "33.33"), ("100", "0"), ("150", "-50")):
        with pytest.raises(ValidationError) as error, transaction.atomic():
            planned(made, *shares)
        assert refusal(error) == message
    with pytest.raises(ValidationError):
        services.split(D(1), [])


@given(
    total=st.decimals(min_value=D("0.01"), max_value=D("9999999.99"), places=2),
    cuts=st.lists(st.integers(1, 9999), max_size=6, unique=True),
)
def test_amounts_add_up_to_the_cent_whatever_the_shares(total: Decimal, cuts: list[int]) -> None:
    """The last instalment absorbs the rounding."""
    edges = [0, *sorted(cuts), 10_000]
    shares = [D(b - a) / 100 for a, b in itertools.pairwise(edges)]
    amounts = services.split(total, shares)
    assert sum(amounts) == total
    for share, amount in list(zip(shares, amounts, strict=True))[:-1]:
        assert abs(amount - total * share / 100) <= D("0.005")


def test_a_plan_is_replaced_until_an_instalment_is_opened() -> None:
    budget_line()
    made = commitment(D("100000.01"))
    planned(made)
    first, second = planned(made, "50", "50")
    assert [first.amount, second.amount] == [D("50000.01"), D("50000.00")]
    assert made.instalments.count() == 2
    services.open_instalment(instalment=first, by=team())
    with pytest.raises(ValidationError) as error, transaction.atomic():
        planned(made)
    assert refusal(error) == "Er is al een schijf opvraagbaar of aangevraagd; het plan ligt vast."
    with pytest.raises(PermissionDenied):
        services.plan_instalments(commitment=made, plan=[], by=secretary())
    with pytest.raises(PermissionDenied):
        services.open_instalment(instalment=second, by=secretary())
    with pytest.raises(ValidationError, match="kan niet meer"):
        services.open_instalment(instalment=first, by=team())


def test_a_release_divides_what_is_left_over_the_open_instalments() -> None:
    budget_line()
    made = commitment("100000.01")
    first, second, third = planned(made, "33.33", "33.33", "33.34")
    assert [one.amount for one in (first, second, third)] == [
        D("33330.00"),
        D("33330.00"),
        D("33340.01"),
    ]
    release(made, "10000")
    assert _plan(made) == [D("29997.00"), D("29997.00"), D("30006.01")]
    services.open_instalment(instalment=first, by=team())
    first.refresh_from_db()
    claim(first, team(), amount=D("20000"))  # less than the instalment: the rest is of nobody
    release(made, "9997.01")
    assert _plan(made) == [D("29997.00"), D("29997.00"), D("30006.00")]
    release(made, "0.01")
    assert _plan(made) == [D("29997.00"), D("29997.00"), D("30005.99")]
    release(made, "60002.99")
    made.refresh_from_db()
    assert (_plan(made), made.open_amount) == ([D("29997.00")], D("20000.00"))
    states = made.instalments.order_by("number").values_list("state", flat=True)
    assert list(states) == ["claimed", "cancelled", "cancelled"]
    last = AuditEvent.objects.filter(action="commitment.released").latest("pk")
    assert last.data["instalments"] == {"2": "0.00", "3": "0.00"}


def _plan(made: Commitment) -> list[Decimal]:
    rows = made.instalments.exclude(state="cancelled").order_by("number")
    return [one.amount for one in rows]
