"""What beat wakes; safe to run twice."""

from celery import shared_task

from operations import services


# What waits in a queue longer than a minute says nothing about the present.
@shared_task(name="operations.tick", expires=50)
def tick() -> None:
    """A sign of life of beat and of the web server."""
    services.tick()


@shared_task(name="operations.inspect", expires=3600)
def inspect() -> None:
    """Look at the whole portal and keep what is found."""
    services.run_inspection()


@shared_task(name="operations.remove_old")
def remove_old() -> int:
    """Take away heartbeats and counts that are kept long enough."""
    return services.remove_old_heartbeats() + services.remove_old_csp_reports()
