"""Proposals in /admin/: searchable, filtered, and their state only to look at."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.projects.factories import VersionFactory, complete_draft

pytestmark = pytest.mark.django_db
TABLES = ["proposal", "proposalversion", "sectionanswers", "partner", "costline", "attachment"]


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("baas@pio.example", "x"))
    return client


@pytest.mark.parametrize("table", TABLES)
def test_every_table_opens_and_is_searched(root: Client, table: str) -> None:
    complete_draft()
    VersionFactory()
    url = reverse(f"admin:projects_{table}_changelist")
    assert root.get(url).status_code == 200
    assert root.get(url, {"q": "PIO"}).status_code == 200


def test_the_state_cannot_be_typed(root: Client, ready: Proposal) -> None:
    url = reverse("admin:projects_proposal_change", args=[ready.pk])
    assert 'name="state"' not in root.get(url).content.decode()
    root.post(url, {"title": "Anders", "state": "selected"})
    ready.refresh_from_db()
    assert ready.state == ProposalState.DRAFT
