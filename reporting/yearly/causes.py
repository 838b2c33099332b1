"""Which rows change which figure: what each column of the report reads, and what each row counts.

A booking, a version of the budget or a fact belongs to a figure when the column reads it and the
row counts it. Add a table to the report, and it stands here too (tests/reporting/test_editions.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from accounts.models import OrganisationType
from common.money import ZERO
from funding.models.booking import NET_COMMITTED, NET_PAID, RECOVERED, RELEASED, STAYS_OPEN
from projects.lifecycle import ProjectState
from reporting.yearly.credits import stream_label
from reporting.yearly.figures import YearlyReport
from reporting.yearly.outlook import NO_DATE
from reporting.yearly.source import Source, labels

Tokens = frozenset[str]


def _entries(effect: Mapping[Any, int]) -> Tokens:
    return frozenset(f"entry.{kind}" for kind in effect)


VERSION = frozenset({"version"})
COMMITTED = _entries(NET_COMMITTED)
PAID = _entries(NET_PAID)
FREED = _entries(RELEASED)
BACK = _entries(RECOVERED)
OPEN = _entries(STAYS_OPEN)
GROUPED = {
    "type": frozenset({"organisation.type", "project.organisation_id"}),
    "beleidsdomein": frozenset({"project.proposal_id"}),
    "thema": frozenset({"project.theme_id", "theme.name"}),
    "provincie": frozenset({"organisation.province", "project.organisation_id"}),
    "procedure": frozenset({"procurement.procedure", "request.procurement_id"}),
    "aard": frozenset({"procurement.phase", "request.procurement_id"}),
}
"""What puts a commitment in a row of each breakdown."""
DECIDED = frozenset({"request", "grant", "organisation.type"})
_ENCOURS = {1: OPEN, 2: COMMITTED, 3: PAID, 4: FREED, 5: OPEN}
PER_PROJECT = frozenset({"pipeline", "projecten", "resultaten"})
"""Tables with a row per project, named by its reference."""

ALL = -1
"""Every column of the table."""

ROW = 0
"""Whether the row is there at all."""

READS: dict[str, dict[int, Tokens]] = {
    "oproepen": {ALL: frozenset({"call", "round", "organisation.type"})},
    "portefeuille": {ALL: frozenset({"project.state", "project.opened_on"})},
    "kredieten": {
        1: VERSION,
        2: VERSION,
        3: COMMITTED,
        4: VERSION | COMMITTED,
        5: VERSION,
        6: PAID,
        7: VERSION | PAID,
    },
    "begrotingsversies": {ALL: VERSION},
    "kredieten-per-jaar": {
        1: VERSION,
        2: COMMITTED,
        3: VERSION | COMMITTED,
        4: VERSION,
        5: PAID,
        6: VERSION | PAID,
    },
    "encours": _ENCOURS,
    "geldstromen": _ENCOURS,
    "bewegingen": {
        1: frozenset({"entry.commitment"}),
        2: frozenset({"entry.reversal"}),
        3: COMMITTED,
        4: frozenset({"entry.payment"}),
        5: frozenset({"entry.payment_reversal"}),
        6: PAID,
        7: FREED,
        8: BACK,
    },
    **{
        key: {1: COMMITTED | PAID | grouped, 2: COMMITTED | grouped, 3: PAID | grouped}
        for key, grouped in GROUPED.items()
    },
    "cofinanciering": {**dict.fromkeys(range(1, 6), DECIDED), 6: PAID | DECIDED, 7: DECIDED},
    "cofinanciering-gemiddeld": {ALL: DECIDED},
    "pipeline": {
        ROW: COMMITTED | {"project.state", "project.opened_on", "project.proposal_id"},
        1: frozenset({"project.title", "project.is_fictional"}),
        2: frozenset({"project.organisation_id", "organisation.name"}),
        3: frozenset({"project.state"}),
        4: frozenset({"project.proposal_id"}),
    },
    "verwachting": {ALL: COMMITTED | {"instalment"}},
    "doorlooptijden": {ALL: frozenset({"procurement", "project.opened_on"})},
    "opdrachtnemers": {ALL: frozenset({"procurement"})},
    "resultaten": {ALL: frozenset({"project", "organisation.name", "follow_up"})},
    "projecten": {
        1: frozenset({"project.title", "project.is_fictional"}),
        2: frozenset({"project.organisation_id", "organisation.name"}),
        3: frozenset({"project.state"}),
        4: COMMITTED,
        5: PAID,
        6: COMMITTED,
        7: FREED,
        8: PAID,
        9: OPEN,
    },
}


@dataclass(frozen=True)
class Cause:
    """A row that was recorded between two cut-offs, as people read it, and what it is about.

    `amount` in EUR, of a booking. `year` is that of its effective date, `line_year` that of its
    credit. `states` and `years` are the words of rows that a fact left or reached.
    """

    kind: str
    subject: str
    recorded_at: datetime
    reads: Tokens
    amount: Decimal | None = None
    on: date | None = None
    url: str = ""
    changes: tuple[tuple[str, Any, Any], ...] = ()
    projects: frozenset[int] = frozenset()
    commitments: frozenset[int] = frozenset()
    stream: str = ""
    line_year: int = 0
    states: Tokens = frozenset()
    years: Tokens = frozenset()

    @property
    def year(self) -> int:
        return self.on.year if self.on else 0


class Pairing:
    """Finds the causes of a figure, with the groups of both reports."""

    def __init__(self, former: YearlyReport, latter: YearlyReport, causes: Sequence[Cause]) -> None:
        self.year = latter.year
        self.former, self.latter = former, latter
        self.kinds = labels_in_dutch(OrganisationType)
        self._by_project: dict[int, dict[int, list[int]]] = {}
        for report in (former, latter):
            of_project = self._by_project.setdefault(id(report), {})
            for key, project in report.project_of.items():
                of_project.setdefault(project, []).append(key)
        self._causes = causes
        self._years: dict[int, set[str]] = {}
        for source in self._sources():
            for one in source.known.instalments.values():
                year = str(one.expected_on.year) if one.expected_on else NO_DATE
                self._years.setdefault(one.commitment_id, set()).add(year)
        self._by_reference: dict[str, list[Cause]] = {}
        for cause in causes:
            for reference in self._references(cause):
                self._by_reference.setdefault(reference, []).append(cause)

    def causes_of(self, table: str, row: str, column: int, *, is_new: bool) -> list[Cause]:
        """What belongs to a figure. `is_new`: its whole row came or went, so whatever the table
        reads may be why."""
        columns = READS[table]
        if is_new:
            reads, column = frozenset[str]().union(*columns.values()), 0
        else:
            reads = columns.get(column, columns.get(ALL, frozenset()))
        among = self._by_reference.get(row, []) if table in PER_PROJECT else self._causes
        return [one for one in among if one.reads & reads and self._counts(one, table, row, column)]

    def _counts(self, cause: Cause, table: str, row: str, column: int) -> bool:
        if table in GROUPED:
            return self._in_group(cause, table, row)
        counts = COUNTS.get(table)
        return counts is None or counts(self, cause, row, column)

    def in_time(self, cause: Cause, column: int) -> bool:
        """Two columns count the year alone, the others all up to it."""
        if not cause.year:
            return True
        return cause.year == self.year if column in {4, 5} else cause.year <= self.year

    def _in_group(self, cause: Cause, table: str, row: str) -> bool:
        if cause.year and cause.year != self.year:
            return False
        return any(
            report.groups[key][table] == row
            for report in (self.former, self.latter)
            for key in self._commitments(report, cause)
        )

    def _commitments(self, report: YearlyReport, cause: Cause) -> list[int]:
        if cause.commitments:
            return [key for key in cause.commitments if key in report.groups]
        by_project = self._by_project[id(report)]
        return [key for project in cause.projects for key in by_project.get(project, [])]

    def expected(self, cause: Cause) -> set[str]:
        """The years in which instalments of a booked commitment are expected."""
        return {year for key in cause.commitments for year in self._years.get(key, ())}

    def _references(self, cause: Cause) -> set[str]:
        return {
            found.reference
            for source in self._sources()
            for key in cause.projects
            if (found := source.projects.get(key)) is not None
        }

    def types(self, cause: Cause) -> set[str]:
        return {
            self.kinds[source.organisations[found.organisation_id].type]
            for source in self._sources()
            for key in cause.projects
            if (found := source.projects.get(key)) is not None
        }

    def _sources(self) -> list[Source]:
        return [one.source for one in (self.former, self.latter) if one.source is not None]


Counts = Callable[[Pairing, Cause, str, int], bool]

COUNTS: dict[str, Counts] = {
    "kredieten": lambda all_, one, row, _place: one.stream == row and one.line_year == all_.year,
    "begrotingsversies": lambda all_, one, row, _place: (
        one.stream == row and one.line_year == all_.year
    ),
    "kredieten-per-jaar": lambda _all, one, row, _place: str(one.line_year) == row,
    "encours": lambda _all, one, row, place: _in_chain(one.year, int(row), place),
    "geldstromen": lambda all_, one, row, place: (
        one.stream == row and _in_chain(one.year, all_.year, place)
    ),
    "bewegingen": lambda _all, one, row, _place: str(one.year) == row,
    "cofinanciering": lambda all_, one, row, _place: (
        one.year <= all_.year and row in all_.types(one)
    ),
    "projecten": lambda all_, one, _row, place: all_.in_time(one, place),
    "portefeuille": lambda _all, one, row, _place: row in one.states,
    "verwachting": lambda all_, one, row, _place: row in (one.years or all_.expected(one)),
    "oproepen": lambda _all, one, row, _place: row.startswith(one.subject),
}
"""Whether a row counts a cause that its table reads; in a table that is not here every row does."""


def _in_chain(counts_in: int, year: int, column: int) -> bool:
    """Whether a booking of a year counts in a column of the encours: start, of the year, end."""
    if column == 1:
        return counts_in < year
    return counts_in <= year if column in {0, 5} else counts_in == year


def labels_in_dutch(choices: Any) -> dict[str, str]:
    """As the rows of the report have them, whatever the language of the page."""
    with translation.override("nl"):
        return labels(choices)


def states_of(*contents: Mapping[str, Any]) -> Tokens:
    """The rows of the portfolio that a project left or reached."""
    words = labels_in_dutch(ProjectState)
    return frozenset(words[one["state"]] for one in contents if one.get("state") in words)


def years_of(*contents: Mapping[str, Any]) -> Tokens:
    """The rows of the forecast that an instalment left or reached."""
    return frozenset(
        str(one["expected_on"])[:4] if one.get("expected_on") else NO_DATE
        for one in contents
        if one
    )


def stream_words(stream: str) -> str:
    """A money stream as the rows of the report have it."""
    with translation.override("nl"):
        return stream_label(stream)


def effect_of(cause: Cause, effect: Mapping[Any, int]) -> Decimal:
    """What a booking adds to a figure, or takes away. EUR."""
    for kind, sign in effect.items():
        if f"entry.{kind}" in cause.reads and cause.amount is not None:
            return sign * cause.amount
    return ZERO
