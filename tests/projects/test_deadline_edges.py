"""The second that decides: on ordinary days and on both nights of the clock change, by the service
and by the web.

In time is strictly before the closing, or no more than the minutes of grace too late, the last
instant of them included (domain.md 0.8).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CallState
from calls.models import Call
from common.moments import BRUSSELS, end_of_day
from projects.content import fingerprint, proposal_content
from projects.draft import load_draft
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.services import grant_extension, submit_proposal
from projects.services.submission import TooLate
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

GRACE = 15
SECOND = timedelta(seconds=1)


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BRUSSELS, fold=fold)  # type: ignore[arg-type]


CLOSINGS = {
    "ordinary day, 24.00": end_of_day(local(2026, 6, 14).date()),
    "ordinary day, 12.00": local(2026, 6, 15, 12, 0),
    # Summer time begins on Sunday 28 March 2027 at 02.00, which becomes 03.00.
    "spring, Saturday 24.00": end_of_day(local(2027, 3, 27).date()),
    "spring, Sunday 24.00": end_of_day(local(2027, 3, 28).date()),
    "spring, 02.30, which does not exist": local(2027, 3, 28, 2, 30),
    "spring, 03.00": local(2027, 3, 28, 3, 0),
    # It ends on Sunday 25 October 2026 at 03.00, which becomes 02.00: 02.30 comes twice.
    "autumn, Saturday 24.00": end_of_day(local(2026, 10, 24).date()),
    "autumn, Sunday 24.00": end_of_day(local(2026, 10, 25).date()),
    "autumn, first 02.30": local(2026, 10, 25, 2, 30),
    "autumn, second 02.30": local(2026, 10, 25, 2, 30, fold=1),
    "autumn, 03.00": local(2026, 10, 25, 3, 0),
    # And the nights of 2026 and 2027 that are left.
    "spring 2026, Sunday 24.00": end_of_day(local(2026, 3, 29).date()),
    "autumn 2027, Sunday 24.00": end_of_day(local(2027, 10, 31).date()),
}
EDGES = [
    # grace in minutes, seconds after the closing, in time, thanks to grace
    (0, -1, True, False),
    (0, 0, False, False),
    (0, 1, False, False),
    (GRACE, -1, True, False),
    (GRACE, 0, True, True),
    (GRACE, GRACE * 60, True, True),
    (GRACE, GRACE * 60 + 1, False, False),
]


BY_THE_WEB = [
    "ordinary day, 24.00",
    "spring, Saturday 24.00",
    "spring, Sunday 24.00",
    "spring, 03.00",
    "autumn, Saturday 24.00",
    "autumn, Sunday 24.00",
    "autumn, second 02.30",
]


@pytest.fixture(params=CLOSINGS.values(), ids=CLOSINGS.keys())
def closes_at(request: pytest.FixtureRequest) -> datetime:
    return request.param.astimezone(UTC)


@pytest.fixture(params=BY_THE_WEB)
def web_closes_at(request: pytest.FixtureRequest) -> datetime:
    return CLOSINGS[request.param].astimezone(UTC)


def close(proposal: Proposal, closes_at: datetime, grace: int = 0) -> None:
    proposal.call.rounds.update(
        opens_at=closes_at - timedelta(days=60), closes_at=closes_at, grace_minutes=grace
    )


@pytest.mark.parametrize(("grace", "seconds", "in_time", "by_grace"), EDGES)
def test_by_the_service(
    ready: Proposal, closes_at: datetime, grace: int, seconds: int, in_time: bool, by_grace: bool
) -> None:
    close(ready, closes_at, grace)
    arrived_at = closes_at + seconds * SECOND
    by = member(ready)
    if in_time:
        version = submit_proposal(proposal=ready, by=by, arrived_at=arrived_at)
        assert version.arrived_at == arrived_at
        assert version.grace_minutes == (grace if by_grace else 0)
        return
    with pytest.raises(TooLate) as refusal:
        submit_proposal(proposal=ready, by=by, arrived_at=arrived_at)
    assert refusal.value.code == "late"
    ready.refresh_from_db()
    assert (ready.state, ready.versions.count()) == (ProposalState.DRAFT, 0)


@pytest.mark.parametrize(("grace", "seconds", "in_time", "by_grace"), EDGES)
def test_by_the_web(
    ready: Proposal,
    web_closes_at: datetime,
    grace: int,
    seconds: int,
    in_time: bool,
    by_grace: bool,
) -> None:
    closes_at = web_closes_at
    close(ready, closes_at, grace)
    with time_machine.travel(closes_at + seconds * SECOND, tick=False):
        client = signed_in(member(ready))
        answer = client.post(reverse("projects:submit", args=[ready.reference]), follow=True)
        page = answer.content.decode()
    ready.refresh_from_db()
    if in_time:
        assert ready.state == ProposalState.SUBMITTED
        assert ready.submitted_at == closes_at + seconds * SECOND
        assert "Uw voorstel is ingediend" in page
        assert ("Aangekomen binnen de uitloop" in page) is by_grace
    else:
        assert ready.state == ProposalState.DRAFT
        assert "U kunt niet meer indienen" in page
        assert "Uw tekst blijft hier staan." in page
        assert AuditEvent.objects.get(action="proposal.submit_refused").data["code"] == "late"


class Later:
    """A middleware behind the one that notes the arrival: the portal takes its time."""

    until: datetime
    traveller: Any

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        Later.traveller.move_to(Later.until, tick=False)
        return self.get_response(request)


@pytest.fixture
def slow_portal(settings: Any) -> None:
    first = "common.middleware.ArrivalMiddleware"
    names = [name for name in settings.MIDDLEWARE if name != first]
    settings.MIDDLEWARE = [first, "tests.projects.test_deadline_edges.Later", *names]


@pytest.mark.usefixtures("slow_portal")
@pytest.mark.parametrize("is_in_assessment", [False, True])
def test_arrived_in_time_and_handled_late(
    ready: Proposal, web_closes_at: datetime, is_in_assessment: bool
) -> None:
    """Half an hour passes between the door and the desk; by then staff may have begun."""
    closes_at = web_closes_at
    close(ready, closes_at)
    if is_in_assessment:
        Call.objects.filter(pk=ready.call_id).update(state=CallState.ASSESSMENT)
    with time_machine.travel(closes_at - SECOND, tick=False) as traveller:
        client = signed_in(member(ready))
        Later.traveller, Later.until = traveller, closes_at + timedelta(minutes=30)
        client.post(reverse("projects:submit", args=[ready.reference]))
    version = ready.versions.get()
    assert version.arrived_at == closes_at - SECOND
    assert version.recorded_at == closes_at + timedelta(minutes=30)
    assert version.grace_minutes == 0


@pytest.mark.usefixtures("slow_portal")
def test_arrived_late_is_late_however_the_clock_goes(
    ready: Proposal, web_closes_at: datetime
) -> None:
    closes_at = web_closes_at
    close(ready, closes_at)
    with time_machine.travel(closes_at, tick=False) as traveller:
        client = signed_in(member(ready))
        Later.traveller, Later.until = traveller, closes_at - timedelta(minutes=30)
        client.post(reverse("projects:submit", args=[ready.reference]))
    assert ready.versions.count() == 0
    assert AuditEvent.objects.get(action="proposal.submit_refused").data["code"] == "late"


class TestLateAttempt:
    """It keeps the draft, explains, and is evidence."""

    def test_the_record_holds_what_would_have_been_handed_in(self, ready: Proposal) -> None:
        closes_at = CLOSINGS["ordinary day, 24.00"]
        close(ready, closes_at)
        by = member(ready)
        arrived_at = (closes_at + SECOND).astimezone(UTC)
        handled_at = arrived_at + timedelta(seconds=7)
        with time_machine.travel(handled_at, tick=False), pytest.raises(TooLate):
            submit_proposal(proposal=ready, by=by, arrived_at=arrived_at)
        would_be = proposal_content(
            load_draft(Proposal.objects.get(pk=ready.pk)),
            version=1,
            arrived_at=arrived_at,
            submitted_by=str(by),
            submission_round=ready.call.rounds.get(),
        )
        event = AuditEvent.objects.get(action="proposal.submit_refused")
        assert event.actor == by
        assert event.data == {
            "code": "late",
            "arrived_at": arrived_at.isoformat(),
            "processed_at": handled_at.isoformat(),
            "sha256": fingerprint(would_be),
        }
        assert event.comment == (
            "Aangekomen op 15 juni 2026 om 00.00 uur (01 seconden). Er is niets ingediend. "
            f"Controlesom van de tekst op dat ogenblik: {fingerprint(would_be)}"
        )

    def test_the_applicant_reads_it_and_what_to_do_now(self, ready: Proposal) -> None:
        close(ready, timezone.now() - SECOND)
        client = signed_in(member(ready))
        client.post(reverse("projects:submit", args=[ready.reference]))
        own_page = client.get(ready.get_absolute_url()).content.decode()
        assert "Indienen geweigerd: te laat" in own_page
        check = client.get(reverse("projects:check", args=[ready.reference])).content.decode()
        assert reverse("calls:list") in check
        assert f'action="{reverse("projects:submit", args=[ready.reference])}"' not in check


class TestWhatPeopleSee:
    def test_nobody_is_told_of_the_grace_before_the_closing(self, ready: Proposal) -> None:
        close(ready, timezone.now() + timedelta(minutes=30), GRACE)
        client = signed_in(member(ready))
        for name in ("proposal", "check"):
            page = client.get(reverse(f"projects:{name}", args=[ready.reference])).content.decode()
            assert "uitloop" not in page

    def test_within_the_grace_the_time_left_is_told(self, ready: Proposal) -> None:
        closes_at = CLOSINGS["ordinary day, 24.00"]
        close(ready, closes_at, GRACE)
        client = signed_in(member(ready))
        with time_machine.travel(closes_at + timedelta(minutes=4, seconds=30), tick=False):
            client.force_login(member(ready))
            page = client.get(reverse("projects:check", args=[ready.reference])).content.decode()
        assert "Indienen kon tot 14 juni 2026, 24.00 uur." in page
        assert "u hebt nog 10 minuten" in page


class TestExtension:
    """More time for one applicant, at the edge of its own deadline."""

    @pytest.mark.parametrize(("seconds", "in_time"), [(-1, True), (0, False), (1, False)])
    @pytest.mark.parametrize("state", [CallState.PUBLISHED, CallState.ASSESSMENT])
    def test_at_the_edge(
        self,
        ready: Proposal,
        web_closes_at: datetime,
        state: CallState,
        seconds: int,
        in_time: bool,
    ) -> None:
        closes_at = web_closes_at
        close(ready, closes_at - timedelta(days=2), GRACE)
        Call.objects.filter(pk=ready.call_id).update(state=state)
        with time_machine.travel(closes_at - timedelta(days=1), tick=False):
            grant_extension(
                proposal=ready,
                until=closes_at,
                reason="De aanvrager was in staking.",
                by=UserFactory(roles=[StaffRole.TEAM_MEMBER]),
            )
        by = member(ready)
        arrived_at = closes_at + seconds * SECOND
        if in_time:
            version = submit_proposal(proposal=ready, by=by, arrived_at=arrived_at)
            assert version.content["timing"] == {
                "closes_at": (closes_at - timedelta(days=2)).isoformat(),
                "extended_until": closes_at.isoformat(),
                "grace_minutes_used": 0,
            }
        else:
            with pytest.raises(TooLate):
                submit_proposal(proposal=ready, by=by, arrived_at=arrived_at)
