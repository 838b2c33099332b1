"""The rows of which facts are kept, and their columns: the one place to add one.

A class is what a report reads of a row; its fields are columns of the table. After a change here
`manage.py migrate` installs the triggers anew and records how every row stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args, get_type_hints

from django.apps import apps


class OrganisationFact(NamedTuple):
    id: int
    name: str
    type: str
    province: str
    kbo: str


class ThemeFact(NamedTuple):
    id: int
    name: str


class CallFact(NamedTuple):
    id: int
    reference: str
    title: str
    state: str
    submitted_count: int | None
    selected_count: int | None
    is_fictional: bool


class RoundFact(NamedTuple):
    id: int
    call_id: int
    number: int
    opens_at: datetime
    closes_at: datetime


class ProposalFact(NamedTuple):
    id: int
    reference: str
    call_id: int
    round_id: int | None
    organisation_id: int
    state: str
    total_cost: Decimal
    requested_amount: Decimal
    submitted_at: datetime


class VersionFact(NamedTuple):
    id: int
    proposal_id: int
    number: int
    arrived_at: datetime


class CheckFact(NamedTuple):
    id: int
    version_id: int
    is_complete: bool
    checked_at: datetime


class AdviceFact(NamedTuple):
    id: int
    proposal_id: int
    number: int
    conclusion: str
    finalised_at: datetime | None


class SelectionFact(NamedTuple):
    id: int
    proposal_id: int
    outcome: str
    decided_at: datetime
    notified_at: datetime | None


class PauseFact(NamedTuple):
    id: int
    proposal_id: int
    started_at: datetime
    ended_at: datetime | None


class ProjectFact(NamedTuple):
    id: int
    reference: str
    title: str
    state: str
    stop_reason: str
    organisation_id: int
    call_id: int | None
    proposal_id: int | None
    theme_id: int | None
    is_fictional: bool
    opened_on: date | None
    ended_on: date | None


class ProcurementFact(NamedTuple):
    id: int
    project_id: int
    number: int
    title: str
    phase: str
    procedure: str
    estimated_amount: Decimal
    published_on: date | None
    tenders_received: int | None
    awarded_on: date | None
    award_amount: Decimal | None
    contractor_name: str
    contractor_kbo: str
    contractor_is_sme: bool | None
    contractor_is_startup: bool | None
    contractor_region: str


class FollowUpFact(NamedTuple):
    id: int
    project_id: int
    noted_on: date
    in_use: bool
    scaled_to: str
    lessons_url: str


class RequestFact(NamedTuple):
    id: int
    procurement_id: int
    eligible_base: Decimal
    advised_amount: Decimal
    requested_amount: Decimal
    state: str
    requested_at: datetime


class GrantFact(NamedTuple):
    id: int
    request_id: int
    outcome: str
    granted_amount: Decimal | None
    decided_on: date


class CommitmentFact(NamedTuple):
    id: int
    decision_id: int | None
    agreement: str
    project_id: int
    line_id: int
    number: str
    effective_on: date


class InstalmentFact(NamedTuple):
    id: int
    commitment_id: int
    number: int
    share: Decimal
    amount: Decimal
    expected_on: date | None
    state: str


class LineFact(NamedTuple):
    id: int
    budget_year_id: int
    stream: str


class YearFact(NamedTuple):
    id: int
    year: int


class TermsFact(NamedTuple):
    """The terms as they were set; no table, so recorded at each migrate."""

    id: int
    advice_working_days: int
    decision_working_days: int


TERMS = "terms"

_SQL_TYPES = {
    str: "text",
    int: "bigint",
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
    Decimal: "numeric",
}


@dataclass(frozen=True)
class Kind:
    """A table of which facts are kept; rows without a value in `once` do not exist yet."""

    name: str
    model: str
    row: Any
    once: str = ""

    @property
    def table(self) -> str:
        return apps.get_model(self.model)._meta.db_table

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.row._fields if name != "id")

    @property
    def typed_columns(self) -> str:
        """The columns with their types in SQL, in the order of the class."""
        hints = get_type_hints(self.row)
        return ", ".join(f'"{name}" {_sql_type(hints[name])}' for name in self.columns)


def _sql_type(hint: Any) -> str:
    return _SQL_TYPES[hint if hint in _SQL_TYPES else get_args(hint)[0]]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("organisation", "accounts.Organisation", OrganisationFact),
        Kind("theme", "calls.Theme", ThemeFact),
        Kind("call", "calls.Call", CallFact),
        Kind("round", "calls.SubmissionRound", RoundFact),
        Kind("proposal", "projects.Proposal", ProposalFact, once="submitted_at"),
        Kind("version", "projects.ProposalVersion", VersionFact),
        Kind("check", "evaluations.CompletenessCheck", CheckFact),
        Kind("advice", "evaluations.Advice", AdviceFact, once="finalised_at"),
        Kind("selection", "evaluations.SelectionDecision", SelectionFact),
        Kind("pause", "evaluations.ClockPause", PauseFact),
        Kind("project", "projects.Project", ProjectFact),
        Kind("procurement", "projects.Procurement", ProcurementFact),
        Kind("follow_up", "projects.FollowUp", FollowUpFact),
        Kind("request", "funding.CofinancingRequest", RequestFact),
        Kind("grant", "funding.CommitteeDecision", GrantFact),
        Kind("commitment", "funding.Commitment", CommitmentFact),
        Kind("instalment", "funding.Instalment", InstalmentFact),
        Kind("line", "funding.BudgetLine", LineFact),
        Kind("year", "funding.BudgetYear", YearFact),
    )
}
