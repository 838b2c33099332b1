"""How many requests a minute (REQUESTS_PER_MINUTE), and how large they may be (BODY_LIMITS).

deploy/nginx.conf has wider limits of its own, which keep a flood from Python; what stands here
answers in Dutch and counts by person.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import loader
from django.urls import Resolver404, resolve

from accounts.client_address import client_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger(__name__)

WINDOW = 60
"""Seconds in which requests are counted."""
EXEMPT = ("/health/", "/static/", "/metrics")
READS = {"GET", "HEAD", "OPTIONS"}
_SILENCE = 15.0
"""Seconds in which a cache that did not answer is not asked again."""


@dataclass(frozen=True)
class Counted:
    """One count that a request adds to: its name in the settings, and whose it is."""

    name: str
    whose: str


class _Counter:
    """Counts in the cache; when that is away nothing is counted and everybody goes on."""

    def __init__(self) -> None:
        self.away_until = 0.0

    def add(self, counted: Counted, window: int) -> int:
        """The number of requests in this window, this one included; 0 when nobody counts."""
        if time.monotonic() < self.away_until:
            return 0
        key = f"limit:{counted.name}:{counted.whose}:{window}"
        cache = caches["limits"]
        try:
            if cache.add(key, 1, timeout=2 * WINDOW):
                return 1
            return int(cache.incr(key))
        except ValueError:  # it was forgotten between the two
            return 0
        except Exception:  # the errors of a cache are those of its library
            self.away_until = time.monotonic() + _SILENCE
            logger.warning("limits_not_counted", exc_info=True)
            return 0


counter = _Counter()


class RateLimitMiddleware:
    """Answers 429 with the seconds to wait, to who asks more than anybody does by hand.

    A person who is signed in is counted as that person, wherever from: a town hall behind one
    address is many people. By address only visitors are counted, and what is worth attacking
    without an account: signing in, searching, files.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limits: dict[str, int] = settings.REQUESTS_PER_MINUTE
        if not settings.RATE_LIMITS or request.path.startswith(EXEMPT):
            return self.get_response(request)
        now = time.time()
        window = int(now // WINDOW)
        for counted in counts_of(request):
            limit = limits[counted.name]
            if limit and counter.add(counted, window) > limit:
                return _too_many(request, counted, wait=int((window + 1) * WINDOW - now) + 1)
        return self.get_response(request)


def counts_of(request: HttpRequest) -> list[Counted]:
    """What this request adds to."""
    place = client_address(request) or "unknown"
    if request.path == settings.CSP_REPORT_PATH:
        return [Counted("reports", place)]  # a browser sends these by itself, for whoever is there
    # Who brings no session is a visitor: no need to look one up.
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        kind = "person" if request.method in READS else "person_writes"
        return [Counted(kind, str(request.user.pk))]
    whose = place
    counts = [Counted("address", whose)]
    if request.path.startswith(("/aanmelden/", "/wachtwoord/")) and request.method not in READS:
        counts.append(Counted("sign_in", whose))
    elif request.method not in READS:
        counts.append(Counted("address_writes", whose))
    elif request.GET:
        counts.append(Counted("search", whose))
    return counts


def _too_many(request: HttpRequest, counted: Counted, *, wait: int) -> HttpResponse:
    logger.warning("too_many_requests", extra={"kind": counted.name})
    page = loader.render_to_string("429.html", {"wait": wait, "is_post": request.method == "POST"})
    response = HttpResponse(page, status=429)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response


class BodyLimitMiddleware:
    """Answers 413 before anything of a body is read that is larger than its page takes.

    Who is not signed in sends little; only the pages that take files take more than text.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        limits: dict[str, int] = settings.BODY_LIMITS
        # Most requests are small: whose they are is asked only of the others.
        if size <= min(limits.values()):
            return self.get_response(request)
        name = kind_of_body(request)
        if size <= limits[name]:
            return self.get_response(request)
        logger.warning("body_too_large", extra={"kind": name})
        page = loader.render_to_string("413.html", {"signed_out": name == "anonymous"})
        return HttpResponse(page, status=413, headers={"Connection": "close"})


def kind_of_body(request: HttpRequest) -> str:
    """Which of BODY_LIMITS holds for this request."""
    try:
        view = resolve(request.path_info).view_name
    except Resolver404:
        return "small"
    if view in settings.SMALL_BODY_VIEWS:
        return "small"
    if view in settings.VISITORS_UPLOAD_VIEWS:
        return "text"
    if not request.user.is_authenticated:
        return "anonymous"
    return "files" if view in settings.UPLOAD_VIEWS else "text"
