"""The portal of production; each answer says how many SQL statements it took."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from pio_portal.wsgi import application as portal

QUERIES_HEADER = "X-Bench-Queries"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Count what this thread's connection executes; savepoints count too."""
    count = 0

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (QUERIES_HEADER, str(count))], *rest)

    with connection.execute_wrapper(counted):
        return portal(environ, start)
