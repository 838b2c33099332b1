"""The page that says who can see a thing, and by which rule."""

import pytest
from django.http import Http404
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from dashboard.matrix.who_sees import who_sees
from documents.services import request_document
from evaluations.models import ConflictKind, ConflictOfInterest
from reporting.documents import REPORT_PDF
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.evaluations.factories import Case, staff
from tests.funding.acts import claimed
from tests.funding.factories import budget_line
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def people(rows):
    return {one for row in rows for one in row.people}


ROLES = ["lezer", "bewerker", "indiener", "beheerder"]


def test_a_draft_is_seen_by_the_organisation_alone_until_the_team_may_look():
    proposal = ProposalFactory()
    member = MembershipFactory(organisation=proposal.organisation, role=MemberRole.READER).user
    found = who_sees(member, "voorstel", proposal.reference)
    own = {f"lid-{role} · {proposal.organisation.name}" for role in ROLES}
    assert people(found.seen_by) == own
    assert "PIO-teamlid" in people(found.hidden_from)
    proposal.team_may_view = True
    proposal.save()
    found = who_sees(member, "voorstel", proposal.reference)
    assert people(found.seen_by) == {*own, "PIO-teamlid"}


def test_who_sees_all_files_reads_the_names_of_advisers_and_the_applicant_does_not():
    case = Case().accepted()
    tied = staff(StaffRole.AUDITOR)
    ConflictOfInterest.objects.create(
        person=tied, proposal=case.proposal, kind=ConflictKind.DECLARED, explanation="Buren."
    )
    found = who_sees(case.team, "voorstel", case.proposal.reference)
    named = f"VLAIO-adviseur aan wie het dossier is toegewezen: {case.adviser}"
    assert named in people(found.seen_by)
    assert f"Auditor (alleen lezen) met een belangenconflict: {tied}" in people(found.hidden_from)
    assert "VLAIO-adviseur aan wie het niet is toegewezen" in people(found.hidden_from)
    for reader in (case.member, case.adviser):
        shown = who_sees(reader, "voorstel", case.proposal.reference)
        everybody = people(shown.seen_by) | people(shown.hidden_from)
        assert "VLAIO-adviseur aan wie het dossier is toegewezen" in everybody
        assert "Auditor (alleen lezen) met een belangenconflict" in everybody


def test_an_advice_is_for_staff_of_the_file():
    case = Case().accepted()
    found = who_sees(case.team, "advies", case.proposal.reference)
    assert not [one for one in people(found.seen_by) if one.startswith("lid-")]
    with pytest.raises(Http404):
        who_sees(case.member, "advies", case.proposal.reference)


def test_a_project_and_a_claim_are_for_the_beneficiary_and_staff():
    project = ProjectFactory()
    member = MembershipFactory(organisation=project.organisation, role=MemberRole.READER).user
    assert "VLAIO-adviseur aan wie het niet is toegewezen" in people(
        who_sees(member, "project", project.reference).seen_by
    )
    budget_line(2026)
    claim = claimed()
    found = who_sees(staff(StaffRole.AUDITOR), "schuldvordering", str(claim.pk))
    assert "VLAIO-adviseur aan wie het niet is toegewezen" in people(found.hidden_from)
    owner = claim.instalment.commitment.project.organisation
    assert f"lid-lezer · {owner.name}" in people(found.seen_by)
    with pytest.raises(Http404):
        who_sees(member, "schuldvordering", str(claim.pk))


def test_a_document_says_itself_who_reads_it():
    job = request_document(
        kind=REPORT_PDF,
        params={"year": 2026, "cut_off": "2026-01-01T00:00:00+00:00", "generated_by": "Mia"},
        requested_by=None,
        about=None,
    )
    found = who_sees(staff(StaffRole.AUDITOR), "document", str(job.pk))
    assert people(found.seen_by) == {
        "PIO-teamlid",
        "PIO-projectleider",
        "Programmamanager",
        "Secretaris Beslissingscomité",
        "Auditor (alleen lezen)",
    }


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("voorstel", "X"),
        ("iets", "1"),
        ("schuldvordering", "²"),
        ("document", "geen"),
        ("project", "X"),
    ],
)
def test_what_does_not_exist_is_not_found(kind, key):
    with pytest.raises(Http404):
        who_sees(staff(StaffRole.TEAM_MEMBER), kind, key)


def test_the_page_is_for_who_sees_the_thing(client):
    case = Case().accepted()
    address = reverse("dashboard:who_sees", args=["voorstel", case.proposal.reference])
    client.force_login(case.member)
    assert "Deze mensen zien het" in client.get(address).content.decode()
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
