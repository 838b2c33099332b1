"""Who does something, in which request and why: told to the database with each write.

pghistory carries it: within `acting` it puts the context before a write, so that triggers know it
until the end of that transaction. It would do so before every write; `_OncePerTransaction` lets it
speak when the database does not know yet. Where nothing is told (a shell, SQL by hand) triggers
keep the user of the database instead.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection
from django.http import HttpRequest
from pghistory import runtime
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from structlog.contextvars import get_contextvars

# One identifier for whatever is written in one transaction. A savepoint that is undone forgets it
# together with what was written.
THIS_TRANSACTION = """coalesce(
    nullif(current_setting('pio.transaction', true), ''),
    set_config('pio.transaction', gen_random_uuid()::text, true))::uuid"""


CONTEXT = "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb"
"""SQL: all that the context says; null when there is none."""


def from_context(name: str) -> str:
    """SQL: what the context says under `name`, empty when there is none."""
    return f"coalesce({CONTEXT} ->> '{name}', '')"


def request_id() -> str:
    """The number under which the log lines of this request or task stand."""
    return str(get_contextvars().get("request_id", ""))[:64]


def person_at(request: HttpRequest) -> Any:
    """Who really sits there: not the person as whom an administrator sees the portal."""
    return getattr(request.user, "viewed_by", None) or request.user


@contextmanager
def acting(*, user: Any = None, via: str = "", reason: str = "") -> Iterator[None]:
    """Within the block rows change by `user` (None: the portal itself), along `via`.

    Within another block nothing changes: who began it acts.
    """
    if is_told():
        yield
        return
    with _Context(
        user=getattr(user, "pk", None), via=via[:200], reason=reason, request=request_id()
    ):
        yield


def is_told() -> bool:
    """Whether this thread is within `acting` or the middleware's context."""
    return hasattr(runtime._tracker, "value")


_UNDOES = "ROLLBACK TO"
_SAVEPOINTS = ("SAVEPOINT", "RELEASE", _UNDOES)
"""How the statements of Django about savepoints begin: they write nothing themselves."""


class _OncePerTransaction:
    """Around each statement: pghistory tells, unless this transaction was told the same.

    What is told ends with the transaction, and with a savepoint that is undone.
    """

    def __init__(self) -> None:
        self._told: dict[str, Any] | None = None

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,  # noqa: FBT001 - as Django calls it
        context: Any,
    ) -> Any:
        cursor = context["cursor"]
        if cursor.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            self._told = None
        known = runtime._tracker.value.metadata
        if isinstance(sql, str) and sql.startswith(_SAVEPOINTS):
            if sql.startswith(_UNDOES):
                self._told = None
            return execute(sql, params, many, context)
        if self._told == known or not runtime._can_inject_variable(cursor, sql):
            return execute(sql, params, many, context)
        answer = runtime._inject_history_context(execute, sql, params, many, context)
        self._told = dict(known)
        return answer


class _Context(pghistory.context):
    """pghistory's context, told once per transaction."""

    def __enter__(self) -> Any:
        hook: Any = connection.execute_wrapper(_OncePerTransaction())
        hook.__enter__()
        self._pre_execute_hook = hook
        runtime._tracker.value = runtime.Context(id=uuid.uuid4(), metadata=self.metadata)
        return runtime._tracker.value
