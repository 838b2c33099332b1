"""How a report reads the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def consistent_view() -> Iterator[None]:
    """All reads see the database as it was at one instant, so that sheet 1 sums what sheet 2 lists.

    Inside another transaction (a test) that transaction decides.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
