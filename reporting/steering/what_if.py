"""What if these projects were granted: the credits of the year, and the payments that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.moments import today
from common.money import ZERO
from funding.selectors.budget import projects_in_pipeline
from funding.services import default_plan, split
from reporting.steering.figures import Figure, Steering, Stream


@dataclass(frozen=True)
class Pick:
    """A project of the pipeline with the amount to try, and the VAK that would then be left."""

    project: Any
    amount: Decimal
    left: Decimal


@dataclass(frozen=True)
class PaymentYear:
    """Payments of a year: what the plans of today say, and what the picks would add. EUR."""

    year: int | None
    planned: Decimal
    added: Decimal

    @property
    def total(self) -> Decimal:
        return self.planned + self.added


@dataclass(frozen=True)
class WhatIf:
    """The outcome; nothing is booked or kept."""

    available: Decimal
    picks: list[Pick]
    payments: list[PaymentYear]

    @property
    def asked(self) -> Decimal:
        return sum((pick.amount for pick in self.picks), ZERO)

    @property
    def left(self) -> Decimal:
        return self.available - self.asked

    @property
    def short(self) -> Decimal:
        """How much VAK is missing; zero when it is enough."""
        return max(-self.left, ZERO)


def candidates() -> list[Any]:
    """The pipeline, largest first, each with `expected` in EUR; one query."""
    return list(
        projects_in_pipeline().select_related("organisation").order_by("-expected", "reference")
    )


def what_if(found: Steering, amounts: Mapping[str, Decimal], projects: Sequence[Any]) -> WhatIf:
    """Grant `amounts` (EUR, by reference) from what is left of the year's VAK for co-financing.

    Payments follow the configured schedule from the last day of the year on, or from today in the
    current year; an agreement of its own may say otherwise.
    """
    available = found.stream(Stream.COFINANCING)[Figure.VAK_LEFT]
    left = available
    picks = []
    added: dict[int | None, Decimal] = {}
    for project in projects:
        if project.reference not in amounts:
            continue
        amount = amounts[project.reference]
        left -= amount
        picks.append(Pick(project, amount, left))
        plan = default_plan(max(today(), today().replace(year=found.year.year, month=1, day=1)))
        for item, part in zip(plan, split(amount, [one.share for one in plan]), strict=True):
            year = item.expected_on.year if item.expected_on else None
            added[year] = added.get(year, ZERO) + part
    planned = {one.year: one.amounts[Stream.COFINANCING] for one in found.forecast}
    return WhatIf(
        available=available,
        picks=picks,
        payments=[
            PaymentYear(year, planned.get(year, ZERO), added.get(year, ZERO))
            for year in sorted({*planned, *added}, key=lambda one: one or 9999)
        ],
    )
