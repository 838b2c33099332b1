"""What who reads the log does not see of rows that they may know of: the values themselves.

A room above says from `AppConfig.ready()` of which rows the contents are not for the log, such as
a draft that its people have handed in to nobody. That a row changed, when and by whom stays. Of
whole acts a room says which are shown to whom: `limit_acts`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from audit.models import RowChange

Source = Callable[[Iterable[RowChange]], set[Any]]
"""Of these changes the keys of those whose values are not shown; some queries, whatever many."""

Limit = Callable[[Any], Q]
"""The condition on the acts that may be shown to a person."""

_sources: list[Source] = []
_limits: list[Limit] = []


def withhold(source: Source) -> None:
    """Add what `source` answers to what the log does not show."""
    if source not in _sources:
        _sources.append(source)


def withheld(changes: Iterable[RowChange]) -> set[Any]:
    """The keys of the changes of which no value is shown."""
    changes = list(changes)
    return {key for source in _sources for key in source(changes)} if changes else set()


def limit_acts(limit: Limit) -> None:
    """Show in the log only the acts for which `limit` holds."""
    if limit not in _limits:
        _limits.append(limit)


def acts_shown_to(user: Any) -> Q:
    """The condition on the acts that this person may read in the log."""
    shown = Q()
    for limit in _limits:
        shown &= limit(user)
    return shown
