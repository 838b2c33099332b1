"""Signs of life of a running job.

A thread with a database connection of its own writes them: the job's own connection may sit in a
long, consistent transaction whose writes nobody sees, and layout runs for a minute without a pause.
"""

import logging
import threading
from types import TracebackType
from typing import Any, Self

from django.db import connection

from common import clock
from documents import conf
from documents.models import Job, JobState

logger = logging.getLogger(__name__)

_WRITE_EVERY = 0.5  # seconds between two looks at the progress
_LOOK_EVERY = 2.0  # seconds after which is looked whether somebody stopped it, progress or not


class JobLost(Exception):
    """Somebody stopped the job, or another attempt took over what was silent for too long."""


class Heartbeat:
    """While the block runs: extend the lease and write percent and message.

    Call it to report progress. It raises JobLost when the job was stopped or another attempt has
    taken over, so that nobody works for nothing; publishing checks it again under lock.
    """

    def __init__(self, job: Job) -> None:
        self._job_id = job.pk
        self._attempt = job.attempt
        self._percent = job.percent
        self._message = job.message
        self._lost = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job-{job.pk}", daemon=True)

    def __call__(self, percent: int, message: str = "") -> None:
        if self._lost:
            raise JobLost(str(self._job_id))
        # Never backwards, and 100 only when the file is there.
        self._percent = max(self._percent, min(int(percent), 99))
        self._message = str(message)[:200] or self._message

    def within(self, start: int, end: int) -> "Part":
        """The same report for one step of the whole: 0–100 becomes `start`–`end`."""
        return Part(self, start, end)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        written: tuple[Any, ...] = (self._percent, self._message)
        longest = min(conf.lease().total_seconds() / 3, _LOOK_EVERY)
        silent = 0.0
        try:
            while not self._stop.wait(min(_WRITE_EVERY, longest)):
                silent += min(_WRITE_EVERY, longest)
                current = (self._percent, self._message)
                if current == written and silent < longest:
                    continue
                self._write(*current)
                written, silent = current, 0.0
        finally:
            connection.close()

    def _write(self, percent: int, message: str) -> None:
        row = Job.objects.filter(pk=self._job_id)
        try:
            mine = row.filter(state=JobState.RUNNING, attempt=self._attempt).update(
                percent=percent, message=message, lease_until=clock.now() + conf.lease()
            )
            if not mine:
                still_mine = {"attempt": self._attempt, "state": JobState.RUNNING}
                self._lost = row.exclude(**still_mine).exists()
        except Exception:
            # The database may be away for a moment; the lease says how long that may last.
            logger.warning("job_heartbeat_failed", exc_info=True)
            connection.close()


class Part:
    """Progress of one step, counted 0–100, within the whole."""

    def __init__(self, whole: Heartbeat, start: int, end: int) -> None:
        self._whole, self._start, self._end = whole, start, end

    def __call__(self, percent: int, message: str = "") -> None:
        share = min(max(percent, 0), 100)
        self._whole(self._start + (self._end - self._start) * share // 100, message)
