"""Finding back what was lost: messages that never arrived and workers that died."""

import logging
import shutil
import time

from django.db.models import Q

from common import clock
from documents import conf
from documents.models import Job, JobState
from documents.services.requests import announce

logger = logging.getLogger(__name__)

_AT_ONCE = 100
_WORK_FILES_KEPT = 24 * 3600  # seconds


def sweep_jobs() -> int:
    """Announce again what waits too long or was left behind; returns how many.

    Announcing a job twice does no harm: only one claim succeeds. The oldest come first, and a job
    is announced at most once per waiting time, so that a long queue does not drown in messages.
    """
    now = clock.now()
    lost = (
        Job.objects.filter(announced_at__lt=now - conf.requeue_after(), state=JobState.QUEUED)
        | Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    ).order_by("requested_at", "pk")
    announced = 0
    for job_id in list(lost.values_list("pk", flat=True)[:_AT_ONCE]):
        # Two sweeps at once: the one that writes the new instant announces.
        mine = Job.objects.filter(
            Q(announced_at__lt=now - conf.requeue_after()) | Q(lease_until__lt=now), pk=job_id
        ).update(announced_at=now)
        if mine and not announce(job_id):
            break
        announced += mine
    _remove_old_work_files()
    if announced:
        logger.info("jobs_announced_again", extra={"count": announced})
    return announced


def _remove_old_work_files() -> None:
    oldest = time.time() - _WORK_FILES_KEPT
    for path in conf.work_root().glob("*"):
        try:
            if path.stat().st_mtime > oldest:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # its own worker was faster
