"""What every request carries: the instant of its arrival, its language, an address to look up."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware

from common import clock

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)

_STAMP = re.compile(r"t=([0-9]{10})\.([0-9]{3})")
LONGEST_WAIT = timedelta(minutes=5)
"""How long a request can have waited for us; a proxy gives up long before (deploy/nginx.conf)."""


class ArrivalMiddleware:
    """Set `request.arrived_at`, the instant that decides whether a deadline was met.

    It stands first, so a request that came in time is in time however long it then takes. Before it
    a busy server lets requests wait for a free thread: that wait does not count either, because our
    proxy notes when it had the whole request (docs/decisions/0006-arrival.md).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = arrival_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def arrival_of(request: HttpRequest) -> datetime:
    """When our own proxy (PROXY_COUNT) had the request, by X-Request-Start; else this instant.

    A stamp that lies ahead of our clock, or further back than `LONGEST_WAIT`, is not believed.
    """
    now = clock.now()
    header = request.headers.get("X-Request-Start", "")
    if settings.PROXY_COUNT < 1 or not header:
        return now
    if found := _STAMP.fullmatch(header):
        seconds, milliseconds = map(int, found.groups())
        stamp = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
        if timedelta(0) <= now - stamp <= LONGEST_WAIT:
            return stamp
    logger.warning("arrival_stamp_refused", extra={"stamp": header[:40]})
    return now


class RequestLogMiddleware(RequestMiddleware):
    """Gives every log line of a request its id; the address is logged without its query.

    A query holds what people search for: names, addresses, words of a dossier.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class StorableAddressMiddleware:
    """No page has a NUL in its address, and PostgreSQL refuses to look for one.

    It stands last, so that the page that says so is one of ours.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        return self.get_response(request)


class LanguageCookieMiddleware:
    """Dutch unless the visitor chose English; the browser's own language is not followed.

    Dutch is the language of administration, and a preference is kept in a cookie, never as an
    attribute of a person (domain.md 9.2).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
