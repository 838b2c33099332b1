"""Two workers that announce openings at once: each follower gets each opening once."""

from datetime import timedelta
from typing import Any

import pytest

from calls.models import CallFollower
from calls.services import announce_openings
from common import clock
from notifications.models import OutboxMail
from tests.calls.factories import CallFactory
from tests.concurrency.test_reminders import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_workers_that_announce_at_once_tell_each_follower_once(
    transactional_db: None, monkeypatch: Any
) -> None:
    monkeypatch.setattr("notifications.services.outbox._send_wake_up", lambda: None)
    now = clock.now()
    calls = [CallFactory(content=False) for _ in range(3)]
    for call in calls:
        CallFollower.objects.create(call=call, email="een@voorbeeld.test", confirmed_at=now)
    CallFollower.objects.create(email="alles@voorbeeld.test", confirmed_at=now)
    CallFollower.objects.create(email="een@voorbeeld.test", confirmed_at=now)
    CallFollower.objects.create(
        email="nooit@voorbeeld.test", asked_at=now - timedelta(days=1), confirmed_at=None
    )

    told = at_once(*[announce_openings] * 4)

    assert sum(told) == OutboxMail.objects.count() == 6
    for call in calls:
        addresses = OutboxMail.objects.filter(object_id=str(call.pk)).values_list("address")
        assert sorted(addresses) == [("alles@voorbeeld.test",), ("een@voorbeeld.test",)]
    assert announce_openings() == 0
