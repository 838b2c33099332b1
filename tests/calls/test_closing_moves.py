"""Moving a closing while people count on it: who may, when, who hears of it, what is planned."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from calls import services
from calls.lifecycle import CallState
from calls.models import CallFollower, ClosingMove
from common import clock
from common.moments import end_of_day, on_or_before_working_day, today
from notifications.lifecycle import ReminderState
from notifications.models import OutboxMail, Reminder
from notifications.services import plan_reminders
from projects.lifecycle import ProposalState
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory, RoundFactory
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

REASON = "De infosessie is verplaatst."
KINDS = ["calls.closing_moved", "projects.closing_moved"]


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel("2026-10-05T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def team():
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def call():
    """Open since ten days; closes on 4 November at 24.00 uur."""
    call = CallFactory(window=False, title="Najaarsoproep")
    RoundFactory(
        call=call,
        number=1,
        opens_at=clock.now() - timedelta(days=10),
        closes_at=end_of_day(today() + timedelta(days=30)),
    )
    return call


def move(call, by, *, days, reason=REASON):
    return services.move_closing(
        submission_round=call.rounds.get(number=1),
        closes_at=end_of_day(today() + timedelta(days=days)),
        reason=reason,
        by=by,
    )


def follow(call, email, *, confirmed=True):
    return CallFollower.objects.create(
        call=call, email=email, confirmed_at=clock.now() if confirmed else None
    )


def told():
    """Address and kind of every mail about a move."""
    return sorted(OutboxMail.objects.filter(kind__in=KINDS).values_list("address", "kind"))


# --- What is kept, and what is refused ------------------------------------------------------------


def test_a_move_is_kept_with_its_reason_and_who_did_it(call, team):
    was = call.rounds.get().closes_at

    kept = move(call, team, days=40, reason=f"  {REASON} ")

    assert call.rounds.get().closes_at == end_of_day(today() + timedelta(days=40)) == kept.becomes
    assert (kept.was, kept.reason, kept.moved_by, kept.moved_at) == (
        was,
        REASON,
        team,
        clock.now(),
    )
    assert kept.is_earlier is False
    event = AuditEvent.objects.about(call).get(action="call.closing_moved")
    assert (event.actor, event.comment) == (team, REASON)
    assert event.label == "Sluiting verplaatst naar 14 november 2026, 24.00 uur"


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.AUDITOR, None])
def test_only_the_programme_office_moves_a_closing(call, role):
    with pytest.raises(PermissionDenied):
        move(call, UserFactory(roles=[role] if role else []), days=40)
    move(call, UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]), days=40)
    assert ClosingMove.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "reason", "field", "sentence"),
    [
        (40, "  ", "reason", "Schrijf waarom de sluiting verandert."),
        (-1, REASON, "closes_at", "Dit moment is voorbij."),
        (30, REASON, "closes_at", "De ronde sluit al op dat moment."),
        (6, REASON, "closes_at", "nog minstens 7 dagen heeft"),
    ],
)
def test_what_is_not_right_is_told_beside_its_field_and_changes_nothing(
    call, team, days, reason, field, sentence
):
    before = call.rounds.get().closes_at
    follow(call, "an@voorbeeld.test")
    with pytest.raises(ValidationError) as refused:
        move(call, team, days=days, reason=reason)
    assert list(refused.value.message_dict) == [field]
    assert sentence in refused.value.message_dict[field][0]
    assert call.rounds.get().closes_at == before
    assert (ClosingMove.objects.count(), told()) == (0, [])


def test_an_earlier_closing_leaves_everybody_the_notice(call, team, settings):
    assert services.earliest_earlier_closing() == end_of_day(today() + timedelta(days=7))
    assert move(call, team, days=7).is_earlier is True
    settings.CALL_EARLIER_CLOSING_NOTICE_DAYS = 3
    with pytest.raises(ValidationError, match="nog minstens 3 dagen"):
        move(call, team, days=2)
    move(call, team, days=3)


def test_a_later_closing_needs_no_notice(call, team):
    with time_machine.travel(call.rounds.get().closes_at - timedelta(minutes=1), tick=False):
        services.move_closing(
            submission_round=call.rounds.get(),
            closes_at=call.rounds.get().closes_at + timedelta(hours=1),
            reason=REASON,
            by=team,
        )
    assert ClosingMove.objects.count() == 1


def test_a_round_does_not_close_before_it_opens(call, team):
    planned = RoundFactory(
        call=call,
        number=2,
        opens_at=clock.now() + timedelta(days=60),
        closes_at=clock.now() + timedelta(days=90),
    )
    with pytest.raises(ValidationError, match="sluit voor ze opent"):
        services.move_closing(
            submission_round=planned,
            closes_at=clock.now() + timedelta(days=60),
            reason=REASON,
            by=team,
        )


@pytest.mark.parametrize("state", sorted(set(CallState) - {CallState.PUBLISHED}))
def test_only_of_a_published_call(team, state):
    call = CallFactory(state=state, window=False)
    RoundFactory(call=call, number=1)
    with pytest.raises(ValidationError, match="alleen bij een gepubliceerde oproep"):
        move(call, team, days=40)


def test_a_round_that_has_closed_opens_again(call, team):
    with time_machine.travel(call.rounds.get().closes_at + timedelta(hours=9), tick=False):
        assert call.open_round is None
        move(call, team, days=2)
        assert type(call).objects.get(pk=call.pk).open_round is not None


# --- Who hears of it ------------------------------------------------------------------------------


def test_every_drafter_and_every_follower_hears_of_it_once(call, team):
    editor = MembershipFactory(role=MemberRole.EDITOR, user__email="An@voorbeeld.test")
    reader = MembershipFactory(role=MemberRole.READER, organisation=editor.organisation)
    closed = MembershipFactory(
        role=MemberRole.EDITOR, organisation=editor.organisation, user__is_active=False
    )
    for title in ("Bermgras", "Waterpeil"):
        ProposalFactory(call=call, organisation=editor.organisation, title=title)
    elsewhere = MembershipFactory(role=MemberRole.EDITOR)
    ProposalFactory(organisation=elsewhere.organisation)
    follow(call, "an@voorbeeld.test")  # the drafter, who follows too
    follow(None, "an@voorbeeld.test")
    follow(call, "bert@voorbeeld.test")
    follow(None, "bert@voorbeeld.test")
    follow(None, "cis@voorbeeld.test")
    follow(call, "dora@voorbeeld.test", confirmed=False)
    follow(CallFactory(), "ever@voorbeeld.test")

    move(call, team, days=40)

    assert told() == [
        (editor.user.email, "projects.closing_moved"),
        ("bert@voorbeeld.test", "calls.closing_moved"),
        ("cis@voorbeeld.test", "calls.closing_moved"),
    ]
    assert {reader.user.email, closed.user.email, elsewhere.user.email}.isdisjoint(
        OutboxMail.objects.values_list("address", flat=True)
    )
    mail = OutboxMail.objects.get(kind="projects.closing_moved")
    assert mail.subject == (
        "NOG NIET INGEDIEND: de sluiting van “Najaarsoproep” is verplaatst naar"
        " 14 november 2026, 24.00 uur"
    )
    assert mail.text.count("NOG NIET INGEDIEND") == 2
    for words in ("Bermgras", "Waterpeil", REASON, "4 november 2026, 24.00 uur"):
        assert words in mail.text
    news = OutboxMail.objects.get(address="bert@voorbeeld.test")
    assert REASON in news.text
    assert "/stoppen/" in news.text
    assert "NOG NIET INGEDIEND" not in news.text


def test_a_second_move_is_told_again(call, team):
    follow(call, "bert@voorbeeld.test")
    move(call, team, days=40)
    move(call, team, days=20)

    assert told() == [("bert@voorbeeld.test", "calls.closing_moved")] * 2
    latest = OutboxMail.objects.order_by("pk").last()
    assert "minder tijd dan eerst aangekondigd" in latest.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": ProposalState.INCOMPLETE}, "onvolledig, nog niet opnieuw ingediend"),
        (
            {"state": ProposalState.SUBMITTED, "reopened": True},
            "heropend, uw wijzigingen zijn NOG NIET INGEDIEND",
        ),
        ({"state": ProposalState.SUBMITTED}, None),
        ({"state": ProposalState.WITHDRAWN, "withdrawal_reason": "Geen tijd."}, None),
    ],
)
def test_what_can_still_change_counts_and_what_is_handed_in_does_not(call, team, fields, words):
    editor = MembershipFactory(role=MemberRole.EDITOR)
    reopened = fields.pop("reopened", False)
    ProposalFactory(
        call=call,
        organisation=editor.organisation,
        submitted=True,
        reopened_at=clock.now() if reopened else None,
        **fields,
    )
    move(call, team, days=40)

    mails = OutboxMail.objects.filter(kind__in=KINDS)
    assert [words in mail.text for mail in mails] == ([True] if words else [])
    assert not any(mail.subject.startswith("NOG NIET") for mail in mails)


# --- Reminders ------------------------------------------------------------------------------------


def test_reminders_of_the_old_date_are_cancelled_and_new_ones_planned_at_once(call, team):
    editor = MembershipFactory(role=MemberRole.EDITOR)
    ProposalFactory(call=call, organisation=editor.organisation, created_at=clock.now())
    call.reminder_moments.create(days=7)
    call.reminder_moments.create(hours=3)
    plan_reminders()
    old, new = call.rounds.get().closes_at, end_of_day(today() + timedelta(days=40))
    rows = Reminder.objects.filter(recipient=editor.user)
    assert list(rows.values_list("state", "deadline")) == [(ReminderState.PLANNED, old)] * 2

    move(call, team, days=40)

    assert (
        list(rows.filter(deadline=old).values_list("state", "reason"))
        == [(ReminderState.CANCELLED, "De termijn is verplaatst.")] * 2
    )
    assert list(rows.filter(deadline=new).order_by("due_at").values_list("state", "due_at")) == [
        (ReminderState.PLANNED, on_or_before_working_day(end_of_day(today() + timedelta(days=33)))),
        (ReminderState.PLANNED, new - timedelta(hours=3)),
    ]

    move(call, team, days=30)
    planned = rows.filter(state=ReminderState.PLANNED)
    assert list(planned.values_list("deadline", flat=True)) == [old] * 2
    assert rows.count() == 4  # the first two live again; nothing is deleted


# --- Pages ----------------------------------------------------------------------------------------


def address_of(call):
    return reverse("calls:move_closing", args=[call.slug, call.rounds.get(number=1).pk])


def test_the_page_says_what_follows_and_moves_only_when_confirmed(client, call, team):
    client.force_login(team)
    call.reminder_moments.create(days=7)
    staff_page = client.get(reverse("calls:staff_detail", args=[call.slug])).content.decode()
    assert address_of(call) in staff_page
    assert "nog minstens 7 dagen heeft" in client.get(address_of(call)).content.decode()

    typed = {"last_day": "2026-11-14", "reason": REASON}
    preview = client.post(address_of(call), typed)
    assert ClosingMove.objects.count() == 0
    text = preview.content.decode()
    assert "Kijk na vóór u bevestigt" in text
    assert "6 november 2026 om 00.00 uur" in text
    assert "VROEGER" not in text

    other = client.post(
        address_of(call),
        {**typed, "last_day": "2026-11-20", "bevestigd": preview.context["preview"]["value"]},
    )
    assert ClosingMove.objects.count() == 0  # what was confirmed is not what stands there now
    assert other.context["preview"]["becomes"] == end_of_day(today() + timedelta(days=46))

    done = client.post(
        address_of(call), {**typed, "bevestigd": preview.context["preview"]["value"]}, follow=True
    )
    assert "14 november 2026, 24.00 uur" in done.content.decode()
    public = client.get(reverse("calls:detail", args=[call.slug])).content.decode()
    assert (
        "De sluiting is verplaatst van 4 november 2026, 24.00 uur naar"
        f" 14 november 2026, 24.00 uur: {REASON}" in public
    )


def test_an_earlier_closing_is_said_loudly(client, call, team):
    client.force_login(team)
    text = client.post(
        address_of(call), {"last_day": "2026-10-20", "reason": REASON}
    ).content.decode()
    assert "u sluit VROEGER dan aangekondigd" in text
    assert "Vroeger sluiten en iedereen mailen" in text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"last_day": "2026-10-06", "reason": REASON}, "last_day"),
        ({"closes_at": "2026-10-06T12:00", "reason": REASON}, "closes_at"),
        ({"last_day": "2026-11-14", "reason": ""}, "reason"),
        ({"last_day": "2026-11-14", "closes_at": "2026-11-14T12:00", "reason": "x"}, "closes_at"),
        ({"last_day": "ooit", "reason": REASON}, "last_day"),
        ({"reason": REASON}, "last_day"),
    ],
)
def test_what_is_not_right_stands_beside_what_was_typed(client, call, team, typed, field):
    client.force_login(team)
    answer = client.post(address_of(call), typed)

    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["reason"].value() == typed["reason"]
    assert answer.context["preview"] is None


def test_a_draft_call_sends_back_and_others_are_refused(client, call, team):
    draft = CallFactory(state=CallState.CONCEPT, window__opens=5)
    client.force_login(team)
    answer = client.post(address_of(draft), {"last_day": "2026-11-14", "reason": REASON})
    assert answer.headers["Location"].endswith("#rondes")
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
    assert client.get(address_of(call)).status_code == 403
    staff_page = client.get(reverse("calls:staff_detail", args=[call.slug])).content.decode()
    assert address_of(call) not in staff_page
