"""What beat and the approval of a list wake; safe to run twice."""

from celery import shared_task

from retention import services
from retention.waking import CARRY_OUT


@shared_task(name="retention.draw_lists")
def draw_lists() -> int:
    """Draw the lists of what is due since yesterday."""
    return services.draw_due_lists()


@shared_task(name="retention.warn_of_drafts")
def warn_of_drafts() -> int:
    """Tell the people of old drafts that these will be destroyed."""
    return services.warn_of_drafts()


@shared_task(name=CARRY_OUT)
def carry_out(list_id: int) -> int:
    """Carry out one approved list."""
    return services.carry_out(list_id=list_id)


@shared_task(name="retention.carry_out_waiting", expires=500)
def carry_out_waiting() -> int:
    """Go on with lists of which a worker was lost."""
    return services.carry_out_waiting()
