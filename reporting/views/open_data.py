"""What programs of others may read: a page that explains it, and its description in OpenAPI."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

DESCRIPTION = (Path(__file__).parents[1] / "openapi.json").read_bytes()
"""OpenAPI 3.1 of every address that answers JSON; tests/reporting/test_openapi.py holds it."""


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """For who reuses our data: which files there are, what they hold, under which licence."""
    return render(request, "reporting/open_data.html", {"licence": settings.OPEN_DATA_LICENCE})


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for everybody."""
    return HttpResponse(DESCRIPTION, content_type="application/json")
