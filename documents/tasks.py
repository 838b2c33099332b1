"""What Celery calls: take an id, call a service. Safe to run twice."""

from uuid import UUID

from celery import shared_task

from documents import services


@shared_task(name="documents.run_job", soft_time_limit=1800, time_limit=1860)
def run_job(job_id: str) -> None:
    """Make one document."""
    services.run_job(job_id=UUID(job_id))


# Not on the queue of the PDF workers: what is stuck behind a long document can't find it back.
@shared_task(name="documents.sweep_jobs", queue="default", expires=60)
def sweep_jobs() -> int:
    """Announce lost jobs again."""
    return services.sweep_jobs()


# Not on the queue of the PDF workers either: a look at a file takes a second, a document minutes.
@shared_task(name="documents.scan_file", queue="default", soft_time_limit=300, time_limit=330)
def scan_file(file_id: str) -> None:
    """Have one file looked at for viruses."""
    services.scan_file(file_id=UUID(file_id))


@shared_task(name="documents.sweep_scans", queue="default", expires=60)
def sweep_scans() -> int:
    """Wake the scanner again for files that wait."""
    return services.sweep_scans()


@shared_task(name="documents.purge", queue="default", expires=3600)
def purge() -> int:
    """Remove the files of documents that were kept long enough."""
    return len(services.purge_documents())
