"""Projects: staff's work on them, the member's page, the public portfolio."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from calls.models import CostPhase
from projects.lifecycle import ProjectState
from projects.models import Procurement, Project, ProjectPhase
from projects.services import projects as services
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import ThemeFactory
from tests.projects.factories import (
    CostLineFactory,
    ProcurementFactory,
    ProjectFactory,
    ProposalFactory,
)

pytestmark = pytest.mark.django_db


def staff(*roles: StaffRole) -> User:
    return UserFactory(roles=list(roles or [StaffRole.TEAM_MEMBER]))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def refused(act: Any, **kwargs: Any) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        act(**kwargs)
    return " ".join(error.value.messages)


# --- Services ------------------------------------------------------------------------------------


def test_a_project_opens_once_with_the_phases_of_the_estimate() -> None:
    proposal = ProposalFactory()
    CostLineFactory(proposal=proposal, phase=CostPhase.PREPARATION)
    CostLineFactory(proposal=proposal, phase=CostPhase.DEVELOPMENT)
    CostLineFactory(proposal=proposal, phase=CostPhase.DEVELOPMENT)
    project = services.open_project(proposal=proposal, by=staff())
    assert services.open_project(proposal=proposal, by=staff()) == project
    assert (project.reference, project.title) == (proposal.reference, proposal.title)
    assert sorted(project.phases.values_list("phase", flat=True)) == sorted(
        [CostPhase.PREPARATION, CostPhase.DEVELOPMENT]
    )
    with pytest.raises(PermissionDenied):
        services.open_project(proposal=ProposalFactory(), by=staff(StaffRole.ADVISER))


def test_steps_by_hand_and_their_refusals() -> None:
    project = ProjectFactory(state=ProjectState.PREPARATION)
    move = {"act": services.move_project, "project": project, "by": staff()}
    assert refused(**move, step="request_cofinancing") == (
        "Deze stap volgt vanzelf uit de cofinanciering of de gunning."
    )
    assert refused(**move, step="pause") == "Schrijf een reden."
    assert "kan niet meer" in refused(**move, step="finish")
    services.move_project(project=project, step="stop", by=staff(), reason="Geen markt")
    project.refresh_from_db()
    assert (project.state, project.stop_reason) == (ProjectState.STOPPED, "Geen markt")
    assert project.ended_on is not None
    assert (
        refused(
            services.add_procurement,
            project=project,
            title="Te laat",
            phase=CostPhase.DEVELOPMENT,
            estimated_amount=Decimal(1),
            by=staff(),
        )
        == "Dit project is afgelopen."
    )


def test_a_publication_moves_the_project_and_stays_before_the_award() -> None:
    procurement = ProcurementFactory(project__state=ProjectState.COFINANCING_GRANTED)
    update = {"act": services.update_procurement, "procurement": procurement, "by": staff()}
    made = services.update_procurement(
        procurement=procurement, by=staff(), published_on=date(2026, 4, 1), notice_number="BDA 1"
    )
    assert made.notice_number == "BDA 1"
    project = Project.objects.get(pk=procurement.project_id)
    assert project.state == ProjectState.TENDER_PUBLISHED
    Procurement.objects.update(
        awarded_on=date(2026, 5, 1), award_amount=Decimal(1), contractor_name="Bedrijf"
    )
    assert refused(**update, published_on=date(2026, 5, 2)) == (
        "De gunning kan niet vóór de bekendmaking."
    )


def test_a_guide_is_of_the_office_and_a_phase_ends_after_it_starts() -> None:
    project = ProjectFactory()
    assert (
        refused(services.assign_guide, project=project, guide=UserFactory(), by=staff())
        == "Kies een medewerker van het programma."
    )
    phase = ProjectPhase(
        project=project,
        phase=CostPhase.PILOT,
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 1, 1),
    )
    assert refused(services.save_phase, phase=phase, by=staff()) == (
        "De fase eindigt voor ze start. Kies een latere einddatum."
    )


# --- Staff pages ---------------------------------------------------------------------------------


def test_staff_do_their_work_on_a_project_by_hand() -> None:
    project = ProjectFactory(reference="PIO-2026-1-0007", state=ProjectState.COFINANCING_GRANTED)
    person = staff()
    client = client_of(person)
    base = "/beheer/projecten/PIO-2026-1-0007/"

    def post(path: str, **data: Any) -> str:
        assert client.get(base + path).status_code == 200
        answer = client.post(base + path, data)
        assert answer.status_code == 302, answer.content.decode()
        return text(client, answer.url)

    assert "De begeleider is aangewezen." in post("begeleider/", guide=person.pk)
    page = post("fasen/nieuw/", phase="piloot_proeftuin", starts_on="2026-01-01", ends_on="")
    assert "1 januari 2026" in page
    phase = project.phases.get()
    page = post(
        f"fasen/{phase.pk}/", phase=phase.phase, starts_on="2026-01-01", ends_on="2026-12-31"
    )
    assert "31 december 2026" in page
    assert "Prototype" in post(
        "opdrachten/nieuw/",
        title="Prototype",
        phase="opdracht_ontwikkeling",
        procedure="",
        estimated_amount="500.000",
    )
    page = post(
        "opdrachten/1/",
        procedure="open",
        published_on="2026-02-01",
        notice_number="BDA 2026-1",
    )
    assert "1 februari 2026" in page
    assert "Gunning noteren" in page
    assert client.get(f"{base}stap/award/").status_code == 404
    services.record_award(
        project=project,
        procurement=project.procurements.get(),
        by=person,
        awarded_on=date(2026, 3, 1),
        award_amount=Decimal(400_000),
        contractor_name="Sensor bv",
    )
    page = post("stap/start_execution/")
    assert "De status van het project is nu: In uitvoering." in page
    page = post("stap/stop/", reason="Geen markt")
    assert "Geen markt" in page
    assert client.get(f"{base}stap/grant_cofinancing/").status_code == 404
    assert "Schrijf" not in text(client, base)


def test_other_staff_look_and_members_do_not_enter() -> None:
    project = ProjectFactory()
    base = f"/beheer/projecten/{project.reference}/"
    auditor = client_of(staff(StaffRole.AUDITOR))
    assert "Opdracht toevoegen" not in text(auditor, base)
    adviser = text(client_of(staff(StaffRole.ADVISER)), base)
    assert "/cofinanciering/" not in adviser.replace("/beheer/cofinanciering/", "")
    member = client_of(MembershipFactory(organisation=project.organisation).user)
    for path in ("", "begeleider/", "opdrachten/nieuw/", "stap/stop/"):
        assert member.get(base + path).status_code == 403
        assert Client().get(base + path).status_code == 302
        if path:
            assert auditor.get(base + path).status_code == 403


def test_the_list_filters() -> None:
    person = staff()
    mine = ProjectFactory(title="Bermgras", guide=person)
    other = ProjectFactory(title="Fontein", state=ProjectState.FINISHED)
    client = client_of(person)
    for query, shown, hidden in (
        ("q=berm", mine, other),
        ("state=finished", other, mine),
        ("guide=mine", mine, other),
        (f"call={other.call.reference}", other, mine),
    ):
        page = text(client, f"/beheer/projecten/?{query}")
        assert shown.title in page
        assert hidden.title not in page
    assert "Geen projecten gevonden" in text(client, "/beheer/projecten/?q=zzz")


# --- Member and public ---------------------------------------------------------------------------


def test_the_member_sees_state_agreements_and_guide() -> None:
    guide = staff()
    project = ProjectFactory(guide=guide)
    ProcurementFactory(project=project, title="Prototype")
    member = MembershipFactory(organisation=project.organisation, role=MemberRole.READER).user
    page = text(client_of(member), f"/mijn/projecten/{project.reference}/")
    assert guide.email in page
    assert "Prototype" in page
    assert f"/mijn/projecten/{project.reference}/cofinanciering/" in page
    stranger = MembershipFactory(organisation=OrganisationFactory()).user
    assert client_of(stranger).get(f"/mijn/projecten/{project.reference}/").status_code == 404
    answer = client_of(guide).get(f"/mijn/projecten/{project.reference}/")
    assert answer.url == f"/beheer/projecten/{project.reference}/"


def test_the_portfolio_shows_what_is_public_without_money() -> None:
    theme = ThemeFactory(name="Klimaat", slug="klimaat")
    refused_grant = ProjectFactory(
        title="Bermgras",
        theme=theme,
        state=ProjectState.COFINANCING_REFUSED,
        source_url="https://voorbeeld.test/bron",
    )
    ProcurementFactory(project=refused_grant, estimated_amount=Decimal("123456.78"))
    done = ProjectFactory(title="Fontein", state=ProjectState.FINISHED, is_fictional=False)
    hidden = ProjectFactory(title="Geheim", is_public=False)
    visitor = Client()
    page = text(visitor, "/projecten/")
    assert "Bermgras" in page
    assert "Voorbeelddata" in page
    assert "Geheim" not in page
    assert "geweigerd" not in page
    assert "Fontein" not in text(visitor, "/projecten/?thema=klimaat")
    assert "Bermgras" not in text(visitor, "/projecten/?status=afgerond")
    assert "Fontein" in text(visitor, "/projecten/?q=font")
    one = text(visitor, f"/projecten/{refused_grant.reference}/")
    assert "https://voorbeeld.test/bron" in one
    assert "123.456,78" not in one
    assert "geweigerd" not in one
    assert "Voorbeelddata" not in text(visitor, f"/projecten/{done.reference}/")
    assert visitor.get(f"/projecten/{hidden.reference}/").status_code == 404


def test_a_project_page_asks_as_much_with_many_rows() -> None:
    project = ProjectFactory()
    client = client_of(staff())

    def queries() -> int:
        client.get(f"/beheer/projecten/{project.reference}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/beheer/projecten/{project.reference}/")
        return len(captured)

    def add(count: int) -> None:
        start = Project.objects.count() + Procurement.objects.count()
        Procurement.objects.bulk_create(
            Procurement(
                project=project, number=start + n, title="Opdracht", estimated_amount=Decimal(1)
            )
            for n in range(count)
        )

    add(3)
    few = queries()
    add(297)
    assert queries() == few
