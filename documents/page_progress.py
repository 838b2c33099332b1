"""Hearing which page WeasyPrint lays out, and stopping between two pages.

WeasyPrint tells it on a logger of its own. How many pages there will be, nobody knows before the
last one is laid out; when page numbers make it go through them again, the number is known.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_PROGRESS = logging.getLogger("weasyprint.progress")
_PAGE = "Step 5 - Creating layout - Page"
_AGAIN = "Step 5 - Creating layout - Repagination"


@dataclass(frozen=True)
class LaidOut:
    """Page `page` is about to be laid out; `of` is the number of pages, 0 when nobody knows yet."""

    page: int
    of: int = 0


Hears = Callable[[LaidOut], None]


class _Listener(logging.Handler):
    def __init__(self, hears: Hears) -> None:
        super().__init__(logging.INFO)
        self._hears = hears
        self._page = self._known = 0

    def emit(self, record: logging.LogRecord) -> None:
        """What `hears` raises goes through WeasyPrint to who asked for the pages."""
        if record.msg.startswith(_AGAIN):
            self._known = self._page
        elif record.msg.startswith(_PAGE) and isinstance(record.args, tuple):
            self._page = int(str(record.args[0]))
            self._hears(LaidOut(self._page, max(self._known, self._page) if self._known else 0))


@contextmanager
def pages_heard(hears: Hears | None) -> Iterator[None]:
    """Within the block, `hears` is called before each page that is laid out in this process."""
    if hears is None:
        yield
        return
    listener = _Listener(hears)
    before = (_PROGRESS.level, _PROGRESS.propagate)
    _PROGRESS.addHandler(listener)
    _PROGRESS.setLevel(logging.INFO)
    _PROGRESS.propagate = False
    try:
        yield
    finally:
        _PROGRESS.removeHandler(listener)
        _PROGRESS.setLevel(before[0])
        _PROGRESS.propagate = before[1]
