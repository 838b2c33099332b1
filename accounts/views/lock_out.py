"""Too often tried: for how long one waits, in words and in Retry-After."""

from datetime import timedelta
from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import clock


def locked_out(
    request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The answer of django-axes: this e-mail address waits, at this place only."""
    cool_off = get_cool_off(request) or timedelta()
    last = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username"),
        ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
    ).aggregate(at=Max("attempt_time"))["at"]
    left = (last or clock.now()) + cool_off - clock.now()
    return refuse_for_now(request, ceil(left.total_seconds()), "accounts/locked_out.html")


def refuse_for_now(request: HttpRequest, seconds: int, template: str) -> HttpResponse:
    """A page with status 429 that names the time at which one may try again."""
    seconds = max(1, seconds)
    context = {
        "minutes": ceil(seconds / 60),
        "at": clock.now() + timedelta(seconds=seconds),
    }
    response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
