"""Answering with a private file. Whether the person may have it, the caller checks first."""

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.dispatch import Signal
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from documents import storage
from documents.models import StoredFile

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

_PIECE = 1 << 16
_AWAY = _("Dit bestand kan nu niet opgehaald worden. Probeer het over enkele minuten opnieuw.")

fetched = Signal()
"""Sent with request and job when somebody fetches the file of a job."""


def serve(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The file as an attachment with its readable name, inert in a browser.

    A page that says why (409) for a file that waits for the virus scanner, but for who sent it; and
    for everybody when a virus was found; a page too (503) when a bucket does not answer.

    Of files on disk behind nginx (X_ACCEL_PREFIX) only headers are sent; nginx sends the content.
    What lies in a bucket passes through the portal: an address of the bucket itself, however short
    it lives, opens the file for whoever has it, without session or headers of ours.

    Raises:
        Http404: when the content is not there.
    """
    if stored.is_withheld_from(request.user):
        return _not_now(request, stored, stored.scan_sentence, status=409)
    place = storage.here()
    if settings.X_ACCEL_PREFIX and place.is_disk:
        response: HttpResponseBase = HttpResponse()
        response.headers["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{stored.storage_name}"
    else:
        try:
            streamed = FileResponse(place.open(stored.storage_name))
        except FileNotFoundError:
            raise Http404 from None
        except storage.StorageAway:
            logger.exception("file_not_served")
            return _not_now(request, stored, _AWAY, status=503)
        streamed.block_size = _PIECE
        streamed.headers.setdefault("Content-Length", str(stored.size))
        response = streamed
    response.headers["Content-Type"] = stored.content_type
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, stored.name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _not_now(
    request: HttpRequest, stored: StoredFile, sentence: "StrOrPromise", *, status: int
) -> HttpResponse:
    context = {"file": stored, "sentence": sentence}
    return render(request, "documents/withheld.html", context, status=status)
