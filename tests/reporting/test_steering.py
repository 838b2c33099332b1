"""Steering on a year: the figures, the rows that they are the sum of, warnings, and what-if."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import StaffRole
from funding import services
from funding.models import BudgetLine, BudgetYear, Commitment
from notifications.models import OutboxMail
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.models import Project
from reporting.steering.figures import Figure, Steering, steering
from reporting.steering.rows import (
    committee_rows,
    forecast_rows,
    grant_rows,
    named_rows,
    pipeline_rows,
    rows_of,
)
from reporting.steering.warnings import warnings
from reporting.steering.what_if import candidates, what_if
from tests.accounts.factories import UserFactory
from tests.funding.acts import claimed, paid_claim, planned, release
from tests.funding.factories import (
    BudgetYearFactory,
    GrantFactory,
    RequestFactory,
    budget_line,
    commitment,
    programme_manager,
)
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db
D = Decimal
Stream = BudgetLine.Stream


@pytest.fixture(autouse=True)
def _summer() -> Any:
    with time_machine.travel("2026-07-01 10:00+02:00", tick=False):
        yield


def preparation_line(year: int = 2026) -> BudgetLine:
    line = BudgetLine.objects.create(
        budget_year=BudgetYearFactory(year=year), stream=Stream.PREPARATION
    )
    services.add_budget_version(
        line=line,
        label="BO",
        vak=D(300_000),
        vek=D(200_000),
        effective_on=date(year, 1, 1),
        by=programme_manager(),
    )
    return line


@pytest.fixture
def year() -> BudgetYear:
    """Two years with every kind of booking on both money streams."""
    budget_line(2025)
    line = budget_line(2026)
    preparation_line()
    services.add_budget_version(
        line=line,
        label="BA",
        vak=D(6_000_000),
        vek=D("3999999.99"),
        effective_on=date(2026, 6, 1),
        by=programme_manager(),
    )
    older = commitment(400_000, on=date(2025, 5, 1))
    release(older, "1000.50", on=date(2026, 2, 1))
    paid = paid_claim(300_000)
    release(commitment(200_000), "0.33", on=date(2026, 6, 1))
    services.book_recovery(
        commitment=paid.entry.commitment,
        amount=D("12.34"),
        reason="Te veel betaald",
        received_on=date(2026, 6, 2),
        by=programme_manager(),
    )
    services.commit_preparation(
        project=ProjectFactory(),
        amount=D(25_000),
        agreement="Afspraak 7",
        on=date(2026, 4, 1),
        by=programme_manager(),
    )
    return line.budget_year


def test_the_figures_of_a_year_per_money_stream(year: BudgetYear) -> None:
    found = steering(year)
    assert found.stream(Stream.COFINANCING).amounts == {
        Figure.VAK: D("6000000.00"),
        Figure.COMMITTED: D("499999.67"),
        Figure.VAK_LEFT: D("5500000.33"),
        Figure.VEK: D("3999999.99"),
        Figure.PAID: D("300000.00"),
        Figure.VEK_LEFT: D("3699999.99"),
        Figure.OPEN_AT_START: D("400000.00"),
        Figure.RELEASED: D("1000.50"),
        Figure.RECOVERED: D("12.34"),
        Figure.OPEN_AT_END: D("598999.17"),
    }
    assert found.stream(Stream.PREPARATION)[Figure.COMMITTED] == D("25000.00")
    assert found.total[Figure.VAK_LEFT] == D("5775000.33")


def test_the_rows_of_a_figure_add_up_to_it(year: BudgetYear) -> None:
    found = steering(year)
    for shown in [*found.streams, found.total]:
        for figure in Figure:
            rows = rows_of(figure, year, shown.stream)
            amounts = [row.amount for row in rows]
            assert sum(amounts) == rows.total == shown[figure], (shown.label, figure)
            assert len(rows) == len(amounts)
            assert [row.amount for row in rows[1:3]] == amounts[1:3]


def test_every_figure_has_rows_in_that_story(year: BudgetYear) -> None:
    assert [figure for figure in Figure if not len(rows_of(figure, year))] == []


def test_an_amount_left_is_the_credits_less_the_bookings_page_by_page(year: BudgetYear) -> None:
    rows = rows_of(Figure.VAK_LEFT, year, Stream.COFINANCING)
    assert [(row.kind, row.amount) for row in rows] == [
        ("Begrotingsopmaak (BO)", D("5000000.00")),
        ("Begrotingsaanpassing (BA)", D("1000000.00")),
        ("Vastlegging", D("-300000.00")),
        ("Vastlegging", D("-200000.00")),
        ("Terugboeking in hetzelfde jaar", D("0.33")),
    ]
    assert [row.amount for row in rows[1:4]] == [D(1_000_000), D(-300_000), D(-200_000)]
    assert rows[4].label == rows[3].label


def test_what_may_come_opens_to_its_rows_too(year: BudgetYear) -> None:
    first, last = planned(commitment(100_000), "33.33", "66.67")
    type(first).objects.filter(pk=first.pk).update(expected_on=date(2027, 3, 1))
    type(last).objects.filter(pk=last.pk).update(expected_on=date(2026, 3, 1))
    claimed(50_000)
    RequestFactory(requested_amount=D(70_000))
    GrantFactory(granted_amount=D(80_000), decided_on=date(2026, 5, 5))
    found = steering(year)
    assert [(one.year, one.instalments, one.total) for one in found.forecast] == [
        (2026, 1, D("66670.00")),
        (2027, 1, D("33330.00")),
        (None, 1, D("50000.00")),
    ]
    for one in found.forecast:
        rows = forecast_rows(one.address)
        assert rows is not None
        assert (len(rows), rows.total) == (one.instalments, one.total)
    late = forecast_rows("te-laat")
    assert late is not None
    assert [row.label for row in late] == [f"{last.commitment.number}, schijf 2"]
    assert forecast_rows("20260") is forecast_rows("morgen") is None
    for rows, coming in [
        (committee_rows(), found.at_committee),
        (grant_rows(year), found.to_commit),
        (pipeline_rows(), found.pipeline),
    ]:
        assert (len(rows), rows.total) == (coming.count, coming.amount)
    assert found.at_committee.amount == D("70000.00")
    assert found.to_commit.amount == D("80000.00")


def test_a_year_without_lines_shows_zeros() -> None:
    found = steering(BudgetYearFactory(year=2031))
    assert set(found.total.amounts.values()) == {D("0.00")}
    assert warnings(found) == []


# --- Warnings ------------------------------------------------------------------------------------


def sentences(found: Steering) -> list[str]:
    return [one.sentence.replace("\N{NO-BREAK SPACE}", " ") for one in warnings(found)]


def test_nothing_to_warn_of_in_a_calm_year(year: BudgetYear) -> None:
    assert sentences(steering(year)) == []


def test_a_credit_that_is_nearly_used_is_said(settings: Any) -> None:
    line = budget_line(2026, vak=1_000_000)
    commitment(900_000)
    assert sentences(steering(line.budget_year)) == [
        "Cofinanciering van opdrachten: 90 % van het vastleggingskrediet (VAK) is gebruikt."
    ]
    settings.BUDGET_WARNING_SHARE = 91
    assert sentences(steering(line.budget_year)) == []


def test_more_asked_than_is_left() -> None:
    line = budget_line(2026, vak=1_000_000)
    RequestFactory(requested_amount=D(300_000))
    GrantFactory(granted_amount=D(700_000), decided_on=date(2026, 5, 5))
    assert sentences(steering(line.budget_year)) == []
    commitment("0.01")
    assert sentences(steering(line.budget_year)) == [
        "Bij het comité of klaar om vast te leggen: € 1.000.000,00. Er is nog € 999.999,99 VAK: "
        "€ 0,01 te weinig."
    ]


def test_more_payments_expected_than_the_credit_allows() -> None:
    line = budget_line(2026, vek=99_999)
    [instalment] = planned(commitment(100_000), "100")
    type(instalment).objects.update(expected_on=date(2026, 12, 31))
    assert sentences(steering(line.budget_year)) == [
        "Cofinanciering van opdrachten: tot het einde van 2026 wordt € 100.000,00 aan betalingen "
        "verwacht. Er is nog € 99.999,00 VEK."
    ]
    type(instalment).objects.update(expected_on=date(2027, 1, 1))
    assert sentences(steering(line.budget_year)) == []


def test_at_the_end_of_the_year_what_lapses_is_said() -> None:
    line = budget_line(2026, vak=1_000_000)
    GrantFactory(granted_amount=D(80_000), decided_on=date(2026, 5, 5))
    with time_machine.travel("2026-10-31 12:00+01:00", tick=False):
        assert sentences(steering(line.budget_year)) == []
    with time_machine.travel("2026-11-01 12:00+01:00", tick=False):
        assert sentences(steering(line.budget_year)) == [
            "Boeken voor 2026 kan tot en met 1 december 2026. Nog niet vastgelegd: "
            "€ 1.000.000,00 VAK.",
            "Toegekend in 2026 en nog niet vastgelegd: 1, samen € 80.000,00. Vastleggen kan alleen "
            "op het krediet van dat jaar.",
        ]


def test_what_waits_too_long_is_said() -> None:
    line = budget_line(2026)
    with time_machine.travel("2026-06-01 12:00+02:00", tick=False):
        claimed(50_000)
    [instalment] = planned(commitment(100_000), "100")
    type(instalment).objects.filter(pk=instalment.pk).update(expected_on=date(2026, 6, 30))
    with time_machine.travel("2026-07-01 23:00+02:00", tick=False):
        assert sentences(steering(line.budget_year)) == [
            "Schijven die vóór vandaag verwacht waren en nog niet opvraagbaar zijn: 1, samen "
            "€ 100.000,00. Kijk of hun datum nog klopt."
        ]
    with time_machine.travel("2026-07-02 01:00+02:00", tick=False):
        assert sentences(steering(line.budget_year)) == [
            "Schuldvorderingen die langer dan 30 dagen wachten: 1, samen € 50.000,00.",
            "Schijven die vóór vandaag verwacht waren en nog niet opvraagbaar zijn: 1, samen "
            "€ 100.000,00. Kijk of hun datum nog klopt.",
        ]


def test_the_team_is_reminded_of_the_last_day_while_something_lapses() -> None:
    seed_offsets()
    line = budget_line(2026, vak=1_000_000)
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    UserFactory(roles=[StaffRole.ADVISER])

    def mails(day: str) -> list[str]:
        with time_machine.travel(f"{day} 12:00+01:00", tick=False):
            plan_reminders()
            send_due_reminders()
        found = OutboxMail.objects.filter(kind="reporting.budget_cut_off", recipient=team)
        return [mail.subject for mail in found.order_by("pk")]

    assert mails("2026-10-30") == []
    assert mails("2026-11-02") == ["Boeken voor 2026 kan nog tot en met 1 december 2026"]
    commitment(line.vak, on=date(2026, 11, 3))
    assert len(mails("2026-11-25")) == 1
    assert OutboxMail.objects.filter(kind="reporting.budget_cut_off").count() == 2  # no adviser


# --- What if -------------------------------------------------------------------------------------


def in_pipeline(amount: str) -> Project:
    return ProjectFactory(proposal=ProposalFactory(requested_amount=D(amount)))


def test_what_if_takes_the_picks_from_the_credit_one_by_one() -> None:
    line = budget_line(2026, vak=1_000_000)
    large, small = in_pipeline("700000.00"), in_pipeline("400000.00")
    in_pipeline("10.00")
    found = steering(line.budget_year)
    outcome = what_if(
        found, {small.reference: D("100.01"), large.reference: D(700_000)}, candidates()
    )
    assert [(pick.project, pick.left) for pick in outcome.picks] == [
        (large, D("300000.00")),
        (small, D("299899.99")),
    ]
    assert (outcome.left, outcome.short) == (D("299899.99"), D("0.00"))
    assert sum(one.added for one in outcome.payments) == D("700100.01")
    assert [one.year for one in outcome.payments] == [2026, 2027, 2028]
    too_much = what_if(found, {large.reference: D("1000000.01")}, candidates())
    assert too_much.short == D("0.01")
    assert Commitment.objects.count() == 0


def test_what_if_on_the_page_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    budget_line(2026)
    project = in_pipeline("700000.00")
    client = client_of(StaffRole.PROGRAMME_MANAGER)
    url = "/beheer/sturing/2026/wat-als/"
    box, amount = f"kies-{project.reference}", f"bedrag-{project.reference}"
    page = read(client, url, {box: "on", amount: "1.000"})
    assert "€ 4.999.000,00" in page
    for wrong, sentence in [
        ("-5", "Vul een bedrag van meer dan nul in."),
        ("0,005", "Een bedrag heeft hoogstens twee cijfers na de komma."),
        ("veel", "Schrijf een bedrag in euro, bijvoorbeeld 1.234,56."),
    ]:
        page = read(client, url, {box: "on", amount: wrong})
        assert sentence in page
        assert f'value="{wrong}"' in page
        assert "Blijft over" not in page


# --- Pages ---------------------------------------------------------------------------------------


def client_of(*roles: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=list(roles)))
    return client


def read(client: Client, url: str, data: dict[str, str] | None = None) -> str:
    answer = client.get(url, data)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_a_figure_opens_to_its_rows_and_to_the_same_rows_as_csv(year: BudgetYear) -> None:
    client = client_of(StaffRole.PROGRAMME_MANAGER)
    page = read(client, "/beheer/sturing/2026/")
    assert 'href="/beheer/sturing/2026/vastgelegd/?stroom=cofinancing"' in page
    rows = read(client, "/beheer/sturing/2026/vastgelegd/?stroom=cofinancing")
    assert "€ 499.999,67" in rows
    answer = client.get("/beheer/sturing/2026/vastgelegd/?stroom=cofinancing&vorm=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.rsplit(";", 1)[1] for line in lines] == [
        "Bedrag",
        "300000,00",
        "200000,00",
        "-0,33",
    ]
    for other in ["pipeline", "bij-het-comite", "nog-vast-te-leggen", "verwachting/zonder-datum"]:
        read(client, f"/beheer/sturing/2026/{other}/")
    assert client.get("/beheer/sturing/2026/onzin/").status_code == 404
    assert client.get("/beheer/sturing/2026/verwachting/onzin/").status_code == 404
    assert client.get("/beheer/sturing/2019/").status_code == 404


def test_sturing_opens_the_year_of_today_or_the_nearest() -> None:
    client = client_of(StaffRole.PROGRAMME_MANAGER)
    assert client.get("/beheer/sturing/").headers["Location"] == "/beheer/begroting/"
    BudgetYearFactory(year=2030)
    assert client.get("/beheer/sturing/").headers["Location"] == "/beheer/sturing/2030/"
    BudgetYearFactory(year=2024)
    assert client.get("/beheer/sturing/").headers["Location"] == "/beheer/sturing/2024/"


def test_only_who_works_with_the_budget_steers() -> None:
    budget_line(2026)
    for path in ["", "vak/", "wat-als/", "verwachting/2026/"]:
        url = f"/beheer/sturing/2026/{path}"
        assert client_of(StaffRole.ADVISER).get(url).status_code == 403
        assert client_of(StaffRole.TEAM_MEMBER).get(url).status_code == 200


@pytest.mark.parametrize("path", ["", "vak-beschikbaar/", "encours-einde/", "pipeline/"])
def test_the_queries_do_not_grow_with_the_rows(path: str) -> None:
    budget_line(2026)
    client = client_of(StaffRole.PROGRAMME_MANAGER)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(client, f"/beheer/sturing/2026/{path}")
        return len(queries)

    for _number in range(3):
        planned(commitment(1000))
        in_pipeline("5")
    few = count()
    for _number in range(12):
        planned(commitment(1000))
        in_pipeline("5")
    assert count() == few


def test_names_in_addresses_are_those_of_the_figures(year: BudgetYear) -> None:
    for figure in Figure:
        named = named_rows(figure.value, year)
        assert named is not None
        assert named[0] == figure.label
