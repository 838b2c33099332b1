"""The pages about money: the whole path in a browser's order, and who sees what."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from funding.lifecycle import InstalmentState
from funding.models import Claim, CofinancingRequest, Commitment, Payment
from notifications.models import OutboxMail
from projects.lifecycle import ProjectState
from projects.models import Procurement
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.acts import paid_claim
from tests.funding.factories import budget_line, upload
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(*roles: StaffRole) -> Client:
    return client_of(UserFactory(roles=list(roles)))


def read(client: Client, url: str) -> str:
    """The page's text with plain spaces."""
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def post(client: Client, url: str, **data: Any) -> str:
    """The page after a good POST; fails when the form came back."""
    assert client.get(url).status_code == 200
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()[:20000]
    return read(client, answer.url)


@travel("2026-09-02 12:00", tick=False)
def test_the_whole_money_path_by_hand() -> None:
    """Procurement, request, decision, commitment, plan, claim, check, approval, payment."""
    budget_line(2026)
    project = ProjectFactory(reference="PIO-2026-1-0001")
    submitter = MembershipFactory(organisation=project.organisation, role=MemberRole.SUBMITTER).user
    team, leader = staff(StaffRole.TEAM_MEMBER), staff(StaffRole.PROJECT_LEADER)
    manager, secretary = staff(StaffRole.PROGRAMME_MANAGER), staff(StaffRole.COMMITTEE_SECRETARY)
    member = client_of(submitter)

    base = "/beheer/projecten/PIO-2026-1-0001/"
    page = post(
        team,
        f"{base}opdrachten/nieuw/",
        title="Prototype",
        phase="opdracht_ontwikkeling",
        procedure="",
        estimated_amount="1.400.000,00",
    )
    assert "De opdracht is toegevoegd." in page
    procurement = Procurement.objects.get()

    ask = f"/beheer/cofinanciering/nieuw/{procurement.pk}/"
    assert "€ 700.000,00" in read(team, ask)
    page = post(
        team,
        ask,
        eligible_base="1.400.000,00",
        requested_amount="700.000,00",
        tender_document=upload(),
    )
    assert "50 % van" in page
    assert "bestek.pdf" in page
    cofinancing = CofinancingRequest.objects.get()
    project.refresh_from_db()
    assert project.state == ProjectState.COFINANCING_REQUESTED

    one = f"/beheer/cofinanciering/{cofinancing.pk}/"
    page = post(
        secretary,
        one,
        outcome="granted",
        granted_amount="700.000,00",
        decided_on="2026-03-01",
        reference="BC/2026/12",
        grounds="",
    )
    assert "De programmamanager legt het bedrag vast." in page
    assert "Nog vast te leggen" in page

    confirmation = read(manager, f"{one}vastleggen/")
    assert "5.000.000,00" in confirmation
    assert "4.300.000,00" in confirmation
    page = post(manager, f"{one}vastleggen/")
    commitment = Commitment.objects.get()
    assert commitment.number in page

    own = f"/beheer/vastleggingen/{commitment.number}/"
    rows = {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "3",
        **{f"form-{n}-share": share for n, share in enumerate(["30", "40,00", "30"])},
        **{f"form-{n}-condition": f"Voorwaarde {n}" for n in range(3)},
        "form-0-expected_on": "2026-06-01",
    }
    page = post(team, f"{own}schijven/", **rows)
    assert "De schijven zijn gepland." in page
    assert "210.000,00" in page

    page = post(team, f"{own}schijven/1/openen/")
    mail = OutboxMail.objects.get(kind="funding.claimable")
    assert mail.recipient == submitter
    assert "€" not in mail.text
    assert "210.000" not in mail.text

    funding = "/mijn/projecten/PIO-2026-1-0001/cofinanciering/"
    instalment = commitment.instalments.get(number=1)
    assert "Schijf 1 aanvragen" in read(member, funding)
    new = f"{funding}schijf/{instalment.pk}/"
    assert 'value="210.000,00"' in read(member, new)
    page = post(member, new, amount="210.000,00", statement="Alle facturen van fase 1.")
    assert "U hebt schijf 1 aangevraagd." in page
    claim = Claim.objects.get()

    vordering = f"/beheer/schuldvorderingen/{claim.pk}/"
    assert "Controleren" in read(team, vordering)
    page = post(
        team, f"{vordering}controleren/", accepted_amount="200.000,00", note="Eén factuur dubbel."
    )
    assert "Dit kunt u niet zelf" in page
    assert "Eén factuur dubbel." in read(member, funding)
    page = post(leader, f"{vordering}goedkeuren/")
    assert "De schuldvordering is goedgekeurd" in page

    before = read(manager, f"{vordering}betalen/")
    assert "4.000.000,00" in before
    assert "3.800.000,00" in before
    page = post(manager, f"{vordering}betalen/", paid_on="2026-09-01", reference="OGM 123")
    assert "De betaling is geboekt." in page
    assert Payment.objects.get().entry.amount == Decimal("200000.00")
    instalment.refresh_from_db()
    assert instalment.state == InstalmentState.PAID
    assert OutboxMail.objects.get(kind="funding.paid").recipient == submitter
    assert "1 september 2026" in read(member, funding)

    year = read(manager, "/beheer/begroting/2026/")
    assert "4.300.000,00" in year
    assert "3.800.000,00" in year
    assert "500.000,00" in year
    overview = read(manager, "/beheer/begroting/")
    assert "500.000,00" in overview
    csv = b"".join(manager.get("/beheer/begroting/2026/boekingen.csv")).decode()
    assert csv.count("\r\n") == 3
    assert "Vereffening" in csv
    assert "200000,00" in csv


def test_a_year_is_closed_and_opened_again_by_hand() -> None:
    """Checklist, refusal beside its field with what was typed, closing, asking, allowing."""
    line = budget_line(2026, vak=1_000_000, vek=500_000)
    budget_line(2027)
    base = "/beheer/begroting/2026/"
    with travel("2026-12-30 12:00", tick=False):
        page = read(staff(StaffRole.PROGRAMME_MANAGER), f"{base}afsluiten/")
        assert "Eerst op te lossen" in page
    with travel("2027-01-15 12:00", tick=False):
        manager, leader = staff(StaffRole.PROGRAMME_MANAGER), staff(StaffRole.PROJECT_LEADER)
        asked = {
            f"vak_{line.pk}": "2.000.000",
            f"vek_{line.pk}": "12,34",
            f"basis_{line.pk}": "Art. 9",
        }
        answer = manager.post(f"{base}afsluiten/", asked)
        page = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert "Niet gebruikt is € 1.000.000,00; meer kan niet overgaan." in page
        assert 'value="2.000.000"' in page
        page = post(manager, f"{base}afsluiten/", **(asked | {f"vak_{line.pk}": "1.000"}))
        assert "Het jaar is afgesloten" in page
        assert "€ 12,34" in page
        assert "Begrotingsversie toevoegen" not in page
        assert manager.get(f"{base}afsluiten/").status_code == 404
        page = post(manager, f"{base}heropenen/", reason="Een boeking vergeten")
        assert "Iemand anders van het programma moet dit toestaan." in page
        assert manager.get(f"{base}heropenen/antwoord/").status_code == 403
        page = post(leader, f"{base}heropenen/antwoord/", is_granted="ja", answer="")
        assert "Heropend" in page
        assert "Een boeking vergeten" in page
    line.budget_year.refresh_from_db()
    assert not line.budget_year.is_closed


def test_money_that_comes_back_by_hand() -> None:
    """A payment that the bank returned, a recovery, and a commitment for the preparation."""
    budget_line(2026)
    made = paid_claim(1000, on=date(2026, 1, 5), paid_on=date(2026, 1, 6)).claim
    number = made.instalment.commitment.number
    with travel("2026-02-01 12:00", tick=False):
        manager = staff(StaffRole.PROGRAMME_MANAGER)
        page = post(
            manager,
            f"/beheer/vastleggingen/{number}/terugvorderen/",
            amount="100",
            received_on="2026-02-01",
            reason="Goedkoper uitgevoerd",
        )
        assert "€ 100,00" in page
        returned = f"/beheer/schuldvorderingen/{made.pk}/teruggekeerd/"
        answer = manager.post(returned, {"on": "2026-02-01", "reason": "Rekening afgesloten"})
        # What was recovered is more than what stays paid: the whole payment cannot come back.
        assert "Er kan niet meer terugkomen dan betaald is." in answer.content.decode()
        reference = made.instalment.commitment.project.reference
        answer = manager.post(
            f"/beheer/projecten/{reference}/cofinanciering/voortraject/",
            {"amount": "10", "on": "2026-02-01", "agreement": "Brief 12"},
        )
        assert "Er is geen begroting voor 2026." in answer.content.decode()
