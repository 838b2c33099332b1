"""Files go after the days of their kind; what counts in law stays."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from documents import registry
from documents.models import Job, JobState, StoredFile
from documents.registry import Legal, Standing, always
from documents.services import purge_documents, request_document, retry_job, run_job
from tests.accounts.factories import UserFactory
from tests.documents.factories import letter, registered, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def made(kind: str = "tests.letter", *, days_ago: int = 91, **params: Any) -> Job:
    job = request_document(kind=kind, params=params, requested_by=UserFactory())
    run_job(job_id=job.pk)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=days_ago))
    job.refresh_from_db()
    return job


def purged() -> set[Any]:
    return {job.pk for job in purge_documents()}


def test_the_file_goes_the_row_says_so_and_it_can_be_made_again(
    django_capture_on_commit_callbacks: Any,
) -> None:
    job, young = made(name="oud"), made(name="jong", days_ago=89)
    path = job.file.path
    with django_capture_on_commit_callbacks(execute=True):
        assert purged() == {job.pk}
    job.refresh_from_db()
    assert (job.state, job.file, path.exists()) == (JobState.PURGED, None, False)
    assert young.file.path.exists()
    client = Client()
    client.force_login(job.requested_by)
    page = client.get(f"/documenten/taak/{job.pk}/").content.decode()
    assert "is opgeruimd op" in page
    assert client.get(f"/documenten/{job.pk}/").status_code == 404
    client.post(f"/documenten/taak/{job.pk}/opnieuw/")
    run_job(job_id=job.pk)
    assert "Download brief.pdf" in client.get(f"/documenten/taak/{job.pk}/").content.decode()


def test_a_shared_file_goes_with_the_last_job(django_capture_on_commit_callbacks: Any) -> None:
    old, young = made(n=1), made(n=2, days_ago=10)
    path = young.file.path
    assert purged() == {old.pk}
    assert path.exists()
    Job.objects.filter(pk=young.pk).update(finished_at=timezone.now() - timedelta(days=91))
    with django_capture_on_commit_callbacks(execute=True):
        assert purged() == {young.pk}
    assert (path.exists(), StoredFile.objects.exists()) == (False, False)


def test_days_per_kind_are_data(settings: Any) -> None:
    kinds = [
        letter(kind="tests.short", kept_days=5),
        letter(kind="tests.set", kept_days=5),
        letter(kind="tests.never", never_purged=always),
    ]
    settings.DOCUMENT_KEPT_DAYS = 0
    settings.DOCUMENT_KEPT_DAYS_BY_KIND = {"tests.set": 20, "tests.never": 1, "tests.table": 3}
    with registered(*kinds):
        short = made("tests.short", days_ago=6)
        of_set = made("tests.set", days_ago=6)
        made("tests.never", days_ago=2000)
        made(days_ago=2000)
        sheet = made("tests.table", days_ago=4)
        assert purged() == {short.pk, sheet.pk}
        settings.DOCUMENT_KEPT_DAYS_BY_KIND = {"tests.set": 5}
        assert purged() == {of_set.pk}


def test_what_counts_in_law_is_never_purged_and_a_loose_copy_is() -> None:
    legal = Legal(
        number=lambda params: params.get("number", ""),
        standing=lambda params, job: Standing.CURRENT,
    )
    with registered(letter(kind="tests.legal", legal=legal)):
        letter_of_law = made("tests.legal", number="PIO/2026/1", days_ago=5000)
        loose = made("tests.legal", name="los", days_ago=5000)
        assert purged() == {loose.pk}
    assert letter_of_law.file.path.exists()


def test_a_kind_that_is_gone_stays() -> None:
    with registered(table(kind="tests.gone")):
        made("tests.gone", days_ago=5000)
    assert purged() == set()
    assert registry.is_kept_for_ever("tests.gone", {})


def test_the_command_says_what_would_go_and_changes_nothing() -> None:
    job = made()
    out = StringIO()
    call_command("purge_documents", "--dry-run", stdout=out)
    assert f"tests.letter {job.pk}" in out.getvalue()
    assert "1 document zou opgeruimd worden. Er is niets veranderd." in out.getvalue()
    job.refresh_from_db()
    assert job.state == JobState.DONE
    out = StringIO()
    call_command("purge_documents", stdout=out)
    assert "1 document opgeruimd." in out.getvalue()
    retry_job(job_id=job.pk, actor=job.requested_by)


def test_editions_forms_and_papers_of_the_committee_are_kept_whatever_the_settings_say() -> None:
    edition = {"year": 2026, "cut_off": "2027-01-01T00:00:00+00:00", "by": "x", "edition": 1}
    loose = {key: value for key, value in edition.items() if key != "edition"}
    for kind in ("pdf", "xlsx", "zip"):
        name = f"reporting.yearly_report_{kind}"
        kept = (registry.is_kept_for_ever(name, edition), registry.is_kept_for_ever(name, loose))
        assert kept == (True, False)
    for kind in ("calls.blank_form", "funding.committee_agenda", "funding.request_sheet"):
        assert registry.is_kept_for_ever(kind, {})
    legal = {one.kind for one in registry.all_declarations() if getattr(one, "legal", None)}
    assert legal == {
        "evaluations.decision_letter",
        "funding.agreement",
        "funding.decision_letter",
        "payments.recovery_letter",
        "projects.proposal_receipt",
        "reporting.yearly_report_pdf",
    }
