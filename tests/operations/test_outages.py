"""Outages out of gaps between heartbeats; time given back by a person, never by itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CallState
from calls.models import ClosingMove
from common import clock
from operations.gaps import Gap, gaps, is_hit, lost_time, proposed_closing
from operations.models import BEAT, WEB, Heartbeat, OutageAnswer
from operations.selectors import outages, proposals
from operations.services import answer_outage
from tests.accounts.factories import UserFactory
from tests.calls.factories import BareCallFactory, RoundFactory

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
minutes = st.lists(st.integers(0, 2000).map(lambda n: START + timedelta(minutes=n)), max_size=60)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


# --- The arithmetic ---------------------------------------------------------------------------


@given(minutes, st.integers(1, 60).map(lambda n: timedelta(minutes=n)))
def test_gaps_and_what_lies_between_them_make_up_the_whole_time(signs, shortest):
    found = gaps(signs, shortest=shortest)
    assert all(gap.length > shortest for gap in found)
    assert all(gap.began in signs and gap.ended in signs for gap in found)
    assert not any(gap.began < sign < gap.ended for gap in found for sign in signs)
    assert found == sorted(found, key=lambda gap: gap.began)
    if signs:
        # Whoever is silent for no longer than `shortest` is never taken for dead.
        covered = sum((gap.length for gap in found), timedelta(0))
        steps = [b - a for a, b in pairwise(sorted(signs))]
        small = sum((step for step in steps if step <= shortest), timedelta(0))
        assert covered + small == max(signs) - min(signs)


@given(minutes, minutes)
def test_more_heartbeats_never_make_an_outage_longer(signs, more):
    before = sum((gap.length for gap in gaps(signs, shortest=FIVE)), timedelta(0))
    inside = [sign for sign in more if signs and min(signs) <= sign <= max(signs)]
    after = sum((gap.length for gap in gaps([*signs, *inside], shortest=FIVE)), timedelta(0))
    assert after <= before


@given(st.integers(0, 500), st.integers(6, 500), st.integers(-300, 900), st.integers(0, 900))
def test_what_is_proposed_gives_back_at_least_the_outage_on_a_quarter(began, length, close, later):
    gap = Gap(at(began), at(began + length))
    closes, now = at(close), gap.ended + timedelta(minutes=later)
    proposed = proposed_closing(gap, closes=closes, now=now)
    assert proposed - max(closes, now) >= gap.length
    assert proposed - max(closes, now) < gap.length + timedelta(minutes=15)
    assert proposed.minute % 15 == 0
    opens = at(-1000)
    if is_hit(gap, opens=opens, closes=closes, shadow=timedelta(hours=2)):
        assert gap.began < closes < gap.ended + timedelta(hours=2)
        assert timedelta(0) < lost_time(gap, opens=opens, closes=closes) <= gap.length


# --- What the portal proposes -----------------------------------------------------------------


@pytest.fixture
def _frozen():
    with time_machine.travel(at(200), tick=False):
        yield


def beats(*minutes: int, part: str = BEAT) -> None:
    Heartbeat.objects.bulk_create(Heartbeat(part=part, minute=at(n)) for n in minutes)


def round_closing(minute: int, **fields):
    return RoundFactory(
        call=BareCallFactory(**fields), opens_at=at(-5000), closes_at=at(minute), number=1
    )


needs_database = pytest.mark.usefixtures("_frozen", "db")


@needs_database
def test_the_web_server_tells_and_beat_says_how_sure_it_is():
    beats(*range(201))
    beats(*range(50), *range(110, 150), *range(160, 201), part=WEB)
    Heartbeat.objects.filter(part=BEAT, minute__gt=at(49), minute__lt=at(110)).delete()
    assert [(one.gap.began, one.minutes, one.is_certain) for one in outages()] == [
        (at(149), 11, True),
        (at(49), 61, False),
    ]


@needs_database
def test_beat_tells_where_the_web_server_is_not_asked():
    beats(*range(50), *range(110, 201))
    assert [(one.gap, one.is_certain) for one in outages()] == [(Gap(at(49), at(110)), False)]


@needs_database
def test_only_closings_in_the_outage_or_shortly_after_are_proposed(settings):
    settings.OUTAGE_SHADOW_HOURS = 24
    beats(*range(50), *range(110, 201))
    during, after = round_closing(80), round_closing(300)
    round_closing(40)
    round_closing(110 + 24 * 60)
    round_closing(80, state=CallState.ASSESSMENT)
    assert [(one.round, one.closes_at) for one in proposals()] == [
        (during, at(200 + 61 + 9)),  # from now, because nobody could use the time since
        (after, at(300 + 61 + 14)),
    ]


@pytest.fixture
def outage(_frozen, db):
    beats(*range(50), *range(110, 201))
    return round_closing(80)


def answer(submission_round, by, **changed):
    arguments = {"closes_at": at(400), "reason": "Het portaal lag stil.", "began_at": at(49)}
    return answer_outage(submission_round=submission_round, by=by, **(arguments | changed))


def test_a_project_leader_grants_and_the_closing_moves_once(outage):
    leader = UserFactory(roles=[StaffRole.PROJECT_LEADER])
    given_answer = answer(outage, leader)
    move = ClosingMove.objects.get()
    assert (move.becomes, move.reason, given_answer.move) == (
        at(400),
        "Het portaal lag stil.",
        move,
    )
    outage.refresh_from_db()
    assert outage.closes_at == at(400)
    assert proposals() == []
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {
        "call.closing_moved",
        "outage.granted",
    }
    with pytest.raises(ValidationError, match="bestaat niet meer"):
        answer(outage, leader, closes_at=at(500))


def test_who_declines_says_why_and_nothing_moves(outage):
    answer(outage, UserFactory(roles=[StaffRole.TEAM_MEMBER]), closes_at=None)
    assert proposals() == []
    assert not ClosingMove.objects.exists()
    assert OutageAnswer.objects.get().outcome == OutageAnswer.Outcome.DECLINED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"closes_at": at(80)}, "closes_at"),
        ({"closes_at": at(90)}, "closes_at"),
    ],
)
def test_no_answer_without_a_reason_or_more_time(outage, changed, field):
    with pytest.raises(ValidationError) as refusal:
        answer(outage, UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]), **changed)
    assert set(refusal.value.message_dict) == {field}
    assert not OutageAnswer.objects.exists()


def test_an_adviser_may_not_and_nothing_happens_by_itself(outage):
    with pytest.raises(PermissionDenied):
        answer(outage, UserFactory(roles=[StaffRole.ADVISER]))
    outage.refresh_from_db()
    assert (outage.closes_at, OutageAnswer.objects.count()) == (at(80), 0)


def test_the_page_proposes_and_the_form_grants(outage, client):
    client.force_login(UserFactory(roles=[StaffRole.PROJECT_LEADER]))
    page = client.get(reverse("operations:outages")).content.decode()
    assert outage.call.reference in page
    url = reverse("operations:answer_outage", args=[outage.pk, int(at(49).timestamp())])
    assert url in page
    form = client.get(url).context["form"]
    response = client.post(
        url, {"closes_at": "", "reason": form.initial["reason"], "antwoord": "toekennen"}
    )
    assert response.context["form"].errors == {"closes_at": ["Kies wanneer de ronde sluit."]}
    moment = clock.now() + timedelta(hours=3)
    response = client.post(
        url,
        {
            "closes_at": moment.astimezone().strftime("%Y-%m-%dT%H:%M"),
            "reason": form.initial["reason"],
            "antwoord": "toekennen",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    assert client.get(url).status_code == 404
    assert "Toegekend" in client.get(reverse("operations:outages")).content.decode()
