"""What a page asks of the database, with 3 and with 300 of what it could list.

Counted are the queries and the rows that came back: a fixed number of queries hides a prefetch of
a whole table. A list shows a page, so beyond a page the rows do not grow either.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import MemberRole, StaffRole
from calls.models import Call, SubmissionRound
from projects.models import CostLine, Proposal, SectionAnswers
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import BareCallFactory, CallFactory
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 300


@dataclass
class Cost:
    """What one request took."""

    queries: int = 0
    rows: int = 0


@contextmanager
def counted() -> Iterator[Cost]:
    cost = Cost()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        cost.queries += 1
        if context["cursor"].description is not None:
            # A cursor on the server does not tell: nothing on these pages may need one.
            assert context["cursor"].rowcount >= 0, sql
            cost.rows += context["cursor"].rowcount
        return result

    with connection.execute_wrapper(count):
        yield cost


def cost_of(client: Client, url: str, method: str = "get", status: int = 200) -> Cost:
    """Of the second time: the first fills what is kept per process, as content types."""
    ContentType.objects.clear_cache()
    for model in (Proposal, Call, Organisation, User):
        ContentType.objects.get_for_model(model)
    with counted() as cost:
        response = getattr(client, method)(url)
    assert response.status_code == status, response
    return cost


class Town:
    """An authority with one draft that can be handed in, among many proposals for one call."""

    def __init__(self) -> None:
        self.organisation = OrganisationFactory()
        self.draft = complete_draft(organisation=self.organisation, call=CallFactory())
        self.person = MembershipFactory(
            organisation=self.organisation, role=MemberRole.SUBMITTER
        ).user
        self.team = UserFactory(roles=[StaffRole.TEAM_MEMBER])

    def add_proposals(self, count: int, organisation: Organisation | None = None) -> None:
        """As complete as the first one: each with answers and a cost line."""
        present = Proposal.objects.count()
        proposals = Proposal.objects.bulk_create(
            Proposal(
                call=self.draft.call,
                organisation=organisation or self.organisation,
                reference=f"PIO-VEEL-{present + number:04d}",
                title=f"Voorstel {number}",
                summary="Kort.",
                created_by=self.draft.created_by,
            )
            for number in range(count)
        )
        answers = list(self.draft.sections.all())
        SectionAnswers.objects.bulk_create(
            SectionAnswers(
                proposal=proposal,
                section=row.section,
                answers=row.answers,
                updated_by=row.updated_by,
            )
            for proposal in proposals
            for row in answers
        )
        CostLine.objects.bulk_create(
            CostLine(proposal=proposal, phase=line.phase, description="Werk", amount=line.amount)
            for proposal in proposals
            for line in self.draft.cost_lines.all()
        )

    def add_calls(self, count: int) -> None:
        now = timezone.now()
        calls = [BareCallFactory() for _number in range(count)]
        SubmissionRound.objects.bulk_create(
            SubmissionRound(
                call=call,
                number=1,
                opens_at=now - timezone.timedelta(days=9),
                closes_at=now - timezone.timedelta(days=1),
            )
            for call in calls
        )

    def client(self, person: User | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client


Page = Callable[[Town], Cost]


def of_draft(name: str, *more: str) -> Page:
    return lambda town: cost_of(
        town.client(town.person), reverse(f"projects:{name}", args=[town.draft.reference, *more])
    )


ONE_PROPOSAL: dict[str, tuple[Page, Cost]] = {
    "draft page": (of_draft("proposal"), Cost(20, 21)),
    "section with questions": (of_draft("section", "D"), Cost(15, 20)),
    "section with the estimate": (of_draft("section", "J"), Cost(15, 20)),
    "section with attachments": (of_draft("section", "L"), Cost(15, 20)),
    "check page": (of_draft("check"), Cost(15, 20)),
    "submit": (
        lambda town: cost_of(
            town.client(town.person),
            reverse("projects:submit", args=[town.draft.reference]),
            "post",
            302,
        ),
        Cost(43, 29),
    ),
    "staff page of a call": (
        lambda town: cost_of(
            town.client(town.team), reverse("calls:staff_detail", args=[town.draft.call.slug])
        ),
        Cost(19, 16),
    ),
}
"""Pages about one thing, with what they cost whatever else is in the database."""


@pytest.mark.parametrize("name", ONE_PROPOSAL)
def test_a_page_about_one_thing_costs_the_same_among_many(name: str) -> None:
    page, ceiling = ONE_PROPOSAL[name]
    costs = []
    for count in (FEW, MANY):
        town = Town()
        town.add_proposals(count)
        town.add_proposals(count, OrganisationFactory())
        costs.append(page(town))
    assert costs == [ceiling, ceiling]


LISTS: dict[str, tuple[Page, Callable[[Town, int], None], int, Cost]] = {
    "dashboard of an authority": (
        lambda town: cost_of(town.client(town.person), reverse("dashboard:home")),
        Town.add_proposals,
        25,
        Cost(21, 119),
    ),
    "public list of calls": (
        lambda town: cost_of(town.client(None), reverse("calls:list")),
        Town.add_calls,
        50,
        Cost(4, 42),
    ),
    "staff list of calls": (
        lambda town: cost_of(town.client(town.team), reverse("calls:staff_list")),
        Town.add_calls,
        50,
        Cost(8, 104),
    ),
}
"""Lists: the page, what it lists, how many it shows at most, and what a full page costs."""


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_no_more_than_its_page(name: str) -> None:
    page, add, size, ceiling = LISTS[name]
    town = Town()
    add(town, FEW - 1)
    few = page(town)
    add(town, size - FEW)
    full = page(town)
    add(town, MANY - size)
    many = page(town)
    assert few.queries == ceiling.queries
    assert [full, many] == [ceiling, ceiling]
