"""The first page of each kind of visitor."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import MemberRole, StaffRole
from dashboard import selectors
from documents.models import Job, JobState
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import Case
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def titles(cards: list[Any]) -> set[str]:
    return {card.proposal.title for card in cards}


# --- Everybody ------------------------------------------------------------------------------------


def test_the_home_page_shows_the_open_call_first_and_a_planned_one_once(client):
    planned = CallFactory(window__opens=20, window__closes=30)
    now = timezone.now()
    planned.rounds.create(
        number=2, opens_at=now + timedelta(days=50), closes_at=now + timedelta(days=60)
    )
    later = CallFactory(window__closes=20)
    sooner = CallFactory(window__closes=5)
    CallFactory(window__closes=-1)

    page = client.get(reverse("home"))

    assert page.context["open_calls"] == [sooner, later]
    assert page.context["planned"] == [planned]


def test_without_an_open_call_the_home_page_leads_to_the_earlier_ones(client):
    page = client.get(reverse("home")).content.decode()

    assert "Er is nu geen oproep open" in page
    assert reverse("calls:list") in page


# --- An authority ---------------------------------------------------------------------------------


@pytest.fixture
def member():
    return MembershipFactory(role=MemberRole.MANAGER)


def test_an_authority_sees_its_own_files_by_what_they_need(client, member):
    call = CallFactory()
    own = {"organisation": member.organisation}
    ProposalFactory(call=call, title="Ontwerp", **own)
    ProposalFactory(call=call, title="Ingediend", submitted=True, **own)
    ProposalFactory(call=CallFactory(window__closes=-1), title="Vervallen", **own)
    ProposalFactory(call=call, title="Van een ander")
    project = ProjectFactory(call=call, **own)
    ProjectFactory(call=call)
    client.force_login(member.user)

    page = client.get(reverse("dashboard:home"))

    assert titles(page.context["to_finish"]) == {"Ontwerp"}
    assert titles(page.context["in_review"]) == {"Ingediend"}
    assert titles(page.context["over"]) == {"Vervallen"}
    assert page.context["projects"] == [project]
    assert "Van een ander" not in page.content.decode()


def test_who_belongs_to_no_organisation_reads_what_to_do(client):
    client.force_login(UserFactory())

    page = client.get(reverse("dashboard:home")).content.decode()

    assert "U hoort nog niet bij een organisatie" in page
    assert reverse("accounts:organisations") in page


def test_staff_go_to_their_own_page(client):
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))

    assert client.get(reverse("dashboard:home")).headers["Location"] == reverse("dashboard:staff")


# --- Staff ----------------------------------------------------------------------------------------


def work(user: Any) -> list[tuple[str, int]]:
    return [(group.name, group.count) for group in selectors.staff_overview(user)["groups"]]


def test_each_role_sees_what_waits_for_it():
    case = Case()
    leader = UserFactory(roles=[StaffRole.PROJECT_LEADER])
    auditor = UserFactory(roles=[StaffRole.AUDITOR])

    # To check the file; and its call closed, so its assessment can start.
    assert work(case.team) == [("Dossiers", 1), ("Oproepen", 1)]
    assert work(leader) == []
    case.complete()
    assert work(leader) == [("Dossiers", 1)]  # to assign
    assert work(auditor) == []


def test_failed_documents_wait_for_whoever_may_retry_them():
    job = Job.objects.create(kind="tests.kind", title="Brief")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error="Stuk.", finished_at=timezone.now()
    )

    assert work(UserFactory(roles=[StaffRole.TEAM_MEMBER])) == [("Portaal", 1)]
    assert work(UserFactory(roles=[StaffRole.AUDITOR])) == []


def test_of_drafts_staff_learns_the_number_and_nothing_else(client):
    call = CallFactory()
    ProposalFactory(call=call, title="Geheim ontwerp")
    ProposalFactory(call=call, title="Ingediend", submitted=True)
    client.force_login(UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]))

    page = client.get(reverse("dashboard:staff"))

    (row,) = page.context["calls"]
    assert (row.call, row.drafts, row.submitted) == (call, 1, 1)
    assert "Geheim ontwerp" not in page.content.decode()


def test_a_group_shows_the_first_and_counts_the_rest(monkeypatch):
    monkeypatch.setattr(selectors, "PER_GROUP", 1)
    call = CallFactory(window__opens=-60, window__closes=-1)
    for _ in range(3):
        ProposalFactory(call=call, submitted=True)

    overview = selectors.staff_overview(UserFactory(roles=[StaffRole.TEAM_MEMBER]))

    (files, _calls) = overview["groups"]
    assert (len(files.items), files.count, overview["total"]) == (1, 3, 4)


def test_an_authority_is_refused_on_the_page_of_staff(client, member):
    client.force_login(member.user)
    assert client.get(reverse("dashboard:staff")).status_code == 403


# --- Query ceilings -------------------------------------------------------------------------------


def queries_of(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name)).status_code == 200
    return len(queries)


@pytest.mark.parametrize("state", [ProposalState.DRAFT, ProposalState.SUBMITTED])
@pytest.mark.parametrize("page", ["dashboard:home", "dashboard:staff"])
def test_the_number_of_queries_does_not_grow(client, member, page, state):
    call = CallFactory()
    who = member.user if page == "dashboard:home" else UserFactory(roles=[StaffRole.TEAM_MEMBER])
    client.force_login(who)
    fields = {"call": call, "organisation": member.organisation, "created_by": member.user}
    submitted = state != ProposalState.DRAFT

    def add(count: int) -> None:
        Proposal.objects.bulk_create(
            ProposalFactory.build_batch(count, **fields, submitted=submitted)
            if not submitted
            else [
                ProposalFactory.build(
                    **fields,
                    state=state,
                    submitted_at=timezone.now(),
                    round=call.rounds.get(),
                )
                for _ in range(count)
            ]
        )

    add(3)
    few = queries_of(client, page)
    add(297)
    assert queries_of(client, page) == few
