"""Which organisation a person acts for in this session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.selectors import SESSION_KEY, active_organisation


class ActiveOrganisationMiddleware:
    """Set `request.organisation`, looked up only when a page needs it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: active_organisation(request.user, request.session.get(SESSION_KEY))
        )
        return self.get_response(request)
