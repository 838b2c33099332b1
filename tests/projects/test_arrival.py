"""Who pressed in time is in time, also when the portal was too busy to take the request up."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.projects.conftest import member, signed_in

HANDLED_AFTER = timedelta(seconds=50)


@pytest.mark.parametrize(
    ("before_closing", "state"),
    [(timedelta(milliseconds=1), ProposalState.SUBMITTED), (timedelta(0), ProposalState.DRAFT)],
)
def test_the_stamp_of_the_proxy_decides(
    ready: Proposal, settings: Any, before_closing: timedelta, state: ProposalState
) -> None:
    settings.PROXY_COUNT = 1
    closes_at = timezone.now().replace(microsecond=0) + timedelta(minutes=10)
    ready.call.rounds.update(closes_at=closes_at)
    arrived_at = closes_at - before_closing
    client = signed_in(member(ready))
    with time_machine.travel(closes_at + HANDLED_AFTER, tick=False):
        client.post(
            reverse("projects:submit", args=[ready.reference]),
            headers={"X-Request-Start": f"t={arrived_at.timestamp():.3f}"},
        )
    ready.refresh_from_db()
    assert ready.state == state
    assert ready.submitted_at == (arrived_at if state == ProposalState.SUBMITTED else None)
