"""What waits for a person: every room lists its own, the dashboard shows them together."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class WorkItem:
    """One thing to do.

    label: the act ("Volledigheid controleren"); title: the thing it is about; url: where to do it;
    due_on: the last day (Brussels) on which it is in time, None without a date; group: the heading.
    """

    label: str
    title: str
    url: str
    due_on: date | None
    is_late: bool
    group: str
