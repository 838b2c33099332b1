"""What beat wakes; each may run twice at once."""

from celery import shared_task

from projects import services


@shared_task(name="projects.settle_reopened")
def settle_reopened() -> None:
    services.settle_reopened()
