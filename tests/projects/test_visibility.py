"""Who may know of a proposal: 404 for what one may not know of, on every address."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import MemberRole, StaffRole
from documents.models import Job
from projects.documents import may_download
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal
from projects.services import submit_proposal
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db
DRAFT_PAGES = ["proposal", "check", "section"]


def page(proposal: Proposal, name: str) -> str:
    arguments = {
        "section": [proposal.reference, "D"],
        "version": [proposal.reference, 1],
        "receipt": [proposal.reference, 1],
        "file": [proposal.reference, uuid4()],
    }
    return reverse(f"projects:{name}", args=arguments.get(name, [proposal.reference]))


def statuses(client: Client, proposal: Proposal, names: list[str]) -> dict[str, int]:
    return {name: client.get(page(proposal, name)).status_code for name in names}


def all_404(names: list[str]) -> dict[str, int]:
    return dict.fromkeys(names, 404)


def handed_in() -> Proposal:
    proposal = complete_draft()
    submit_proposal(proposal=proposal, by=member(proposal), arrived_at=timezone.now())
    return proposal


def test_another_organisation_knows_nothing() -> None:
    stranger = MembershipFactory(role=MemberRole.MANAGER).user
    names = [*DRAFT_PAGES, "version", "receipt", "file", "withdraw"]
    proposal = handed_in()
    client = signed_in(stranger)
    assert statuses(client, proposal, names) == all_404(names)
    assert client.post(page(proposal, "submit")).status_code == 404
    assert client.post(page(proposal, "team_consent")).status_code == 404
    job = Job.objects.get()
    assert not may_download(stranger, job)
    assert client.get(reverse("documents:job", args=[job.pk])).status_code == 404


def test_a_visitor_is_asked_to_sign_in(draft: Proposal) -> None:
    response = Client().get(page(draft, "proposal"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_know_of_no_draft_without_consent(draft: Proposal, role: StaffRole) -> None:
    client = signed_in(UserFactory(roles=[role]))
    assert statuses(client, draft, DRAFT_PAGES) == all_404(DRAFT_PAGES)


@pytest.mark.parametrize("role", list(StaffRole))
def test_with_consent_only_the_team_looks(draft: Proposal, role: StaffRole) -> None:
    draft.team_may_view = True
    draft.save()
    client = signed_in(UserFactory(roles=[role]))
    expected = 200 if role == StaffRole.TEAM_MEMBER else 404
    assert statuses(client, draft, DRAFT_PAGES) == dict.fromkeys(DRAFT_PAGES, expected)
    if expected == 200:
        response = client.post(page(draft, "section"), {"q_probleem": "Van het team"})
        assert response.status_code == 409
        assert "Wat u typte, niet opgeslagen" in response.content.decode()
        assert not draft.sections.exists()


def test_staff_read_what_was_handed_in_and_not_the_working_text() -> None:
    proposal = handed_in()
    client = signed_in(UserFactory(roles=[StaffRole.PROJECT_LEADER]))
    assert statuses(client, proposal, ["proposal", "version", "receipt"]) == {
        "proposal": 200,
        "version": 200,
        "receipt": 200,
    }
    assert statuses(client, proposal, ["section", "check"]) == all_404(["section", "check"])


def test_a_reader_reads_and_is_told_who_submits(ready: Proposal) -> None:
    reader = member(ready, MemberRole.READER)
    member(ready, first_name="Karin", last_name="Indiener")
    client = signed_in(reader)
    section = client.get(page(ready, "section")).content.decode()
    assert "De riolen lopen over." in section
    assert "<textarea" not in section
    check = client.get(page(ready, "check")).content.decode()
    assert "Vraag het aan: Karin Indiener." in check
    assert client.post(page(ready, "submit")).status_code == 403
    assert not ready.versions.exists()


def test_the_applicant_learns_of_no_inner_step() -> None:
    proposal = handed_in()
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER], first_name="Geheime", last_name="Begeleider")
    adviser = UserFactory(roles=[StaffRole.ADVISER], first_name="Geheime", last_name="Adviseur")
    with transaction.atomic():
        for step in ("mark_complete", "start_assessment"):
            PROPOSAL_LIFECYCLE.perform(proposal, step, actor=team, comment="Intern")
        PROPOSAL_LIFECYCLE.perform(proposal, "give_advice", actor=adviser, comment="Intern")
    html = signed_in(member(proposal)).get(page(proposal, "proposal")).content.decode()
    assert "Beoordeling gestart" in html
    assert "In beoordeling" in html
    for secret in ("Geheime", "Intern", "Advies"):
        assert secret not in html
