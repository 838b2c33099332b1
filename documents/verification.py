"""The public page behind the QR code of a legal document: is it real, and does it still count?

Who has paper and no camera types number and code on a page of its own. It shows no name and no
amount: who holds the paper knows those, and who found it should not. The code in the address is 120
bits of a keyed hash, so nobody comes here by trying.
"""

import hashlib
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.formatting import format_size
from common.forms import PortalForm
from documents import conf, selectors
from documents.models import LegalDocument
from documents.registry import Standing
from documents.upload_fields import ReadFileField

_TONES = {
    Standing.CURRENT: "success",
    Standing.PENDING: "warning",
    Standing.SUPERSEDED: "warning",
    Standing.WITHDRAWN: "danger",
    Standing.DESTROYED: "info",
}

_CODE_LENGTH = 24
_LOOKALIKES = str.maketrans("01", "ol")


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


class FindForm(PortalForm):
    """What stands on paper: the number, and the code at the end of the address or the file's hash.

    `document` is what was found, once the form is valid.
    """

    document: LegalDocument

    number = forms.CharField(
        label=gettext_lazy("Nummer van het document"),
        max_length=60,
        help_text=gettext_lazy("Het staat onderaan het document, naast de QR-code."),
    )
    code = forms.CharField(
        label=gettext_lazy("Controlecode"),
        max_length=300,
        help_text=gettext_lazy(
            "De 24 letters en cijfers aan het eind van het adres naast de QR-code. Hebt u het"
            " bestand, dan mag ook de controlesom (SHA-256, 64 tekens)."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Also the whole address will do; no code holds a 0 or a 1, so those are an o and an l."""
        typed = "".join(self.cleaned_data["code"].split()).lower().rstrip("/").rpartition("/")[2]
        code = typed.translate(_LOOKALIKES) if len(typed) == _CODE_LENGTH else typed
        if not re.fullmatch(r"[a-z2-7]{24}|[0-9a-f]{64}", code):
            raise ValidationError(
                _(
                    "Dit is geen controlecode. Een code heeft 24 letters en cijfers, een"
                    " controlesom 64. U typte er %(count)s."
                )
                % {"count": len(typed)}
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when number and code are of no document, or not of the same."""
        values = super().clean() or self.cleaned_data
        if {"number", "code"} <= values.keys():
            found = selectors.legal_document_on_paper(values["number"], values["code"])
            if found is None:
                raise ValidationError(
                    _(
                        "We vinden geen document met dit nummer en deze code. Kijk na of u beide"
                        " juist overtypte. Klopt alles, dan komt het document niet uit dit portaal:"
                        " vraag ons of het echt is."
                    )
                )
            self.document = found
        return values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Where who holds paper types its number and code; the answer is the page of the QR code."""
    form = FindForm(request.POST) if request.method == "POST" else FindForm()
    if form.is_valid():
        return redirect(form.document)
    return render(request, "documents/find.html", {"form": form})


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
