"""More time for one applicant: who, when, and what people read of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from common.moments import end_of_day
from notifications.models import OutboxMail, Reminder
from notifications.services import plan_reminders
from projects.lifecycle import ProposalState
from projects.models import Proposal, SubmissionExtension
from projects.selectors import own_proposals, proposals_for_dashboard
from projects.services import grant_extension, submit_proposal
from projects.window import window_at
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db
REASON = "De server van de aanvrager lag plat."


@pytest.fixture
def team() -> User:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def late(ready: Proposal) -> Proposal:
    """A draft whose round closed an hour ago."""
    ready.call.rounds.update(closes_at=timezone.now() - timedelta(hours=1))
    return Proposal.objects.get(pk=ready.pk)


def days_ahead(days: int) -> datetime:
    return end_of_day(timezone.localdate() + timedelta(days=days))


def extend(proposal: Proposal, by: User, **changes: Any) -> SubmissionExtension:
    return grant_extension(
        **{"proposal": proposal, "until": days_ahead(3), "reason": REASON, "by": by, **changes}
    )


def test_it_opens_the_window_of_this_applicant_alone(late: Proposal, team: User) -> None:
    extend(late, team)
    late.refresh_from_db()
    window = window_at(late, timezone.now())
    assert (window.is_open, window.is_extended, window.closes_at) == (True, True, days_ahead(3))
    colleague = Proposal(call=late.call, organisation=late.organisation)
    assert window_at(colleague, timezone.now()).is_late


def test_it_is_handed_in_and_counts_for_the_round(late: Proposal, team: User) -> None:
    extend(late, team)
    version = submit_proposal(proposal=late, by=member(late), arrived_at=timezone.now())
    assert version.proposal.round == late.call.rounds.get()


def test_no_query_is_needed_to_honour_it(
    late: Proposal, team: User, django_assert_num_queries: Any
) -> None:
    extend(late, team)
    found = Proposal.objects.select_related("call").prefetch_related("call__rounds").get(pk=late.pk)
    with django_assert_num_queries(0):
        assert window_at(found, timezone.now()).is_extended


def test_the_draft_is_no_longer_expired(late: Proposal, team: User) -> None:
    user = member(late)
    (card,) = proposals_for_dashboard(own_proposals(user, late.organisation))
    assert card.is_expired
    extend(late, team)
    (card,) = proposals_for_dashboard(own_proposals(user, late.organisation))
    assert not card.is_expired


def test_the_reason_is_for_the_file_and_the_deadline_for_the_applicant(
    late: Proposal, team: User
) -> None:
    client = signed_in(member(late))
    extend(late, team)
    page = client.get(late.get_absolute_url()).content.decode()
    assert "U kreeg uitstel" in page
    assert REASON not in page
    event = AuditEvent.objects.get(action="proposal.extended")
    assert (event.actor, event.comment) == (team, REASON)


def test_every_editor_gets_one_mail_without_the_reason(late: Proposal, team: User) -> None:
    member(late, MemberRole.READER)
    people = [member(late), member(late, MemberRole.EDITOR)]
    extend(late, team)
    mails = OutboxMail.objects.filter(kind="projects.extension")
    assert sorted(mails.values_list("address", flat=True)) == sorted(p.email for p in people)
    assert all("NOG NIET INGEDIEND" in mail.subject for mail in mails)
    assert all(REASON not in mail.text for mail in mails)


def test_the_reminders_follow(late: Proposal, team: User) -> None:
    member(late)
    extend(late, team, until=days_ahead(10))
    plan_reminders()
    deadlines = Reminder.objects.filter(rule="projects.draft_not_submitted", state="planned")
    assert set(deadlines.values_list("deadline", flat=True)) == {days_ahead(10)}


@pytest.mark.parametrize(
    "role", sorted(set(StaffRole) - {StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER})
)
def test_others_may_not(late: Proposal, role: StaffRole) -> None:
    user = UserFactory(roles=[role])
    with pytest.raises(PermissionDenied):
        extend(late, user)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "Schrijf waarom deze aanvrager uitstel krijgt."),
        (
            {"until": datetime.fromisoformat("2020-01-01T00:00:00+00:00")},
            "until",
            "Dit moment is voorbij. Kies een later moment.",
        ),
    ],
)
def test_what_is_refused(
    late: Proposal, team: User, changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        extend(late, team, **changes)
    assert refusal.value.message_dict == {field: [sentence]}


def test_it_must_give_more_time(ready: Proposal, late: Proposal, team: User) -> None:
    extend(late, team)
    with pytest.raises(ValidationError) as refusal:
        extend(late, team)
    assert refusal.value.message_dict["until"][0].startswith("Deze aanvrager heeft al uitstel tot")


def test_not_for_what_was_handed_in(ready: Proposal, team: User) -> None:
    submit_proposal(proposal=ready, by=member(ready), arrived_at=timezone.now())
    with pytest.raises(ValidationError) as refusal:
        extend(ready, team, until=days_ahead(90))
    assert refusal.value.messages == [
        "Uitstel kan voor een ontwerp of onvolledig voorstel, niet voor “Ingediend”."
    ]


def test_the_database_keeps_it(late: Proposal, team: User) -> None:
    extension = extend(late, team)
    with pytest.raises(InternalError), transaction.atomic():
        SubmissionExtension.objects.filter(pk=extension.pk).update(reason="Anders")


class TestPage:
    URL = "/beheer/uitstel/"

    def test_a_draft_is_found_by_its_number_and_its_title_stays_unknown(
        self, late: Proposal, team: User
    ) -> None:
        late.title = "Zeer vertrouwelijke titel"
        late.save()
        client = signed_in(team)
        answer = client.post(
            self.URL,
            {
                "reference": f" {late.reference.lower()} ",
                "until": f"{days_ahead(3):%Y-%m-%dT%H:%M}",
                "reason": REASON,
            },
            follow=True,
        )
        page = answer.content.decode()
        assert late.reference in page
        assert REASON in page
        assert "Zeer vertrouwelijke titel" not in page
        late.refresh_from_db()
        assert late.extended_until == days_ahead(3)

    def test_bad_input_keeps_what_was_typed(self, late: Proposal, team: User) -> None:
        answer = signed_in(team).post(
            self.URL, {"reference": "BESTAAT-NIET", "until": "morgen", "reason": REASON}
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert REASON in page
        assert "Schrijf het moment als 15/06/2026 00:00." in page
        answer = signed_in(team).post(
            self.URL,
            {"reference": "BESTAAT-NIET", "until": "2099-01-01T00:00", "reason": REASON},
        )
        assert "Er is geen voorstel met dit dossiernummer." in answer.content.decode()

    @pytest.mark.parametrize("count", [3, 30])
    def test_queries(
        self, late: Proposal, team: User, count: int, django_assert_max_num_queries: Any
    ) -> None:
        SubmissionExtension.objects.bulk_create(
            SubmissionExtension(
                proposal=late, until=days_ahead(n + 1), reason=REASON, granted_by=team
            )
            for n in range(count)
        )
        client = signed_in(team)
        with django_assert_max_num_queries(8):
            client.get(self.URL)


def test_an_incomplete_proposal_too(ready: Proposal, team: User) -> None:
    by = member(ready)
    submit_proposal(proposal=ready, by=by, arrived_at=timezone.now())
    Proposal.objects.filter(pk=ready.pk).update(state=ProposalState.INCOMPLETE)
    ready.call.rounds.update(closes_at=timezone.now() - timedelta(hours=1))
    ready = Proposal.objects.select_related("call", "round").get(pk=ready.pk)
    assert window_at(ready, timezone.now()).is_late
    extend(ready, team)
    assert submit_proposal(proposal=ready, by=by, arrived_at=timezone.now()).number == 2
