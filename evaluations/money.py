"""The money that is left this year, told by the room that keeps the budget.

That room stands above this one, so it registers how to ask (`FundingConfig.ready`). Selected files
that were not committed yet are a pipeline: shown, never subtracted (domain.md 6.6).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class MoneyLeft:
    """Commitment credit (VAK) for co-financing in a budget year, in EUR.

    `version` names the budget version that `budget` is taken from.
    """

    year: int
    budget: Decimal
    committed: Decimal
    available: Decimal
    version: str = ""


@dataclass(frozen=True)
class PipelinePart:
    """Selected files of one theme and one type of organisation without a commitment. EUR."""

    theme: str
    organisation_type: str
    files: int
    amount: Decimal


Source = Callable[[int], MoneyLeft | None]
Pipeline = Callable[[Any], list[PipelinePart]]
_sources: list[Source] = []
_pipelines: list[Pipeline] = []


def register(source: Source, pipeline: Pipeline | None = None) -> None:
    """Make known who tells what is left of a year's budget; the last one registered counts.

    `pipeline` gets the person who looks: no project of a conflict of interest is in a sum.
    """
    _sources[:] = [source]
    _pipelines[:] = [pipeline] if pipeline is not None else []


def money_left(year: int) -> MoneyLeft | None:
    """What is left of a budget year; None when no budget of that year is known."""
    return _sources[0](year) if _sources else None


def told_pipeline(user: Any) -> list[PipelinePart]:
    """Projects without a commitment yet, as far as `user` may know them."""
    return _pipelines[0](user) if _pipelines else []
