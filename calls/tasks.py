"""What beat wakes; each may run twice at once."""

from celery import shared_task

from calls import services


@shared_task(name="calls.announce_openings")
def announce_openings() -> None:
    services.announce_openings()


@shared_task(name="calls.forget_old_traces")
def forget_old_traces() -> None:
    """Addresses that nobody confirmed or that have served, and counts of yesterday."""
    services.forget_unconfirmed_followers()
    services.forget_askers()
    services.forget_posts()
