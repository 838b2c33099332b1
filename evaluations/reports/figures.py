"""Lead times, success rates and load, over the files that one may see.

Only what the applicant was told counts as a decision: neither its lead time nor its outcome stands
in any figure before that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from statistics import median, quantiles
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from calls.models import Call, Theme
from common.moments import (
    end_of_day,
    last_day_before,
    local_day,
    start_of_day,
    today,
    working_days_between,
)
from evaluations.lifecycle import AssignmentState
from evaluations.models import Advice, Assignment
from evaluations.pauses import stands_still_since
from evaluations.policies import may_see_all_files
from evaluations.selectors.files import visible_files
from projects.lifecycle import ProposalState


@dataclass(frozen=True)
class Selection:
    """Which files count. `since` and `until` are days on which the round of a file closed."""

    calls: tuple[Call, ...] = ()
    since: date | None = None
    until: date | None = None
    organisation_type: str = ""
    theme: Theme | None = None

    @property
    def condition(self) -> Q:
        condition = Q()
        if self.calls:
            condition &= Q(call__in=self.calls)
        if self.since:
            condition &= Q(closed_at__gt=start_of_day(self.since))
        if self.until:
            condition &= Q(closed_at__lte=end_of_day(self.until))
        if self.organisation_type:
            condition &= Q(organisation__type=self.organisation_type)
        if self.theme:
            condition &= Q(summary_row__theme=self.theme.name)
        return condition

    @property
    def words(self) -> list[tuple[str, str]]:
        """The filters as a person reads them, also those that leave everything in."""
        everything = _("Alle")
        return [
            (_("Oproepen"), ", ".join(call.reference for call in self.calls) or everything),
            (_("Gesloten vanaf"), f"{self.since:%d/%m/%Y}" if self.since else everything),
            (_("Gesloten tot en met"), f"{self.until:%d/%m/%Y}" if self.until else everything),
            (
                _("Soort organisatie"),
                str(OrganisationType(self.organisation_type).label)
                if self.organisation_type
                else everything,
            ),
            (_("Thema"), self.theme.name if self.theme else everything),
        ]


@dataclass(frozen=True)
class LeadTime:
    """How long one step took, in calendar days and in working days; None without a file."""

    label: str
    files: int
    median: Decimal | None
    ninetieth: Decimal | None
    working_median: Decimal | None
    working_ninetieth: Decimal | None


@dataclass
class Success:
    """Files of one kind: handed in, told, selected. The rate is over those told."""

    label: str
    submitted: int = 0
    notified: int = 0
    selected: int = 0

    @property
    def rate(self) -> Decimal | None:
        """In percent; None when nobody was told anything yet."""
        return Decimal(100 * self.selected) / self.notified if self.notified else None


@dataclass
class Load:
    """The work of one adviser on these files; late is part of open."""

    adviser: str
    open: int = 0
    done: int = 0
    late: int = 0


@dataclass(frozen=True)
class Numbers:
    """All figures for one person and one selection; `load` is None for who sees only own files."""

    selection: Selection
    files: int
    lead_times: list[LeadTime]
    by_type: list[Success]
    by_theme: list[Success]
    load: list[Load] | None = field(default=None)


NOTIFIED = frozenset({ProposalState.SELECTED, ProposalState.NOT_SELECTED})


def numbers(user: Any, selection: Selection) -> Numbers:
    """The figures over the files that `user` may see; a fixed number of queries."""
    files = _files(user).filter(selection.condition)
    rows = list(
        files.order_by("pk").values(
            "state",
            "closed_at",
            "first_advice_at",
            kind=F("organisation__type"),
            theme_name=F("summary_row__theme"),
            decided_on_advice_at=F("decision__advice__finalised_at"),
            decided_at=F("decision__decided_at"),
            notified_at=F("decision__notified_at"),
            notified_on=F("decision__notified_on"),
        )
    )
    labels = dict(OrganisationType.choices)
    return Numbers(
        selection=selection,
        files=len(rows),
        lead_times=_lead_times(rows),
        by_type=_success(rows, lambda row: str(labels.get(row["kind"], row["kind"]))),
        by_theme=_success(rows, lambda row: row["theme_name"] or _("Zonder thema")),
        load=_load(user, files) if may_see_all_files.test(user, None) else None,
    )


def _files(user: Any) -> QuerySet[Any]:
    """Without what was withdrawn: nobody decides on that."""
    final = Q(advices__finalised_at__isnull=False)
    return (
        visible_files(user)
        .exclude(state=ProposalState.WITHDRAWN)
        .annotate(
            closed_at=F("round__closes_at"),
            first_advice_at=Min("advices__finalised_at", filter=final),
        )
    )


# --- Lead times -----------------------------------------------------------------------------------


def _lead_times(rows: list[dict[str, Any]]) -> list[LeadTime]:
    told = [row for row in rows if row["notified_at"] is not None]
    return [
        _lead_time(
            _("Sluiting → advies"),
            (
                (last_day_before(row["closed_at"]), local_day(row["first_advice_at"]))
                for row in rows
                if row["closed_at"] is not None and row["first_advice_at"] is not None
            ),
        ),
        _lead_time(
            _("Advies → beslissing"),
            (
                (local_day(row["decided_on_advice_at"]), local_day(row["decided_at"]))
                for row in told
            ),
        ),
        _lead_time(
            _("Beslissing → kennisgeving"),
            ((local_day(row["decided_at"]), _told_on(row)) for row in told),
        ),
    ]


def _told_on(row: dict[str, Any]) -> date:
    at: datetime = row["notified_at"]
    day: date = row["notified_on"] or local_day(at)
    return day


def _lead_time(label: str, spans: Iterable[tuple[date, date]]) -> LeadTime:
    known = list(spans)
    calendar = [max(0, (last - first).days) for first, last in known]
    working = [working_days_between(first, last) for first, last in known]
    return LeadTime(
        label,
        len(known),
        _median(calendar),
        _ninetieth(calendar),
        _median(working),
        _ninetieth(working),
    )


def _median(days: list[int]) -> Decimal | None:
    return Decimal(str(median(days))) if days else None


def _ninetieth(days: list[int]) -> Decimal | None:
    """The 90th percentile, interpolated between the observations as SQL's percentile_cont does."""
    if len(days) < 2:
        return Decimal(days[0]) if days else None
    return Decimal(str(quantiles(days, n=10, method="inclusive")[8]))


# --- Success rates --------------------------------------------------------------------------------


def _success(
    rows: list[dict[str, Any]], label_of: Callable[[dict[str, Any]], str]
) -> list[Success]:
    found: dict[str, Success] = {}
    for row in rows:
        label = label_of(row)
        one = found.setdefault(label, Success(label))
        one.submitted += 1
        one.notified += row["state"] in NOTIFIED
        one.selected += row["state"] == ProposalState.SELECTED
    return sorted(found.values(), key=lambda one: one.label)


# --- Load -----------------------------------------------------------------------------------------


def _load(user: Any, files: QuerySet[Any]) -> list[Load]:
    final = Advice.objects.filter(proposal=OuterRef("proposal"), finalised_at__isnull=False)
    rows = (
        Assignment.objects.visible_to(user)
        .active()
        .filter(proposal__in=files.values("pk"))
        .annotate(has_advice=Exists(final))
        .select_related("adviser", "proposal")
        .prefetch_related("proposal__clock_pauses")
        .order_by("pk")
    )
    found: dict[int, Load] = {}
    per_person: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        per_person[row.adviser_id].append(row)
    now = today()
    for person, own in per_person.items():
        load = found[person] = Load(str(own[0].adviser))
        for row in own:
            if row.state == AssignmentState.DONE and (row.has_advice or not row.is_lead):
                load.done += 1
                continue
            load.open += 1
            stands = stands_still_since(row.proposal.clock_pauses.all()) is not None
            load.late += not stands and row.last_day < now
    return sorted(found.values(), key=lambda load: load.adviser)
