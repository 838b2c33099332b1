"""The pages of staff about terms and destruction, and what the log does not show."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.describing import described
from audit.models import Refusal, RowChange
from audit.selectors import log, refusals
from audit.services import record
from common.moments import today
from evaluations.models import ConflictOfInterest
from evaluations.services import notify_decision
from projects.models import Partner, Proposal
from retention.models import (
    DestructionItem,
    DestructionList,
    LegalHold,
    PrivacyRequest,
    RetentionRule,
)
from tests.accounts.factories import UserFactory
from tests.evaluations.factories import Case
from tests.funding.factories import programme_manager
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_two_people_go_from_rule_to_destruction_on_the_pages() -> None:
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    with time_machine.travel("2040-01-02T12:00Z"):
        leader, manager = signed_in(case.leader), signed_in(programme_manager())
        rule = reverse("retention:rule", args=["rejected_file"])
        assert case.proposal.reference in leader.get(rule).content.decode()
        leader.post(reverse("retention:draw", args=["rejected_file"]))
        drawn = DestructionList.objects.get()
        leader.post(reverse("retention:propose", args=[drawn.pk]))
        assert leader.post(reverse("retention:approve", args=[drawn.pk])).status_code == 403
        manager.post(reverse("retention:approve", args=[drawn.pk]))
    drawn.refresh_from_db()
    assert (drawn.state, drawn.proposed_by) == ("approved", case.leader)
    assert manager.get(reverse("retention:overview")).status_code == 200
    assert manager.get(drawn.get_absolute_url()).status_code == 200


def test_a_rule_is_changed_with_a_reason_and_a_wrong_term_stands_beside_its_field() -> None:
    manager = signed_in(programme_manager())
    page = reverse("retention:rule", args=["messages"])
    typed = {"months": "12", "warning_days": "0", "basis": "Wet", "destination": "vernietigen"}
    for wrong in ({"months": "0"}, {"months": "-3"}, {"months": "99999"}, {"reason": ""}):
        assert manager.post(page, {**typed, "reason": "Reeks", **wrong}).status_code == 200
    assert RetentionRule.objects.get(code="messages").months == 24
    assert manager.post(page, {**typed, "reason": "Reeks"}).status_code == 302
    assert RetentionRule.objects.get(code="messages").months == 12
    auditor = signed_in(UserFactory(roles=[StaffRole.AUDITOR]))
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {**typed, "reason": "Reeks"}).status_code == 403


def test_a_file_is_held_by_its_number() -> None:
    case = Case()
    manager = signed_in(programme_manager())
    page = reverse("retention:holds")
    typed = {"reference": "PIO-0", "reason": "appeal", "explanation": "Raad van State"}
    assert "Er is geen ingediend dossier" in manager.post(page, typed).content.decode()
    manager.post(page, {**typed, "reference": case.proposal.reference.lower()})
    hold = LegalHold.objects.get()
    manager.post(reverse("retention:lift", args=[hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_at is not None


def test_what_is_written_in_a_draft_is_not_for_the_log_until_it_is_handed_in() -> None:
    auditor = UserFactory(roles=[StaffRole.AUDITOR])
    draft = ProposalFactory(title="Geheim plan")
    partner = Partner.objects.create(proposal=draft, name="Geheime partner")
    removed = Partner.objects.create(proposal=draft, name="Geheime derde")
    removed.delete()
    handed_in = ProposalFactory(title="Ingediend plan", submitted=True)

    def shown() -> str:
        kinds = ["projects.proposal", "projects.partner"]
        changes = RowChange.objects.filter(kind__in=kinds).order_by("pk")
        return str([one.fields for one in described(auditor, changes)])

    assert "eheim" not in shown()
    assert "Ingediend plan" in shown()
    assert "(ontwerp, niet getoond)" in shown()
    Proposal.objects.filter(pk=draft.pk).update(submitted_at=handed_in.submitted_at)
    assert {word in shown() for word in ("Geheim plan", partner.name, "Geheime derde")} == {True}


def test_acts_about_a_draft_are_for_who_may_see_it_until_it_is_handed_in() -> None:
    auditor, member = (UserFactory(roles=[r]) for r in (StaffRole.AUDITOR, StaffRole.TEAM_MEMBER))
    draft, other = ProposalFactory(), ProposalFactory()
    acts = [
        record(actor=actor, action="proposal.x", label="X", about=about)
        for actor, about in [
            *((draft.created_by, draft), (member, draft), (None, other), (None, draft.organisation))
        ]
    ]

    def shown(reader: User) -> list[int]:
        rows = log(User.objects.get(pk=reader.pk)).filter(pk__in=[act.pk for act in acts])
        return [acts.index(row) for row in rows.order_by("pk")]

    assert (shown(auditor), shown(member)) == ([3], [1, 3])
    Proposal.objects.filter(pk=draft.pk).update(team_may_view=True)
    assert (shown(auditor), shown(member)) == ([3], [0, 1, 3])
    Proposal.objects.filter(pk=draft.pk).update(submitted_at="2026-02-01T10:00:00Z")
    assert (shown(auditor), shown(member)) == ([0, 1, 3], [0, 1, 3])


def test_who_has_a_conflict_meets_no_refusal_about_that_file() -> None:
    case, free = Case(), Case()
    reader = UserFactory(roles=[StaffRole.AUDITOR])
    ConflictOfInterest.objects.create(
        person=reader, proposal=case.proposal, kind="family", explanation="Broer"
    )
    reader = User.objects.get(pk=reader.pk)
    rows = [
        ("evaluations:file", f"reference={case.proposal.reference}"),
        ("evaluations:decide", f"proposal={case.proposal.pk}"),
        ("funding:request", f"pk=1 proposal={case.proposal.pk}"),
        ("evaluations:file", f"reference={free.proposal.reference}"),
        ("dashboard:audit_log", ""),
    ]
    hour = case.proposal.submitted_at
    for what, keys in rows:
        Refusal.objects.create(
            hour=hour,
            last_at=hour,
            actor=case.member,
            what=what,
            keys=keys,
            method="GET",
            status=403,
        )
    seen = [(one.what, one.keys) for one in refusals(reader).order_by("pk")]
    assert seen == rows[3:]
    assert refusals(UserFactory(roles=[StaffRole.AUDITOR])).count() == 5


def test_long_lists_cost_as_many_queries_as_short_ones() -> None:
    manager = programme_manager()
    drawn = DestructionList.objects.create(
        rule=RetentionRule.objects.get(code="account"), until=today(), months=24
    )
    pages = [
        reverse("retention:requests"),
        reverse("retention:holds"),
        reverse("retention:overview"),
        reverse("retention:rule", args=["account"]),
        drawn.get_absolute_url(),
    ]
    counts = []
    for rows in (3, 297):
        people = UserFactory.create_batch(3)
        PrivacyRequest.objects.bulk_create(
            PrivacyRequest(
                person=people[n % 3],
                kind="access",
                text="x",
                registered_by=manager,
                due_on=today() + timedelta(days=30),
            )
            for n in range(rows)
        )
        DestructionItem.objects.bulk_create(
            DestructionItem(
                list=drawn, kind="x", object_id=f"{rows}-{n}", number=str(n), since=today()
            )
            for n in range(rows)
        )
        User.objects.bulk_create(
            User(email=f"oud{rows}-{n}@stad.example", date_joined=LONG_AGO) for n in range(rows)
        )
        client = signed_in(manager)
        for page in pages:  # what is read once per process and session, is read
            client.get(page)
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
