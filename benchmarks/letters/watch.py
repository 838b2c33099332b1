"""Starts the worker of the documents, waits until every letter is there, and measures it.

Standard library and the database only: the memory is that of the worker and its children, read
from /proc (the highest that each ever took, `VmHWM`).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import django

django.setup()

from benchmarks.letters import LETTERS  # noqa: E402 - only after setup
from documents.models import Job, JobState  # noqa: E402
from evaluations.services.decision import LETTER_KIND  # noqa: E402

PATIENCE = 1800  # seconds without one more letter
LOOK_EVERY = 0.1


def children(pid: int) -> list[int]:
    """The process and everything below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue  # it ended while we looked
    return found


def peak(pid: int) -> int:
    """The most memory that this process ever had, in kB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def processor_seconds(pid: int) -> float:
    """How long a processor worked for this process: what other work on the machine can't change."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """The worker and its children, by process id."""

    peaks: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def look(self, worker: int) -> None:
        for pid in children(worker):
            self.peaks[pid] = max(self.peaks[pid], peak(pid))
            self.seconds[pid] = max(self.seconds[pid], processor_seconds(pid))


def watch(worker: "subprocess.Popen[bytes]") -> Watched:
    """Until nothing waits any more."""
    watched = Watched()
    done, last = 0, time.monotonic()
    while True:
        watched.look(worker.pid)
        count = (
            Job.objects.filter(kind=LETTER_KIND)
            .exclude(state__in=[JobState.QUEUED, JobState.RUNNING])
            .count()
        )
        if count >= LETTERS:
            return watched
        if count > done:
            done, last = count, time.monotonic()
        if worker.poll() is not None or time.monotonic() - last > PATIENCE:
            raise SystemExit(f"The worker stopped making letters after {done}.")
        time.sleep(LOOK_EVERY)


def main(result: Path, command: list[str]) -> None:
    began = time.monotonic()
    worker = subprocess.Popen(command)
    try:
        watched = watch(worker)
        seconds = time.monotonic() - began
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    main_peak = watched.peaks.pop(worker.pid)
    figures = {
        "seconds": seconds,
        "processor": sum(watched.seconds.values()),
        "main": main_peak,
        "children": sorted(watched.peaks.values()),
    }
    result.write_text(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
