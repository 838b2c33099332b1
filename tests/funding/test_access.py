"""Who sees which page about money, and that no list grows its queries with its rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from funding import services
from funding.lifecycle import InstalmentState
from funding.models import (
    BudgetLine,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
)
from funding.reminders import claim_context, claim_still_awaited, claimable_instalments
from funding.selectors import work_for
from notifications.mails import render_mail
from projects.models import Procurement, Project
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.funding.acts import PNG
from tests.funding.factories import (
    BudgetYearFactory,
    GrantFactory,
    RequestFactory,
    budget_line,
    commitment,
    programme_manager,
    request_with_document,
)
from tests.projects.factories import ProcurementFactory, ProjectFactory

pytestmark = pytest.mark.django_db
D = Decimal


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def claim() -> Claim:
    budget_line()
    made = commitment(300_000)
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    services.plan_instalments(
        commitment=made, plan=[services.PlannedInstalment(D(100), "Klaar")], by=team
    )
    instalment = services.open_instalment(instalment=made.instalments.get(), by=team)
    claimant = MembershipFactory(
        organisation=made.project.organisation, role=MemberRole.SUBMITTER
    ).user
    pdf = SimpleUploadedFile("factuur.png", PNG)
    return services.claim_instalment(
        instalment=instalment, amount=D(300_000), statement="Kosten", by=claimant, evidence=pdf
    )


def staff_urls(claim: Claim) -> list[str]:
    made = claim.instalment.commitment
    return [
        "/beheer/begroting/",
        "/beheer/begroting/2026/",
        "/beheer/begroting/2026/boekingen.csv",
        "/beheer/cofinanciering/",
        f"/beheer/cofinanciering/{made.decision.request_id}/",
        f"/beheer/projecten/{made.project.reference}/cofinanciering/",
        f"/beheer/vastleggingen/{made.number}/",
        "/beheer/schuldvorderingen/",
        f"/beheer/schuldvorderingen/{claim.pk}/",
    ]


SEES_MONEY = {
    StaffRole.TEAM_MEMBER,
    StaffRole.PROJECT_LEADER,
    StaffRole.PROGRAMME_MANAGER,
    StaffRole.COMMITTEE_SECRETARY,
    StaffRole.AUDITOR,
}


@pytest.mark.parametrize("role", list(StaffRole))
def test_only_staff_who_work_with_money_see_it(claim: Claim, role: StaffRole) -> None:
    client = client_of(UserFactory(roles=[role]))
    expected = 200 if role in SEES_MONEY else 403
    for url in staff_urls(claim):
        assert client.get(url).status_code == expected, url


def test_members_and_visitors_see_no_staff_page(claim: Claim) -> None:
    member = client_of(claim.claimed_by)
    for url in staff_urls(claim):
        assert member.get(url).status_code == 403, url
        assert Client().get(url).status_code == 302, url


ACTS = {
    "request_new": {StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER},
    "commit": {StaffRole.PROGRAMME_MANAGER},
    "version": {StaffRole.PROGRAMME_MANAGER},
    "plan": {StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER},
    "release": {StaffRole.PROGRAMME_MANAGER},
    "check": {StaffRole.TEAM_MEMBER},
    "reject": {StaffRole.TEAM_MEMBER},
    "approve": {StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER, StaffRole.PROGRAMME_MANAGER},
    "pay": {StaffRole.PROGRAMME_MANAGER},
}


@pytest.mark.parametrize("act", list(ACTS))
def test_each_act_has_its_role(claim: Claim, act: str) -> None:
    made = claim.instalment.commitment
    grant = GrantFactory(decided_on=date(2026, 4, 1))
    urls = {
        "request_new": f"/beheer/cofinanciering/nieuw/{ProcurementFactory().pk}/",
        "commit": f"/beheer/cofinanciering/{grant.request_id}/vastleggen/",
        "version": "/beheer/begroting/2026/cofinancing/versie/",
        "plan": f"/beheer/vastleggingen/{made.number}/schijven/",
        "release": f"/beheer/vastleggingen/{made.number}/vrijgeven/",
        "check": f"/beheer/schuldvorderingen/{claim.pk}/controleren/",
        "reject": f"/beheer/schuldvorderingen/{claim.pk}/afwijzen/",
        "approve": f"/beheer/schuldvorderingen/{claim.pk}/goedkeuren/",
        "pay": f"/beheer/schuldvorderingen/{claim.pk}/betalen/",
    }
    for role in StaffRole:
        client = client_of(UserFactory(roles=[role]))
        expected = 200 if role in ACTS[act] else 403
        assert client.get(urls[act]).status_code == expected, role
        if expected == 403:
            assert client.post(urls[act], {}).status_code == 403, role


def test_the_beneficiary_sees_the_own_project_only(claim: Claim) -> None:
    reference = claim.instalment.commitment.project.reference
    own = f"/mijn/projecten/{reference}/cofinanciering/"
    assert "300.000,00" in text(client_of(claim.claimed_by), own)
    stranger = client_of(MembershipFactory(organisation=OrganisationFactory()).user)
    for url in (own, f"{own}schijf/{claim.instalment_id}/", f"/mijn/projecten/{reference}/"):
        assert stranger.get(url).status_code == 404, url
        assert Client().get(url).status_code == 302, url
    assert (
        stranger.get(f"/schuldvorderingen/bewijsstukken/{claim.evidence.get().pk}/").status_code
        == 404
    )
    manager = client_of(programme_manager())
    assert manager.get(own).url == f"/beheer/projecten/{reference}/cofinanciering/"


def test_a_reader_sees_but_does_not_claim(claim: Claim) -> None:
    project = claim.instalment.commitment.project
    services.reject_claim(
        claim=claim, reason="Factuur ontbreekt", by=UserFactory(roles=[StaffRole.TEAM_MEMBER])
    )
    reader = client_of(
        MembershipFactory(organisation=project.organisation, role=MemberRole.EDITOR).user
    )
    own = f"/mijn/projecten/{project.reference}/cofinanciering/"
    page = text(reader, own)
    assert "Factuur ontbreekt" in page
    assert "Een indiener of beheerder van uw organisatie kan deze schijf nu aanvragen." in page
    assert reader.get(f"{own}schijf/{claim.instalment_id}/").status_code == 403
    assert "Schijf 1 aanvragen" in text(client_of(claim.claimed_by), own)


def test_findings_are_shown_only_when_the_amount_was_lowered(claim: Claim) -> None:
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    services.check_claim(claim=claim, accepted_amount=claim.amount, note="Interne nota", by=team)
    own = f"/mijn/projecten/{claim.instalment.commitment.project.reference}/cofinanciering/"
    assert "Interne nota" not in text(client_of(claim.claimed_by), own)
    Claim.objects.update(accepted_amount=D(1))
    assert "Interne nota" in text(client_of(claim.claimed_by), own)


def test_evidence_is_fetched_by_staff_and_beneficiary(claim: Claim) -> None:
    url = f"/schuldvorderingen/bewijsstukken/{claim.evidence.get().pk}/"
    for user in (claim.claimed_by, programme_manager()):
        answer = client_of(user).get(url)
        assert b"".join(answer) == PNG
        assert "factuur.png" in answer["Content-Disposition"]
    assert client_of(UserFactory(roles=[StaffRole.ADVISER])).get(url).status_code == 404


# --- Forms that come back ------------------------------------------------------------------------


def test_a_refusal_stands_on_the_form(claim: Claim) -> None:
    team = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    url = f"/beheer/schuldvorderingen/{claim.pk}/controleren/"
    answer = team.post(url, {"accepted_amount": "1,00", "note": ""})
    assert "U aanvaardt minder dan gevraagd. Schrijf waarom." in answer.content.decode()
    claim.instalment.refresh_from_db()
    assert claim.instalment.state == InstalmentState.CLAIMED


def test_calculating_saves_nothing_and_shows_the_sentence() -> None:
    procurement = ProcurementFactory()
    team = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    url = f"/beheer/cofinanciering/nieuw/{procurement.pk}/"
    for answer in (
        team.post(url, {"calculate": "1", "eligible_base": "33.333,33", "requested_amount": ""}),
        team.post(f"{url}berekenen/", {"eligible_base": "33.333,33"}),
    ):
        page = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert "50 % van € 33.333,33 = € 16.666,67." in page
        assert "Dit veld is verplicht" not in page
    assert not CofinancingRequest.objects.exists()
    assert (
        "Schrijf een bedrag in euro"
        in team.post(url, {"calculate": "1", "eligible_base": "veel"}).content.decode()
    )


def test_a_plan_grows_and_shrinks_without_script_and_is_refused_with_its_sentence() -> None:
    budget_line()
    made = commitment(300_000)
    team = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    url = f"/beheer/vastleggingen/{made.number}/schijven/"
    rows = {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "3",
        **{f"form-{n}-share": "33,33" for n in range(3)},
        **{f"form-{n}-condition": f"Voorwaarde {n}" for n in range(3)},
    }
    grown = team.post(url, {**rows, "add": "form"}).content.decode()
    assert "Schijf 4" in grown
    shrunk = team.post(url, {**rows, "remove": "0"}).content.decode()
    assert "Voorwaarde 0" not in shrunk
    assert "Voorwaarde 2" in shrunk
    assert "Schijf 3" not in shrunk
    refused = team.post(url, rows).content.decode()
    assert "De schijven zijn samen niet precies 100 %." in refused
    assert not made.instalments.exists()
    assert team.post(url, {**rows, "form-0-share": ""}).status_code == 200


def test_a_year_is_opened_and_filled() -> None:
    manager = client_of(programme_manager())
    assert "Er is nog geen begrotingsjaar" in text(manager, "/beheer/begroting/")
    assert manager.post("/beheer/begroting/", {"year": "2027"}).url == "/beheer/begroting/2027/"
    assert (
        "Dit begrotingsjaar bestaat al."
        in manager.post("/beheer/begroting/", {"year": "2027"}).content.decode()
    )
    data = {"label": "BO", "vak": "5.000.000", "vek": "4.000.000", "effective_on": "2027-01-01"}
    url = "/beheer/begroting/2027/cofinancing/versie/"
    assert manager.post(url, data).url == "/beheer/begroting/2027/"
    line = BudgetLine.objects.get(budget_year__year=2027, stream="cofinancing")
    assert (line.vak, line.vek) == (D(5_000_000), D(4_000_000))


def test_releasing_says_whether_vak_comes_back() -> None:
    year = timezone.localdate().year
    budget_line(year)
    budget_line(2023)
    manager = client_of(programme_manager())
    new, old = commitment(1, on=date(year, 1, 1)), commitment(1, on=date(2023, 1, 1))
    assert "komt terug" in text(manager, f"/beheer/vastleggingen/{new.number}/vrijgeven/")
    url = f"/beheer/vastleggingen/{old.number}/vrijgeven/"
    assert "er komt geen VAK terug" in text(manager, url)
    assert manager.post(url, {"amount": "1", "reason": "Gestopt"}).status_code == 302
    old.refresh_from_db()
    assert old.open_amount == 0


# --- Work and reminders --------------------------------------------------------------------------


def labels(role: StaffRole) -> list[str]:
    return [item.label for item in work_for(UserFactory(roles=[role]))]


def test_each_role_finds_its_own_work(claim: Claim) -> None:
    request_with_document()
    RequestFactory()
    GrantFactory(decided_on=date(2020, 4, 1))
    commitment(1)
    assert labels(StaffRole.COMMITTEE_SECRETARY) == ["Op een agenda zetten"]
    assert labels(StaffRole.PROGRAMME_MANAGER) == ["Vastleggen", *["Gunning noteren"] * 2]
    assert labels(StaffRole.TEAM_MEMBER) == [
        "Opdrachtdocument toevoegen",
        "Schijven plannen",
        *["Gunning noteren"] * 2,
        "Schuldvordering controleren",
    ]
    assert labels(StaffRole.AUDITOR) == []
    late = [item for item in work_for(programme_manager()) if item.is_late]
    assert [item.due_on for item in late] == [date(2020, 12, 31)]
    checker = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    services.check_claim(claim=claim, accepted_amount=claim.amount, note="", by=checker)
    assert "Schuldvordering goedkeuren" not in [item.label for item in work_for(checker)]
    assert "Schuldvordering goedkeuren" in labels(StaffRole.PROJECT_LEADER)
    services.approve_claim(claim=claim, by=programme_manager())
    assert "Betaling registreren" in labels(StaffRole.PROGRAMME_MANAGER)


def test_an_open_instalment_is_reminded_until_it_is_claimed(claim: Claim) -> None:
    instalment, claimant = claim.instalment, claim.claimed_by
    assert list(claimable_instalments(timezone.now())) == []
    assert claim_still_awaited(Instalment.objects.get(), claimant) == "De schijf is aangevraagd."
    services.reject_claim(claim=claim, reason="Nee", by=UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    [subject] = claimable_instalments(timezone.now())
    assert (subject.obj, list(subject.recipients)) == (instalment, [claimant])
    fresh = Instalment.objects.get()
    assert claim_still_awaited(fresh, claimant) is True
    assert "niet meer" not in str(claim_still_awaited(fresh, claimant))
    assert "mag voor deze organisatie" in str(claim_still_awaited(fresh, UserFactory()))
    mail = render_mail(
        "funding/mail/claim_reminder.md",
        {"greeting": "Beste,", **claim_context(fresh, claimant, timezone.now())},
    )
    assert "schijf 1" in mail.text
    assert "300.000" not in mail.text


# --- Ceilings ------------------------------------------------------------------------------------


def many(count: int, line: BudgetLine) -> None:
    """`count` claims, each on a project, request, decision, commitment and entry of its own."""
    user, organisation = UserFactory(), OrganisationFactory()
    start = Project.objects.count()
    projects = Project.objects.bulk_create(
        Project(reference=f"P-{start + n}", title=f"Project {n}", organisation=organisation)
        for n in range(count)
    )
    procurements = Procurement.objects.bulk_create(
        Procurement(project=one, title="Opdracht", estimated_amount=D(2)) for one in projects
    )
    asked = CofinancingRequest.objects.bulk_create(
        CofinancingRequest(
            procurement=one,
            eligible_base=D(2),
            rate=D("0.5"),
            advised_amount=D(1),
            rule_explanation="-",
            requested_amount=D(1),
            state="granted",
            requested_by=user,
        )
        for one in procurements
    )
    grants = CommitteeDecision.objects.bulk_create(
        CommitteeDecision(
            request=one,
            outcome="granted",
            granted_amount=D(1),
            decided_on=date(2026, 3, 1),
            recorded_by=user,
        )
        for one in asked
    )
    made = Commitment.objects.bulk_create(
        Commitment(
            decision=one,
            project=project,
            line=line,
            number=f"VL-{project.reference}",
            effective_on=date(2026, 3, 1),
            recorded_by=user,
        )
        for one, project in zip(grants, projects, strict=True)
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            kind="commitment",
            commitment=one,
            line=line,
            amount=D(1),
            effective_on=date(2026, 3, 1),
            recorded_by=user,
        )
        for one in made
    )
    instalments = Instalment.objects.bulk_create(
        Instalment(commitment=one, number=1, share=D(100), amount=D(1), state="claimed")
        for one in made
    )
    Claim.objects.bulk_create(
        Claim(instalment=one, amount=D(1), statement="-", claimed_by=user) for one in instalments
    )


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
        if answer.streaming:
            b"".join(answer)
    return len(captured)


LISTS = [
    "/beheer/begroting/",
    "/beheer/begroting/2026/",
    "/beheer/begroting/2026/boekingen.csv",
    "/beheer/cofinanciering/",
    "/beheer/schuldvorderingen/",
    "/beheer/projecten/",
    "/projecten/",
]


def test_lists_ask_as_much_of_the_database_with_3_rows_as_with_300() -> None:
    line = budget_line()
    BudgetYearFactory(year=2025)
    ProjectFactory(opened_on=None)
    manager = client_of(UserFactory(roles=[StaffRole.PROGRAMME_MANAGER, StaffRole.TEAM_MEMBER]))
    many(3, line)
    few: dict[str, Any] = {url: queries(manager, url) for url in LISTS}
    with CaptureQueriesContext(connection) as work_few:
        work_for(programme_manager())
    many(297, line)
    assert {url: queries(manager, url) for url in LISTS} == few
    assert max(few.values()) <= 20
    with CaptureQueriesContext(connection) as work_many:
        work_for(programme_manager())
    assert len(work_many) == len(work_few)
