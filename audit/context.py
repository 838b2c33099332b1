"""Who does something, in which request and why: told to the database with each write.

pghistory carries it: within `acting` it puts the context before every write, so that triggers know
it until the end of that transaction. Where nothing is told (a shell, SQL by hand) they keep the
user of the database instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.http import HttpRequest
from pghistory import runtime
from structlog.contextvars import get_contextvars

# One identifier for whatever is written in one transaction. A savepoint that is undone forgets it
# together with what was written.
THIS_TRANSACTION = """coalesce(
    nullif(current_setting('pio.transaction', true), ''),
    set_config('pio.transaction', gen_random_uuid()::text, true))::uuid"""


def from_context(name: str) -> str:
    """SQL: what the context says under `name`, empty when there is none."""
    return (
        "coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb"
        f" ->> '{name}', '')"
    )


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
    with pghistory.context(
        user=getattr(user, "pk", None), via=via[:200], reason=reason, request=request_id()
    ):
        yield


def is_told() -> bool:
    """Whether this thread is within `acting` or the middleware's context."""
    return hasattr(runtime._tracker, "value")
