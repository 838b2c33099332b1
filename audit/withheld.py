"""What who reads the log does not see of rows that they may know of: the values themselves.

A room above says from `AppConfig.ready()` of which rows the contents are not for the log, such as
a draft that its people have handed in to nobody. That a row changed, when and by whom stays.
"""

from collections.abc import Callable, Iterable
from typing import Any

from audit.models import RowChange

Source = Callable[[Iterable[RowChange]], set[Any]]
"""Of these changes the keys of those whose values are not shown; some queries, whatever many."""

_sources: list[Source] = []


def withhold(source: Source) -> None:
    """Add what `source` answers to what the log does not show."""
    if source not in _sources:
        _sources.append(source)


def withheld(changes: Iterable[RowChange]) -> set[Any]:
    """The keys of the changes of which no value is shown."""
    changes = list(changes)
    return {key for source in _sources for key in source(changes)} if changes else set()
