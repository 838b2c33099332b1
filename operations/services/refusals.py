"""Counting what was refused, after the transaction that was refused is gone."""

from typing import Any

from django.db import connection

SUBMISSION = "submission"


def count_refusal(*, reason: str, **_kwargs: Any) -> None:
    """Listener of `projects.signals.submission_refused`: one more for this reason.

    A row per reason, not per refusal: it says how many and never who.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO operations_refusal (kind, reason, count) VALUES (%s, %s, 1)
            ON CONFLICT (kind, reason) DO UPDATE SET count = operations_refusal.count + 1
            """,
            [SUBMISSION, reason[:40]],
        )
