"""An award: what it releases of the grant, and how the instalments are divided again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from time_machine import travel

from accounts.roles import StaffRole
from funding import services
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, Commitment, LedgerEntry
from funding.recompute import Part, lower, split_again
from projects.lifecycle import ProjectState
from projects.models import Procurement
from tests.accounts.factories import UserFactory
from tests.funding.acts import D, claim, planned, refusal, team
from tests.funding.factories import (
    RequestFactory,
    budget_line,
    commitment,
    programme_manager,
)
from tests.funding.test_committee import page
from tests.projects.factories import ProcurementFactory

TODAY = "2026-09-01 12:00"


def parts(*amounts: str, fixed: int = 0) -> list[Part]:
    """Parts with equal shares, of which the first `fixed` were claimed."""
    return [Part(n, D(1), D(amount), n <= fixed) for n, amount in enumerate(amounts, 1)]


def amounts(rows: list[Part]) -> list[Decimal]:
    return [row.amount for row in rows]


def test_three_times_a_third_adds_up_and_the_last_absorbs() -> None:
    thirds = [
        Part(n, share, D(0), False)
        for n, share in enumerate((D("33.33"), D("33.33"), D("33.34")), 1)
    ]
    assert amounts(split_again(thirds, D("100000.01"))) == [
        D("33330.00"),
        D("33330.00"),
        D("33340.01"),
    ]


def test_what_was_claimed_keeps_its_amount() -> None:
    rows = parts("300.00", "400.00", "300.00", fixed=1)
    done = lower(kept=D(1000), paid=D(300), parts=rows, target=D("600.01"))
    assert amounts(done.after) == [D("300.00"), D("150.01"), D("150.00")]
    assert done.released == D("399.99")
    too_far = lower(kept=D(1000), paid=D(300), parts=rows, target=D(100))
    assert (too_far.kept_after, amounts(too_far.after)) == (D(300), [D(300), D(0), D(0)])
    higher = lower(kept=D(1000), paid=D(0), parts=rows, target=D(2000))
    assert (higher.released, higher.after) == (D(0), rows)
    with pytest.raises(ValueError, match="More is claimed"):
        split_again(rows, D(1))


def test_what_a_paid_claim_left_over_comes_free_before_a_plan_is_lowered() -> None:
    paid = Part(1, D(50), D(500), is_fixed=True, asked=D(400))
    rows = [paid, Part(2, D(50), D(500), is_fixed=False)]
    some = lower(kept=D(1000), paid=D(400), parts=rows, target=D(950))
    assert (some.released, amounts(some.after)) == (D(50), [D(500), D(500)])
    more = lower(kept=D(1000), paid=D(400), parts=rows, target=D(700))
    assert (more.released, amounts(more.after)) == (D(300), [D(500), D(300)])


@given(
    cents=st.lists(st.integers(1, 10**9), min_size=1, max_size=8),
    fixed=st.integers(0, 8),
    target=st.integers(0, 10**10),
)
def test_parts_always_add_up_and_none_is_negative(
    cents: list[int], fixed: int, target: int
) -> None:
    rows = [Part(n, D(1) + n, D(value) / 100, n <= fixed) for n, value in enumerate(cents, 1)]
    kept = sum(amounts(rows), D(0))
    done = lower(kept=kept, paid=D(0), parts=rows, target=D(target) / 100)
    assert sum(amounts(done.after)) == done.kept_after <= kept
    assert min(amounts(done.after)) >= 0
    assert [new for old, new in done.rows if old.is_fixed] == [old for old in rows if old.is_fixed]


# --- With the database ---------------------------------------------------------------------------


def award(procurement: Procurement, amount: str, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "awarded_on": date(2026, 8, 1),
        "award_amount": D(amount),
        "contractor_name": "Bedrijf Voorbeeld nv",
        "contractor_kbo": "0207509031",
        "by": programme_manager(),
    }
    return services.award_procurement(procurement=procurement, **{**values, **changes})


def granted(amount: str = "300000", *, on: date = date(2026, 3, 1)) -> tuple[Commitment, Any]:
    """A commitment and its procurement."""
    made = commitment(D(amount), on=on)
    assert made.decision is not None
    return made, made.decision.request.procurement


def state_of(made: Commitment) -> tuple[Decimal, Decimal, list[Decimal]]:
    made.refresh_from_db()
    rows = made.instalments.exclude(state=InstalmentState.CANCELLED).order_by("number")
    return made.committed, made.released, [one.amount for one in rows]


def no_award(procurement: Procurement, amount: str = "600000", **changes: Any) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        award(procurement, amount, **changes)
    procurement.refresh_from_db()
    assert procurement.awarded_on is None
    return refusal(error)


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_a_cheaper_contract_gives_vak_back_in_its_year_and_divides_the_rest() -> None:
    line = budget_line()
    made, procurement = granted()
    planned(made, "33.33", "33.33", "33.34")
    effect = award(procurement, "500000.01", expected_release=D("49999.99"))
    assert (effect.released, effect.kept_after) == (D("49999.99"), D("250000.01"))
    assert state_of(made) == (
        D("250000.01"),
        D(0),
        [D("83325.00"), D("83325.00"), D("83350.01")],
    )
    line.refresh_from_db()
    assert line.vak_available == D("5000000.00") - D("250000.01")
    assert made.entries.latest("pk").kind == LedgerEntry.Kind.REVERSAL
    procurement.refresh_from_db()
    assert (procurement.award_amount, procurement.award_eligible_amount) == (
        D("500000.01"),
        D("500000.01"),
    )
    assert procurement.project.__class__.objects.get().state == ProjectState.AWARDED


@pytest.mark.django_db
@travel("2027-02-01 12:00", tick=False)
def test_a_later_year_gets_no_vak_back() -> None:
    line = budget_line()
    made, procurement = granted()
    award(procurement, "500000", awarded_on=date(2027, 1, 15))
    assert state_of(made) == (D("300000.00"), D("50000.00"), [])
    line.refresh_from_db()
    assert line.vak_available == D("4700000.00")
    assert made.open_amount == D("250000.00")


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_a_claimed_instalment_keeps_its_amount_and_too_much_waits_for_the_settlement() -> None:
    budget_line()
    made, procurement = granted()
    first, _second, _third = planned(made)
    claimant = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    services.open_instalment(instalment=first, by=team())
    first.refresh_from_db()
    claim(first, claimant)
    effect = award(procurement, "400000")
    assert effect.stays_too_much == 0
    assert state_of(made) == (
        D("200000.00"),
        D(0),
        [D("90000.00"), D("62857.14"), D("47142.86")],
    )
    other, dear = granted()
    one, *_rest = planned(other, "80", "20")
    services.open_instalment(instalment=one, by=team())
    one.refresh_from_db()
    claim(one, claimant)
    effect = award(dear, "100000")
    assert (effect.released, effect.stays_too_much) == (D("60000.00"), D("190000.00"))
    assert state_of(other) == (D("240000.00"), D(0), [D("240000.00")])


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_a_dearer_contract_leaves_the_grant_as_it_is() -> None:
    budget_line()
    made, procurement = granted()
    effect = award(procurement, "900000", expected_release=D(0), by=team())
    assert (effect.is_dearer, effect.released) == (True, D(0))
    assert state_of(made) == (D("300000.00"), D(0), [])


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_only_a_part_of_the_award_may_count() -> None:
    budget_line()
    made, procurement = granted()
    assert no_award(procurement, eligible_amount=D("0")) == (
        "Vul in welk deel van het gunningsbedrag meetelt."
    )
    award(procurement, "600000", eligible_amount=D("400000"))
    assert state_of(made)[0] == D("200000.00")


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_an_award_is_refused_with_a_sentence() -> None:
    budget_line()
    asked = RequestFactory()
    assert no_award(asked.procurement) == (
        "Over de cofinanciering van deze opdracht is nog niet beslist. Noteer de gunning na de "
        "beslissing."
    )
    made, procurement = granted()
    assert no_award(procurement, awarded_on=date(2026, 9, 2)) == "Deze dag ligt in de toekomst."
    assert no_award(procurement, "0") == "Vul een bedrag van meer dan nul in."
    assert no_award(procurement, contractor_name=" ") == "Vul de opdrachtnemer in."
    assert "ondernemingsnummer" in no_award(procurement, contractor_kbo="0207509032")
    assert no_award(procurement, published_on=date(2026, 8, 2)) == (
        "De gunning kan niet vóór de bekendmaking."
    )
    assert no_award(procurement, "500000", expected_release=D(1)) == (
        "Er zou nu € 50.000,00 vrijkomen en niet € 1,00. Bekijk de gevolgen opnieuw vóór u "
        "bevestigt."
    )
    with pytest.raises(PermissionDenied, match="programmamanager"):
        award(procurement, "500000", by=team())
    assert state_of(made) == (D("300000.00"), D(0), [])
    award(procurement, "500000")
    with pytest.raises(ValidationError) as error, transaction.atomic():
        award(procurement, "400000")
    assert refusal(error) == "Deze opdracht is al gegund op 1 augustus 2026."
    assert state_of(made)[0] == D("250000.00")


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_a_grant_is_committed_before_the_award() -> None:
    budget_line()
    made, procurement = granted()
    decision = made.decision
    waiting = ProcurementFactory()
    assert decision is not None
    type(decision).objects.create(
        request=RequestFactory(procurement=waiting, state="granted"),
        outcome="granted",
        granted_amount=D(1),
        decided_on=date(2026, 3, 1),
        recorded_by=team(),
    )
    assert no_award(waiting) == "Het toegekende bedrag is nog niet vastgelegd. Leg het eerst vast."
    free = ProcurementFactory()
    assert award(free, "10", by=team()).released == 0
    assert BudgetLine.objects.get().committed == D("300000.00")
    assert procurement.pk != free.pk


@pytest.mark.django_db
@travel(TODAY, tick=False)
def test_an_award_by_hand_shows_what_it_does_first() -> None:
    budget_line()
    made, procurement = granted()
    planned(made)
    url = f"/beheer/opdrachten/{procurement.pk}/gunning/"
    typed = {
        "contractor_name": "Bedrijf Voorbeeld nv",
        "contractor_kbo": "0207.509.031",
        "contractor_is_sme": "True",
        "contractor_is_startup": "False",
        "contractor_region": "flanders",
        "award_amount": "500.000",
        "awarded_on": "2026-08-01",
        "procedure": "open",
        "award_notice_number": "2026/S 123",
        "tenders_received": "3",
    }
    client, helper = Client(), Client()
    client.force_login(programme_manager())
    helper.force_login(team())
    assert "Toon wat de gunning doet" in page(client, url)
    wrong = client.post(url, typed | {"contractor_kbo": "12", "award_amount": "1.000.0"})
    assert "Dit is geen geldig ondernemingsnummer." in wrong.content.decode()
    shown = client.post(url, typed).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for words in ("€ 250.000,00", "€ 50.000,00", "het VAK van 2026 komt terug", "€ 75.000,00"):
        assert words in shown
    assert made.entries.count() == 1
    assert "Alleen de programmamanager" in helper.post(url, typed).content.decode()
    stale = client.post(url, typed | {"award_amount": "400.000", "confirm": "50000.00"})
    assert "Bekijk de gevolgen opnieuw" in stale.content.decode()
    assert client.post(url, typed | {"confirm": "x"}).status_code == 200
    done = client.post(url, typed | {"confirm": "50000.00"})
    assert done.status_code == 302
    assert "Er is € 50.000,00 vrijgegeven." in page(client, done.url)
    assert client.get(url).status_code == 302
    procurement.refresh_from_db()
    assert (procurement.contractor_kbo, procurement.award_notice_number) == (
        "0207509031",
        "2026/S 123",
    )
    assert (procurement.contractor_is_startup, procurement.contractor_region) == (
        False,
        "flanders",
    )
    assert state_of(made)[2] == [D("75000.00"), D("100000.00"), D("75000.00")]
