"""Files on disk and in a bucket: the same promises, whichever the environment chose."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client

from common import clock
from documents import conf, object_storage, storage
from documents.archives import MISSING
from documents.models import Job, JobState, ScanState, StoredFile
from documents.registry import ArchiveDocument, FileInArchive
from documents.services import (
    discard_file,
    request_document,
    run_job,
    scan_file,
    store_file,
    store_upload,
)
from documents.services.running import claim_job
from operations.checks.registry import Finding, Level, inspect
from tests.accounts.factories import UserFactory
from tests.documents.buckets import make_bucket
from tests.documents.factories import anyone, pdf_bytes, registered, upload
from tests.documents.scanner import scanner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


@pytest.fixture(params=["disk", "bucket"])
def kept(request: pytest.FixtureRequest, settings: Any) -> str:
    """Where files are kept; the promises below hold for both."""
    settings.FREE_GIGABYTES = 0
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


@pytest.fixture
def away(bucket: None, settings: Any) -> None:
    """The service answers, and has no such bucket (any more)."""
    settings.FILES_S3_BUCKET = "verdwenen"


def names() -> list[str]:
    return sorted(one.name for one in storage.here().listed())


def made(n: int = 1) -> Job:
    job = request_document(kind="tests.letter", params={"n": n}, requested_by=None)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def served(stored_by: Job) -> Any:
    client = Client()
    client.force_login(UserFactory())
    return client.get(f"/documenten/{stored_by.pk}/")


def checked(code: str) -> Finding:
    return next(finding for check, finding in inspect(full=True) if check.code == code)


def lose(stored: StoredFile) -> None:
    storage.here().delete(stored.storage_name)


def put(content: bytes, name: str) -> None:
    conf.work_root().mkdir(parents=True, exist_ok=True)
    path = conf.work_root() / "put.part"
    path.write_bytes(content)
    storage.here().publish(path, name, hashlib.sha256(content).hexdigest())


@pytest.mark.usefixtures("kept")
class TestKeeping:
    def test_an_upload_is_kept_whole_and_removed_after_the_commit(
        self, django_capture_on_commit_callbacks: Any, settings: Any
    ) -> None:
        content = pdf_bytes()
        stored = store_upload(uploaded=upload("plan.pdf", content), created_by=None)
        place, name = storage.here(), stored.storage_name
        assert (stored.read(), place.size(name), names()) == (content, len(content), [name])
        assert place.sha256(name) == stored.sha256 == hashlib.sha256(content).hexdigest()
        assert stored.path.exists() == place.is_disk
        assert list(conf.work_root().iterdir()) == []
        with django_capture_on_commit_callbacks(execute=True):
            discard_file(stored=stored)
            assert names() == [name]
        assert (names(), place.size(name)) == ([], None)
        place.delete(name)
        with pytest.raises(FileNotFoundError):
            place.read(name)

    def test_a_file_whose_row_is_refused_does_not_stay(self) -> None:
        with pytest.raises(ValidationError):
            store_file(content=b"", name="leeg.txt")
        assert names() == []

    def test_nothing_goes_when_the_transaction_does_not_hold(self) -> None:
        stored = store_file(content=b"inhoud", name="a.txt")
        with transaction.atomic():
            discard_file(stored=stored)
            transaction.set_rollback(True)
        assert StoredFile.objects.get().read() == b"inhoud"

    def test_what_waits_for_the_scanner_is_read_by_it(self, settings: Any) -> None:
        content = pdf_bytes()
        with scanner() as own:
            settings.CLAMD_ADDRESS = own.address
            stored = store_upload(uploaded=upload("plan.pdf", content), created_by=None)
            assert scan_file(file_id=stored.pk) == ScanState.CLEAN
            assert own.seen == [content]

    def test_a_rehearsal_keeps_its_files_in_a_folder(self, tmp_path: Path) -> None:
        with conf.files_kept_in(tmp_path / "oefening"):
            stored = store_file(content=b"oefening", name="a.txt")
            assert stored.read() == stored.path.read_bytes() == b"oefening"
            assert names() == [stored.storage_name]
        assert names() == []


@pytest.mark.usefixtures("kept")
class TestDocuments:
    def test_a_made_document_is_fetched_as_an_inert_attachment(self, settings: Any) -> None:
        job = made()
        assert (job.state, names()) == (JobState.DONE, [job.file.storage_name])  # type: ignore[union-attr]
        response = served(job)
        content = b"".join(response.streaming_content)
        assert (response.status_code, content) == (200, job.file.read())  # type: ignore[union-attr]
        assert content.startswith(b"%PDF-1.7")
        assert {name: response[name] for name in ("Content-Length", "Content-Type")} == {
            "Content-Length": str(len(content)),
            "Content-Type": "application/pdf",
        }
        assert response["Content-Disposition"] == 'attachment; filename="brief.pdf"'
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        settings.X_ACCEL_PREFIX = "/private-files/"
        behind_nginx = served(job)
        assert b"".join(behind_nginx) in {content, b""}
        assert ("X-Accel-Redirect" in behind_nginx) == storage.here().is_disk
        settings.X_ACCEL_PREFIX = ""
        lose(job.file)  # type: ignore[arg-type]
        assert served(job).status_code == 404

    def test_what_is_equal_is_kept_once_and_made_again_when_it_is_lost(self) -> None:
        first, second = made(1), made(2)
        assert first.file == second.file
        lose(first.file)  # type: ignore[arg-type]
        third = made(3)
        assert names() == [third.file.storage_name]  # type: ignore[union-attr]

    def test_what_a_killed_attempt_published_goes_at_the_next(self) -> None:
        job = request_document(kind="tests.letter", requested_by=None)
        key = job.pk.hex
        Job.objects.filter(pk=job.pk).update(attempt=2)
        for attempt in (1, 2, 3):
            put(b"half", f"{key[:2]}/{key}-{attempt}")
        assert claim_job(job.pk) is not None
        assert names() == [f"{key[:2]}/{key}-3"]

    def test_an_archive_takes_kept_files_and_names_what_is_lost(self) -> None:
        here, lost = (store_file(content=b"inhoud", name=f"{name}.bin") for name in "ab")
        lose(lost)
        kind = ArchiveDocument(
            kind="tests.archive",
            label="Proefarchief",
            parts=lambda params: ["een"],
            files=lambda params, part: [
                FileInArchive(("een", stored.name), stored) for stored in (here, lost)
            ],
            filename=lambda params: "proef.zip",
            may_download=anyone,
        )
        with registered(kind):
            job = request_document(kind="tests.archive", requested_by=None)
            run_job(job_id=job.pk)
        job.refresh_from_db()
        with (
            storage.here().open(job.file.storage_name) as content,  # type: ignore[union-attr]
            (conf.work_root() / "proef.zip").open("wb+") as copy,
        ):
            copy.write(content.read())
            with zipfile.ZipFile(copy) as archive:
                assert archive.read("een/a.bin") == b"inhoud"
                assert archive.read(MISSING) == b"een/b.bin\r\n"


@pytest.mark.usefixtures("kept")
class TestTheDoctor:
    def test_it_finds_what_is_lost_damaged_or_known_by_nobody(self) -> None:
        whole, lost, damaged = (store_file(content=b"inhoud", name="a.txt") for _ in range(3))
        assert (checked("files").level, checked("storage").level) == (Level.OK, Level.OK)
        lose(lost)
        put(b"Inhoud", damaged.storage_name)
        put(b"x", "ab/niemand")
        put(b"x", "iets-van-iemand-anders/x")
        found = checked("files")
        assert found.level == Level.FAULT
        assert sorted(found.details) == sorted(
            [f"{lost.storage_name} ontbreekt", f"{damaged.storage_name} is beschadigd"]
        )
        assert checked("orphans").level == Level.OK  # it may be on its way
        with time_machine.travel(clock.now() + timedelta(hours=2)):
            assert checked("orphans").details == ["ab/niemand"]
        assert whole.storage_name in names()


class TestABucket:
    def test_what_is_too_large_for_one_request_goes_in_parts(
        self, bucket: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(object_storage, "ONE_REQUEST", 4)
        assert store_file(content=b"een groot bestand", name="a.txt").read() == b"een groot bestand"

    def test_the_service_gets_the_hash_to_check_what_arrived(
        self, bucket: None, settings: Any
    ) -> None:
        """moto does not compare; a real service refuses what does not fit (BadDigest)."""
        sent: list[str] = []

        def note(params: Any, **more: Any) -> None:
            sent.append(params["headers"]["x-amz-checksum-sha256"])

        client = object_storage._client(settings.FILES_S3_ENDPOINT, settings.FILES_S3_REGION)
        client.meta.events.register("before-call.s3.PutObject", note)
        stored = store_file(content=b"inhoud", name="a.txt")
        client.meta.events.unregister("before-call.s3.PutObject", note)
        assert [base64.b64decode(one).hex() for one in sent] == [stored.sha256]

    def test_a_bucket_that_keeps_what_is_removed_is_told(
        self, bucket: None, settings: Any, object_service: str
    ) -> None:
        settings.FREE_GIGABYTES, settings.FILES_S3_BUCKET = 0, "met-versies"
        make_bucket(object_service, "met-versies", keeps_versions=True)
        found = checked("storage")
        assert (found.level, "blijft bestaan" in found.sentence) == (Level.WARNING, True)

    def test_nobody_at_the_address(self, bucket: None, settings: Any) -> None:
        settings.FILES_S3_ENDPOINT = "http://127.0.0.1:9"
        with pytest.raises(storage.StorageAway, match=r"\(EndpointConnectionError\)"):
            storage.here().size("ab/a")

    def test_an_upload_is_refused_with_a_sentence_when_it_is_away(self, away: None) -> None:
        with pytest.raises(ValidationError, match="Probeer het over enkele minuten opnieuw"):
            store_upload(uploaded=upload("plan.pdf", pdf_bytes()), created_by=None)
        assert not StoredFile.objects.exists()

    def test_a_document_says_why_and_is_tried_again(self, away: None) -> None:
        job = made()
        assert job.state == JobState.QUEUED
        assert job.error == ("De opslag van de bestanden antwoordt niet of weigert (NoSuchBucket).")

    def test_a_page_says_why_a_file_cannot_be_fetched(self, bucket: None, settings: Any) -> None:
        job = made()
        settings.FILES_S3_BUCKET = "verdwenen"
        response = served(job)
        assert response.status_code == 503
        assert "kan nu niet opgehaald worden" in response.content.decode()

    def test_the_doctor_says_so_and_what_must_go_stays_for_it_to_find(
        self, bucket: None, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.FREE_GIGABYTES = 0
        stored = store_file(content=b"inhoud", name="a.txt")
        settings.FILES_S3_BUCKET = "verdwenen"
        assert checked("files").level == Level.FAULT
        for code in ("orphans", "storage"):
            found = checked(code)
            assert (found.level, "NoSuchBucket" in found.sentence) == (Level.FAULT, True)
        with django_capture_on_commit_callbacks(execute=True):
            discard_file(stored=stored)
        settings.FILES_S3_BUCKET = "pio"
        assert names() == [stored.storage_name]


def test_a_portal_on_disk_does_not_load_what_talks_to_buckets() -> None:
    code = (
        "import sys; from pio_portal.wsgi import application; from django.urls import get_resolver;"
        "from documents import storage; get_resolver().url_patterns; storage.here();"
        "assert not {'boto3', 'botocore', 's3transfer'} & sys.modules.keys(); print('ok')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "ok", done.stderr
