"""What browsers refused to load or run on our pages: counted, without anything of a person.

Of a report three words are kept: the rule that was broken, whose thing it was, and the name of our
page. No address with a file number in it, no text, no visitor.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

MOST_REPORTS = 20
"""In one message; a browser gathers a few."""
OTHER = "other"
_DIRECTIVES = frozenset(
    {
        *("default-src", "script-src", "script-src-elem", "script-src-attr", "style-src"),
        *("style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src", "media-src"),
        *("object-src", "frame-src", "child-src", "worker-src", "manifest-src", "form-action"),
        *("frame-ancestors", "base-uri"),
    }
)
_WORDS = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self"})
_HOST = re.compile(r"[a-z0-9.-]{1,100}")


class Violation(NamedTuple):
    """One kind of thing that was refused."""

    directive: str
    blocked: str
    page: str


class ReportingMiddleware:
    """Tells browsers where `report-to csp` of our policy leads (Reporting-Endpoints)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Reporting-Endpoints"] = f'csp="{settings.CSP_REPORT_PATH}"'
        return response


def violations_in(body: bytes) -> Iterator[Violation]:
    """Of a message in the older shape (report-uri) or the newer one (report-to).

    Raises:
        ValueError: when it is neither.
    """
    try:
        found = json.loads(body)
    except RecursionError as error:  # a thousand brackets
        raise ValueError("too deep") from error
    if isinstance(found, dict):
        found = [{"type": "csp-violation", "body": found.get("csp-report")}]
    if not isinstance(found, list):
        raise ValueError("no list of reports")
    for report in found[:MOST_REPORTS]:
        told = report.get("body") if isinstance(report, dict) else None
        if isinstance(told, dict) and report.get("type") == "csp-violation":
            yield Violation(
                _directive(
                    _first(told, "effectiveDirective", "effective-directive")
                    or _first(told, "violatedDirective", "violated-directive")
                ),
                _blocked(_first(told, "blockedURL", "blocked-uri")),
                _page(_first(told, "documentURL", "document-uri")),
            )


def _first(told: dict[str, Any], *names: str) -> str:
    return next((told[name] for name in names if isinstance(told.get(name), str)), "")


def _directive(text: str) -> str:
    word = text.split(" ")[0].lower()
    return word if word in _DIRECTIVES else OTHER


def _blocked(text: str) -> str:
    """A word of CSP, or the name of a machine; an extension of the browser is none of ours."""
    if text in _WORDS:
        return text
    try:
        address = urlsplit(text)
        host = (address.hostname or "").lower()
    except ValueError:
        return OTHER
    if address.scheme.endswith("-extension"):
        return "extension"
    if address.scheme in _WORDS:
        return address.scheme
    return host if _HOST.fullmatch(host) else OTHER


def _page(text: str) -> str:
    """The name of the view: the address itself may name a file or hold what was searched."""
    try:
        return resolve(urlsplit(text).path).view_name[:100]
    except (ValueError, Resolver404):
        return OTHER
