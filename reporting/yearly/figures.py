"""The report as plain data, and what a section of it is. EUR.

Totals are sums of the rows that are shown, so a table can never contradict its own total.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from common.money import ZERO
from documents.report_tables import ReportTable

if TYPE_CHECKING:
    from reporting.yearly.breakdowns import BreakdownRow
    from reporting.yearly.calls import CallRow
    from reporting.yearly.cofinancing import AverageRow, CofinancingRow
    from reporting.yearly.contractors import ContractorRow
    from reporting.yearly.credits import CreditRow, VersionRow, YearCreditRow
    from reporting.yearly.encours import EncoursRow, MovementRow, StreamRow
    from reporting.yearly.lead_times import LeadTimeRow
    from reporting.yearly.outlook import ForecastRow, PipelineRow
    from reporting.yearly.portfolio import PhaseRow
    from reporting.yearly.projects import ProjectRow
    from reporting.yearly.results import ResultRow
    from reporting.yearly.source import Source


@dataclass(frozen=True)
class Block:
    """A table with the charts that stand before it; charts are drawn where they are shown."""

    table: ReportTable
    charts: Sequence[Callable[[], SafeString]] = ()

    @property
    def drawn(self) -> list[SafeString]:
        return [draw() for draw in self.charts]


@dataclass(frozen=True)
class Section:
    """A heading with its tables; `wide` on a landscape page in print."""

    title: str
    blocks: Sequence[Block]
    wide: bool = False


@dataclass(frozen=True)
class YearlyReport:
    """Everything the report of a year shows, as it was known at `cut_off`."""

    year: int
    cut_off: datetime
    generated_at: datetime
    generated_by: str
    calls: "list[CallRow]" = field(default_factory=list)
    phases: "list[PhaseRow]" = field(default_factory=list)
    credits: "list[CreditRow]" = field(default_factory=list)
    versions: "list[VersionRow]" = field(default_factory=list)
    credit_years: "list[YearCreditRow]" = field(default_factory=list)
    encours: "list[EncoursRow]" = field(default_factory=list)
    streams: "list[StreamRow]" = field(default_factory=list)
    movements: "list[MovementRow]" = field(default_factory=list)
    breakdowns: "dict[str, list[BreakdownRow]]" = field(default_factory=dict)
    pipeline: "list[PipelineRow]" = field(default_factory=list)
    forecast: "list[ForecastRow]" = field(default_factory=list)
    cofinancing: "list[CofinancingRow]" = field(default_factory=list)
    averages: "list[AverageRow]" = field(default_factory=list)
    lead_times: "list[LeadTimeRow]" = field(default_factory=list)
    contractors: "list[ContractorRow]" = field(default_factory=list)
    results: "list[ResultRow]" = field(default_factory=list)
    projects: "list[ProjectRow]" = field(default_factory=list)
    groups: "dict[int, dict[str, str]]" = field(default_factory=dict, compare=False, repr=False)
    """In which row of each breakdown a commitment counts."""
    project_of: "dict[int, int]" = field(default_factory=dict, compare=False, repr=False)
    """The project of each of those commitments."""
    source: "Source | None" = field(default=None, compare=False, repr=False)
    """What it was made from, to say which rows stand behind a figure."""
    described: "dict[str, list[Section]]" = field(default_factory=dict, compare=False, repr=False)
    """Its sections by language, once they were asked for."""

    @property
    def total_credits(self) -> "CreditRow":
        from reporting.yearly.credits import CreditRow

        return CreditRow(
            label="Totaal",
            version=", ".join(sorted({row.version for row in self.credits if row.version})),
            vak=total(row.vak for row in self.credits),
            committed=total(row.committed for row in self.credits),
            vek=total(row.vek for row in self.credits),
            paid=total(row.paid for row in self.credits),
        )

    @property
    def this_year(self) -> "EncoursRow":
        return self.encours[-1]

    @property
    def by_organisation_type(self) -> "list[BreakdownRow]":
        return self.breakdowns["type"]

    @property
    def by_theme(self) -> "list[BreakdownRow]":
        return self.breakdowns["thema"]

    @property
    def pipeline_total(self) -> Decimal:
        return total(row.requested for row in self.pipeline)

    @property
    def contains_fictional_data(self) -> bool:
        return any(row.is_fictional for row in self.projects)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, as an amount with two decimals also when there is nothing to add."""
    return sum(amounts, ZERO)
