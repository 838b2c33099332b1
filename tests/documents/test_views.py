"""Who may follow a job and fetch its file, and what they get."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import StaffRole
from documents.models import Job, JobState
from documents.services import request_document, run_job
from tests.accounts.factories import UserFactory
from tests.documents.factories import letter, nobody, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def client_of(*roles: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=roles))
    return client


def ask(**changes: Any) -> Job:
    return request_document(**{"kind": "tests.letter", "requested_by": None, **changes})


def made(**changes: Any) -> Job:
    job = ask(**changes)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_a_file_is_an_inert_attachment_with_a_readable_name() -> None:
    job = made()
    response = client_of().get(f"/documenten/{job.pk}/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == job.file.read()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


def test_behind_nginx_only_its_name_on_disk_is_sent(settings: Any) -> None:
    settings.X_ACCEL_PREFIX = "/private-files/"
    job = made()
    response = client_of().get(f"/documenten/{job.pk}/")
    assert response["X-Accel-Redirect"] == f"/private-files/{job.file.storage_name}"
    assert (response.content, response["Content-Type"]) == (b"", "application/pdf")


def test_there_is_nothing_to_fetch_before_it_is_done() -> None:
    assert client_of().get(f"/documenten/{ask().pk}/").status_code == 404


def test_a_file_that_is_gone_from_disk_is_not_found() -> None:
    job = made()
    job.file.path.unlink()
    assert client_of().get(f"/documenten/{job.pk}/").status_code == 404


def test_who_may_not_read_a_document_does_not_learn_that_it_exists() -> None:
    with registered(letter(kind="tests.secret", may_download=nobody)):
        job = made(kind="tests.secret")
        stranger, staff = client_of(), client_of(StaffRole.TEAM_MEMBER)
        for path in ("", "taak/"):
            assert stranger.get(f"/documenten/{path}{job.pk}/").status_code == 404
        assert stranger.get(f"/documenten/taak/{job.pk}/status/").status_code == 404
        assert staff.get(f"/documenten/{job.pk}/").status_code == 404
        page = staff.get(f"/documenten/taak/{job.pk}/").content.decode()
        assert "Proefbrief: klaar" in page
        assert f"/documenten/{job.pk}/" not in page


def test_a_visitor_is_asked_to_sign_in() -> None:
    job = made()
    for path in ("", "taak/"):
        response = Client().get(f"/documenten/{path}{job.pk}/")
        assert response.status_code == 302
        assert "volgende" in response["Location"] or "next" in response["Location"]


def test_the_page_polls_while_the_job_waits_and_stops_when_it_is_done() -> None:
    client = client_of()
    job = ask()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        percent=40,
        message="Pagina's opmaken",
        started_at=timezone.now(),
        lease_until=timezone.now(),
    )
    htmx = {"HX-Request": "true"}
    status = f"/documenten/taak/{job.pk}/status/"
    page = client.get(f"/documenten/taak/{job.pk}/").content.decode()
    assert f'hx-get="{status}" hx-trigger="every 1s"' in page
    assert '<progress max="100" value="40"' in page
    part = client.get(status, headers=htmx).content.decode()
    assert "40 % – Pagina&#x27;s opmaken" in part
    assert "<html" not in part
    assert client.get(status).status_code == 302

    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, lease_until=None)
    run_job(job_id=job.pk)

    part = client.get(status, headers=htmx).content.decode()
    assert "hx-get" not in part
    assert f'href="/documenten/{job.pk}/"' in part
    assert "Download brief.pdf" in part
    assert 'id="live" hx-swap-oob="innerHTML">Proefbrief: klaar' in part


def test_a_failed_job_shows_why_and_staff_try_again() -> None:
    job = ask()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error="Er is nog geen beslissing.", finished_at=timezone.now()
    )
    assert (
        "Er is nog geen beslissing."
        in client_of().get(f"/documenten/taak/{job.pk}/").content.decode()
    )

    path = f"/documenten/taak/{job.pk}/opnieuw/"
    assert client_of().post(path).status_code == 403
    assert client_of(StaffRole.AUDITOR).post(path).status_code == 403
    staff = client_of(StaffRole.TEAM_MEMBER)
    assert "Opnieuw maken" in staff.get("/beheer/documenten/").content.decode()
    assert staff.get(path).status_code == 405
    page = staff.post(path, follow=True).content.decode()
    assert "Het document wordt opnieuw gemaakt." in page
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert (
        "Alleen een taak die mislukte, stopgezet of opgeruimd is, kan opnieuw."
        in staff.post(path, follow=True).content.decode()
    )


def test_the_staff_list_shows_and_filters_all_jobs(django_assert_max_num_queries: Any) -> None:
    done, waiting = made(title="Brief A"), ask(params={"n": 2}, title="Brief B")
    assert client_of().get("/beheer/documenten/").status_code == 403
    staff = client_of(StaffRole.AUDITOR)
    page = staff.get("/beheer/documenten/").content.decode()
    assert f'href="/documenten/{done.pk}/"' in page
    assert f'href="/documenten/{waiting.pk}/"' not in page
    assert ("Brief A" in page, "Brief B" in page) == (True, True)
    page = staff.get("/beheer/documenten/?state=done").content.decode()
    assert ("Brief A" in page, "Brief B" in page) == (True, False)


def test_the_admin_shows_jobs_and_files_read_only() -> None:
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    job = made()
    for path in (f"job/{job.pk}/change/", f"storedfile/{job.file_id}/change/"):
        page = client.get(f"/admin/documents/{path}").content.decode()
        assert 'name="_save"' not in page
    for path in ("job/?q=Proef", "storedfile/?q=brief"):
        assert "1 " in client.get(f"/admin/documents/{path}").content.decode()
    assert client.get("/admin/documents/job/add/").status_code == 403
