"""Reading facts as they were known at an instant: one query per kind, whatever the number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.database import reading_connection
from reporting.facts.kinds import (
    KINDS,
    TERMS,
    AdviceFact,
    CallFact,
    CheckFact,
    CommitmentFact,
    FollowUpFact,
    GrantFact,
    InstalmentFact,
    Kind,
    LineFact,
    OrganisationFact,
    PauseFact,
    ProcurementFact,
    ProjectFact,
    ProposalFact,
    RequestFact,
    RoundFact,
    SelectionFact,
    TermsFact,
    ThemeFact,
    VersionFact,
    YearFact,
)

_READ = {**KINDS, TERMS: Kind(TERMS, "", TermsFact)}


@dataclass
class Known:
    """What was known before `cut_off` (exclusive), by kind and key; each kind is read once."""

    cut_off: datetime
    _read: dict[str, dict[int, Any]] = field(default_factory=dict)
    _older: dict[str, dict[int, Any]] = field(default_factory=dict)

    def rows(self, kind: str) -> dict[int, Any]:
        """Every row of the kind that stood at the cut-off, by its key."""
        if kind not in self._read:
            self._read[kind] = _latest(_READ[kind], self.cut_off)
        return self._read[kind]

    def with_first_known(self, kind: str, keys: Iterable[int | None]) -> dict[int, Any]:
        """The same, and for `keys` that were not known yet what was recorded first about them.

        A booking can be older than the first fact about its project: of before facts were kept, or
        entered later with an older date. It then has the name that it had first.
        """
        rows, older = self.rows(kind), self._older.setdefault(kind, {})
        missing = {key for key in keys if key is not None} - rows.keys() - older.keys()
        if missing:
            older |= _first(_READ[kind], sorted(missing))
        return {**older, **rows}

    @property
    def organisations(self) -> dict[int, OrganisationFact]:
        return self.rows("organisation")

    @property
    def themes(self) -> dict[int, ThemeFact]:
        return self.rows("theme")

    @property
    def calls(self) -> dict[int, CallFact]:
        return self.rows("call")

    @property
    def rounds(self) -> dict[int, RoundFact]:
        return self.rows("round")

    @property
    def proposals(self) -> dict[int, ProposalFact]:
        return self.rows("proposal")

    @property
    def versions(self) -> dict[int, VersionFact]:
        return self.rows("version")

    @property
    def checks(self) -> dict[int, CheckFact]:
        return self.rows("check")

    @property
    def advices(self) -> dict[int, AdviceFact]:
        return self.rows("advice")

    @property
    def selections(self) -> dict[int, SelectionFact]:
        return self.rows("selection")

    @property
    def pauses(self) -> dict[int, PauseFact]:
        return self.rows("pause")

    @property
    def projects(self) -> dict[int, ProjectFact]:
        return self.rows("project")

    @property
    def procurements(self) -> dict[int, ProcurementFact]:
        return self.rows("procurement")

    @property
    def follow_ups(self) -> dict[int, FollowUpFact]:
        return self.rows("follow_up")

    @property
    def requests(self) -> dict[int, RequestFact]:
        return self.rows("request")

    @property
    def grants(self) -> dict[int, GrantFact]:
        return self.rows("grant")

    @property
    def commitments(self) -> dict[int, CommitmentFact]:
        return self.rows("commitment")

    @property
    def instalments(self) -> dict[int, InstalmentFact]:
        return self.rows("instalment")

    @property
    def lines(self) -> dict[int, LineFact]:
        return self.rows("line")

    @property
    def terms(self) -> TermsFact:
        """The terms of the evaluation."""
        [terms] = self.with_first_known(TERMS, [1]).values()
        return terms

    @property
    def years(self) -> dict[int, YearFact]:
        return self.rows("year")


def known_at(cut_off: datetime) -> Known:
    """What was known before `cut_off`; read it within one `consistent_view`."""
    return Known(cut_off)


def _latest(kind: Kind, cut_off: datetime) -> dict[int, Any]:
    return _typed(kind, "recorded_at < %s", "DESC", cut_off)


def _first(kind: Kind, keys: list[int]) -> dict[int, Any]:
    return _typed(kind, "subject_id = ANY(%s)", "ASC", keys)


def _typed(kind: Kind, condition: str, direction: str, value: Any) -> dict[int, Any]:
    with reading_connection().cursor() as cursor:
        cursor.execute(
            f"""
            SELECT found.subject_id, kept.* FROM (
                SELECT DISTINCT ON (subject_id) subject_id, content FROM reporting_fact
                WHERE kind = %s AND {condition}
                ORDER BY subject_id, recorded_at {direction}, id {direction}
            ) found, jsonb_to_record(found.content) AS kept({kind.typed_columns})
            WHERE found.content IS NOT NULL
            ORDER BY found.subject_id
            """,  # noqa: S608 - names of our own
            [kind.name, value],
        )
        make = kind.row._make
        return {row[0]: make(row) for row in cursor.fetchall()}
