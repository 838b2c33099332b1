"""Room for work that calls deep: a page through its middleware and templates, a document's layout.

CPython keeps the frames of a thread in blocks of 16 kB. A loop that goes up and down over the
border of two of them takes a block from the system and gives it back at each turn (CPython issue
142183, mended in 3.15 and later ones of 3.13 and 3.14). Whether that happens depends on nothing
but how deep the caller stands. `make bench-report` prints the page faults it saves.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_ROOM = 2**16
"""Places for a value, half a MB: Python takes the power of two above it, so as much stays free."""

P = ParamSpec("P")
R = TypeVar("R")


def with_room(function: Callable[P, R]) -> Callable[P, R]:
    """The function, called with a block of half a MB free for all that it calls."""

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    # A frame never lies in two blocks; one that asks for much brings a large block of its own.
    roomy.__code__ = roomy.__code__.replace(co_stacksize=_ROOM)
    return wraps(function)(roomy)
