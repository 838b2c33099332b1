"""The figures of a budget year as they stand now, per money stream (domain.md 0.3, 6.6). EUR.

Five queries, whatever the number of rows. `reporting.steering.rows` gives the rows behind each
figure; their sum is the figure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import (
    Count,
    DecimalField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.money import ZERO
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    BudgetYear,
    Claim,
    CofinancingRequest,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
)
from funding.models.booking import RECOVERED, RELEASED, STAYS_OPEN, signed_amount
from funding.selectors.budget import projects_in_pipeline

Stream = BudgetLine.Stream
NO_DATE = "zonder-datum"
AMOUNT = DecimalField(max_digits=14, decimal_places=2)


class Figure(models.TextChoices):
    """What is steered on; the value stands in addresses."""

    VAK = "vak", _("VAK")
    COMMITTED = "vastgelegd", _("Vastgelegd")
    VAK_LEFT = "vak-beschikbaar", _("VAK beschikbaar")
    VEK = "vek", _("VEK")
    PAID = "vereffend", _("Vereffend")
    VEK_LEFT = "vek-beschikbaar", _("VEK beschikbaar")
    OPEN_AT_START = "encours-begin", _("Encours begin jaar")
    RELEASED = "vrijgegeven", _("Vrijgegeven van vroegere jaren")
    RECOVERED = "teruggevorderd", _("Teruggevorderd")
    OPEN_AT_END = "encours-einde", _("Encours einde jaar")


@dataclass(frozen=True)
class StreamFigures:
    """The figures of one money stream, or of both together."""

    label: str
    stream: str
    amounts: dict[Figure, Decimal]

    def __getitem__(self, figure: Figure) -> Decimal:
        return self.amounts[figure]

    @property
    def cells(self) -> Iterator[tuple[Figure, Decimal]]:
        return iter(self.amounts.items())


@dataclass(frozen=True)
class ForecastYear:
    """Instalments that are not paid yet, by the year in which they are expected; None: no date."""

    year: int | None
    instalments: int
    amounts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)

    @property
    def address(self) -> str:
        return str(self.year) if self.year else NO_DATE


@dataclass(frozen=True)
class Coming:
    """A forecast of money that may be committed: never subtracted from VAK (domain.md 6.6)."""

    count: int
    amount: Decimal


@dataclass(frozen=True)
class Steering:
    """Everything the page of a year shows."""

    year: BudgetYear
    streams: list[StreamFigures]
    pipeline: Coming
    at_committee: Coming
    to_commit: Coming
    forecast: list[ForecastYear]

    @property
    def total(self) -> StreamFigures:
        return StreamFigures(
            str(_("Samen")),
            "",
            {figure: sum((one[figure] for one in self.streams), ZERO) for figure in Figure},
        )

    def stream(self, stream: str) -> StreamFigures:
        return next(one for one in self.streams if one.stream == stream)


def steering(year: BudgetYear) -> Steering:
    """The figures of `year` as they are booked now; the forecasts are of today."""
    return Steering(
        year=year,
        streams=_streams(year),
        pipeline=_coming(projects_in_pipeline().aggregate(count=Count("pk"), sum=Sum("expected"))),
        at_committee=_coming(
            waiting_requests().aggregate(count=Count("pk"), sum=Sum("requested_amount"))
        ),
        to_commit=_coming(
            grants_to_commit(year.year).aggregate(count=Count("pk"), sum=Sum("granted_amount"))
        ),
        forecast=_forecast(),
    )


def _streams(year: BudgetYear) -> list[StreamFigures]:
    lines = {line.stream: line for line in year.lines.order_by("stream")}
    flows: dict[str, Any] = {
        row["line__stream"]: row
        for row in LedgerEntry.objects.filter(effective_on__year__lte=year.year)
        .order_by()
        .values("line__stream")
        .annotate(
            start=_sum(signed_amount(STAYS_OPEN), Q(effective_on__year__lt=year.year)),
            end=_sum(signed_amount(STAYS_OPEN)),
            released=_sum(signed_amount(RELEASED), Q(effective_on__year=year.year)),
            recovered=_sum(signed_amount(RECOVERED), Q(effective_on__year=year.year)),
        )
    }
    return [
        _stream_figures(Stream(stream), lines.get(stream), flows.get(stream, {}))
        for stream in Stream.values
    ]


def _stream_figures(
    stream: BudgetLine.Stream, line: BudgetLine | None, flow: dict[str, Decimal]
) -> StreamFigures:
    return StreamFigures(
        label=str(stream.label),
        stream=stream.value,
        amounts={
            Figure.VAK: line.vak if line else ZERO,
            Figure.COMMITTED: line.committed if line else ZERO,
            Figure.VAK_LEFT: line.vak_available if line else ZERO,
            Figure.VEK: line.vek if line else ZERO,
            Figure.PAID: line.paid if line else ZERO,
            Figure.VEK_LEFT: line.vek_available if line else ZERO,
            Figure.OPEN_AT_START: flow.get("start", ZERO),
            Figure.RELEASED: flow.get("released", ZERO),
            Figure.RECOVERED: flow.get("recovered", ZERO),
            Figure.OPEN_AT_END: flow.get("end", ZERO),
        },
    )


def _sum(amount: Any, where: Q | None = None) -> Any:
    return Coalesce(Sum(amount, filter=where), Value(ZERO), output_field=AMOUNT)


def _coming(found: dict[str, Any]) -> Coming:
    return Coming(found["count"], found["sum"] or ZERO)


def waiting_requests() -> QuerySet[CofinancingRequest]:
    """Requests that the committee has not decided, or postponed."""
    return CofinancingRequest.objects.filter(
        state__in=[RequestState.REQUESTED, RequestState.POSTPONED]
    )


def grants_to_commit(year: int) -> QuerySet[CommitteeDecision]:
    """What the committee granted in `year` and nobody committed yet."""
    return CommitteeDecision.objects.filter(
        outcome=CommitteeDecision.Outcome.GRANTED,
        decided_on__year=year,
        commitment__isnull=True,
    )


def unpaid_instalments() -> QuerySet[Any]:
    """Instalments that may still be paid, each with `due` in EUR.

    `due` is what a check accepted of its claim, else the instalment as planned.
    """
    claims = Claim.objects.filter(instalment=OuterRef("pk"), rejected_at__isnull=True)
    accepted = Subquery(claims.values("accepted_amount")[:1])
    return Instalment.objects.exclude(
        state__in=[InstalmentState.PAID, InstalmentState.CANCELLED]
    ).annotate(due=Coalesce(accepted, "amount", output_field=AMOUNT))


def _forecast() -> list[ForecastYear]:
    counts: dict[int | None, int] = {}
    amounts: dict[int | None, dict[str, Decimal]] = {}
    for row in (
        unpaid_instalments()
        .order_by()
        .values("expected_on__year", "commitment__line__stream")
        .annotate(count=Count("pk"), sum=Sum("due"))
    ):
        year = row["expected_on__year"]
        counts[year] = counts.get(year, 0) + row["count"]
        amounts.setdefault(year, dict.fromkeys(Stream.values, ZERO))
        amounts[year][row["commitment__line__stream"]] = row["sum"]
    return [
        ForecastYear(year, counts[year], amounts[year])
        for year in sorted(counts, key=lambda one: one or 9999)
    ]
