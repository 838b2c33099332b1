"""PAdES: what counts in law is signed when a certificate is configured, and stays accessible."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings as project_settings
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from documents import signing
from documents.conformance import structural_faults
from documents.models import Job, JobState, LegalDocument
from documents.registry import Legal, Standing
from documents.services import request_document, run_job
from operations.checks.parts import signing_certificate
from tests.documents.certificates import write_certificate
from tests.documents.factories import letter, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]

LAW = Legal(
    number=lambda params: params.get("number", ""),
    standing=lambda params, job: Standing.CURRENT,
)


def configure(settings: Any, folder: Path, **certificate: Any) -> Any:
    p12, passphrase, found = write_certificate(folder, **certificate)
    settings.DOCUMENT_SIGNING_P12 = str(p12)
    settings.DOCUMENT_SIGNING_PASSPHRASE_FILE = str(passphrase)
    return found


def made(**params: Any) -> Job:
    job = request_document(kind="tests.law", params=params, requested_by=None)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def verdict(content: bytes, certificate: Any) -> Any:
    trusted = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    (embedded,) = PdfFileReader(BytesIO(content)).embedded_signatures
    return validate_pdf_signature(embedded, ValidationContext(trust_roots=[trusted]))


@contextmanager
def time_stamps(folder: Path) -> Iterator[str]:
    """The address of a server that stamps the time (RFC 3161), with a certificate of its own."""
    p12, passphrase, _certificate = write_certificate(folder)
    signer = SimpleSigner.load_pkcs12(str(p12), passphrase=passphrase.read_bytes().strip())
    assert signer is not None
    stamper = DummyTimeStamper(signer.signing_cert, signer.signing_key)

    class Stamping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    with HTTPServer(("127.0.0.1", 0), Stamping) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_a_server_stamps_the_time_of_a_signature_when_one_is_configured(
    settings: Any, tmp_path: Path
) -> None:
    """PAdES-B-T: the stamp is of another than who signs, over the signature itself."""
    certificate = configure(settings, tmp_path)
    own = tmp_path / "tijd"
    own.mkdir()
    with (
        registered(letter(kind="tests.law", legal=LAW, template="documents/pdf/letter.html")),
        time_stamps(own) as address,
    ):
        settings.DOCUMENT_SIGNING_TSA_URL = address
        stamped = made(number="PIO/2026/1")
    found = verdict(stamped.file.read(), certificate)
    assert (found.intact, found.valid) == (True, True)
    assert (found.timestamp_validity.intact, found.timestamp_validity.valid) == (True, True)
    assert abs(found.timestamp_validity.timestamp - timezone.now()) < timedelta(minutes=5)


def test_a_signed_letter_is_valid_accessible_and_broken_by_one_byte(
    settings: Any, tmp_path: Path
) -> None:
    with registered(letter(kind="tests.law", legal=LAW, template="documents/pdf/letter.html")):
        plain = made(number="PIO/2026/1")
        certificate = configure(settings, tmp_path)
        signed = made(number="PIO/2026/1")
    assert (plain.state, signed.state) == (JobState.DONE, JobState.DONE)
    assert plain.file_id != signed.file_id
    assert [one.is_signed for one in LegalDocument.objects.order_by("pk")] == [False, True]

    content = signed.file.read()
    found = verdict(content, certificate)
    assert (found.intact, found.valid, found.trusted) == (True, True, True)
    assert (found.bottom_line, found.timestamp_validity) == (True, None)
    with pikepdf.open(signed.file.path) as pdf:
        signature = pdf.Root.AcroForm.Fields[0]
        assert str(signature.V.SubFilter) == "/ETSI.CAdES.detached"
        assert str(signature.V.Reason) == "PIO/2026/1"
        # It prints (PDF/A) and lies outside the page (PDF/UA).
        assert (int(signature.F) & 4, float(signature.Rect[2]) < 0) == (4, True)
        metadata = pdf.Root.Metadata.read_bytes()
    assert b"pdfuaid:part" in metadata
    assert b"pyHanko" not in metadata
    # A letter without words; the faults that it has are those that it had before it was signed.
    assert structural_faults(signed.file.path) == structural_faults(plain.file.path)
    told = subprocess.run(
        ["pdfsig", signed.file.path], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told

    path = tmp_path / "broken.pdf"
    # In a stream rather than in the skeleton, so that it still opens.
    place = content.index(b"stream\n") + 40
    broken = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    path.write_bytes(broken)
    assert not verdict(broken, certificate).intact
    told = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." not in told


def test_what_does_not_count_in_law_is_not_signed(settings: Any, tmp_path: Path) -> None:
    configure(settings, tmp_path)
    with registered(letter(kind="tests.law", legal=LAW)):
        job = made(name="los")
    with pikepdf.open(job.file.path) as pdf:
        assert "/AcroForm" not in pdf.Root
    assert not LegalDocument.objects.exists()


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        ({"days": -1}, "Het certificaat van de handtekening is niet geldig."),
        ({"passphrase": b"fout"}, "Het certificaat van de handtekening kan niet gelezen worden."),
        ({"gone": True}, "Het certificaat van de handtekening kan niet gelezen worden."),
    ],
)
def test_a_letter_is_not_given_out_without_the_signature_it_should_have(
    settings: Any, tmp_path: Path, break_it: dict[str, Any], sentence: str
) -> None:
    configure(settings, tmp_path, days=break_it.get("days", 365))
    if "passphrase" in break_it:
        Path(settings.DOCUMENT_SIGNING_PASSPHRASE_FILE).write_bytes(break_it["passphrase"])
    if "gone" in break_it:
        Path(settings.DOCUMENT_SIGNING_P12).unlink()
    with registered(letter(kind="tests.law", legal=LAW)):
        job = made(number="PIO/2026/1")
    assert (job.state, job.file) == (JobState.FAILED, None)
    assert job.error.startswith(sentence)
    assert doctor().level == "fault"


def doctor() -> Any:
    return signing_certificate(full=False)


def test_the_doctor_knows_the_last_day_of_the_certificate(settings: Any, tmp_path: Path) -> None:
    assert (doctor().level, "geen certificaat" in doctor().sentence) == ("ok", True)
    configure(settings, tmp_path, days=100)
    assert doctor().level == "ok"
    assert "CN=PIO Portal (proef) is geldig tot" in doctor().sentence
    configure(settings, tmp_path, days=30)
    signing._read.cache_clear()
    assert doctor().level == "warning"


def test_nobody_but_who_signs_loads_the_library() -> None:
    """It takes half a second and some memory, which web processes need not pay."""
    code = (
        "import django; django.setup(); import sys, documents.tasks, documents.views,"
        " documents.services, operations.checks; print('pyhanko' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project_settings.BASE_DIR,
        env={"PIO_ENV": "test", "DJANGO_SETTINGS_MODULE": "pio_portal.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "False"
