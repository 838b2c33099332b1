"""The receipt and the whole proposal as PDF, made by the job, from what was frozen."""

import subprocess

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import Job
from documents.selectors import latest_job
from documents.services import run_job
from projects.models import Proposal
from projects.services import submit_proposal
from projects.services.submission import DOSSIER_KIND, RECEIPT_KIND
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db


def text_of(job: Job) -> str:
    assert job.file is not None, job.error
    done = subprocess.run(
        ["pdftotext", "-layout", str(job.file.path), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return " ".join(done.stdout.split())


def test_the_receipt_says_what_when_and_which_hash(ready: Proposal) -> None:
    user = member(ready)
    version = submit_proposal(proposal=ready, by=user, arrived_at=timezone.now())
    job = latest_job(RECEIPT_KIND, {"version": version.pk})
    assert job is not None
    run_job(job_id=job.pk)
    job.refresh_from_db()
    text = text_of(job)
    for part in (ready.reference, ready.organisation.name, version.sha256, "€ 60.500,00"):
        assert part in text.replace("\N{NO-BREAK SPACE}", " ")
    client = signed_in(user)
    page = client.get(reverse("projects:receipt", args=[ready.reference, 1])).content.decode()
    assert reverse("documents:download", args=[job.pk]) in page
    download = client.get(reverse("documents:download", args=[job.pk]))
    assert b"".join(download).startswith(b"%PDF-")


def test_the_dossier_holds_every_answer_and_is_made_once(ready: Proposal) -> None:
    user = member(ready)
    version = submit_proposal(proposal=ready, by=user, arrived_at=timezone.now())
    client = signed_in(user)
    url = reverse("projects:make_document", args=[ready.reference, 1])
    first = client.post(url, {"kind": DOSSIER_KIND})
    job = latest_job(DOSSIER_KIND, {"version": version.pk})
    assert job is not None
    followed, _, back = first["Location"].partition("?")
    assert followed == reverse("documents:job", args=[job.pk])
    page = client.get(followed + "?" + back).content.decode()
    assert reverse("projects:version", args=[ready.reference, 1]) in page
    run_job(job_id=job.pk)
    job.refresh_from_db()
    text = text_of(job)
    for part in (
        "De riolen lopen over.",
        "Prototype".lower(),
        "De gegevens zijn juist.",
        "Jan Maes",
    ):
        assert part in text
    assert client.post(url, {"kind": DOSSIER_KIND})["Location"] == first["Location"]
    assert Job.objects.filter(kind=DOSSIER_KIND).count() == 1
    assert client.post(url, {"kind": "projects.other"}).status_code == 404
