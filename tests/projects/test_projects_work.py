"""A project without a guide waits for the programme office, and for nobody else."""

import pytest

from accounts.roles import StaffRole
from projects.lifecycle import ProjectState
from projects.selectors.projects import work_for
from projects.services.projects import assign_guide
from tests.accounts.factories import UserFactory
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def test_a_project_waits_until_somebody_guides_it() -> None:
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    project = ProjectFactory(proposal=ProposalFactory(submitted=True))
    ProjectFactory(proposal=None)  # of before the portal
    ProjectFactory(proposal=ProposalFactory(submitted=True), state=ProjectState.STOPPED)

    assert [(item.label, item.title) for item in work_for(team)] == [
        ("Begeleider aanwijzen", str(project))
    ]
    assert work_for(UserFactory(roles=[StaffRole.ADVISER])) == []

    assign_guide(project=project, guide=team, by=team)
    assert work_for(team) == []
