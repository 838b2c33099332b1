"""The figures, and whether each letter is one that everybody can read."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

import pikepdf  # noqa: E402 - only after setup

from benchmarks.letters import LETTERS  # noqa: E402
from documents.conformance import structural_faults  # noqa: E402
from documents.models import Job  # noqa: E402
from evaluations.services.decision import LETTER_KIND  # noqa: E402


def main(result: Path) -> int:
    measured: dict[str, Any] = json.loads(result.read_text())
    jobs = list(Job.objects.filter(kind=LETTER_KIND).select_related("file").order_by("finished_at"))
    faults: Counter[str] = Counter()
    pages = size = 0
    began = time.monotonic()
    for job in jobs:
        if job.file is None:
            faults[f"not made: {job.error}"] += 1
            continue
        with pikepdf.open(job.file.path) as pdf:
            pages += len(pdf.pages)
        size += job.file.size
        faults.update(structural_faults(job.file.path))
    checking = time.monotonic() - began
    took = sorted(
        (job.finished_at - job.started_at).total_seconds()
        for job in jobs
        if job.finished_at and job.started_at
    )
    made = len(took)
    began_at = min(job.started_at for job in jobs if job.started_at)
    ended_at = max(job.finished_at for job in jobs if job.finished_at)
    making = (ended_at - began_at).total_seconds()
    print(f"Letters: {made} of {LETTERS}, {pages} pages, {size / made / 1000:.0f} kB each")
    print(
        f"From the first letter begun to the last one ready: {making:.1f} s,"
        f" {made / making:.1f} letters and {pages / making:.1f} pages per second"
    )
    print(f"With the start of the worker: {measured['seconds']:.1f} s")
    print(f"One letter: {took[made // 2]:.3f} s at p50, {took[int(made * 0.95)]:.3f} s at p95")
    print(
        f"Processor time of the worker, its starts included: {measured['processor']:.1f} s,"
        f" {measured['processor'] / made:.3f} s per letter"
    )
    highest = max(measured["children"], default=0)
    print(
        f"Peak memory (RSS): {highest / 1000:.0f} MB for the largest process that lays out,"
        f" {measured['main'] / 1000:.0f} MB for the worker above it"
    )
    print(f"Checked in {checking:.1f} s: ", end="")
    if made != LETTERS or faults:
        print("NOT in order.")
        print(*(f"{count} x {what}" for what, count in faults.most_common()), sep="\n")
        return 1
    print("each letter passes the structural check (documents/conformance.py).")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
