"""Documents that count in law: their code to verify them, and the row behind it."""

import base64
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac

from documents.models import Job, LegalDocument, StoredFile, slug_of

_SALT = "documents.legal"
_TOKEN_BYTES = 15  # 120 bits: nobody guesses one, however many are tried


@dataclass(frozen=True)
class Issue:
    """A legal document about to be given out."""

    number: str
    token: str
    is_signed: bool


def issue_of(number: str, content_hash: str, *, kind: str, is_signed: bool) -> Issue:
    """The same content under the same number gives the same code; nobody else can work it out."""
    digest = salted_hmac(_SALT, f"{kind}|{number}|{content_hash}", algorithm="sha256").digest()
    token = base64.b32encode(digest[:_TOKEN_BYTES]).decode().lower()
    return Issue(number, token, is_signed)


def with_control(html: str, issue: Issue) -> str:
    """The page with, at its end, the QR code and the address where it is verified."""
    block = render_to_string("documents/pdf/control.html", _control(issue))
    head, end, rest = html.rpartition("</body>")
    return f"{head}{block}{end}{rest}"


def address_of(number: str, token: str) -> str:
    """The public page that verifies a document, whole, as it stands on paper."""
    return settings.SITE_URL + reverse("documents:control", args=[slug_of(number), token])


def keep_issue(job: Job, issue: Issue, content_hash: str, stored: StoredFile) -> None:
    """Write the row that the page of the code reads, once per content."""
    LegalDocument.objects.get_or_create(
        kind=job.kind,
        content_hash=content_hash,
        defaults={
            "number": issue.number,
            "token": issue.token,
            "file": stored,
            "sha256": stored.sha256,
            "is_signed": issue.is_signed,
        },
    )


def _control(issue: Issue) -> dict[str, str | bool]:
    import segno  # only workers make codes

    address = address_of(issue.number, issue.token)
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", border=0, xmldecl=False, svgns=True, scale=4
    )
    return {
        "address": address,
        "number": issue.number,
        "is_signed": issue.is_signed,
        "picture": "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode(),
    }
