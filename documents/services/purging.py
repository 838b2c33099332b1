"""Removing the files of documents that were kept long enough. The row stays and says so.

What counts in law is never purged, nor is a kind that nobody registers any more. Uploads are no
business of this: they have no job.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from common import clock
from documents import conf, registry
from documents.models import Job, JobState, StoredFile
from documents.services.files import discard_file

logger = logging.getLogger(__name__)


def purgeable() -> Iterator[Job]:
    """Jobs whose file was kept long enough, oldest first per kind; one query per kind."""
    now = clock.now()
    for declaration in registry.all_declarations():
        days = conf.kept_days(declaration.kind, declaration.kept_days)
        if days <= 0:
            continue
        old = Job.objects.filter(
            kind=declaration.kind,
            state=JobState.DONE,
            finished_at__lt=now - timedelta(days=days),
            file__legal__isnull=True,
        )
        for job in old.select_related("file").order_by("finished_at", "pk").iterator():
            if not registry.is_kept_for_ever(job.kind, job.params):
                yield job


def purge_documents(*, dry_run: bool = False) -> list[Job]:
    """Purge what was kept long enough, each job in a transaction of its own; returns them.

    A file that several jobs share goes with the last of them. `dry_run` changes nothing.
    """
    jobs = list(purgeable())
    if dry_run:
        return jobs
    purged = [job for job in jobs if _purge(job.pk)]
    if purged:
        logger.info("documents_purged", extra={"count": len(purged)})
    return purged


def _purge(job_id: UUID) -> bool:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=JobState.DONE).first()
        if job is None or job.file_id is None:
            return False
        stored = StoredFile.objects.select_for_update().get(pk=job.file_id)
        job.state = JobState.PURGED
        job.file = None
        job.percent = 0
        job.content_hash = ""
        job.purged_at = clock.now()
        job.save(update_fields=["state", "file", "percent", "content_hash", "purged_at"])
        if not stored.jobs.exists():
            try:
                with transaction.atomic():
                    discard_file(stored=stored)
            except (ProtectedError, RestrictedError):
                # Somebody keeps it for another purpose: it is no longer the file of this job.
                logger.info("purged_file_kept", extra={"file": str(stored.pk)})
    return True
