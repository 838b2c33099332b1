"""When a request arrived: a deadline hangs on it, so nobody else than our proxy may say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.middleware import LONGEST_WAIT, ArrivalMiddleware
from devtools.environment import CLONE

NOW = datetime(2026, 6, 15, 21, 59, 59, 500_000, tzinfo=UTC)


def arrival(stamp: str | None) -> datetime:
    """What the middleware says at NOW of a request with this header."""
    headers = {} if stamp is None else {"X-Request-Start": stamp}
    request = RequestFactory().get("/", headers=headers)
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    with time_machine.travel(NOW, tick=False):
        ArrivalMiddleware(answer)(request)
    return seen[0].arrived_at  # type: ignore[attr-defined,no-any-return]


def stamp_at(instant: datetime) -> str:
    """As nginx writes $msec."""
    return f"t={instant.timestamp():.3f}"


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(seconds=40.25), LONGEST_WAIT])
def test_the_wait_for_a_free_thread_does_not_count(settings: Any, waited: timedelta) -> None:
    settings.PROXY_COUNT = 1
    assert arrival(stamp_at(NOW - waited)) == NOW - waited


@pytest.mark.parametrize(
    "stamp",
    [
        None,
        "",
        "t=",
        "t=1",
        "1781560799.500",
        "t=1781560799",
        "t=1781560799.500, t=1781560000.000",
        "t=-781560799.500",
        "t=9999999999.999",
        "t=١٧٨١٥٦٠٧٩٩.500",
        f"t={'9' * 400}.000",
        stamp_at(NOW + timedelta(milliseconds=1)),
        stamp_at(NOW - LONGEST_WAIT - timedelta(milliseconds=1)),
    ],
)
def test_a_stamp_that_cannot_be_true_is_not_believed(settings: Any, stamp: str | None) -> None:
    settings.PROXY_COUNT = 1
    assert arrival(stamp) == NOW


def test_without_a_proxy_of_ours_nobody_is_believed(settings: Any) -> None:
    settings.PROXY_COUNT = 0
    assert arrival(stamp_at(NOW - timedelta(seconds=30))) == NOW


def test_the_proxy_writes_the_stamp_over_what_a_visitor_sent() -> None:
    conf = (CLONE / "deploy" / "nginx.conf").read_text()
    assert conf.count('proxy_set_header X-Request-Start "t=$msec";') == 1
