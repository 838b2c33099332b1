"""What people send is looked at for viruses; meanwhile nobody waits but who wants to read it."""

import io
import socket
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from common import clock
from documents import clamd
from documents.archives import MISSING, Archive
from documents.downloads import serve
from documents.models import ScanState, StoredFile
from documents.services import scan_file, store_file, store_upload, sweep_scans
from documents.services.requests import broker
from operations.checks.files import scanner as scanner_check
from tests.accounts.factories import UserFactory
from tests.documents.attacks import EICAR, picture
from tests.documents.factories import pdf_bytes, upload
from tests.documents.scanner import MARK, REAL, real_scanner, scanner

pytestmark = pytest.mark.django_db

GOOD = pdf_bytes()
BAD = GOOD + b"%" + MARK
NOWHERE = "127.0.0.1:9"


def scan(content: bytes, address: str, timeout: float = 5) -> str:
    return clamd.scan(io.BytesIO(content), address=address, timeout=timeout)


def answer(stored: StoredFile, user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user, request.session = user, {}  # type: ignore[assignment]
    return serve(request, stored)


def content_of(served: Any) -> bytes:
    content = b"".join(served)
    served.file_to_stream.close()
    return content


def sent(content: bytes = GOOD, by: Any = None) -> StoredFile:
    return store_upload(uploaded=upload("plan.pdf", content), created_by=by or UserFactory())


class TestTalking:
    def test_each_byte_arrives_and_the_virus_is_named(self) -> None:
        long = bytes(range(256)) * 1000
        with scanner() as own:
            assert scan(long, own.address) == ""
            assert scan(long + MARK, own.address) == "Test.Virus"
            assert own.seen == [long, long + MARK]

    def test_a_file_over_the_scanner_s_limit_is_refused_in_its_words(self) -> None:
        with scanner(limit=100_000) as own, pytest.raises(clamd.ScannerRefused, match="size limit"):
            scan(b"x" * 5_000_000, own.address)

    @pytest.mark.parametrize("said", [b"stream: OK maybe\0", b"UNKNOWN COMMAND\0", b"x" * 5000])
    def test_no_other_answer_counts_as_clean(self, said: bytes) -> None:
        with scanner(said) as own, pytest.raises(clamd.ScannerRefused):
            scan(GOOD, own.address)

    @pytest.mark.parametrize("address", [NOWHERE, "/nergens/clamd.sock", "geen-poort"])
    def test_nobody_there(self, address: str) -> None:
        with pytest.raises(clamd.ScannerAway):
            scan(GOOD, address)
        assert not clamd.answers(address=address, timeout=1)

    def test_silence_ends(self) -> None:
        with scanner(None) as own, pytest.raises(clamd.ScannerAway):
            scan(GOOD, own.address, timeout=0.2)

    def test_hanging_up_is_no_answer(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as quiet:
            quiet.settimeout(5)
            with pytest.raises(clamd.ScannerAway):
                scan(GOOD, f"127.0.0.1:{quiet.getsockname()[1]}", timeout=0.2)

    @pytest.mark.skipif(REAL is None, reason="clamd is not installed")
    def test_the_real_one_finds_eicar(self, tmp_path: Path) -> None:
        with real_scanner(tmp_path, EICAR, limit=1_000_000) as address:
            assert scan(GOOD, address) == ""
            assert scan(EICAR, address) == "Eicar-Test.UNOFFICIAL"
            assert scan(picture("PNG") + EICAR, address) == "Eicar-Test.UNOFFICIAL"
            with pytest.raises(clamd.ScannerRefused, match="size limit"):
                scan(b"x" * 3_000_000, address)


class TestStates:
    def test_without_a_scanner_nothing_waits(self) -> None:
        stored = sent()
        assert (stored.scan_state, stored.is_withheld, stored.scan_sentence) == ("none", False, "")
        assert sweep_scans() == 0

    def test_only_what_people_send_is_looked_at(self, settings: Any) -> None:
        settings.CLAMD_ADDRESS = NOWHERE
        assert store_file(content=GOOD, name="brief.pdf").scan_state == ScanState.NONE
        assert sent().scan_state == ScanState.PENDING

    def test_what_is_clean_is_open_to_all_who_may_read_it(self, settings: Any) -> None:
        with scanner() as own:
            settings.CLAMD_ADDRESS = own.address
            stored = sent()
            assert scan_file(file_id=stored.pk) == ScanState.CLEAN
        stored.refresh_from_db()
        assert (stored.scan_state, stored.is_withheld) == (ScanState.CLEAN, False)
        assert scan_file(file_id=stored.pk) == ""
        assert content_of(answer(stored, AnonymousUser())) == GOOD

    def test_a_virus_is_hidden_from_everybody(self, settings: Any) -> None:
        by = UserFactory()
        with scanner() as own:
            settings.CLAMD_ADDRESS = own.address
            stored = sent(BAD, by)
            scan_file(file_id=stored.pk)
            stored.refresh_from_db()
            assert (stored.scan_state, stored.scan_note) == (ScanState.INFECTED, "Test.Virus")
            finding = scanner_check(full=False)
        page = answer(stored, by)
        assert page.status_code == 409
        assert "In dit bestand is een virus gevonden." in page.content.decode()
        assert "Content-Disposition" not in page
        # Staff see that it is there, and what it is.
        assert finding.level == "warning"
        assert "Test.Virus" in finding.details[0]

    def test_what_waits_is_open_to_who_sent_it_only(self, settings: Any) -> None:
        settings.CLAMD_ADDRESS = NOWHERE
        by = UserFactory()
        stored = sent(by=by)
        assert content_of(answer(stored, by)) == GOOD
        for other in (UserFactory(), AnonymousUser()):
            page = answer(stored, other)
            assert page.status_code == 409
            assert "wordt nog nagekeken op virussen" in page.content.decode()

    def test_a_scanner_that_is_away_keeps_the_file_waiting(self, settings: Any) -> None:
        settings.CLAMD_ADDRESS = NOWHERE
        stored = sent()
        assert [scan_file(file_id=stored.pk) for _time in range(5)] == [ScanState.PENDING] * 5
        assert scanner_check(full=False).level == "fault"

    def test_a_refusal_is_tried_three_times_and_again_after_a_day(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(broker, "away_until", float("inf"))
        with scanner(b"heuristic ERROR\0") as own:
            settings.CLAMD_ADDRESS = own.address
            stored = sent()
            states = [scan_file(file_id=stored.pk) for _time in range(3)]
            assert states == [ScanState.PENDING, ScanState.PENDING, ScanState.ERROR]
            stored.refresh_from_db()
            assert stored.scan_note == "heuristic ERROR"
            assert "kon niet nagekeken worden" in stored.scan_sentence
            assert scanner_check(full=False).level == "warning"
        StoredFile.objects.update(scanned_at=clock.now() - timedelta(hours=25))
        sweep_scans()
        stored.refresh_from_db()
        assert (stored.scan_state, stored.scan_attempt) == (ScanState.PENDING, 0)

    def test_the_sweep_wakes_what_was_lost_once_per_waiting_time(self, settings: Any) -> None:
        settings.CLAMD_ADDRESS, settings.CELERY_BROKER_URL = NOWHERE, "memory://"
        sent()
        assert sweep_scans() == 0
        StoredFile.objects.update(scan_announced_at=clock.now() - timedelta(minutes=5))
        assert sweep_scans() == 1
        assert sweep_scans() == 0

    def test_waiting_long_is_a_fault(self, settings: Any) -> None:
        with scanner() as own:
            settings.CLAMD_ADDRESS = own.address
            assert scanner_check(full=False).level == "ok"
            sent()
            StoredFile.objects.update(created_at=clock.now() - timedelta(hours=1))
            assert scanner_check(full=False).level == "fault"


def test_an_archive_names_what_may_not_be_in_it(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.zip") as archive:
        archive.leave_out(("dossier", "plan.pdf"), "Wordt nagekeken.")
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        assert made.namelist() == [MISSING]
        assert made.read(MISSING).decode() == "dossier/plan.pdf: Wordt nagekeken.\r\n"


@pytest.mark.parametrize(("answers", "status"), [(True, "ok"), (False, "unreachable")])
def test_health_says_whether_the_scanner_answers(
    client: Any, settings: Any, answers: bool, status: str
) -> None:
    with scanner() as own:
        settings.CLAMD_ADDRESS = own.address if answers else NOWHERE
        found = client.get("/health/ready")
    assert found.status_code == 200
    assert found.json()["checks"]["scanner"] == status
