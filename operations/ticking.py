"""A worker's own sign of life: from its main process, so also while its children work for minutes.

Imported by the Celery app, before Django is set up: models are imported when the worker runs.
"""

import logging
from typing import Any

from celery import bootsteps

EVERY = 30.0  # seconds; two per minute, so that a late one does not look like a gap

logger = logging.getLogger(__name__)


class WorkerHeartbeat(bootsteps.StartStopStep):
    """Writes which queues this worker serves, twice a minute, as long as its main loop turns.

    A worker that waits for the broker stands still and gives no sign: it does no work either.
    """

    requires = ("celery.worker.components:Timer", "celery.worker.components:Pool")

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        queues = sorted(parent.app.amqp.queues.consume_from)
        note_worker(queues, parent.hostname)
        self._timer = parent.timer.call_repeatedly(EVERY, note_worker, (queues, parent.hostname))

    def stop(self, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def note_worker(queues: list[str], node: str) -> None:
    """Note a sign of life per queue; a database that is away must not end the worker."""
    # Models exist only when the worker runs.
    from operations.models import WORKER
    from operations.services import note_sign

    _leave_no_dead_connection()
    try:
        for queue in queues:
            note_sign(part=f"{WORKER}{queue}", node=node)
    except Exception:
        logger.warning("heartbeat_not_written", extra={"node": node}, exc_info=True)
    finally:
        _leave_no_dead_connection()


def _leave_no_dead_connection() -> None:
    """One that broke is opened anew by the next sign. A transaction (a test) keeps its own."""
    from django.db import close_old_connections, connection  # settings exist only now

    if not connection.in_atomic_block:
        close_old_connections()
