"""What a request leaves in the record beside the acts of the services."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from pghistory.middleware import WSGIRequest

from audit.context import acting

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class AuditMiddleware:
    """Tell the database who acts while a request that may write is answered.

    A GET pays nothing. It stands below the middleware that knows the person and the number of the
    request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        with acting(user=request.user, via=f"{request.method} {request.path_info}"):
            # Who signs in is told from that moment on.
            request.__class__ = WSGIRequest
            return self.get_response(request)
