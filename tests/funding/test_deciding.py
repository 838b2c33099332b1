"""Budget years, requests and decisions, with each sentence that refuses them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from time_machine import travel

from calls.models import CostPhase
from funding import services
from funding.lifecycle import RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    CofinancingRequest,
    CommitteeDecision,
)
from projects.lifecycle import ProjectState
from tests.funding.acts import (
    DAY,
    D,
    paid_claim,
    refused,
    secretary,
    team,
)
from tests.funding.factories import (
    GrantFactory,
    budget_line,
    commitment,
    programme_manager,
    upload,
)
from tests.projects.factories import ProcurementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_of_that_year() -> Iterator[None]:
    """The days in these tests are in the past, whenever they run."""
    with travel("2026-09-01 12:00", tick=False):
        yield


def test_a_year_opens_once_with_a_line_per_stream_and_no_credits() -> None:
    manager = programme_manager()
    year = services.open_budget_year(year=2027, by=manager)
    assert [(line.stream, line.vak, line.vek) for line in year.lines.order_by("stream")] == [
        ("cofinancing", D(0), D(0)),
        ("preparation", D(0), D(0)),
    ]
    assert refused(services.open_budget_year, year=2027, by=manager) == (
        "Dit begrotingsjaar bestaat al."
    )
    assert refused(services.open_budget_year, year=1999, by=manager)
    with pytest.raises(PermissionDenied, match="programmamanager"):
        services.open_budget_year(year=2028, by=team())


def version(line: BudgetLine, vak: str, vek: str, **changes: Any) -> BudgetVersion:
    values = {"label": "BA", "effective_on": date(2026, 6, 1), "by": programme_manager()}
    return services.add_budget_version(line=line, vak=D(vak), vek=D(vek), **{**values, **changes})


def test_the_latest_version_holds_and_each_stays() -> None:
    line = budget_line()
    added = version(line, "6000000", "4500000")
    line.refresh_from_db()
    assert (added.number, line.vak, line.vek) == (2, D("6000000.00"), D("4500000.00"))
    assert line.versions.count() == 2


def test_credits_do_not_fall_below_what_is_used() -> None:
    line = budget_line()
    commitment(300_000)
    assert (
        refused(version, line=line, vak="299999.99", vek="1") == "Er is al € 300.000,00 vastgelegd."
    )
    assert refused(version, line=line, vak="-1", vek="1")
    assert refused(version, line=line, vak="400000", vek="-1")
    assert (
        refused(version, line=line, vak="400000", vek="1", effective_on=date(2027, 1, 1))
        == "Kies een dag in 2026."
    )
    BudgetYear.objects.update(is_closed=True)
    assert (
        refused(version, line=line, vak="400000", vek="1")
        == "Het begrotingsjaar 2026 is afgesloten."
    )
    with pytest.raises(PermissionDenied):
        version(line, "1", "1", by=team())


def test_credits_do_not_fall_below_what_is_paid() -> None:
    line = budget_line()
    paid_claim(300_000)
    assert refused(version, line=line, vak="400000", vek="1") == "Er is al € 300.000,00 vereffend."


@pytest.mark.parametrize(
    ("base", "advised", "capped"),
    [
        ("1400000.00", "700000.00", False),
        ("2600000.00", "1000000.00", True),
        ("33333.33", "16666.67", False),
    ],
)
def test_the_rule_of_the_call_is_applied_and_kept(base: str, advised: str, capped: bool) -> None:
    """Test vectors of domain.md 6.2."""
    request = services.request_cofinancing(
        procurement=ProcurementFactory(),
        eligible_base=D(base),
        requested_amount=D(advised),
        tender_document=upload(),
        by=team(),
    )
    assert request.advised_amount == D(advised)
    assert ("plafond" in request.rule_explanation) is capped
    assert request.procurement.project.state == ProjectState.TENDER_PREPARATION  # as read before
    project = type(request.procurement.project).objects.get(pk=request.procurement.project_id)
    assert project.state == ProjectState.COFINANCING_REQUESTED


def ask(**changes: Any) -> CofinancingRequest:
    values: dict[str, Any] = {
        "eligible_base": D(600_000),
        "requested_amount": D(300_000),
        "by": team(),
    }
    if "procurement" not in changes:
        changes["procurement"] = ProcurementFactory()
    values["tender_document"] = upload()
    return services.request_cofinancing(**{**values, **changes})


def test_more_than_the_rule_gives_needs_a_reason() -> None:
    more = {"requested_amount": D("300000.01")}
    assert refused(ask, **more) == "Het bedrag is hoger dan de regel geeft. Schrijf waarom."
    assert ask(**more, override_reason="Uitzonderlijk risico").override_reason


def test_a_request_is_refused_with_a_sentence() -> None:
    assert refused(ask, eligible_base=D(0)) == "Vul een bedrag van meer dan nul in."
    assert refused(ask, requested_amount=D(0)) == "Vraag een bedrag van meer dan nul."
    assert refused(ask, procurement=ProcurementFactory(phase=CostPhase.PILOT)) == (
        "De oproep van dit project heeft geen regel voor “Piloot of proeftuin”."
    )
    running = ask()
    assert refused(ask, procurement=running.procurement) == (
        "Voor deze opdracht loopt al een aanvraag."
    )
    with pytest.raises(PermissionDenied):
        ask(by=secretary())


def decide(request: CofinancingRequest, outcome: str, **changes: Any) -> CommitteeDecision:
    values = {"decided_on": DAY, "by": secretary()}
    return services.record_committee_decision(
        request=request, outcome=outcome, **{**values, **changes}
    )


@pytest.mark.parametrize(
    ("outcome", "more", "request_state", "project_state"),
    [
        (
            "granted",
            {"granted_amount": D("300000.00")},
            RequestState.GRANTED,
            ProjectState.COFINANCING_GRANTED,
        ),
        (
            "refused",
            {"grounds": "Geen innovatie"},
            RequestState.REFUSED,
            ProjectState.COFINANCING_REFUSED,
        ),
        (
            "postponed",
            {"grounds": "Raming ontbreekt"},
            RequestState.POSTPONED,
            ProjectState.COFINANCING_POSTPONED,
        ),
    ],
)
def test_a_decision_moves_request_and_project(
    outcome: str, more: dict[str, Any], request_state: str, project_state: str
) -> None:
    request = ask()
    decision = decide(request, outcome, **more)
    request.refresh_from_db()
    project = request.procurement.project
    project.refresh_from_db()
    assert (request.state, project.state) == (request_state, project_state)
    assert decision.granted_amount == more.get("granted_amount")


def test_a_postponed_request_is_decided_later_and_a_refused_one_asked_anew() -> None:
    request = ask()
    decide(request, "postponed", grounds="Raming ontbreekt")
    decide(request, "refused", grounds="Geen innovatie")
    assert request.decisions.count() == 2
    again = ask(procurement=request.procurement)
    assert again.state == RequestState.REQUESTED


def test_a_decision_is_refused_with_a_sentence() -> None:
    request = ask()
    assert refused(decide, request=request, outcome="granted") == "Vul het toegekende bedrag in."
    assert refused(decide, request=request, outcome="granted", granted_amount=D(200_000)) == (
        "Het bedrag is anders dan gevraagd. Schrijf waarom."
    )
    assert (
        refused(decide, request=request, outcome="granted", granted_amount=D(0), grounds="Nul")
        == "Vul het toegekende bedrag in."
    )
    assert refused(decide, request=request, outcome="refused") == (
        "Schrijf waarom het comité weigert of uitstelt."
    )
    with pytest.raises(PermissionDenied):
        decide(request, "refused", grounds="Nee", by=programme_manager())
    decide(request, "granted", granted_amount=D(300_000))
    assert "“Goedgekeurd”" in refused(
        decide, request=request, outcome="refused", grounds="Toch niet"
    )


def test_the_database_wants_an_amount_with_a_grant() -> None:
    with pytest.raises(IntegrityError, match="funding_grant_has_amount"), transaction.atomic():
        GrantFactory(granted_amount=None)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "refused", "grounds": "Toch niet."},
        {"granted_amount": D("1.00")},
        {"decided_on": date(2020, 1, 1)},
        {"reference": "BC-1"},
    ],
)
def test_what_was_decided_stays_also_for_sql(change: dict[str, Any]) -> None:
    decision = GrantFactory()
    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        CommitteeDecision.objects.filter(pk=decision.pk).update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic():
        CommitteeDecision.objects.filter(pk=decision.pk).delete()
