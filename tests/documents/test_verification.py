"""The page behind the QR code: what it tells whom, and for which documents."""

import re
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from documents import signing
from documents.conformance import structural_faults
from documents.models import LegalDocument, StoredFile
from documents.registry import Standing
from documents.services import run_job
from evaluations import services
from evaluations.documents import letter_standing
from evaluations.models import SelectionDecision
from funding.documents import agreement_standing
from funding.documents import letter_standing as funding_standing
from payments.documents import letter_standing as recovery_standing
from projects.documents import receipt_number, receipt_standing
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.services.submission import RECEIPT_KIND
from reporting.documents import edition_number, edition_standing
from retention.services.destroying import destroy_file
from tests.documents.certificates import write_certificate
from tests.evaluations.factories import Case
from tests.projects.factories import VersionFactory

pytestmark = pytest.mark.django_db


def page(document: LegalDocument, **sent: Any) -> str:
    url = document.get_absolute_url()
    response = Client().post(url, sent) if sent else Client().get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("brief.pdf", content, "application/pdf")


def test_a_letter_carries_a_code_to_the_page_that_verifies_it(
    settings: Any, tmp_path: Path
) -> None:
    p12, passphrase, _certificate = write_certificate(tmp_path)
    settings.DOCUMENT_SIGNING_P12 = str(p12)
    settings.DOCUMENT_SIGNING_PASSPHRASE_FILE = str(passphrase)
    assert signing.certificate() is not None
    settings.SITE_URL = "https://pio.example"
    case = Case().lettered()
    letter = case.decision.letter
    assert letter is not None
    assert letter.file is not None
    document = LegalDocument.objects.get()
    assert (document.number, document.file) == (case.decision.letter_number, letter.file)
    address = "https://pio.example" + document.get_absolute_url()
    assert re.fullmatch(r"https://pio\.example/controle/pio-\d{4}-0001/[a-z2-7]{24}/", address)
    text = subprocess.run(
        ["pdftotext", letter.file.path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert address in text.replace("\n", "")
    assert "Dit bestand is elektronisch ondertekend." in " ".join(text.split())
    assert structural_faults(letter.file.path) == []

    # Pending until it is told; then it counts; nothing of the letter itself is shown.
    shown = page(document)
    for told in (document.number, "Beslissingsbrief", letter.file.sha256, "geldt nog niet", "Ja"):
        assert told in shown
    for secret in (
        case.proposal.title,
        case.proposal.organisation.name,
        case.proposal.reference,
        case.decision.grounds,
        str(case.leader),
    ):
        assert secret not in shown
    services.notify_decision(proposal=case.proposal, by=case.leader)
    assert "Dit document geldt" in page(document)

    # A file is compared, and not kept.
    files = StoredFile.objects.count()
    same = page(document, file=upload(letter.file.read()))
    assert "Uw bestand is echt" in same
    changed = letter.file.read()[:-1] + b"x"
    assert "Uw bestand is een ander bestand" in page(document, file=upload(changed))
    assert StoredFile.objects.count() == files


def test_the_same_letter_made_again_is_the_same_document_and_another_replaces_it() -> None:
    case = Case().lettered()
    first = LegalDocument.objects.get()

    def again() -> None:
        run_job(job_id=services.remake_letter(proposal=case.proposal, by=case.leader).pk)

    again()
    assert LegalDocument.objects.get() == first
    assert "geldt nog niet" in page(first)
    SelectionDecision.objects.update(grounds="Om een andere reden.")
    again()
    second = LegalDocument.objects.exclude(pk=first.pk).get()
    assert (second.number, second.token == first.token) == (first.number, False)
    assert "Er is een nieuwere versie" in page(first)
    assert "geldt nog niet" in page(second)
    services.withdraw_decision(proposal=case.proposal, by=case.leader)
    assert "Dit document geldt niet meer" in page(second)


def test_nobody_comes_there_by_guessing() -> None:
    version = VersionFactory(content={})
    document = LegalDocument.objects.create(
        kind=RECEIPT_KIND,
        number="PIO-1-v1",
        token="a" * 24,
        content_hash="b" * 64,
        sha256="c" * 64,
        file=StoredFile.objects.create(
            name="a.pdf", content_type="application/pdf", size=1, sha256="c" * 64, storage_name="x"
        ),
    )
    assert version.pk
    for url in (
        "/controle/pio-1-v1/aaaaaaaaaaaaaaaaaaaaaaab/",
        "/controle/pio-1-v2/aaaaaaaaaaaaaaaaaaaaaaaa/",
        "/controle/pio-1-v1/",
    ):
        assert Client().get(url).status_code == 404
    response = Client().get(document.get_absolute_url())
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "no-store" in response["Cache-Control"]
    # No job stands behind it any more: it is withdrawn.
    assert "Dit document geldt niet meer" in response.content.decode()


def test_a_file_that_can_not_be_compared_is_refused_in_words(settings: Any) -> None:
    document = LegalDocument.objects.create(
        kind=RECEIPT_KIND,
        number="PIO-1-v1",
        token="a" * 24,
        content_hash="b" * 64,
        sha256="c" * 64,
        file=StoredFile.objects.create(
            name="a.pdf", content_type="application/pdf", size=1, sha256="c" * 64, storage_name="x"
        ),
    )
    assert "Kies een bestand." in page(document, file="")
    settings.DOCUMENT_MAX_UPLOAD_BYTES = 10
    assert "Dit bestand is te groot" in page(document, file=upload(b"%PDF-1.7 te groot"))


def test_a_receipt_counts_until_a_later_version_or_a_withdrawal() -> None:
    version = VersionFactory()
    params, job = {"version": version.pk}, uuid4()
    assert receipt_number(params) == f"{version.proposal.reference}-v1"
    assert receipt_standing(params, job) == Standing.CURRENT
    VersionFactory(proposal=version.proposal, number=2)
    assert receipt_standing(params, job) == Standing.SUPERSEDED
    Proposal.objects.filter(pk=version.proposal_id).update(state=ProposalState.WITHDRAWN)
    assert receipt_standing(params, job) == Standing.WITHDRAWN


def test_what_is_gone_is_withdrawn() -> None:
    job = uuid4()
    assert letter_standing({"decision": 0}, job) == Standing.WITHDRAWN
    assert funding_standing({"decision": 0}, job) == Standing.WITHDRAWN
    assert agreement_standing({"agreement": 0}, job) == Standing.WITHDRAWN
    assert recovery_standing({"recovery": 0}, job) == Standing.WITHDRAWN
    params = {"year": 2026, "edition": 1}
    assert (edition_number(params), edition_number({"year": 2026})) == ("JR-2026-1", "")
    assert edition_standing(params, job) == Standing.WITHDRAWN


def test_a_paper_of_a_destroyed_file_can_still_be_verified(
    django_capture_on_commit_callbacks: Any,
) -> None:
    case = Case().lettered()
    letter = case.decision.letter
    assert letter is not None
    assert letter.file is not None
    content, path = letter.file.read(), letter.file.path
    services.notify_decision(proposal=case.proposal, by=case.leader)
    with django_capture_on_commit_callbacks(execute=True):
        destroy_file(case.proposal)
    document = LegalDocument.objects.get()
    assert (document.file, path.exists()) == (None, False)
    shown = page(document, file=upload(content))
    assert "De bewaartermijn van dit document is voorbij" in shown
    assert "Uw bestand is echt" in shown


def test_who_types_number_and_code_from_paper_comes_to_the_page_of_the_document() -> None:
    Case().lettered()
    document = LegalDocument.objects.get()
    url, address = reverse("documents:find"), document.get_absolute_url()
    typed = document.token.replace("o", "0").replace("l", "1").upper()
    for number, code in [
        (document.number, document.token),
        (f" {document.number.lower()} ", f"{typed[:8]} {typed[8:]}"),
        (document.number, f"https://pio.example{address}"),
        (document.number, document.sha256),
    ]:
        assertRedirects(Client().post(url, {"number": number, "code": code}), address)


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        ("", "", "Dit veld is verplicht."),
        ("{number}", "abc", "Dit is geen controlecode."),
        ("{number}", "{token}7", "U typte er 25."),
        ("{number}", "a" * 24, "We vinden geen document met dit nummer en deze code."),
        ("PIO-1", "{token}", "We vinden geen document met dit nummer en deze code."),
        ("/", "{token}", "We vinden geen document met dit nummer en deze code."),
    ],
)
def test_what_is_wrong_on_paper_gets_a_sentence(number: str, code: str, sentence: str) -> None:
    Case().lettered()
    document = LegalDocument.objects.get()
    sent = {
        "number": number.format(number=document.number),
        "code": code.format(token=document.token),
    }
    response = Client().post(reverse("documents:find"), sent)
    assertContains(response, sentence)
    assertContains(response, f'value="{sent["code"]}"' if sent["code"] else 'name="code"')
