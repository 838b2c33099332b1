"""What is equal is not made twice: the same file is given."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from documents import conf
from documents.models import Job, JobState, StoredFile
from documents.registry import Enclosure
from documents.services import request_document, run_job
from documents.services.making import Made
from documents.services.running import claim_job, publish
from documents.spreadsheets import Column, Sheet, Workbook
from tests.accounts.factories import UserFactory
from tests.documents.factories import letter, registered, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def made(kind: str = "tests.letter", **params: Any) -> Job:
    job = request_document(kind=kind, params=params, requested_by=UserFactory())
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    return job


def files_on_disk() -> int:
    return len([path for path in conf.media_root().glob("??/*") if path.is_file()])


def test_the_same_content_is_the_same_file_for_each_who_asks(monkeypatch: Any) -> None:
    first = made(name="Bea", asked="maandag")
    monkeypatch.setattr("documents.rendering.html_to_pdf", None)  # not called again
    second = made(name="Bea", asked="dinsdag")
    assert (second.pk != first.pk, second.file) == (True, first.file)
    assert (second.content_hash, second.percent) == (first.content_hash, 100)
    assert (StoredFile.objects.count(), files_on_disk()) == (1, 1)


def test_other_data_another_template_or_another_name_is_another_document() -> None:
    kinds = [
        letter(kind="tests.other_template", template="slow.html"),
        letter(kind="tests.named", filename=lambda params: f"brief-{params['name']}.pdf"),
        letter(
            kind="tests.enclosed",
            enclosures=lambda context: [
                Enclosure("a.json", context["name"][:1], "a", datetime(2026, 5, 3, tzinfo=UTC))
            ],
        ),
    ]
    with registered(*kinds):
        jobs = [
            made(name="Bea"),
            made(name="Bo"),
            made("tests.other_template", name="Bea"),
            made("tests.named", name="Bea"),
            made("tests.named", name="Bo"),
            made("tests.enclosed", name="Bea"),
        ]
    assert len({job.content_hash for job in jobs}) == len({job.file_id for job in jobs}) == 6


def test_words_that_only_say_when_it_was_made_do_not_make_it_another() -> None:
    """As in the yearly report: "Gemaakt op 3 mei 2026 om 9.30 uur"."""
    clicks = iter(["nu", "straks", "later"])
    stamped = letter(
        kind="tests.stamped",
        context=lambda params, progress: {"name": f"{params['name']} {next(clicks)}"},
        passing=lambda context: [context["name"].split()[-1]],
    )
    with registered(stamped):
        first, again, other = (
            made("tests.stamped", name=name, n=n) for n, name in enumerate("aab")
        )
    assert (again.file, other.file == first.file) == (first.file, False)


def test_a_sheet_is_compared_when_its_rows_can_be_read_twice() -> None:
    def stream(params: dict[str, Any], progress: Any) -> Workbook:
        rows: Iterator[list[str]] = iter([["a"]])
        return Workbook("Proef", [Sheet("Blad", [Column("Naam")], rows)])

    assert made("tests.table", n=1).file == made("tests.table", n=2).file
    with registered(table(kind="tests.stream", workbook=stream)):
        first, second = made("tests.stream", n=1), made("tests.stream", n=2)
    assert (first.content_hash, first.file == second.file) == ("", False)


def test_a_file_that_is_gone_from_disk_is_made_again() -> None:
    first = made(n=1)
    first.file.path.unlink()
    second = made(n=2)
    assert second.content_hash == first.content_hash
    assert second.file.read().startswith(b"%PDF-1.7")


def test_two_workers_that_make_the_same_at_once_keep_one_file() -> None:
    """Both looked before either published."""
    claims = []
    for n in (1, 2):
        job = request_document(kind="tests.letter", params={"n": n}, requested_by=None)
        claim = claim_job(job.pk)
        assert claim is not None
        path = claim.work_dir / "document.part"
        path.write_bytes(b"%PDF-1.7 gelijk")
        claims.append((claim, Made(path, content_hash="a" * 64)))
    kept = {publish(claim, made).pk for claim, made in claims}
    assert (len(kept), files_on_disk()) == (1, 1)


def test_a_file_removed_between_looking_and_publishing_is_made_at_the_next_attempt() -> None:
    first = made(n=1)
    job = request_document(kind="tests.letter", params={"n": 2}, requested_by=None)
    claim = claim_job(job.pk)
    assert claim is not None
    first.file.path.unlink()
    with pytest.raises(Exception, match=str(job.pk)):
        publish(claim, Made(None, content_hash=first.content_hash))
    job.refresh_from_db()
    assert (job.state, job.file) == (JobState.RUNNING, None)
