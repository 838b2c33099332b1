"""What every family of tables reads: the ledger in sums, and facts; all as known at the cut-off."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from django.db.models import Sum, TextChoices

from common.moments import end_of_day, last_day_before, start_of_day
from common.money import ZERO
from funding.models import LedgerEntry
from reporting.facts import Known, known_at
from reporting.facts.kinds import (
    CommitmentFact,
    LineFact,
    OrganisationFact,
    ProjectFact,
    ThemeFact,
)

Key = TypeVar("Key", bound=Hashable)


class Booked(NamedTuple):
    """The sum of the bookings of one kind on a commitment and a line in a year. EUR."""

    commitment: CommitmentFact
    line: LineFact
    line_year: int
    year: int
    kind: str
    amount: Decimal


@dataclass
class Sums:
    """What was booked of each kind. EUR."""

    commitment: Decimal = ZERO
    reversal: Decimal = ZERO
    release: Decimal = ZERO
    payment: Decimal = ZERO
    payment_reversal: Decimal = ZERO
    recovery: Decimal = ZERO

    @property
    def committed(self) -> Decimal:
        return self.commitment - self.reversal

    @property
    def paid(self) -> Decimal:
        return self.payment - self.payment_reversal

    @property
    def still_open(self) -> Decimal:
        return self.committed - self.release - self.paid


def labels(choices: type[TextChoices]) -> dict[str, str]:
    """The words of every choice, in the language of the report."""
    return {value: str(label) for value, label in choices.choices}


class Source:
    """Everything known before `cut_off` (exclusive) about `year`; each thing is read once."""

    def __init__(self, year: int, cut_off: datetime) -> None:
        self.year = year
        self.cut_off = cut_off
        self.known: Known = known_at(cut_off)
        self.begins_at = start_of_day(date(year, 1, 1))
        self.ends_at = min(end_of_day(date(year, 12, 31)), cut_off)

    @cached_property
    def last_day(self) -> date:
        """The last day that lies wholly before the cut-off."""
        return last_day_before(self.cut_off)

    @cached_property
    def at_start(self) -> Known:
        """What was known at the beginning of the year; of a year to come, at the cut-off."""
        return known_at(min(self.begins_at, self.cut_off))

    def in_year(self, moment: date | datetime | None) -> bool:
        """Whether a day, or an instant, falls in the year and before the cut-off."""
        if moment is None:
            return False
        if isinstance(moment, datetime):
            return self.begins_at <= moment < self.ends_at
        return moment.year == self.year and moment <= self.last_day

    @cached_property
    def booked(self) -> list[Booked]:
        """The ledger up to and including the year, in sums."""
        return [one for one in self.all_booked if one.year <= self.year]

    @cached_property
    def all_booked(self) -> list[Booked]:
        """The whole ledger as it was known, in sums; what counts in later years too."""
        rows = list(
            LedgerEntry.objects.filter(recorded_at__lt=self.cut_off)
            .order_by()
            .values_list("commitment_id", "line_id", "effective_on__year", "kind")
            .annotate(amount=Sum("amount"))
        )
        commitments = self.known.with_first_known("commitment", (row[0] for row in rows))
        lines = self.known.with_first_known("line", (row[1] for row in rows))
        years = self.known.with_first_known(
            "year", (line.budget_year_id for line in lines.values())
        )
        booked = [
            Booked(
                commitments[commitment],
                lines[line],
                years[lines[line].budget_year_id].year,
                year,
                kind,
                amount,
            )
            for commitment, line, year, kind, amount in rows
        ]
        return sorted(booked, key=lambda one: (one.commitment.id, one.line.id, one.year, one.kind))

    @cached_property
    def projects(self) -> dict[int, ProjectFact]:
        """Projects that were known, and those of which a booking was."""
        keys = {one.commitment.project_id for one in self.all_booked}
        return self.known.with_first_known("project", keys)

    @cached_property
    def organisations(self) -> dict[int, OrganisationFact]:
        """The organisations of these projects, and all others that were known."""
        keys = (one.organisation_id for one in self.projects.values())
        return self.known.with_first_known("organisation", keys)

    @cached_property
    def themes(self) -> dict[int, ThemeFact]:
        return self.known.with_first_known(
            "theme", (one.theme_id for one in self.projects.values())
        )

    def sums_by(
        self, key: Callable[[Booked], Key], booked: Iterable[Booked] | None = None
    ) -> dict[Key, Sums]:
        """Bookings up to the year, summed per key."""
        found: defaultdict[Key, dict[str, Decimal]] = defaultdict(dict)
        for one in self.booked if booked is None else booked:
            sums, kind = found[key(one)], one.kind
            sums[kind] = sums[kind] + one.amount if kind in sums else one.amount
        return {name: Sums(**sums) for name, sums in found.items()}

    @cached_property
    def by_year(self) -> Mapping[int, Sums]:
        return self.sums_by(lambda one: one.year)

    @cached_property
    def by_project(self) -> Mapping[int, Sums]:
        return self.sums_by(lambda one: one.commitment.project_id)

    @cached_property
    def by_project_in_year(self) -> Mapping[int, Sums]:
        of_the_year = [one for one in self.booked if one.year == self.year]
        return self.sums_by(lambda one: one.commitment.project_id, of_the_year)

    def organisation_name(self, project: ProjectFact) -> str:
        return self.organisations[project.organisation_id].name
