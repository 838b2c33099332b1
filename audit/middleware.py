"""What a request leaves in the record beside the acts of the services."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from pghistory.middleware import WSGIRequest

from audit import readings, refusals
from audit.context import acting, person_at

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class AuditMiddleware:
    """Tell the database who acts; keep what was refused and what was read.

    A GET that is not refused and shows no advice asks nothing of the database here. It stands below
    the middleware that knows the person and the number of the request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with refusals.collecting() as refused:
            response = self._answer(request)
        refusals.keep(request, response, refused)
        readings.keep(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A page that is refused by no named rule gives its sentence along."""
        if isinstance(exception, PermissionDenied):
            refusals.note_page(str(exception))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        with acting(user=person_at(request), via=f"{request.method} {request.path_info}"):
            # Who signs in is told from that moment on.
            request.__class__ = WSGIRequest
            return self.get_response(request)
