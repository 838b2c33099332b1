"""Which organisation a person acts for in this session, and how long it lasts."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import devices
from accounts.known_browser import know
from accounts.selectors import SESSION_KEY, active_organisation
from accounts.session import extend, seconds_left
from accounts.standing import standing_user


class StandingMiddleware:
    """Set `request.user` to who may still act in this session, looked up only when needed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: standing_user(request))  # type: ignore[assignment]
        return self.get_response(request)


class ActiveOrganisationMiddleware:
    """Set `request.organisation`, looked up only when a page needs it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: active_organisation(request.user, request.session.get(SESSION_KEY))
        )
        return self.get_response(request)


class RollingSessionMiddleware:
    """A POST of somebody who is signed in starts the time of the session again.

    The answer tells in `Session-Seconds` how long it lasts, for the page that does not reload.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if email := request.__dict__.get("signed_in_email"):
            know(response, request, email)
        if request.method == "POST" and request.user.is_authenticated:
            if extend(request):
                devices.seen(request)
            response.headers["Session-Seconds"] = str(seconds_left(request))
        return response
