"""Stopping a document, repeating it, and what its asker reads meanwhile."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import CDeprecationWarning, SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.test import Client

import documents.tasks  # noqa: F401 - registers them
from accounts.models import User
from accounts.roles import StaffRole
from documents import conf
from documents.models import Job, JobState, StoredFile
from documents.page_progress import LaidOut
from documents.services import cancel_job, request_document, retry_job, run_job
from documents.services.making import _tell_pages
from documents.services.reasons import reason_of
from documents.services.requests import RUN_JOB
from tests.accounts.factories import UserFactory
from tests.documents.factories import letter, nobody, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def ask(by: User | None = None, **changes: Any) -> Job:
    return request_document(**{"kind": "tests.letter", "requested_by": by, **changes})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_job_that_waits_is_over_at_once_and_can_be_asked_again() -> None:
    asker = UserFactory()
    job = ask(asker)
    cancel_job(job_id=job.pk, actor=asker)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.cancelled_by) == (JobState.CANCELLED, 0, asker)
    again = ask(asker)
    assert again.pk != job.pk
    with pytest.raises(ValidationError, match="Dit document wordt al gemaakt"):
        retry_job(job_id=job.pk, actor=asker)
    cancel_job(job_id=again.pk, actor=asker)
    retry_job(job_id=job.pk, actor=asker)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.cancelled_by) == (JobState.DONE, None)
    with pytest.raises(ValidationError, match="er is niets om stop te zetten"):
        cancel_job(job_id=job.pk, actor=asker)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_stops_at_its_next_page_and_leaves_no_half_file() -> None:
    """Stopped while the third page is laid out: the pages after it are not."""
    asker = UserFactory()
    laid: list[int] = []
    job = ask(asker, kind="tests.letter", params={"name": "lang"})

    def listen(heartbeat: Any) -> Any:
        def hears(now: LaidOut) -> None:
            laid.append(now.page)
            if now.page == 3:
                cancel_job(job_id=job.pk, actor=asker)
                heartbeat_looks(heartbeat)
            heartbeat(0)

        return hears

    def heartbeat_looks(part: Any) -> None:
        part._whole._write(50, "")

    pages = letter(
        kind="tests.pages", template="slow.html", context=lambda p, q: {"rows": range(400)}
    )
    with registered(pages), pytest.MonkeyPatch.context() as patched:
        Job.objects.filter(pk=job.pk).update(kind="tests.pages")
        patched.setattr("documents.services.making._tell_pages", listen)
        run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (laid, job.state, job.file) == ([1, 2, 3], JobState.CANCELLED, None)
    assert not StoredFile.objects.exists()
    assert [path for path in conf.media_root().rglob("*") if path.is_file()] == []


def test_what_was_stopped_can_not_be_published() -> None:
    """Also when the worker looks up only after the last page."""
    asker = UserFactory()

    def stop(params: dict[str, Any], progress: Any) -> dict[str, Any]:
        cancel_job(job_id=Job.objects.get().pk, actor=asker)
        return {"name": "Bea"}

    with registered(letter(kind="tests.stopped", context=stop)):
        job = ask(asker, kind="tests.stopped")
        run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.file) == (JobState.CANCELLED, None)
    assert not StoredFile.objects.exists()
    assert [path for path in conf.media_root().rglob("*") if path.is_file()] == []


def test_only_the_asker_and_staff_stop_and_repeat() -> None:
    asker, other = UserFactory(), UserFactory()
    auditor = UserFactory(roles=[StaffRole.AUDITOR])
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    job = ask(asker)
    for refused in (other, auditor):
        with pytest.raises(PermissionDenied):
            cancel_job(job_id=job.pk, actor=refused)
    cancel_job(job_id=job.pk, actor=staff)
    for refused in (other, auditor):
        with pytest.raises(PermissionDenied):
            retry_job(job_id=job.pk, actor=refused)
    with registered(letter(kind="tests.secret", may_download=nobody)):
        secret = ask(asker, kind="tests.secret")
        assert client_of(asker).post(f"/documenten/taak/{secret.pk}/stopzetten/").status_code == 404
    retry_job(job_id=job.pk, actor=asker)


def test_the_asker_reads_why_an_attempt_failed_and_repeats_it() -> None:
    asker = UserFactory()

    def away(params: dict[str, Any], progress: Any) -> dict[str, Any]:
        raise OperationalError("secret text of the database")

    page = "/documenten/taak/{}/"
    client = client_of(asker)
    with registered(letter(kind="tests.away", context=away)):
        job = ask(asker, kind="tests.away")
        url = page.format(job.pk)
        run_job(job_id=job.pk)
        shown = client.get(url).content.decode()
        assert "Poging 1 mislukte. De databank antwoordde niet." in " ".join(shown.split())
        assert "Stopzetten" in shown
        for _attempt in range(2):
            run_job(job_id=job.pk)
        shown = client.get(url).content.decode()
        assert "De laatste poging: De databank antwoordde niet." in shown
        assert "secret" not in shown
        assert "Opnieuw maken" in shown
    with registered(letter(kind="tests.away")):
        client.post(f"{url}opnieuw/")
        run_job(job_id=job.pk)
        assert "Download brief.pdf" in client.get(url).content.decode()


def test_the_asker_stops_it_on_the_page_without_a_script() -> None:
    asker = UserFactory()
    client, job = client_of(asker), ask(asker)
    url = f"/documenten/taak/{job.pk}/"
    page = client.get(url).content.decode()
    assert f'action="{url}stopzetten/"' in page
    assert "Vernieuw deze pagina" in page
    page = client.post(f"{url}stopzetten/", follow=True).content.decode()
    assert "Het maken van dit document is stopgezet." in page
    assert "Er is geen bestand." in page
    part = client.get(f"{url}status/", headers={"HX-Request": "true"}).content.decode()
    assert ("Proefbrief: stopgezet" in part, "hx-get" in part) == (True, False)
    staff = client_of(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    page = staff.get("/beheer/documenten/").content.decode()
    assert ("Stopgezet" in page, f'action="{url}opnieuw/"' in page) == (True, True)
    answer = staff.post(f"{url}opnieuw/", {"terug": "lijst"})
    assert (answer.status_code, answer["Location"]) == (302, "/beheer/documenten/")
    assert f'action="{url}stopzetten/"' in staff.get("/beheer/documenten/").content.decode()


def test_reasons_are_sentences_that_hold_no_data() -> None:
    assert reason_of(SoftTimeLimitExceeded()) == "Het duurde langer dan toegelaten."
    assert reason_of(MemoryError("x")) == "Er was niet genoeg geheugen."
    assert reason_of(OSError(28, "/srv/x")) == "De opslag is vol."
    assert reason_of(ValueError("Ann")) == "Er ging iets fout bij het maken (ValueError)."


def test_progress_moves_per_range_of_pages_and_says_what_is_known() -> None:
    told: list[tuple[int, str]] = []

    def note(percent: int, message: str = "") -> None:
        if not told or told[-1] != (percent, message):
            told.append((percent, message))

    hears = _tell_pages(note)
    for page in range(1, 32):
        hears(LaidOut(page))
    for page in (1, 16, 31):
        hears(LaidOut(page, 31))
    assert told == [
        (0, ""),
        (3, ""),
        (3, "Pagina's opmaken: 11 tot 20"),
        (6, "Pagina's opmaken: 11 tot 20"),
        (6, "Pagina's opmaken: 21 tot 30"),
        (9, "Pagina's opmaken: 21 tot 30"),
        (9, "Pagina's opmaken: 31 tot 40"),
        (51, "Paginanummers invullen: pagina 1 van 31"),
        (75, "Paginanummers invullen: pagina 11 van 31"),
        (100, "Paginanummers invullen: pagina 31 van 31"),
    ]


def test_workers_of_documents_are_bounded(settings: Any) -> None:
    """Own queue, one message at a time, acknowledged when done, recycled, soft and hard limit."""
    app = Celery("bounds", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    with warnings.catch_warnings():  # of Celery about its own tasks
        warnings.simplefilter("ignore", CDeprecationWarning)
        app.finalize()
    task = app.tasks[RUN_JOB]
    assert (task.soft_time_limit, task.time_limit) == (1800, 1860)
    assert app.amqp.router.route({}, RUN_JOB)["queue"].name == "pdf"
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1
    service = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text()
    worker = service.split("  worker-pdf:")[1].split("mem_limit")[0].split()
    for option in (
        "--queues=pdf",
        "--concurrency=1",
        "--max-tasks-per-child=50",
        "--max-memory-per-child=800000",
    ):
        assert option in worker
