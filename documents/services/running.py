"""Making a document: claim, render, publish. Safe to call twice, safe to be killed anywhere."""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from documents import conf, registry, storage
from documents.models import Job, JobState, StoredFile
from documents.progress import Heartbeat, JobLost
from documents.services.content import same_file
from documents.services.files import adopt
from documents.services.legal import keep_issue
from documents.services.making import Made, make
from documents.services.reasons import reason_of, too_many_attempts, worker_gone

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
            made = make(claim.job, claim.work_dir, heartbeat)
        publish(claim, made)
    except JobLost:
        logger.warning("job_lost", extra={"job": str(job_id), "attempt": claim.attempt})
    except ValidationError as refusal:
        _give_up(claim, " ".join(refusal.messages))
    except Exception as error:
        logger.exception("job_attempt_failed", extra={"job": str(job_id), "attempt": claim.attempt})
        _put_back(claim, reason_of(error))
    finally:
        shutil.rmtree(claim.work_dir, ignore_errors=True)


def claim_job(job_id: UUID) -> Claim | None:
    """Take the job for one attempt, or None when there is nothing to take."""
    now = clock.now()
    with transaction.atomic():
        job = Job.objects.claimable().select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.state == JobState.RUNNING:
            job.error = worker_gone()
        if job.attempt >= job.attempts_allowed:
            _fail(job, too_many_attempts(job.error))
            return None
        job.state = JobState.RUNNING
        job.attempt += 1
        job.percent = 0
        job.message = ""
        job.started_at = now
        job.lease_until = now + conf.lease()
        job.save(
            update_fields=[
                *("state", "attempt", "percent", "message"),
                *("error", "started_at", "lease_until"),
            ]
        )
    _remove_leftovers(job)
    work_dir = conf.work_root() / f"{job.pk.hex}-{job.attempt}"
    work_dir.mkdir(parents=True, exist_ok=True)
    return Claim(job, work_dir)


class SameFileGone(Exception):
    """The file with the same content was removed between looking and publishing."""


def publish(claim: Claim, made: Made) -> StoredFile:
    """Give the file its place and the job its file, in one transaction.

    When another job made a file with the same content meanwhile, this job gets that one.

    Raises:
        JobLost: when the job was stopped or a later attempt has it; nothing is published then.
        SameFileGone: when there is nothing to publish after all.
    """
    job = claim.job
    place, published = storage.here(), ""
    try:
        with transaction.atomic():
            current = Job.objects.select_for_update().filter(pk=job.pk).first()
            if (
                current is None
                or current.attempt != claim.attempt
                or current.state != JobState.RUNNING
            ):
                raise JobLost(str(job.pk))
            stored = _same_kept_file(job.kind, made.content_hash)
            if stored is None:
                if made.path is None:
                    raise SameFileGone(str(job.pk))
                storage_name = f"{job.pk.hex[:2]}/{job.pk.hex}-{claim.attempt}"
                published = storage_name
                declaration = registry.get(job.kind)
                stored = adopt(
                    made.path,
                    storage_name=storage_name,
                    name=declaration.filename(job.params),
                    content_type=declaration.content_type,
                    created_by=current.requested_by,
                )
            if made.issue is not None:
                keep_issue(current, made.issue, made.content_hash, stored)
            _finish(current, stored, made)
    except BaseException:
        if published:
            place.withdraw(published)
        raise
    logger.info(
        "job_done",
        extra={
            "job": str(job.pk),
            "kind": job.kind,
            "attempt": job.attempt,
            "bytes": stored.size,
            "made": bool(published),
        },
    )
    return stored


def _same_kept_file(kind: str, mark: str) -> StoredFile | None:
    """The file with this content, locked so that no purge removes it.

    One at a time per content: of two workers that made the same, the second gets the first's file.
    """
    if not mark:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [kind + mark])
    found = same_file(kind, mark)
    if found is None:
        return None
    return StoredFile.objects.select_for_update().filter(pk=found.pk).first()


def _finish(job: Job, stored: StoredFile, made: Made) -> None:
    job.state = JobState.DONE
    job.percent = 100
    job.message = job.error = ""
    job.file = stored
    job.parts = list(made.parts)
    job.content_hash = made.content_hash
    job.finished_at = clock.now()
    job.lease_until = None
    job.save(
        update_fields=[
            *("state", "percent", "message", "error", "file", "parts"),
            *("content_hash", "finished_at", "lease_until"),
        ]
    )


def _put_back(claim: Claim, reason: str) -> None:
    """After a fault of ours: wait for the next attempt (the sweep announces it), or fail."""
    with transaction.atomic():
        job = _still_mine(claim)
        if job is None:
            return
        if job.attempt >= job.attempts_allowed:
            _fail(job, too_many_attempts(reason))
            return
        job.state = JobState.QUEUED
        job.percent = 0
        job.message = _("Wordt zo dadelijk opnieuw geprobeerd")
        job.error = reason
        job.lease_until = None
        job.announced_at = clock.now()
        job.save(
            update_fields=["state", "percent", "message", "error", "lease_until", "announced_at"]
        )


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
    if job.attempt == 1:
        return
    key = job.pk.hex
    for folder in conf.work_root().glob(f"{key}-*"):
        if _attempt_in(folder.name) < job.attempt:
            shutil.rmtree(folder, ignore_errors=True)
    place = storage.here()
    try:
        for left in list(place.listed(f"{key[:2]}/{key}-")):
            if _attempt_in(left.name) < job.attempt:
                place.withdraw(left.name)
    except storage.StorageAway:
        logger.warning("storage_away")  # publishing will say so; the doctor finds what stays


def _attempt_in(name: str) -> int:
    return int(name.rpartition("-")[2])
