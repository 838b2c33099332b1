"""People around a proposal."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import MemberRole
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.projects.factories import ProposalFactory, complete_draft


def member(proposal: Proposal, role: MemberRole = MemberRole.SUBMITTER, **kwargs: Any) -> User:
    """Somebody of the proposal's organisation."""
    user = UserFactory(**kwargs)
    MembershipFactory(user=user, organisation=proposal.organisation, role=role)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def draft(db: None) -> Proposal:
    """A new draft for an open call."""
    return ProposalFactory()


@pytest.fixture
def ready(db: None) -> Proposal:
    """A draft that can be handed in."""
    return complete_draft()


@pytest.fixture
def editor(draft: Proposal) -> User:
    return member(draft, MemberRole.EDITOR, first_name="An", last_name="Editor")
