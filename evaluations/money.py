"""The money that is left this year, told by the room that keeps the budget.

That room stands above this one, so it registers how to ask (`FundingConfig.ready`). Selected files
that were not committed yet are a pipeline: shown, never subtracted (domain.md 6.6).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class MoneyLeft:
    """Commitment credit (VAK) of a budget year in EUR, and what is selected but not committed."""

    year: int
    budget: Decimal
    committed: Decimal
    available: Decimal


Source = Callable[[int], MoneyLeft | None]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Make known who tells what is left of a year's budget; the last one registered counts."""
    _sources[:] = [source]


def money_left(year: int) -> MoneyLeft | None:
    """What is left of a budget year; None when no budget of that year is known."""
    return _sources[0](year) if _sources else None
