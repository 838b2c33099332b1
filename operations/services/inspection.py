"""Keeping what an inspection found."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from common import clock
from operations.checks import Check, Finding, Level, inspect
from operations.models import Inspection

KEPT = timedelta(days=90)


def run_inspection(
    *, full: bool = False, tell: Callable[[Check, Finding], object] | None = None
) -> Inspection:
    """Run every check, keep the outcome, and forget those of more than 90 days ago.

    `tell` hears each finding as soon as it is known.
    """
    began = time.monotonic()
    found = []
    for check, finding in inspect(full=full):
        if tell:
            tell(check, finding)
        found.append(
            {
                "code": check.code,
                "level": finding.level.value,
                "sentence": finding.sentence,
                "details": finding.details,
            }
        )
    Inspection.objects.filter(ran_at__lt=clock.now() - KEPT).delete()
    return Inspection.objects.create(
        seconds=Decimal(f"{time.monotonic() - began:.2f}"),
        is_full=full,
        findings=found,
        faults=sum(one["level"] == Level.FAULT for one in found),
        warnings=sum(one["level"] == Level.WARNING for one in found),
    )
