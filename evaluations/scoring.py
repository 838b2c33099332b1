"""From scores to percentages: pure functions, compared unrounded (domain.md 5.3).

Scores are an aid to the advice: the outcome is go or no go. A score exactly on a threshold passes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_SCORE = 5
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Scored:
    """One criterion: weight and threshold in percent, `value` 0–5 or None while not scored."""

    title: str
    weight: Decimal
    threshold: Decimal
    value: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The score as a percentage of the highest score."""
        return None if self.value is None else self.value * HUNDRED / MAX_SCORE

    @property
    def passes(self) -> bool | None:
        """Whether the threshold is reached; None while there is no score."""
        percent = self.percent
        return None if percent is None else percent >= self.threshold


@dataclass(frozen=True)
class Total:
    """The weighted result of all criteria of a call."""

    criteria: Sequence[Scored]
    threshold: Decimal

    @property
    def scored_count(self) -> int:
        return sum(criterion.value is not None for criterion in self.criteria)

    @property
    def is_complete(self) -> bool:
        return bool(self.criteria) and self.scored_count == len(self.criteria)

    @property
    def percent(self) -> Decimal | None:
        """Weighted percentage of the criteria that have a score; None when none has one."""
        weights = self._weights
        return self._points * HUNDRED / (weights * MAX_SCORE) if weights else None

    @property
    def passes_overall(self) -> bool | None:
        """Whether the total reaches the threshold; None until every criterion has a score.

        Multiplied out rather than divided, so that nothing is rounded before it is compared.
        """
        if not self.is_complete or not self._weights:
            return None
        return self._points * HUNDRED >= self.threshold * self._weights * MAX_SCORE

    @property
    def passes(self) -> bool | None:
        """Whether the total and each criterion reach their thresholds."""
        overall = self.passes_overall
        if overall is None:
            return None
        return overall and all(criterion.passes for criterion in self.criteria)

    @property
    def below_threshold(self) -> list[str]:
        """Titles of the criteria that stay below their threshold."""
        return [criterion.title for criterion in self.criteria if criterion.passes is False]

    @property
    def _scored(self) -> Iterable[tuple[Decimal, Decimal]]:
        return (
            (criterion.weight, criterion.value)
            for criterion in self.criteria
            if criterion.value is not None
        )

    @property
    def _weights(self) -> Decimal:
        return sum((weight for weight, _value in self._scored), Decimal(0))

    @property
    def _points(self) -> Decimal:
        return sum((weight * value for weight, value in self._scored), Decimal(0))


def needed_length(call: Any, threshold: Decimal, value: Decimal | None) -> int:
    """How many characters the motivation of a score needs at least; more below the threshold.

    `call` gives `motivation_length` and `motivation_length_below`; `threshold` is in percent.
    """
    if value is not None and value * HUNDRED < threshold * MAX_SCORE:
        return int(max(call.motivation_length, call.motivation_length_below))
    return int(call.motivation_length)


def possible_scores(step: Decimal) -> list[Decimal]:
    """All scores from 0 to 5 in steps of `step`: 0, 0.5, 1, …"""
    count = int(Decimal(MAX_SCORE) / step)
    return [step * number for number in range(count + 1)]


def consensus_is_needed(call: Any, readers: Sequence[tuple[Decimal | None, bool | None]]) -> bool:
    """Whether the readers of a file must agree on common scores first (`Call.consensus_rule`).

    `readers` gives the final total in percent of each, and whether it passes the thresholds. They
    diverge when the totals lie at least `divergence_limit` points apart, or one passes and another
    does not.
    """
    totals = [total for total, _passes in readers if total is not None]
    if len(totals) < 2 or call.consensus_rule == "none":
        return False
    if call.consensus_rule == "always":
        return True
    return (
        max(totals) - min(totals) >= call.divergence_limit
        or len({passes for _total, passes in readers}) > 1
    )
