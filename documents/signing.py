"""Signing PDFs (PAdES, ETSI EN 319 142) with the certificate of the programme, when there is one.

The signature is invisible and added behind the document, so the pages, the tags and the metadata
stay as they were: PDF/A-3a and PDF/UA-1 hold (documents.conformance). pyHanko is imported where it
is used: it takes half a second and only workers sign.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import clock

FIELD = "Handtekening"


class CertificateError(Exception):
    """The certificate can not be read; says why, without the passphrase."""


@dataclass(frozen=True)
class Certificate:
    """What the signature says of the signer."""

    fingerprint: str
    subject: str
    not_before: datetime
    not_after: datetime

    @property
    def is_valid_now(self) -> bool:
        return self.not_before <= clock.now() <= self.not_after


def is_configured() -> bool:
    """Whether DOCUMENT_SIGNING_P12 names a certificate."""
    return bool(settings.DOCUMENT_SIGNING_P12)


def certificate() -> Certificate | None:
    """The certificate that is configured, None when there is none.

    Raises:
        CertificateError: when file or passphrase can not be read, or do not fit.
    """
    if not is_configured():
        return None
    path = Path(settings.DOCUMENT_SIGNING_P12)
    try:
        return _read(path, path.stat().st_mtime_ns, _passphrase())
    except OSError as error:
        raise CertificateError(error.strerror or str(error)) from None


def signer_mark() -> str:
    """Which certificate signs, for the mark of a document's content; "" when none does.

    Raises:
        ValidationError: when there is one that can not sign now. A letter that should be signed is
            not given out without signature.
    """
    try:
        found = certificate()
    except CertificateError:
        raise ValidationError(
            _("Het certificaat van de handtekening kan niet gelezen worden. Meld dit de beheerder.")
        ) from None
    if found is None:
        return ""
    if not found.is_valid_now:
        raise ValidationError(
            _("Het certificaat van de handtekening is niet geldig. Meld dit de beheerder.")
        )
    return found.fingerprint


def sign_pdf(path: Path, number: str) -> None:
    """Sign the PDF at `path`, in place; `number` is what the reason of the signature names.

    Raises:
        CertificateError: when the certificate can not be read.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers, timestamps

    class KeepsItsMetadata(IncrementalPdfFileWriter):
        """pyHanko would write the metadata anew, and with it the claims of PDF/A and PDF/UA."""

        def _update_meta(self) -> None:
            return

    signer = signers.SimpleSigner.load_pkcs12(
        settings.DOCUMENT_SIGNING_P12, passphrase=_passphrase()
    )
    if signer is None:
        raise CertificateError("PKCS#12")
    stamper = None
    if settings.DOCUMENT_SIGNING_TSA_URL:
        stamper = timestamps.HTTPTimeStamper(settings.DOCUMENT_SIGNING_TSA_URL)
    signed = path.with_suffix(".signed")
    try:
        with path.open("rb") as source, signed.open("wb+") as target:
            signers.sign_pdf(
                KeepsItsMetadata(source),
                signers.PdfSignatureMetadata(
                    field_name=FIELD,
                    md_algorithm="sha256",
                    subfilter=fields.SigSeedSubFilter.PADES,
                    reason=number,
                ),
                signer=signer,
                timestamper=stamper,
                # An invisible field must print for PDF/A, and lie outside the page for PDF/UA.
                new_field_spec=fields.SigFieldSpec(
                    FIELD,
                    invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
                    readable_field_name=_("Elektronische handtekening"),
                ),
                output=target,
            )
        signed.replace(path)
    finally:
        signed.unlink(missing_ok=True)


def _passphrase() -> bytes | None:
    file = settings.DOCUMENT_SIGNING_PASSPHRASE_FILE
    return Path(file).read_bytes().strip() if file else None


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, passphrase: bytes | None) -> Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    try:
        _key, found, _others = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    except ValueError as error:
        raise CertificateError(str(error)) from None
    if found is None or _key is None:
        raise CertificateError(_("geen sleutel of certificaat in het bestand"))
    name: Any = found.subject.rfc4514_string()
    return Certificate(
        fingerprint=hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest(),
        subject=str(name),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
    )
