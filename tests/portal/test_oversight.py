"""What a stranger or an adviser could otherwise reach by a side door."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from accounts.services.members import add_member
from evaluations.selectors.conflicts import conflict_of_interest
from funding.lifecycle import InstalmentState
from funding.models import Claim, Instalment
from funding.services import approve_claim
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.funding.factories import budget_line, commitment
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

EVERYTHING = ["documents:jobs", "notifications:overview", "notifications:outbox"]


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (StaffRole.ADVISER, 403),
        (StaffRole.COMMITTEE_SECRETARY, 403),
        (StaffRole.TEAM_MEMBER, 200),
        (StaffRole.AUDITOR, 200),
    ],
)
def test_lists_of_all_files_are_for_who_oversees_them(
    client: Client, name: str, role: StaffRole, status: int
) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(reverse(name)).status_code == status
    menu = client.get(reverse("dashboard:staff")).content.decode()
    assert (reverse("documents:jobs") in menu) is (status == 200)


def test_a_manager_cannot_add_staff_of_the_programme() -> None:
    manager = MembershipFactory(role=MemberRole.MANAGER)
    leader = UserFactory(roles=[StaffRole.PROJECT_LEADER])
    with pytest.raises(ValidationError, match="medewerker van het programma"):
        add_member(
            actor=manager.user,
            organisation_id=manager.organisation_id,
            email=leader.email,
            role=MemberRole.READER,
        )
    assert not leader.memberships.exists()


@pytest.mark.parametrize(("verified", "conflicted"), [(True, True), (False, False)])
def test_only_a_verified_organisation_makes_a_conflict_by_its_number(
    verified: bool, conflicted: bool
) -> None:
    proposal = ProposalFactory(organisation__kbo="0207509031")
    namesake = OrganisationFactory(kbo="0207509031", is_verified=verified)
    leader = UserFactory(roles=[StaffRole.PROJECT_LEADER])
    MembershipFactory(user=leader, organisation=namesake)
    assert bool(conflict_of_interest(leader, proposal)) is conflicted


def test_who_claimed_for_an_authority_cannot_approve_the_claim() -> None:
    budget_line()
    claimant, checker = (UserFactory(roles=[StaffRole.TEAM_MEMBER]) for _ in range(2))
    made = commitment()
    instalment = Instalment.objects.create(
        commitment=made,
        number=1,
        share=100,
        amount=made.committed,
        condition="Opgeleverd",
        state=InstalmentState.CHECKED,
    )
    claim = Claim.objects.create(
        instalment=instalment,
        amount=made.committed,
        accepted_amount=made.committed,
        statement="Kosten",
        claimed_by=claimant,
        checked_by=checker,
    )
    for person in (claimant, checker):
        with pytest.raises(PermissionDenied, match="niet zelf goedkeuren"):
            approve_claim(claim=claim, by=person)
    approve_claim(claim=claim, by=UserFactory(roles=[StaffRole.PROJECT_LEADER]))
    instalment.refresh_from_db()
    assert instalment.state == InstalmentState.APPROVED
