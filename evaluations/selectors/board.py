"""The ranking board of a call: places, sums and scores, worked out by the database.

Place, rank and cumulative amount are those of all files of the call that the person may know,
whatever is filtered or sorted: so the line always means the same. A file of a conflict of interest
is in none of them. Nothing here goes over all files in Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Q,
    QuerySet,
    RowRange,
    Subquery,
    Sum,
    When,
    Window,
)
from django.db.models.functions import Cast, Floor, Least, Rank, RowNumber
from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from calls.models import Call
from common.charts import Series, column_chart
from common.money import ZERO
from evaluations.lifecycle import AssignmentState, FileStep
from evaluations.models import (
    Assignment,
    Conclusion,
    ConflictOfInterest,
    FileSummary,
    RankingLine,
    SelectionDecision,
)
from evaluations.policies import may_see_board

DEFAULT_ORDER = "rank"
ON_THE_BOARD = Q(total_percent__isnull=False)
RANKING = (F("total_percent").desc(nulls_last=True), F("proposal").asc())

ORDERS: dict[str, list[str]] = {
    "rank": ["place"],
    "reference": ["proposal__reference"],
    "applicant": ["proposal__organisation__name"],
    "type": ["proposal__organisation__type", "theme"],
    "total": ["total_percent"],
    "passes": ["passes"],
    "divergence": ["divergence"],
    "conclusion": ["conclusion"],
    "requested": ["requested_amount"],
    "step": ["step", "proposal__decision__outcome"],
}
_WITHOUT_RANK = {f"{sign}{name}" for name in ORDERS for sign in ("", "-")} - {DEFAULT_ORDER}


@dataclass(frozen=True)
class BoardRow:
    """One file on the board. Percentages and EUR; `rank` and `cumulative` are None unscored."""

    place: int
    rank: int | None
    reference: str
    title: str
    applicant: str
    organisation_type: str
    theme: str
    total: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    divergence: Decimal | None
    is_divergent: bool
    passes: bool | None
    conclusion: str
    requested: Decimal
    cumulative: Decimal | None
    step: str
    outcome: str
    is_notified: bool
    is_above: bool | None

    @property
    def organisation_label(self) -> str:
        return str(OrganisationType(self.organisation_type).label)

    @property
    def conclusion_label(self) -> str:
        return str(Conclusion(self.conclusion).label) if self.conclusion else ""

    @property
    def step_label(self) -> str:
        return str(FileStep(self.step).label)

    @property
    def outcome_label(self) -> str:
        return str(SelectionDecision.Outcome(self.outcome).label) if self.outcome else ""

    @property
    def outcome_tone(self) -> str:
        tones = {str(key): tone for key, tone in SelectionDecision.state_tones.items()}
        return tones.get(self.outcome, "neutral")


@dataclass(frozen=True)
class LineOnBoard:
    """Where the line stands for one person: after `place` files that ask `sum_above` EUR."""

    line: RankingLine
    place: int
    sum_above: Decimal


@dataclass(frozen=True)
class Bucket:
    """How many files scored from `low` to `low` + 10 percent; `low` is None for those without."""

    low: int | None
    passing: int
    failing: int

    @property
    def label(self) -> str:
        return _("Zonder scores") if self.low is None else f"{self.low}–{self.low + 10} %"

    @property
    def files(self) -> int:
        return self.passing + self.failing


@dataclass(frozen=True)
class Distribution:
    """The files that the filters keep, counted per ten percent, and what they ask together."""

    buckets: list[Bucket]
    files: int
    requested: Decimal

    def chart(self) -> str:
        """The scores as columns; the table beside it has the same figures."""
        scored = [bucket for bucket in self.buckets if bucket.low is not None]
        if not any(bucket.files for bucket in scored):
            scored = []
        return column_chart(
            [str(bucket.label).removesuffix(" %") for bucket in scored],
            [
                Series(_("Haalt de drempels"), [bucket.passing for bucket in scored]),
                Series(_("Haalt ze niet"), [bucket.failing for bucket in scored]),
            ],
            title=_("Dossiers per totaal in procent"),
            desc=_("De tabel hieronder geeft dezelfde aantallen."),
            unit="",
            stacked=True,
        )


def board_files(user: Any, call: Call) -> QuerySet[FileSummary]:
    """The files of the call that were not withdrawn and that `user` may know.

    For who may see the board `visible_files` is all of the call but conflicts of interest: this
    says the same without a join to the wide rows of proposals, and a test holds the two equal.
    Left out too is what `user` still has to score: who reads a file knows no other score before.
    """
    if not may_see_board.test(user, call):
        return FileSummary.objects.none()
    scoring = Assignment.objects.filter(
        adviser=user, state__in=[AssignmentState.INVITED, AssignmentState.ACCEPTED]
    )
    return (
        FileSummary.objects.filter(call=call, is_withdrawn=False)
        .exclude(proposal__in=ConflictOfInterest.objects.of(user).values("proposal"))
        .exclude(proposal__in=scoring.values("proposal"))
    )


def ranked_files(user: Any, call: Call) -> QuerySet[Any]:
    """Those files with `place`, `rank`, `cumulative` and `divergence`."""
    return board_files(user, call).annotate(
        place=Window(RowNumber(), order_by=RANKING),
        rank=Window(Rank(), order_by=RANKING[:1]),
        cumulative=Window(Sum("requested_amount"), order_by=RANKING, frame=RowRange(end=0)),
        divergence=F("highest_percent") - F("lowest_percent"),
    )


def _kept(rows: QuerySet[Any], conditions: Q) -> QuerySet[Any]:
    """Only what `conditions` keep, after the places were given to all."""
    if not conditions:
        return rows
    return rows.annotate(kept=Case(When(conditions, then=F("place")))).filter(kept__isnull=False)


def _ordered(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    name = sort.removeprefix("-")
    if name not in ORDERS:
        return _ordered(rows, DEFAULT_ORDER)
    backwards = sort.startswith("-")
    fields = [
        F(field).desc(nulls_last=True) if backwards else F(field).asc(nulls_last=True)
        for field in ORDERS[name]
    ]
    return rows.order_by(*fields, "place")


def board_rows(
    user: Any,
    call: Call,
    *,
    conditions: Q,
    sort: str,
    line: LineOnBoard | None,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[BoardRow]:
    """Rows `start` to `stop` as sorted and filtered. Two queries for a page, one for all rows."""
    rows = _ordered(_kept(ranked_files(user, call), conditions), sort)
    if stop is None:
        for row in rows.values(*_KEYS, *_COLUMNS).iterator(chunk_size=1000):
            yield _row(row, row, call, line)
        return
    # Only narrow columns go through the sorting of all files; a page fetches the rest.
    if conditions or sort in _WITHOUT_RANK:
        keys = list(rows.values(*_KEYS)[start:stop])
    else:
        keys = _keys_in_order(board_files(user, call), start, stop)
    found = {
        row["proposal"]: row
        for row in FileSummary.objects.filter(
            proposal__in=[key["proposal"] for key in keys]
        ).values("proposal", *_COLUMNS)
    }
    for key in keys:
        if key["proposal"] in found:
            yield _row(key, found[key["proposal"]], call, line)


def _keys_in_order(files: QuerySet[FileSummary], start: int, stop: int) -> list[dict[str, Any]]:
    """The keys of a page in the order of the ranking itself, without a window over all files."""
    page = files.order_by(*RANKING).values("proposal", "total_percent", "requested_amount")
    keys: list[dict[str, Any]] = [{**row} for row in page[start:stop]]
    if not keys:
        return []
    rank, cumulative = _before(files, keys[0]["total_percent"], keys[0]["proposal"])
    total = keys[0]["total_percent"]
    for place, key in enumerate(keys, start + 1):
        if key["total_percent"] != total:
            rank, total = place, key["total_percent"]
        cumulative += key["requested_amount"]
        key |= {"place": place, "rank": rank, "cumulative": cumulative}
    return keys


def _before(
    files: QuerySet[FileSummary], total: Decimal | None, proposal: int
) -> tuple[int, Decimal]:
    """The rank of a file with this total, and what all files before it ask together."""
    if total is None:
        higher = Q(total_percent__isnull=False)
        equal = Q(total_percent__isnull=True, proposal__lt=proposal)
    else:
        higher = Q(total_percent__gt=total)
        equal = Q(total_percent=total, proposal__lt=proposal)
    sums = files.filter(higher | equal).aggregate(
        higher=Count("pk", filter=higher), asked=Sum("requested_amount", default=ZERO)
    )
    return sums["higher"] + 1, sums["asked"]


_KEYS = ("proposal", "place", "rank", "cumulative")
_COLUMNS = (
    "proposal__reference",
    "title",
    "proposal__organisation__name",
    "proposal__organisation__type",
    "theme",
    "total_percent",
    "lowest_percent",
    "highest_percent",
    "verdicts_differ",
    "passes",
    "conclusion",
    "requested_amount",
    "step",
    "proposal__decision__outcome",
    "proposal__decision__notified_at",
)


def _row(
    key: dict[str, Any], row: dict[str, Any], call: Call, line: LineOnBoard | None
) -> BoardRow:
    is_scored = row["total_percent"] is not None
    divergence = row["highest_percent"] - row["lowest_percent"] if is_scored else None
    return BoardRow(
        place=key["place"],
        rank=key["rank"] if is_scored else None,
        reference=row["proposal__reference"],
        title=row["title"],
        applicant=row["proposal__organisation__name"],
        organisation_type=row["proposal__organisation__type"],
        theme=row["theme"],
        total=row["total_percent"],
        lowest=row["lowest_percent"],
        highest=row["highest_percent"],
        divergence=divergence,
        is_divergent=divergence is not None
        and (divergence >= call.divergence_limit or row["verdicts_differ"]),
        passes=row["passes"],
        conclusion=row["conclusion"],
        requested=row["requested_amount"],
        cumulative=key["cumulative"] if is_scored else None,
        step=row["step"],
        outcome=row["proposal__decision__outcome"] or "",
        is_notified=row["proposal__decision__notified_at"] is not None,
        is_above=key["place"] <= line.place if line is not None and is_scored else None,
    )


def distribution(user: Any, call: Call, conditions: Q) -> Distribution:
    """The scores per ten percent of what the filters keep; one query, at most 33 rows."""
    groups = (
        board_files(user, call)
        .filter(conditions)
        .order_by()
        .annotate(ten=Least(Floor(Cast("total_percent", FloatField()) / 10), 9.0))
        .values("ten", "passes")
        .annotate(files=Count("pk"), requested=Sum("requested_amount"))
    )
    counted: dict[tuple[int | None, bool], int] = {}
    files, requested = 0, ZERO
    for group in groups:
        # LEAST of nothing and 9 is 9 in PostgreSQL: files without scores have no verdict either.
        low = None if group["passes"] is None else int(group["ten"]) * 10
        key = (low, bool(group["passes"]))
        counted[key] = counted.get(key, 0) + group["files"]
        files += group["files"]
        requested += group["requested"]
    lows: Sequence[int | None] = [*range(0, 100, 10), None]
    buckets = [
        Bucket(low, counted.get((low, True), 0), counted.get((low, False), 0)) for low in lows
    ]
    return Distribution(buckets, files, requested)


def line_on_board(user: Any, call: Call) -> LineOnBoard | None:
    """The newest line that `user` may know, at its place among the files of `user`. Two queries."""
    line = (
        RankingLine.objects.visible_to(user)
        .filter(call=call)
        .select_related("after", "drawn_by")
        .order_by("-drawn_at", "-pk")
        .first()
    )
    if line is None:
        return None
    scored = board_files(user, call).filter(ON_THE_BOARD)
    if line.after_id is not None:
        total = Subquery(scored.filter(pk=line.after_id).values("total_percent")[:1])
        above = scored.filter(
            Q(total_percent__gt=total) | Q(total_percent=total, proposal__lte=line.after_id)
        )
    else:
        above = scored.annotate(
            cumulative=Window(Sum("requested_amount"), order_by=RANKING, frame=RowRange(end=0))
        ).filter(cumulative__lte=line.amount)
    sums = above.aggregate(place=Count("pk"), asked=Sum("requested_amount", default=ZERO))
    return LineOnBoard(line, place=sums["place"], sum_above=sums["asked"])


def drawn_lines(user: Any, call: Call, limit: int = 20) -> list[RankingLine]:
    """The last lines of the call that `user` may know, newest first."""
    return list(
        RankingLine.objects.visible_to(user)
        .filter(call=call)
        .select_related("after", "drawn_by")
        .order_by("-drawn_at", "-pk")[:limit]
    )


def next_undecided(user: Any, call: Call, *, after: str = "") -> str:
    """The number of the next file in the ranking that waits for `user`'s decision; or empty.

    `after` is the file that one comes from; beyond the last the first follows again. Left out is
    what one advised on.
    """
    waiting = (
        board_files(user, call)
        .filter(step=FileStep.DECIDE)
        .exclude(proposal__in=Assignment.objects.filter(adviser=user).values("proposal"))
        .select_related("proposal")
        .order_by(*RANKING)
    )
    here = board_files(user, call).filter(proposal__reference=after).first() if after else None
    found = None
    if here is not None:
        waiting = waiting.exclude(pk=here.pk)
        later = Q(total_percent=here.total_percent, proposal__gt=here.pk)
        if here.total_percent is not None:
            later |= Q(total_percent__lt=here.total_percent) | Q(total_percent__isnull=True)
        found = waiting.filter(later).first()
    found = found or waiting.first()
    return found.proposal.reference if found is not None else ""
