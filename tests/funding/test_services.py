"""Every act about money, with each sentence that refuses it."""

import itertools
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.db.utils import InternalError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from calls.models import CostPhase
from documents.models import StoredFile
from funding import services
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
    Payment,
)
from funding.selectors.budget import encours, pipeline
from funding.services import PlannedInstalment
from funding.settlement import settlement
from notifications.models import OutboxMail
from projects.lifecycle import ProjectState
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.factories import (
    GrantFactory,
    RequestFactory,
    budget_line,
    commitment,
    programme_manager,
)
from tests.projects.factories import ProcurementFactory, ProjectFactory

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 1)


def member(*roles: StaffRole) -> User:
    return UserFactory(roles=list(roles))


def team() -> User:
    return member(StaffRole.TEAM_MEMBER)


def secretary() -> User:
    return member(StaffRole.COMMITTEE_SECRETARY)


def refusal(error: Any) -> str:
    return " ".join(error.value.messages).replace("\N{NO-BREAK SPACE}", " ")


def refused(act: Any, **kwargs: Any) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        act(**kwargs)
    return refusal(error)


# --- The budget ----------------------------------------------------------------------------------


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


# --- Asking and deciding -------------------------------------------------------------------------


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
        by=team(),
    )
    assert request.advised_amount == D(advised)
    assert ("plafond" in request.rule_explanation) is capped
    assert request.procurement.project.state == ProjectState.TENDER_PREPARATION  # as read before
    project = type(request.procurement.project).objects.get(pk=request.procurement.project_id)
    assert project.state == ProjectState.COFINANCING_REQUESTED


def ask(**changes: Any) -> CofinancingRequest:
    values = {"eligible_base": D(600_000), "requested_amount": D(300_000), "by": team()}
    if "procurement" not in changes:
        changes["procurement"] = ProcurementFactory()
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


# --- Committing, releasing, reversing ------------------------------------------------------------


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


def release(made: Commitment, amount: str, **changes: Any) -> LedgerEntry:
    values = {"reason": "Goedkoper gegund", "by": programme_manager(), "on": date(2026, 9, 1)}
    return services.release_commitment(commitment=made, amount=D(amount), **{**values, **changes})


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


# --- Instalments ---------------------------------------------------------------------------------


def planned(made: Commitment, *shares: str) -> list[Instalment]:
    rows = [PlannedInstalment(D(share), "Voorwaarde") for share in shares or ("30", "40", "30")]
    return services.plan_instalments(commitment=made, plan=rows, by=team())


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


# --- Claims and payments -------------------------------------------------------------------------


def claimable(amount: int | str = 300_000, *, on: date = DAY) -> tuple[Instalment, User]:
    """An instalment of 100 % that may be claimed, and who may."""
    made = commitment(D(amount), on=on)
    [instalment] = planned(made, "100")
    organisation = made.project.organisation
    claimant = MembershipFactory(organisation=organisation, role=MemberRole.SUBMITTER).user
    return services.open_instalment(instalment=instalment, by=team()), claimant


def claimed(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    instalment, claimant = claimable(amount, on=on)
    return claim(instalment, claimant)


def claim(instalment: Instalment, by: User, **changes: Any) -> Claim:
    values = {"amount": instalment.amount, "statement": "Facturen van fase 1"}
    return services.claim_instalment(instalment=instalment, by=by, **{**values, **changes})


def checked(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    made = claimed(amount, on=on)
    return services.check_claim(claim=made, accepted_amount=made.amount, note="", by=team())


def approved(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    return services.approve_claim(claim=checked(amount, on=on), by=programme_manager())


def paid_claim(amount: int | str = 300_000, *, on: date = DAY, paid_on: date = DAY) -> Payment:
    return services.pay_claim(
        claim=approved(amount, on=on), paid_on=paid_on, by=programme_manager()
    )


def test_opening_tells_every_claimant_once_without_an_amount() -> None:
    budget_line()
    instalment, claimant = claimable()
    MembershipFactory(
        organisation=instalment.commitment.project.organisation, role=MemberRole.READER
    )
    mail = OutboxMail.objects.get(kind="funding.claimable")
    assert mail.recipient == claimant
    assert "300" not in mail.text
    assert instalment.opened_at is not None


def test_claiming_is_refused_with_a_sentence(settings: Any) -> None:
    budget_line()
    instalment, claimant = claimable()
    assert refused(claim, instalment=instalment, by=claimant, statement=" ") == (
        "Leg uit waarvoor u deze schijf vraagt."
    )
    assert refused(claim, instalment=instalment, by=claimant, amount=D("300000.01")) == (
        "Deze schijf is hoogstens € 300.000,00."
    )
    assert refused(claim, instalment=instalment, by=claimant, amount=D(0)) == (
        "Vraag een bedrag van meer dan nul."
    )
    wrong = SimpleUploadedFile("virus.exe", b"MZ")
    assert "Dit soort bestand kan niet." in refused(
        claim, instalment=instalment, by=claimant, evidence=wrong
    )
    assert not StoredFile.objects.exists()
    editor = MembershipFactory(
        organisation=instalment.commitment.project.organisation, role=MemberRole.EDITOR
    ).user
    with pytest.raises(PermissionDenied, match="indiener"):
        claim(instalment, editor)
    claim(instalment, claimant)
    assert "“Aangevraagd”" in refused(claim, instalment=instalment, by=claimant)


def test_a_planned_instalment_is_not_claimed() -> None:
    budget_line()
    [instalment] = planned(commitment(), "100")
    assert "“Gepland”" in refused(claim, instalment=instalment, by=team())


def test_checking_is_refused_with_a_sentence() -> None:
    budget_line()
    made = claimed()
    check = {"act": services.check_claim, "claim": made, "by": team()}
    assert refused(**check, accepted_amount=D(0), note="") == (
        "Vul een bedrag van meer dan nul in, of wijs de vordering af."
    )
    assert refused(**check, accepted_amount=D(1), note=" ") == (
        "U aanvaardt minder dan gevraagd. Schrijf waarom."
    )
    assert refused(**check, accepted_amount=D("300000.01"), note="") == (
        "Het aanvaarde bedrag is hoger dan het gevraagde."
    )
    with pytest.raises(PermissionDenied):
        services.check_claim(claim=made, accepted_amount=D(1), note="x", by=programme_manager())


def test_who_claimed_for_the_authority_does_not_check() -> None:
    budget_line()
    instalment, _claimant = claimable()
    helper = team()
    made = claim(instalment, helper)
    with pytest.raises(PermissionDenied, match="niet zelf controleren"):
        services.check_claim(claim=made, accepted_amount=made.amount, note="", by=helper)


def test_a_rejected_claim_is_told_and_can_be_made_again() -> None:
    budget_line()
    instalment, claimant = claimable()
    made = claim(instalment, claimant)
    assert refused(services.reject_claim, claim=made, reason=" ", by=team()) == (
        "Schrijf waarom u de schuldvordering afwijst."
    )
    with pytest.raises(PermissionDenied):
        services.reject_claim(claim=made, reason="Nee", by=programme_manager())
    services.reject_claim(claim=made, reason="Factuur ontbreekt", by=team())
    assert OutboxMail.objects.get(kind="funding.rejected").recipient == claimant
    second = claim(instalment, claimant)
    for act in (
        lambda: services.check_claim(claim=made, accepted_amount=D(1), note="x", by=team()),
        lambda: services.reject_claim(claim=made, reason="x", by=team()),
    ):
        assert refused(act) == "Deze schuldvordering is afgewezen."
    services.check_claim(claim=second, accepted_amount=second.amount, note="", by=team())
    assert refused(services.approve_claim, claim=made, by=programme_manager()) == (
        "Deze schuldvordering is afgewezen."
    )


def test_a_second_person_approves_in_python_and_in_the_database() -> None:
    budget_line()
    made = checked()
    assert made.checked_by is not None
    with pytest.raises(PermissionDenied, match="niet zelf goedkeuren"):
        services.approve_claim(claim=made, by=made.checked_by)
    with pytest.raises(PermissionDenied):
        services.approve_claim(claim=made, by=secretary())
    with pytest.raises(IntegrityError, match="funding_claim_second_person"), transaction.atomic():
        Claim.objects.filter(pk=made.pk).update(approved_by=made.checked_by)
    services.approve_claim(claim=made, by=member(StaffRole.PROJECT_LEADER))
    assert "“Goedgekeurd”" in refused(services.reject_claim, claim=made, reason="x", by=team())


def test_a_payment_uses_the_vek_of_the_year_of_payment() -> None:
    first, second = budget_line(2026), budget_line(2027)
    payment = paid_claim(300_000, paid_on=date(2027, 1, 5))
    for line in (first, second):
        line.refresh_from_db()
    assert (first.committed, first.paid) == (D("300000.00"), D("0.00"))
    assert (second.committed, second.paid) == (D("0.00"), D("300000.00"))
    assert payment.entry.line == second
    assert (encours(2026), encours(2027)) == (D("300000.00"), D("0.00"))
    assert OutboxMail.objects.filter(kind="funding.paid").count() == 1


def test_paying_is_refused_with_a_sentence() -> None:
    line = budget_line(vek=300_000)
    budget_line(2025)
    made = approved(300_000)
    pay = {"act": services.pay_claim, "claim": made, "by": programme_manager()}
    assert refused(**pay, paid_on=date(2031, 1, 1)) == "Er is geen begroting voor 2031."
    assert refused(**pay, paid_on=date(2026, 2, 28)) == (
        "Een betaling kan niet vóór de vastlegging."
    )
    with pytest.raises(PermissionDenied):
        services.pay_claim(claim=made, paid_on=DAY, by=team())
    not_approved = checked(1)
    assert "“Gecontroleerd”" in refused(**{**pay, "claim": not_approved}, paid_on=DAY)
    release(made.instalment.commitment, "1")
    assert refused(**pay, paid_on=DAY) == "Van deze vastlegging staat nog € 299.999,00 open."
    other = approved(300_000)
    paid_claim(1)
    assert refused(**{**pay, "claim": other}, paid_on=DAY) == (
        "In 2026 is nog € 299.999,00 vereffeningskrediet (VEK) over; gevraagd: € 300.000,00."
    )
    BudgetYear.objects.filter(pk=line.budget_year_id).update(is_closed=True)
    assert refused(**pay, paid_on=DAY) == "Het begrotingsjaar 2026 is afgesloten."


# --- The whole -----------------------------------------------------------------------------------


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
