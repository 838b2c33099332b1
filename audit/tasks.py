"""What beat wakes; each may run twice at once."""

from celery import shared_task

from audit import chain


@shared_task(name="audit.log_head")
def log_head() -> None:
    chain.log_head()
