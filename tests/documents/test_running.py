"""A job is made once, whatever happens on the way."""

import subprocess
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import StaffRole
from documents import conf, registry
from documents.models import Job, JobState, StoredFile
from documents.progress import JobLost
from documents.selectors import latest_job, latest_jobs_about
from documents.services import request_document, retry_job, run_job, sweep_jobs
from documents.services.making import Made
from documents.services.running import claim_job, publish
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.documents.factories import letter, registered, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def ask(**changes: Any) -> Job:
    return request_document(**{"kind": "tests.letter", "requested_by": None, **changes})


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def work_files() -> list[str]:
    return [path.name for path in conf.work_root().glob("*")]


def test_a_letter_is_made_kept_and_readable() -> None:
    user = UserFactory()
    job = ask(params={"name": "Bea"}, requested_by=user)
    assert (job.state, job.title, job.percent) == (JobState.QUEUED, "Proefbrief", 0)

    run_job(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.percent, job.attempt, job.error) == (JobState.DONE, 100, 1, "")
    assert (job.file.name, job.file.content_type) == ("brief.pdf", "application/pdf")
    assert job.file.created_by == user
    text = subprocess.run(
        ["pdftotext", "-layout", job.file.path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert text.split()[:7] == ["Beste", "Bea", "Uw", "voorstel", "is", "goed", "aangekomen."]
    assert work_files() == []


def test_a_table_is_made() -> None:
    job = ask(kind="tests.table")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    sheet = openpyxl.load_workbook(BytesIO(job.file.read()))["Blad"]
    assert [[cell.value for cell in row] for row in sheet["A1:B4"]] == [
        ["Naam", "Aantal"],
        ["a", 1],
        ["b", 2],
        ["Totaal", "=SUM(B2:B3)"],
    ]


def test_the_same_question_gives_the_same_job_while_it_waits() -> None:
    first = ask(params={"a": 1, "b": 2})
    assert ask(params={"b": 2, "a": 1}) == first
    assert ask(params={"a": 2, "b": 2}) != first
    run_job(job_id=first.pk)
    again = ask(params={"a": 1, "b": 2})
    assert again != first
    assert latest_job("tests.letter", {"b": 2, "a": 1}) == again


def test_jobs_are_found_by_what_they_are_about() -> None:
    organisation, other = OrganisationFactory(), OrganisationFactory()
    job = ask(about=organisation)
    ask(about=other, params={"other": 1})
    assert latest_jobs_about(organisation) == [job]
    assert job.title == f"Proefbrief – {organisation}"


def test_a_done_job_is_not_made_again() -> None:
    job = ask()
    run_job(job_id=job.pk)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.attempt, StoredFile.objects.count()) == (1, 1)


def test_a_job_of_a_living_worker_is_left_alone_and_one_of_a_dead_worker_is_taken_over() -> None:
    job = ask()
    dead = claim_job(job.pk)
    assert dead is not None
    assert claim_job(job.pk) is None
    expire(job)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    assert not dead.work_dir.exists()


def test_an_old_attempt_that_wakes_up_cannot_publish() -> None:
    job = ask()
    sleeper = claim_job(job.pk)
    assert sleeper is not None
    made = sleeper.work_dir / "document.part"
    made.write_bytes(b"%PDF- half")
    expire(job)
    run_job(job_id=job.pk)
    sleeper.work_dir.mkdir(exist_ok=True)
    made.write_bytes(b"%PDF- half")

    with pytest.raises(JobLost):
        publish(sleeper, Made(made))

    job.refresh_from_db()
    assert job.file.read().startswith(b"%PDF-1.7")
    assert [stored.pk for stored in StoredFile.objects.all()] == [job.file_id]
    files = [path for path in conf.media_root().glob("??/*") if path.is_file()]
    assert files == [job.file.path]


def test_a_fault_is_tried_again_and_then_fails_with_a_sentence() -> None:
    def broken(params: dict[str, Any], progress: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    with registered(letter(kind="tests.broken", context=broken)):
        job = ask(kind="tests.broken")
        for attempt in (1, 2):
            run_job(job_id=job.pk)
            job.refresh_from_db()
            assert (job.state, job.attempt) == (JobState.QUEUED, attempt)
            assert job.error == "Er ging iets fout bij het maken (ZeroDivisionError)."
        run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.file) == (JobState.FAILED, 3, None)
    assert job.error.startswith("Het document kon na enkele pogingen niet gemaakt worden.")
    assert job.error.endswith(
        "De laatste poging: Er ging iets fout bij het maken (ZeroDivisionError)."
    )
    assert work_files() == []


def test_a_refusal_fails_at_once_with_its_own_sentence() -> None:
    def refuse(params: dict[str, Any], progress: Any) -> dict[str, Any]:
        raise ValidationError("Er is nog geen beslissing.")

    with registered(letter(kind="tests.refused", context=refuse)):
        job = ask(kind="tests.refused")
        run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (JobState.FAILED, 1, "Er is nog geen beslissing.")


def test_a_job_that_keeps_killing_its_worker_fails() -> None:
    job = ask()
    for _attempt in range(3):
        assert claim_job(job.pk) is not None
        expire(job)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.FAILED, 3)
    assert job.error.endswith("De worker die het maakte, viel stil.")


def test_staff_let_a_failed_job_try_again() -> None:
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    job = ask()
    with pytest.raises(ValidationError, match="Alleen een taak die mislukte"):
        retry_job(job_id=job.pk, actor=staff)
    for _attempt in range(3):
        claim_job(job.pk)
        expire(job)
    run_job(job_id=job.pk)
    for refused in (UserFactory(), UserFactory(roles=[StaffRole.AUDITOR])):
        with pytest.raises(PermissionDenied):
            retry_job(job_id=job.pk, actor=refused)

    retry_job(job_id=job.pk, actor=staff)
    run_job(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (JobState.DONE, 4, "")


def test_a_retry_beside_the_same_question_is_refused_in_words() -> None:
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    job = ask()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error="Mislukt.", finished_at=timezone.now()
    )
    ask()
    with pytest.raises(ValidationError, match="Dit document wordt al gemaakt"):
        retry_job(job_id=job.pk, actor=staff)


def test_the_sweep_announces_what_waits_too_long_and_what_was_left_behind(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "memory://"
    announced: list[Any] = []
    monkeypatch.setattr(
        "documents.services.sweeping.announce", lambda pk: announced.append(pk) or True
    )
    fresh, waiting, left, alive = (ask(params={"n": n}) for n in range(4))
    old = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk__in=[waiting.pk, left.pk, alive.pk]).update(announced_at=old)
    claim_job(left.pk)
    claim_job(alive.pk)
    expire(left)

    assert sweep_jobs() == 2
    assert set(announced) == {waiting.pk, left.pk}
    assert fresh.pk not in announced


def test_without_a_broker_the_question_is_kept_and_only_one_page_waits(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def unreachable(*args: Any, **kwargs: Any) -> None:
        tried.append(1)
        raise ConnectionError

    monkeypatch.setattr("celery.canvas.Signature.apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        jobs = [ask(params={"n": n}) for n in range(3)]
    assert Job.objects.filter(pk__in=[job.pk for job in jobs], state=JobState.QUEUED).count() == 3
    assert tried == [1]


def test_a_job_that_is_gone_is_nothing_to_do() -> None:
    job = ask()
    Job.objects.all().delete()
    run_job(job_id=job.pk)
    assert not StoredFile.objects.exists()


def test_a_kind_nobody_registered_is_an_error_of_the_programmer() -> None:
    with pytest.raises(registry.UnknownKindError, match=r"No document kind 'tests\.other'"):
        ask(kind="tests.other")


def test_a_kind_is_registered_once_and_names_its_app() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(table(kind="tests.letter"))
    with pytest.raises(ValueError, match="Call it <app>"):
        registry.register(table(kind="letter"))
    assert registry.get("tests.letter").label == "Proefbrief"
