"""Documents with real workers: killed in the middle, or asleep for too long."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import kombu.pools
import pikepdf
import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.test import Client

from documents import conf, registry
from documents.models import Job, JobState, StoredFile
from documents.services import request_document, sweep_jobs
from pio_portal.celery import app
from tests.accounts.factories import UserFactory
from tests.documents import slow

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

PATIENCE = 120  # seconds; a busy machine, not the normal case


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"Waited {PATIENCE} s for {what}.")


def database_url() -> str:
    """The address of the test database, for another process."""
    database = connection.settings_dict
    host = database["HOST"] or "localhost"
    login = quote(database["USER"], safe="")
    if database["PASSWORD"]:
        login += ":" + quote(database["PASSWORD"], safe="")
    if host.startswith("/"):
        query = {"host": host, **({"port": database["PORT"]} if database["PORT"] else {})}
        return f"postgresql://{login}@/{database['NAME']}?{urlencode(query)}"
    return f"postgresql://{login}@{host}:{database['PORT'] or 5432}/{database['NAME']}"


@dataclass
class Workers:
    """Worker processes, each the leader of its own group, so that a signal reaches its children."""

    pids: Path
    processes: list[subprocess.Popen[bytes]]

    def busy_group(self) -> int:
        """The group of the process that makes the document now."""
        return os.getpgid(int(self.pids.read_text().split()[-1]))


@pytest.fixture
def _own_corner_of_the_broker() -> Iterator[str]:
    """A key prefix of this run, so that nobody else's worker eats these messages."""
    prefix = f"test-{uuid4().hex}:"
    before = app.conf.broker_transport_options

    def use(options: dict[str, Any]) -> None:
        app.conf.broker_transport_options = options
        kombu.pools.reset()
        app._after_fork()  # drops the pools it keeps

    use({**before, "global_keyprefix": prefix})
    yield prefix
    with app.connection_for_write() as broker:
        client = broker.default_channel.client
        if keys := client.keys("*"):
            client.delete(*[key.decode().removeprefix(prefix) for key in keys])
    use(before)


@pytest.fixture
def workers(
    transactional_db: None, _own_corner_of_the_broker: str, tmp_path: Path, settings: Any
) -> Iterator[Workers]:
    settings.DOCUMENT_LEASE_SECONDS = 2
    settings.DOCUMENT_REQUEUE_SECONDS = 1
    slow.register_slow()
    command = [sys.executable, "-m", "celery", "-A", "tests.documents.worker_app", "worker"]
    command += ["-Q", "pdf", "-P", "prefork", "-c", "1", "--loglevel", "WARNING"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    environment = {
        **os.environ,
        "PIO_ENV": "test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": project_settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "TEST_KEY_PREFIX": _own_corner_of_the_broker,
    }
    started = Workers(tmp_path / "pids", [])
    with (tmp_path / "workers.log").open("wb") as log:
        for name in ("one", "two"):
            started.processes.append(
                subprocess.Popen(
                    [*command, "-n", f"{name}-{uuid4().hex}@test"],
                    env=environment,
                    cwd=project_settings.BASE_DIR,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        yield started
        for process in started.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    sys.stdout.write((tmp_path / "workers.log").read_text())  # shown when the test fails
    registry.unregister(slow.KIND)


@pytest.fixture
def reader() -> Client:
    client = Client()
    client.force_login(UserFactory())
    return client


def served(reader: Client, job: Job) -> bytes | None:
    """What a person gets who tries to download now; None is "not found"."""
    response = reader.get(f"/documenten/{job.pk}/")
    if response.status_code == 404:
        return None
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def in_the_middle(job: Job, workers: Workers) -> int:
    """Wait until a worker lays out the pages; returns its process group."""
    wait_for(
        lambda: Job.objects.filter(pk=job.pk, message__startswith="Pagina's opmaken").exists(),
        "a worker in the middle of the document",
    )
    return workers.busy_group()


def finish(reader: Client, job: Job) -> list[bytes]:
    """Sweep, as beat does, until the job is done; returns every file that was served."""
    seen: list[bytes] = []

    def done() -> bool:
        sweep_jobs()
        content = served(reader, job)
        if content is not None:
            seen.append(content)
        return content is not None

    wait_for(done, "another worker to finish the job")
    return seen


def assert_made_once(job: Job, seen: list[bytes]) -> None:
    job.refresh_from_db()
    assert (job.state, job.attempt, job.percent) == (JobState.DONE, 2, 100)
    assert [stored.pk for stored in StoredFile.objects.all()] == [job.file_id]
    assert seen == [job.file.read()]
    assert list(conf.media_root().glob("??/*")) == [job.file.path]
    with pikepdf.open(job.file.path) as pdf:
        assert str(pdf.docinfo.Title) == "Trage brief"
    text = subprocess.run(
        ["pdftotext", job.file.path, "-"], capture_output=True, text=True, check=True
    ).stdout.split()
    rows = [word for word in text if word.startswith("regel-")]
    assert rows == [f"regel-{n}" for n in range(slow.ROWS)]
    assert text.count("einde-van-de-brief") == 1


def test_a_killed_worker_s_document_is_finished_once_by_another(
    workers: Workers, reader: Client
) -> None:
    job = request_document(kind=slow.KIND, params={"pids": str(workers.pids)}, requested_by=None)
    group = in_the_middle(job, workers)
    os.killpg(group, signal.SIGKILL)

    job.refresh_from_db()
    assert (job.state, job.attempt, served(reader, job)) == (JobState.RUNNING, 1, None)
    assert [path.name for path in conf.work_root().iterdir()] == [f"{job.pk.hex}-1"]

    seen = finish(reader, job)

    assert_made_once(job, seen)
    assert list(conf.work_root().iterdir()) == []
    assert len(workers.pids.read_text().split()) == 2


def test_a_worker_that_slept_too_long_cannot_publish_over_another(
    workers: Workers, reader: Client
) -> None:
    job = request_document(kind=slow.KIND, params={"pids": str(workers.pids)}, requested_by=None)
    sleeper = in_the_middle(job, workers)
    os.killpg(sleeper, signal.SIGSTOP)

    seen = finish(reader, job)
    folder = conf.work_root() / f"{job.pk.hex}-1"
    folder.mkdir(
        exist_ok=True
    )  # the takeover removed it; the sleeper removes it when it is through
    os.killpg(sleeper, signal.SIGCONT)
    wait_for(lambda: not folder.exists(), "the sleeper to end its attempt")

    assert_made_once(job, seen)
    assert served(reader, job) == seen[0]
    assert list(conf.work_root().iterdir()) == []
