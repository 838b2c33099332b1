"""The public page behind the QR code of a legal document: is it real, and does it still count?

It shows no name and no amount: who holds the paper knows those, and who found it should not. The
code in the address is 120 bits of a keyed hash, so nobody comes here by trying.
"""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.formatting import format_size
from common.forms import PortalForm
from documents import conf, selectors
from documents.registry import Standing
from documents.upload_fields import ReadFileField

_TONES = {
    Standing.CURRENT: "success",
    Standing.PENDING: "warning",
    Standing.SUPERSEDED: "warning",
    Standing.WITHDRAWN: "danger",
    Standing.DESTROYED: "info",
}


class CompareForm(PortalForm):
    """A file whose hash is compared. It is read once and not kept."""

    file = ReadFileField(
        extension="pdf",
        label=gettext_lazy("Uw PDF"),
        help_text=gettext_lazy(
            "Het portaal berekent de controlesom en vergelijkt ze. Uw bestand wordt niet bewaard."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    def clean_file(self) -> File:
        """Raises ValidationError for more than the portal takes elsewhere."""
        sent: File = self.cleaned_data["file"]
        limit = conf.max_upload_bytes()
        if (sent.size or 0) > limit:
            raise ValidationError(
                _("Dit bestand is te groot (%(size)s). Een bestand mag hoogstens %(limit)s zijn.")
                % {"size": format_size(sent.size or 0), "limit": format_size(limit)}
            )
        return sent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def control(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Kind, number, day, hash and standing of a document; a file sent along is compared."""
    document = selectors.legal_document(number, token)
    if document is None:
        raise Http404
    found = selectors.verified(document)
    sent = request.method == "POST"
    form = CompareForm(request.POST, request.FILES) if sent else CompareForm()
    same = None
    if sent and form.is_valid():
        same = _sha256(form.cleaned_data["file"]) in found.hashes
    response = render(
        request,
        "documents/control.html",
        {
            "document": document,
            "kind": found.kind,
            "standing": found.standing.value,
            "tone": _TONES[found.standing],
            "form": form,
            "same": same,
        },
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _sha256(sent: Any) -> str:
    digest = hashlib.sha256()
    for chunk in sent.chunks():
        digest.update(chunk)
    return digest.hexdigest()
