"""The rows behind each figure of the steering page: their amounts add up to the figure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, overload

from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import Lag
from django.urls import reverse
from django.utils.translation import gettext as _

from common.moments import local_day, today
from common.money import ZERO
from documents.spreadsheets import DATE, MONEY, Column, Sheet
from funding.lifecycle import InstalmentState
from funding.models import BudgetVersion, BudgetYear, LedgerEntry
from funding.models.booking import (
    NET_COMMITTED,
    NET_PAID,
    RECOVERED,
    RELEASED,
    STAYS_OPEN,
    EntryKind,
    signed_amount,
)
from funding.selectors.budget import projects_in_pipeline
from reporting.steering.figures import (
    NO_DATE,
    Figure,
    grants_to_commit,
    unpaid_instalments,
    waiting_requests,
)

LATE = "te-laat"


@dataclass(frozen=True)
class Row:
    """One thing that counts in a figure, where to look at it, and for how much. EUR."""

    on: date | None
    kind: str
    label: str
    url: str
    project: str
    organisation: str
    amount: Decimal


@dataclass(frozen=True)
class Part:
    """Rows of one kind, read only as far as a page needs them."""

    rows: QuerySet[Any]
    to_row: Callable[[Any], Row]
    sign: int = 1
    column: str = "counts"


class Rows(Sequence[Row]):
    """The rows of a figure, one part after the other; a slice reads only what it shows."""

    def __init__(self, *parts: Part) -> None:
        self._parts = parts
        self._counts: list[int] | None = None

    @property
    def total(self) -> Decimal:
        """The sum of all rows, also of those on other pages."""
        return sum(
            (
                part.sign * (part.rows.aggregate(sum=Sum(part.column))["sum"] or ZERO)
                for part in self._parts
            ),
            ZERO,
        )

    def __len__(self) -> int:
        if self._counts is None:
            self._counts = [part.rows.count() for part in self._parts]
        return sum(self._counts)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop, _step = index.indices(len(self))
        found: list[Row] = []
        for part, count in zip(self._parts, self._counts or [], strict=True):
            if start < count and stop > 0:
                found += [part.to_row(one) for one in part.rows[max(start, 0) : stop]]
            start, stop = start - count, stop - count
        return found

    def __iter__(self) -> Iterator[Row]:
        for part in self._parts:
            yield from (part.to_row(one) for one in part.rows.iterator(chunk_size=500))

    def sheet(self, title: str) -> Sheet:
        """All rows as a table to export."""
        return Sheet(
            title,
            [
                Column(_("Datum"), DATE),
                Column(_("Soort")),
                Column(_("Kenmerk")),
                Column(_("Project")),
                Column(_("Organisatie")),
                Column(_("Bedrag"), MONEY, total=True),
            ],
            (
                (row.on, row.kind, row.label, row.project, row.organisation, row.amount)
                for row in self
            ),
        )


def named_rows(key: str, year: BudgetYear, stream: str = "") -> tuple[str, Rows] | None:
    """The title and the rows of what stands in an address; None when there is no such figure."""
    others = {
        "pipeline": (_("Pipeline"), pipeline_rows),
        "bij-het-comite": (_("Bij het comité"), committee_rows),
        "nog-vast-te-leggen": (_("Toegekend, nog niet vastgelegd"), lambda: grant_rows(year)),
    }
    if key in others:
        title, rows = others[key]
        return title, rows()
    if key not in Figure.values:
        return None
    figure = Figure(key)
    return str(figure.label), rows_of(figure, year, stream)


def rows_of(figure: Figure, year: BudgetYear, stream: str = "") -> Rows:
    """What counts in a figure of `year`; of one money stream, or of both."""
    match figure:
        case Figure.VAK:
            return Rows(_credits("vak", year, stream))
        case Figure.VEK:
            return Rows(_credits("vek", year, stream))
        case Figure.COMMITTED:
            return Rows(_bookings(NET_COMMITTED, year, stream))
        case Figure.PAID:
            return Rows(_bookings(NET_PAID, year, stream))
        case Figure.VAK_LEFT:
            return Rows(
                _credits("vak", year, stream), _bookings(NET_COMMITTED, year, stream, sign=-1)
            )
        case Figure.VEK_LEFT:
            return Rows(_credits("vek", year, stream), _bookings(NET_PAID, year, stream, sign=-1))
        case Figure.RELEASED:
            return Rows(_bookings(RELEASED, year, stream))
        case Figure.RECOVERED:
            return Rows(_bookings(RECOVERED, year, stream))
        case Figure.OPEN_AT_START:
            return Rows(_open_commitments(year.year - 1, stream))
        case Figure.OPEN_AT_END:
            return Rows(_open_commitments(year.year, stream))


def _credits(column: str, year: BudgetYear, stream: str) -> Part:
    """Each version for what it added to the one before, or took away."""
    versions = BudgetVersion.objects.filter(line__budget_year=year)
    if stream:
        versions = versions.filter(line__stream=stream)
    url = reverse("funding:budget_year", args=[year.year])

    def to_row(version: Any) -> Row:
        return Row(
            on=version.effective_on,
            kind=str(version.get_label_display()),
            label=version.legal_basis or str(version.line),
            url=f"{url}#{version.line.stream}",
            project="",
            organisation=str(version.line.get_stream_display()),
            amount=version.added,
        )

    former = Window(Lag(column, default=ZERO), partition_by=F("line"), order_by=F("number").asc())
    return Part(
        versions.annotate(added=F(column) - former)
        .select_related("line__budget_year")
        .order_by("effective_on", "line__stream", "number"),
        to_row,
        column="added",
    )


def _bookings(
    effect: dict[EntryKind, int], year: BudgetYear, stream: str, *, sign: int = 1
) -> Part:
    entries = LedgerEntry.objects.filter(kind__in=effect, effective_on__year=year.year)
    if stream:
        entries = entries.filter(line__stream=stream)

    def to_row(entry: Any) -> Row:
        return Row(
            on=entry.effective_on,
            kind=str(entry.get_kind_display()),
            label=entry.commitment.number,
            url=entry.commitment.get_absolute_url(),
            project=entry.commitment.project.title,
            organisation=entry.commitment.project.organisation.name,
            amount=sign * entry.counts,
        )

    return Part(
        entries.annotate(counts=signed_amount(effect))
        .select_related("commitment__project__organisation")
        .order_by("effective_on", "pk"),
        to_row,
        sign,
    )


def _open_commitments(year: int, stream: str) -> Part:
    """Each commitment for what was open at the end of `year`."""
    entries = LedgerEntry.objects.filter(effective_on__year__lte=year)
    if stream:
        entries = entries.filter(line__stream=stream)

    def to_row(found: dict[str, Any]) -> Row:
        return Row(
            on=found["commitment__effective_on"],
            kind=_("Openstaande vastlegging"),
            label=found["commitment__number"],
            url=reverse("funding:commitment", args=[found["commitment__number"]]),
            project=found["commitment__project__title"],
            organisation=found["commitment__project__organisation__name"],
            amount=found["counts"],
        )

    return Part(
        entries.values(
            "commitment__number",
            "commitment__effective_on",
            "commitment__project__title",
            "commitment__project__organisation__name",
        )
        .annotate(counts=Sum(signed_amount(STAYS_OPEN)))
        .exclude(counts=ZERO)
        .order_by("commitment__effective_on", "commitment__number"),
        to_row,
    )


def pipeline_rows() -> Rows:
    """Selected projects for which nothing is committed, with what they may ask."""

    def to_row(project: Any) -> Row:
        return Row(
            on=project.opened_on,
            kind=str(project.get_state_display()),
            label=project.reference,
            url=reverse("funding:staff_project_funding", args=[project.reference]),
            project=project.title,
            organisation=project.organisation.name,
            amount=project.expected,
        )

    projects = projects_in_pipeline().select_related("organisation")
    return Rows(Part(projects.order_by("-expected", "reference"), to_row, column="expected"))


def committee_rows() -> Rows:
    """Requests that wait for the committee."""

    def to_row(request: Any) -> Row:
        project = request.procurement.project
        return Row(
            on=local_day(request.requested_at),
            kind=str(request.get_state_display()),
            label=project.reference,
            url=reverse("funding:request", args=[request.pk]),
            project=request.procurement.title,
            organisation=project.organisation.name,
            amount=request.requested_amount,
        )

    waiting = waiting_requests().select_related("procurement__project__organisation")
    return Rows(Part(waiting.order_by("requested_at", "pk"), to_row, column="requested_amount"))


def grant_rows(year: BudgetYear) -> Rows:
    """What was granted in the year and is not committed."""

    def to_row(decision: Any) -> Row:
        project = decision.request.procurement.project
        return Row(
            on=decision.decided_on,
            kind=str(decision.get_outcome_display()),
            label=project.reference,
            url=reverse("funding:request", args=[decision.request_id]),
            project=decision.request.procurement.title,
            organisation=project.organisation.name,
            amount=decision.granted_amount,
        )

    grants = grants_to_commit(year.year).select_related(
        "request__procurement__project__organisation"
    )
    return Rows(Part(grants.order_by("decided_on", "pk"), to_row, column="granted_amount"))


def forecast_rows(expected: str, stream: str = "") -> Rows | None:
    """Instalments expected in a year ("2027"), late, or without a date; None for other words."""

    def to_row(instalment: Any) -> Row:
        commitment = instalment.commitment
        return Row(
            on=instalment.expected_on,
            kind=str(instalment.get_state_display()),
            label=_("%(number)s, schijf %(which)s")
            % {"number": commitment.number, "which": instalment.number},
            url=commitment.get_absolute_url(),
            project=commitment.project.title,
            organisation=commitment.project.organisation.name,
            amount=instalment.due,
        )

    instalments = unpaid_instalments().select_related("commitment__project__organisation")
    if expected == NO_DATE:
        instalments = instalments.filter(expected_on__isnull=True)
    elif expected == LATE:
        instalments = instalments.filter(state=InstalmentState.PLANNED, expected_on__lt=today())
    elif expected.isdecimal() and len(expected) == 4:
        instalments = instalments.filter(expected_on__year=int(expected))
    else:
        return None
    if stream:
        instalments = instalments.filter(commitment__line__stream=stream)
    return Rows(Part(instalments.order_by("expected_on", "pk"), to_row, column="due"))
