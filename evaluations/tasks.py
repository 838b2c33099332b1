"""What beat and the listeners wake; each may run twice at once."""

from celery import shared_task

from evaluations.services import conflicts, division, saved_views
from evaluations.services.conflict_watch import FIND_TASK


@shared_task(name=FIND_TASK)
def find_conflicts(proposal_id: int | None = None, person_id: int | None = None) -> None:
    conflicts.find_conflicts(proposal_id=proposal_id, person_id=person_id)


@shared_task(name=division.CARRY_OUT_TASK)
def carry_out_divisions() -> None:
    division.carry_out_divisions()


@shared_task(name="evaluations.mail_saved_views")
def mail_saved_views() -> None:
    """Send the lists that people asked for by mail."""
    saved_views.mail_saved_views()
