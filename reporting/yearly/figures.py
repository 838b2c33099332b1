"""The figures of the yearly budget report as plain data (domain.md 6.6, 6.7). EUR.

Totals are sums of the rows that are shown, so a table can never contradict its own total.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from common.money import ZERO


@dataclass(frozen=True)
class CallRow:
    """A call of which a round closed in the year."""

    reference: str
    title: str
    opened_on: date | None
    closed_on: date | None
    submitted: int
    local_authorities: int | None
    incomplete: int | None
    advice_positive: int | None
    advice_negative: int | None
    selected: int | None
    is_historical: bool

    @property
    def success_rate(self) -> Decimal | None:
        """Selected in percent of submitted; None (shown as –) when there is nothing to divide."""
        if not self.submitted or self.selected is None:
            return None
        return Decimal(100) * self.selected / self.submitted


@dataclass(frozen=True)
class CreditRow:
    """One money stream, or a whole year, as it stood at the cut-off."""

    label: str
    version: str
    vak: Decimal = ZERO
    committed: Decimal = ZERO
    vek: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def vak_available(self) -> Decimal:
        return self.vak - self.committed

    @property
    def vek_available(self) -> Decimal:
        return self.vek - self.paid


@dataclass(frozen=True)
class EncoursRow:
    """A year of the encours chain: start + commitments - payments - releases = end."""

    year: int
    start: Decimal
    committed: Decimal
    paid: Decimal
    released: Decimal

    @property
    def end(self) -> Decimal:
        return self.start + self.committed - self.paid - self.released


@dataclass(frozen=True)
class BreakdownRow:
    """Co-financing of the year for one kind of organisation, or one theme."""

    label: str
    projects: int
    committed: Decimal
    paid: Decimal


@dataclass(frozen=True)
class ProjectRow:
    """A project with its amounts: in the year, and since its start."""

    reference: str
    title: str
    organisation: str
    organisation_type: str
    theme: str
    state: str
    is_fictional: bool
    committed_in_year: Decimal
    paid_in_year: Decimal
    committed: Decimal
    released: Decimal
    paid: Decimal

    @property
    def open_amount(self) -> Decimal:
        return self.committed - self.released - self.paid


@dataclass(frozen=True)
class PipelineRow:
    """A selected project without a commitment: a forecast, never subtracted from VAK."""

    reference: str
    title: str
    organisation: str
    state: str
    requested: Decimal


@dataclass(frozen=True)
class ForecastRow:
    """Instalments that are planned and not paid, by the year in which they are expected."""

    year: int | None
    instalments: int
    amount: Decimal


@dataclass(frozen=True)
class YearlyReport:
    """Everything the report of a year shows, as it was known at `cut_off`."""

    year: int
    cut_off: datetime
    generated_at: datetime
    generated_by: str
    calls: list[CallRow] = field(default_factory=list)
    credits: list[CreditRow] = field(default_factory=list)
    encours: list[EncoursRow] = field(default_factory=list)
    by_organisation_type: list[BreakdownRow] = field(default_factory=list)
    by_theme: list[BreakdownRow] = field(default_factory=list)
    projects: list[ProjectRow] = field(default_factory=list)
    pipeline: list[PipelineRow] = field(default_factory=list)
    forecast: list[ForecastRow] = field(default_factory=list)

    @property
    def total_credits(self) -> CreditRow:
        return CreditRow(
            label="Totaal",
            version=", ".join(sorted({row.version for row in self.credits if row.version})),
            vak=total(row.vak for row in self.credits),
            committed=total(row.committed for row in self.credits),
            vek=total(row.vek for row in self.credits),
            paid=total(row.paid for row in self.credits),
        )

    @property
    def this_year(self) -> EncoursRow:
        return self.encours[-1]

    @property
    def pipeline_total(self) -> Decimal:
        return total(row.requested for row in self.pipeline)

    @property
    def contains_fictional_data(self) -> bool:
        return any(row.is_fictional for row in self.projects)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, as an amount with two decimals also when there is nothing to add."""
    return sum(amounts, ZERO)
