"""Reads of budget years: credits, use, ledger, pipeline."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    DecimalField,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from common.money import ZERO
from documents.spreadsheets import DATE, MONEY, Column, Sheet
from funding.lifecycle import RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    CofinancingRequest,
    LedgerEntry,
)
from funding.models.booking import STAYS_OPEN, signed_amount
from projects.lifecycle import ENDED_PROJECT_STATES
from projects.models import Project

Kind = LedgerEntry.Kind
MAY_BE_COMMITTED = [RequestState.REQUESTED, RequestState.POSTPONED, RequestState.GRANTED]
AMOUNT = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True)
class YearRow:
    """A budget year with the sums of its lines and the encours at its end. EUR."""

    year: BudgetYear
    vak: Decimal
    committed: Decimal
    vek: Decimal
    paid: Decimal
    encours: Decimal

    @property
    def vak_available(self) -> Decimal:
        return self.vak - self.committed

    @property
    def vek_available(self) -> Decimal:
        return self.vek - self.paid


@dataclass(frozen=True)
class PipelineRow:
    """A project that may still ask money: a forecast, never subtracted from VAK. EUR."""

    project: Project
    amount: Decimal
    stage: str


def year_rows() -> list[YearRow]:
    """Every budget year, latest first; three queries."""
    years = list(BudgetYear.objects.order_by("-year"))
    sums: dict[int, Any] = {
        row["budget_year"]: row
        for row in BudgetLine.objects.order_by()
        .values("budget_year")
        .annotate(
            vak_sum=Sum("vak"),
            vek_sum=Sum("vek"),
            committed_sum=Sum("committed"),
            paid_sum=Sum("paid"),
        )
    }
    flows: dict[int, Decimal] = {
        row["effective_on__year"]: row["net"]
        for row in LedgerEntry.objects.order_by()
        .values("effective_on__year")
        .annotate(net=Coalesce(Sum(signed_amount(STAYS_OPEN)), Value(ZERO), output_field=AMOUNT))
    }
    return [
        YearRow(
            year=year,
            vak=sums.get(year.pk, {}).get("vak_sum", ZERO),
            committed=sums.get(year.pk, {}).get("committed_sum", ZERO),
            vek=sums.get(year.pk, {}).get("vek_sum", ZERO),
            paid=sums.get(year.pk, {}).get("paid_sum", ZERO),
            encours=sum((net for each, net in flows.items() if each <= year.year), ZERO),
        )
        for year in years
    ]


def encours(year: int) -> Decimal:
    """Commitments still open at the end of `year` (domain.md 6.6). EUR."""
    return (
        LedgerEntry.objects.filter(effective_on__year__lte=year).aggregate(
            net=Sum(signed_amount(STAYS_OPEN), default=ZERO)
        )["net"]
        or ZERO
    )


def lines_of(year: BudgetYear) -> list[BudgetLine]:
    """The lines of a year with their versions, oldest first; two queries."""
    versions = BudgetVersion.objects.select_related("recorded_by").order_by("number")
    return list(
        year.lines.select_related("budget_year")
        .prefetch_related(Prefetch("versions", queryset=versions))
        .order_by("stream")
    )


def ledger(
    year: int, *, kind: str = "", stream: str = "", search: str = ""
) -> QuerySet[LedgerEntry]:
    """Entries that count in `year`, oldest first, with project and organisation."""
    entries = LedgerEntry.objects.filter(effective_on__year=year).select_related(
        "commitment__project__organisation", "line__budget_year", "recorded_by"
    )
    if kind:
        entries = entries.filter(kind=kind)
    if stream:
        entries = entries.filter(line__stream=stream)
    if search:
        entries = entries.filter(
            Q(commitment__number__icontains=search)
            | Q(commitment__project__title__icontains=search)
            | Q(commitment__project__reference__icontains=search)
            | Q(commitment__project__organisation__name__icontains=search)
        )
    return entries.order_by("effective_on", "pk")


def ledger_totals(entries: QuerySet[LedgerEntry]) -> list[tuple[str, Decimal]]:
    """Label and sum per kind of the entries, in the order of the kinds; one query."""
    sums = {
        row["kind"]: row["total"]
        for row in entries.order_by().values("kind").annotate(total=Sum("amount"))
    }
    return [(str(kind.label), sums[kind.value]) for kind in Kind if kind.value in sums]


def ledger_sheet(entries: QuerySet[LedgerEntry], *, year: int) -> Sheet:
    """The entries as a table to export."""
    return Sheet(
        f"Boekingen {year}",
        [
            Column("Datum", DATE),
            Column("Soort"),
            Column("Geldstroom"),
            Column("Begrotingsjaar van de lijn"),
            Column("Vastlegging"),
            Column("Project"),
            Column("Titel"),
            Column("Organisatie"),
            Column("Bedrag", MONEY),
            Column("Toelichting"),
            Column("Ingevoerd door"),
        ],
        (
            [
                entry.effective_on,
                entry.get_kind_display(),
                entry.line.get_stream_display(),
                str(entry.line.budget_year.year),
                entry.commitment.number,
                entry.commitment.project.reference,
                entry.commitment.project.title,
                entry.commitment.project.organisation.name,
                entry.amount,
                entry.note,
                str(entry.recorded_by),
            ]
            for entry in entries.iterator(chunk_size=500)
        ),
    )


def projects_in_pipeline() -> QuerySet[Any]:
    """Running projects without a commitment, each with `expected` in EUR.

    The amount is what runs at the committee, else what the proposal asked.
    """
    asked = (
        CofinancingRequest.objects.filter(
            procurement__project=OuterRef("pk"), state__in=MAY_BE_COMMITTED
        )
        .order_by()
        .values("procurement__project")
        .annotate(total=Sum("requested_amount"))
        .values("total")
    )
    return (
        Project.objects.exclude(state__in=ENDED_PROJECT_STATES)
        .filter(commitments__isnull=True)
        .annotate(
            expected=Coalesce(
                Subquery(asked), F("proposal__requested_amount"), Value(ZERO), output_field=AMOUNT
            )
        )
        .filter(expected__gt=0)
    )


def pipeline(limit: int = 100) -> tuple[list[PipelineRow], Decimal, int]:
    """The pipeline as rows, with their whole total and count; three queries."""
    running = projects_in_pipeline()
    total = running.aggregate(total=Sum("expected"))["total"] or ZERO
    rows = running.select_related("organisation").order_by("-expected", "reference")[:limit]
    return (
        [
            PipelineRow(project, project.expected, str(project.get_state_display()))
            for project in rows
        ],
        total,
        running.count(),
    )
