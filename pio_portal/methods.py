"""Which methods an address knows: those of its rule (common/rights.py), and no other."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from dashboard.matrix import all_rules

GetResponse = Callable[[HttpRequest], HttpResponse]

READ, WRITE = ("GET", "HEAD"), ("POST",)
KNOWN = (*READ, *WRITE)
"""The portal reads and takes forms; it knows no other method anywhere."""


def methods_of(name: str) -> tuple[str, ...]:
    """The methods of an address by its full name; all that we know when it has no rule."""
    rules = all_rules().get(name)
    if not rules:
        return KNOWN
    reads = READ if any(rule.read is not None for rule in rules) else ()
    return reads + (WRITE if any(rule.write is not None for rule in rules) else ())


class MethodsMiddleware:
    """405 with the methods of the address in `Allow`, for any other.

    A view that forgets to say which methods it takes would else answer PUT or DELETE as a GET. What
    we know nowhere is refused before anything is asked of who comes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in KNOWN:
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return HttpResponseNotAllowed(KNOWN)
        return HttpResponseNotAllowed(methods_of(found.view_name))

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        found = request.resolver_match
        known = methods_of(found.view_name) if found is not None else KNOWN
        return None if request.method in known else HttpResponseNotAllowed(known)
