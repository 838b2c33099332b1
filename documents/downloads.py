"""Answering with a private file. Whether the person may have it, the caller checks first."""

from django.conf import settings
from django.dispatch import Signal
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header

from documents.models import StoredFile

fetched = Signal()
"""Sent with request and job when somebody fetches the file of a job."""


def serve(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The file as an attachment with its readable name, inert in a browser.

    A page that says why (409) for a file that waits for the virus scanner, but for who sent it; and
    for everybody when a virus was found. Behind nginx (X_ACCEL_PREFIX) only headers are sent and
    nginx sends the content.

    Raises:
        Http404: when the content is not on disk.
    """
    if stored.is_withheld_from(request.user):
        return render(request, "documents/withheld.html", {"file": stored}, status=409)
    if settings.X_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse()
        response.headers["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{stored.storage_name}"
    else:
        try:
            response = FileResponse(stored.path.open("rb"))
        except FileNotFoundError:
            raise Http404 from None
    response.headers["Content-Type"] = stored.content_type
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, stored.name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
