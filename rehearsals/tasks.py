"""What Celery calls: take an id, call a service. Safe to run twice."""

from uuid import UUID

from celery import shared_task

from rehearsals import services


@shared_task(name="rehearsals.run", soft_time_limit=600, time_limit=660)
def run(rehearsal_id: str) -> None:
    """Play one rehearsal."""
    services.run_rehearsal(rehearsal_id=UUID(rehearsal_id))


# Not on the queue of the plays: what is stuck behind one can't find it back.
@shared_task(name="rehearsals.sweep", queue="default", expires=60)
def sweep() -> int:
    """Announce lost rehearsals again."""
    return services.sweep_rehearsals()


@shared_task(name="rehearsals.remove_old", queue="default")
def remove_old() -> int:
    """Take away what is kept long enough."""
    return services.remove_old_rehearsals()
