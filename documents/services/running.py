"""Making a document: claim, render, publish. Safe to call twice, safe to be killed anywhere."""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.database import consistent_view
from documents import conf, registry
from documents.archives import Archive
from documents.models import Job, JobState, StoredFile
from documents.progress import Heartbeat, JobLost
from documents.registry import ProgressReport
from documents.services.files import adopt
from documents.spreadsheets import write_workbook

logger = logging.getLogger(__name__)

# Official documents are Dutch, whatever the language of who asked.
LANGUAGE = "nl"


@dataclass(frozen=True)
class Claim:
    """A job that this worker makes. `attempt` is the fencing token: only the latest publishes."""

    job: Job
    work_dir: Path

    @property
    def attempt(self) -> int:
        return self.job.attempt


def run_job(*, job_id: UUID) -> None:
    """Make the document of a waiting job.

    Does nothing when the job is gone, done, or in the hands of a living worker. Never raises for a
    document that fails: the job then waits for its next attempt, or is failed with a sentence.
    """
    claim = claim_job(job_id)
    if claim is None:
        return
    try:
        with translation.override(LANGUAGE), Heartbeat(claim.job) as heartbeat:
            made = _render(claim, heartbeat)
        publish(claim, made.path, made.parts)
    except JobLost:
        logger.warning("job_lost", extra={"job": str(job_id), "attempt": claim.attempt})
    except ValidationError as refusal:
        _give_up(claim, " ".join(refusal.messages))
    except Exception:
        logger.exception("job_attempt_failed", extra={"job": str(job_id), "attempt": claim.attempt})
        _put_back(claim)
    finally:
        shutil.rmtree(claim.work_dir, ignore_errors=True)


def claim_job(job_id: UUID) -> Claim | None:
    """Take the job for one attempt, or None when there is nothing to take."""
    now = clock.now()
    with transaction.atomic():
        job = Job.objects.claimable().select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.attempt >= job.attempts_allowed:
            _fail(job, too_many_attempts())
            return None
        job.state = JobState.RUNNING
        job.attempt += 1
        job.percent = 0
        job.message = ""
        job.started_at = now
        job.lease_until = now + conf.lease()
        job.save(
            update_fields=["state", "attempt", "percent", "message", "started_at", "lease_until"]
        )
    _remove_leftovers(job)
    work_dir = conf.work_root() / f"{job.pk.hex}-{job.attempt}"
    work_dir.mkdir(parents=True, exist_ok=True)
    return Claim(job, work_dir)


def publish(claim: Claim, made: Path, parts: Sequence[str] = ()) -> StoredFile:
    """Give the file its place and the job its file, in one transaction.

    `parts` are the keys of what is in an archive.

    Raises:
        JobLost: when a later attempt has the job; nothing is published then.
    """
    job = claim.job
    declaration = registry.get(job.kind)
    final: Path | None = None
    try:
        with transaction.atomic():
            current = Job.objects.select_for_update().filter(pk=job.pk).first()
            if (
                current is None
                or current.attempt != claim.attempt
                or current.state != JobState.RUNNING
            ):
                raise JobLost(str(job.pk))
            storage_name = f"{job.pk.hex[:2]}/{job.pk.hex}-{claim.attempt}"
            final = conf.media_root() / storage_name
            stored = adopt(
                made,
                storage_name=storage_name,
                name=declaration.filename(job.params),
                content_type=declaration.content_type,
                created_by=current.requested_by,
            )
            current.state = JobState.DONE
            current.percent = 100
            current.message = ""
            current.file = stored
            current.parts = list(parts)
            current.finished_at = clock.now()
            current.lease_until = None
            current.save(
                update_fields=[
                    *("state", "percent", "message", "file", "parts"),
                    *("finished_at", "lease_until"),
                ]
            )
    except BaseException:
        if final is not None:
            final.unlink(missing_ok=True)
        raise
    logger.info(
        "job_done",
        extra={"job": str(job.pk), "kind": job.kind, "attempt": job.attempt, "bytes": stored.size},
    )
    return stored


def too_many_attempts() -> str:
    return _(
        "Het document kon na enkele pogingen niet gemaakt worden. Probeer het later opnieuw of"
        " meld het aan de beheerder."
    )


class PageToPrint(NamedTuple):
    """What a PDF is laid out from; it needs no database any more."""

    html: str
    enclosures: list[registry.Enclosure]


def page_of(job: Job, progress: ProgressReport, mark: str = "") -> PageToPrint | None:
    """The page of a PDF document, from one consistent view of the database; None of another kind.

    `mark` stands at the top of every page: what this document is not. A document that is an example
    by itself says so in its own context, as `document_mark`.
    """
    declaration = registry.get(job.kind)
    if not isinstance(declaration, registry.PdfDocument):
        return None
    with consistent_view():
        context = declaration.context(job.params, progress)
        marked = {**context, "document_mark": mark or context.get("document_mark", "")}
        html = render_to_string(declaration.template, marked)
        return PageToPrint(html, declaration.enclosures(context) if declaration.enclosures else [])


class Made(NamedTuple):
    """The finished file, and the keys of what is in it when that is an archive."""

    path: Path
    parts: Sequence[str] = ()


def _render(claim: Claim, heartbeat: Heartbeat) -> Made:
    job = claim.job
    declaration = registry.get(job.kind)
    target = claim.work_dir / "document.part"
    heartbeat(1, _("Gegevens verzamelen"))
    if isinstance(declaration, registry.SpreadsheetDocument):
        with consistent_view():
            workbook = declaration.workbook(job.params, heartbeat.within(1, 90))
            write_workbook(workbook, target, claim.work_dir)
        return Made(target)
    if isinstance(declaration, registry.ArchiveDocument):
        return Made(target, _pack(declaration, claim, target, heartbeat))
    page = page_of(job, heartbeat.within(1, 50))
    assert page is not None
    heartbeat(50, _("Pagina's opmaken"))
    # Here, because importing WeasyPrint takes as long as the rest of Django's start-up, and only
    # workers need it.
    from documents.rendering import html_to_pdf

    html_to_pdf(
        page.html,
        target,
        lambda pages: heartbeat(85, _("%(pages)s pagina's wegschrijven") % {"pages": pages}),
        enclosures=page.enclosures,
    )
    return Made(target)


def _pack(
    declaration: registry.ArchiveDocument, claim: Claim, target: Path, heartbeat: Heartbeat
) -> list[str]:
    """Write the archive part by part; answers which parts went in.

    Raises:
        ValidationError: when nothing went in.
    """
    params = claim.job.params
    with consistent_view():
        parts = list(declaration.parts(params))
    packed = []
    with Archive(target) as archive:
        for number, part in enumerate(parts, 1):
            heartbeat(
                100 * number // (len(parts) + 1),
                # No name: who follows the job need not be who may read the part.
                _("%(number)s van %(count)s") % {"number": number, "count": len(parts)},
            )
            before = archive.count
            with consistent_view():
                files = [
                    (file, _html_of(file) if isinstance(file, registry.PdfInArchive) else "")
                    for file in declaration.files(params, part)
                ]
            for file, html in files:
                if isinstance(file, registry.FileInArchive) and file.left_out:
                    archive.leave_out(file.name, file.left_out)
                    continue
                archive.add(file.name, _part_on_disk(file, html, claim.work_dir))
            if archive.count > before:
                packed.append(part)
    if not packed:
        raise ValidationError(_("Er is niets om in te pakken."))
    return packed


def _html_of(file: registry.PdfInArchive) -> str:
    return render_to_string(file.template, file.context)


def _part_on_disk(file: registry.PartOfArchive, html: str, work_dir: Path) -> Path:
    """Where the content of a part lies; what is made for it is written over the former one."""
    if isinstance(file, registry.FileInArchive):
        return file.path
    path = work_dir / "page.part"
    if isinstance(file, registry.TextInArchive):
        path.write_text(file.text, newline="")
    elif isinstance(file, registry.SheetsInArchive):
        write_workbook(file.workbook, path, work_dir)
    else:
        from documents.rendering import html_to_pdf  # as in _render

        html_to_pdf(html, path, enclosures=file.enclosures)
    return path


def _put_back(claim: Claim) -> None:
    """After a fault of ours: wait for the next attempt (the sweep announces it), or fail."""
    with transaction.atomic():
        job = _still_mine(claim)
        if job is None:
            return
        if job.attempt >= job.attempts_allowed:
            _fail(job, too_many_attempts())
            return
        job.state = JobState.QUEUED
        job.percent = 0
        job.message = _("Wordt zo dadelijk opnieuw geprobeerd")
        job.lease_until = None
        job.announced_at = clock.now()
        job.save(update_fields=["state", "percent", "message", "lease_until", "announced_at"])


def _give_up(claim: Claim, sentence: str) -> None:
    """The document can not be made, and the declaration said why: trying again has no use."""
    with transaction.atomic():
        job = _still_mine(claim)
        if job is not None:
            _fail(job, sentence)


def _still_mine(claim: Claim) -> Job | None:
    return (
        Job.objects.select_for_update()
        .filter(pk=claim.job.pk, attempt=claim.attempt, state=JobState.RUNNING)
        .first()
    )


def _fail(job: Job, sentence: str) -> None:
    job.state = JobState.FAILED
    job.error = sentence
    job.message = ""
    job.lease_until = None
    job.finished_at = clock.now()
    job.save(update_fields=["state", "error", "message", "lease_until", "finished_at"])


def _remove_leftovers(job: Job) -> None:
    """What earlier, killed attempts left: work folders, and a file moved but never published.

    Only of attempts before this one: a later one may have published while this one slept.
    """
    key = job.pk.hex
    for place in (conf.work_root(), conf.media_root() / key[:2]):
        for path in place.glob(f"{key}-*"):
            if int(path.name.rpartition("-")[2]) >= job.attempt:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
