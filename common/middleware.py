"""What every request carries: the instant of its arrival, its language, an address to look up."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from common import clock

GetResponse = Callable[[HttpRequest], HttpResponse]


class ArrivalMiddleware:
    """Set `request.arrived_at`, the instant that decides whether a deadline was met.

    It stands first, so a request that came in time is in time however long it then takes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)


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
