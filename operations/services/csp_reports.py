"""Counting what browsers refused on our pages."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection

from common.moments import today
from operations.csp_reports import OTHER, Violation
from operations.models import CspReport

MOST_KINDS = 200
"""Different rows of one day; what comes after them is counted in one row."""
DAYS_KEPT = 90


def count_violations(*, violations: Iterable[Violation]) -> int:
    """One more for each; a row per day, rule, thing and page. Returns how many were counted."""
    day, counted = today(), 0
    is_full = CspReport.objects.filter(day=day).count() >= MOST_KINDS
    for found in violations:
        kind = found
        if is_full and not CspReport.objects.filter(day=day, **found._asdict()).exists():
            kind = Violation(OTHER, OTHER, OTHER)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO operations_cspreport (day, directive, blocked, page, count)
                VALUES (%s, %s, %s, %s, 1)
                ON CONFLICT (day, directive, blocked, page)
                    DO UPDATE SET count = operations_cspreport.count + 1
                """,
                [day, *kind],
            )
        counted += 1
    return counted


def remove_old_csp_reports() -> int:
    """Take away what is older than `DAYS_KEPT` days; returns how many rows."""
    oldest = today() - timedelta(days=DAYS_KEPT)
    return CspReport.objects.filter(day__lt=oldest).delete()[0]
