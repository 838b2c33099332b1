"""What was tried and refused: kept though all else is rolled back, and never a flood."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import MemberRole, StaffRole
from audit.models import Refusal
from audit.refusals import OVERFLOW
from common.policies import policy
from evaluations.services import decide
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.evaluations.factories import Case
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept() -> list[tuple[Any, ...]]:
    return list(
        Refusal.objects.order_by("pk").values_list("what", "keys", "status", "why", "times")
    )


def test_a_page_of_staff_that_is_refused_counts_in_its_hour() -> None:
    person = MembershipFactory().user
    client = signed_in(person)
    for _turn in range(3):
        assert client.get(reverse("dashboard:audit_log")).status_code == 403
    (row,) = kept()
    assert row == (
        "dashboard:audit_log",
        "",
        403,
        "Deze pagina is er voor medewerkers van het programma.",
        3,
    )
    assert Refusal.objects.get().actor == person


def test_a_thing_of_another_organisation_is_kept_with_its_key() -> None:
    other = ProposalFactory()
    client = signed_in(MembershipFactory().user)
    assert client.get(reverse("projects:proposal", args=[other.reference])).status_code == 404
    assert kept() == [("projects:proposal", f"reference={other.reference}", 404, "", 1)]


def test_a_service_that_refuses_is_kept_though_its_transaction_is_rolled_back() -> None:
    reader = MembershipFactory(role=MemberRole.READER)
    other = MembershipFactory(organisation=reader.organisation, role=MemberRole.MANAGER)
    url = reverse("accounts:remove_member", args=[reader.organisation_id, other.pk])
    assert signed_in(reader.user).post(url).status_code == 403
    assert Membership.objects.filter(pk=other.pk).exists()
    ((what, keys, status, why, _times),) = kept()
    assert (what, status) == ("accounts:remove_member", 403)
    assert keys.startswith(f"pk={reader.organisation_id} membership_id={other.pk}")
    assert why == "Alleen een beheerder van de organisatie mag dit."


def test_a_step_that_is_no_longer_possible_is_kept_though_the_page_explains_it() -> None:
    case = Case().advised()
    client = signed_in(case.leader)
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Goed.")
    url = reverse("evaluations:remake_letter", args=[case.proposal.reference])
    client.post(reverse("evaluations:withdraw_decision", args=[case.proposal.reference]))
    assert client.post(url).status_code == 302
    assert kept() == []
    finalise = reverse("evaluations:correct_advice", args=[case.proposal.reference])
    assert client.post(finalise).status_code == 403
    ((what, _keys, status, why, _times),) = kept()
    assert (what, status) == ("evaluations:correct_advice", 403)
    assert "advies" in why


def test_nothing_that_was_typed_in_an_address_is_kept() -> None:
    client = signed_in(MembershipFactory().user)
    typed = "Jan Janssens, Kerkstraat 1"
    assert client.get(reverse("projects:proposal", args=[typed])).status_code == 404
    assert client.get("/bestaat-niet/Jan Janssens/").status_code == 404
    assert kept() == [("projects:proposal", f"reference={OVERFLOW}", 404, "", 1)]


def test_a_crawler_fills_no_table(settings: Any) -> None:
    settings.AUDIT_REFUSALS_PER_HOUR = 3
    client = signed_in(MembershipFactory().user)
    for number in range(8):
        client.get(reverse("projects:proposal", args=[f"PIO-{number}"]))
    assert [(row[0], row[-1]) for row in kept()] == [
        *[("projects:proposal", 1)] * 3,
        (OVERFLOW, 5),
    ]


def test_a_visitor_and_a_task_leave_nothing(client: Client) -> None:
    assert client.get(reverse("projects:proposal", args=["PIO-1"])).status_code == 302
    assert client.get("/oproepen/bestaat-niet/").status_code == 404

    @policy("Niemand mag dit.")
    def nobody(user: Any, obj: Any = None) -> bool:
        return False

    with pytest.raises(Exception, match="Niemand"):
        nobody.check(UserFactory())
    assert kept() == []


@pytest.mark.parametrize("act", ["delete", "rewrite"])
def test_nobody_rewrites_what_was_refused(act: str) -> None:
    signed_in(UserFactory(roles=[StaffRole.ADVISER])).get(reverse("dashboard:audit_log"))
    rows = Refusal.objects.all()
    with pytest.raises(DatabaseError, match=r"never_deleted|only_counts"), transaction.atomic():
        rows.delete() if act == "delete" else rows.update(why="niets")
