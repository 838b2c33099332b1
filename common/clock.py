"""The clock of the portal: the real one, unless a rehearsal moves it for what it plays.

Everything that asks what time it is asks here, so that a call can be rehearsed from opening to
decision in a minute. Moving the clock holds for the running task or thread only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The present instant, with its time zone."""
    return _moved.get() or timezone.now()


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Within the block it is `instant`; the clock stands still there.

    Raises:
        ValueError: when `instant` has no time zone.
    """
    if timezone.is_naive(instant):
        raise ValueError("A moved clock needs a time zone.")
    token = _moved.set(instant)
    try:
        yield
    finally:
        _moved.reset(token)
