"""1. Calls of the year: those of which a round closed in it (domain.md 6.7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import LOCAL_AUTHORITY_TYPES
from calls.lifecycle import CallState
from common.charts import Series, column_chart
from common.moments import end_of_day, last_day_before, local_day
from documents.report_tables import ReportTable
from documents.spreadsheets import DATE, INTEGER, PERCENT, Column
from evaluations.models import Conclusion, SelectionDecision
from reporting.facts.kinds import AdviceFact, CallFact, RoundFact
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.source import Source

NOT_PUBLIC = frozenset({CallState.CONCEPT, CallState.WITHDRAWN})


@dataclass(frozen=True)
class CallRow:
    reference: str
    title: str
    opened_on: date | None
    closed_on: date | None
    submitted: int
    local_authorities: int | None
    incomplete: int | None
    advice_positive: int | None
    advice_negative: int | None
    selected: int | None
    is_historical: bool

    @property
    def success_rate(self) -> Decimal | None:
        """Selected in percent of submitted; None (shown as –) when there is nothing to divide."""
        if not self.submitted or self.selected is None:
            return None
        return Decimal(100) * self.selected / self.submitted


def call_rows(source: Source) -> list[CallRow]:
    """Public calls, by opening; those of before the portal with their published counts."""
    rounds: dict[int, list[RoundFact]] = {}
    for one in source.known.rounds.values():
        rounds.setdefault(one.call_id, []).append(one)
    last = end_of_day(date(source.year, 12, 31))
    calls = [
        call
        for call in source.known.calls.values()
        if call.state not in NOT_PUBLIC
        and any(source.begins_at < one.closes_at <= last for one in rounds.get(call.id, []))
    ]
    counts = _Counts(source, {call.id for call in calls})
    calls.sort(key=lambda call: (min(one.opens_at for one in rounds[call.id]), call.id))
    return [_row(call, rounds[call.id], counts) for call in calls]


class _Counts:
    """Proposals of some calls, as counted at the cut-off."""

    def __init__(self, source: Source, calls: set[int]) -> None:
        known, cut_off = source.known, source.cut_off
        handed_in = {v.proposal_id for v in known.versions.values() if v.arrived_at < cut_off}
        self.proposals = {one.id: one for one in known.proposals.values() if one.call_id in calls}
        self.handed_in = handed_in & self.proposals.keys()
        organisations = known.with_first_known(
            "organisation", (one.organisation_id for one in self.proposals.values())
        )
        self.local = {
            one.id
            for one in self.proposals.values()
            if organisations[one.organisation_id].type in LOCAL_AUTHORITY_TYPES
        }
        self.incomplete = {
            known.versions[check.version_id].proposal_id
            for check in known.checks.values()
            if not check.is_complete
            and check.checked_at < cut_off
            and check.version_id in known.versions
        }
        self.selected = {
            one.proposal_id
            for one in known.selections.values()
            if one.outcome == SelectionDecision.Outcome.SELECTED
            and one.notified_at is not None
            and one.notified_at < cut_off
        }
        self.advice: dict[int, AdviceFact] = {}
        for advice in sorted(known.advices.values(), key=lambda one: one.number):
            if advice.finalised_at is not None and advice.finalised_at < cut_off:
                self.advice[advice.proposal_id] = advice

    def of(self, call: int) -> set[int]:
        return {key for key, one in self.proposals.items() if one.call_id == call}


def _row(call: CallFact, rounds: list[RoundFact], counts: _Counts) -> CallRow:
    historical = call.submitted_count is not None or call.selected_count is not None
    files = counts.of(call.id)
    advices = [Conclusion(counts.advice[key].conclusion) for key in files if key in counts.advice]
    positive = sum(conclusion.supports_selection for conclusion in advices)
    return CallRow(
        reference=call.reference,
        title=call.title,
        opened_on=local_day(min(one.opens_at for one in rounds)),
        closed_on=last_day_before(max(one.closes_at for one in rounds)),
        submitted=(call.submitted_count or 0) if historical else len(files & counts.handed_in),
        local_authorities=None if historical else len(files & counts.handed_in & counts.local),
        incomplete=None if historical else len(files & counts.incomplete),
        advice_positive=None if historical else positive,
        advice_negative=None if historical else len(advices) - positive,
        selected=call.selected_count if historical else len(files & counts.selected),
        is_historical=historical,
    )


def calls_section(report: YearlyReport) -> Section:
    table = ReportTable(
        "oproepen",
        _("Oproepen van het jaar"),
        _("Oproepen"),
        [
            Column(_("Oproep")),
            Column(_("Geopend"), DATE),
            Column(_("Gesloten"), DATE),
            Column(_("Ingediend"), INTEGER, total=True),
            Column(_("Lokale besturen"), INTEGER, total=True),
            Column(_("Onvolledig"), INTEGER, total=True),
            Column(_("Advies positief"), INTEGER, total=True),
            Column(_("Advies negatief"), INTEGER, total=True),
            Column(_("Geselecteerd"), INTEGER, total=True),
            Column(_("Slaagkans"), PERCENT, formula="{8}/{3}"),
        ],
        [
            (
                f"{row.reference} – {row.title}",
                row.opened_on,
                row.closed_on,
                row.submitted,
                row.local_authorities,
                row.incomplete,
                row.advice_positive,
                row.advice_negative,
                row.selected,
                row.success_rate,
            )
            for row in report.calls
        ],
        note=_("Een oproep telt in het jaar waarin een indienronde sluit."),
    )
    return Section(
        _("Oproepen"),
        [
            Block(
                table,
                [
                    lambda: column_chart(
                        [row.reference for row in report.calls],
                        [
                            Series(_("Ingediend"), [row.submitted for row in report.calls]),
                            Series(_("Geselecteerd"), [row.selected for row in report.calls]),
                        ],
                        title=_("Ingediend en geselecteerd per oproep"),
                        unit="",
                    )
                ],
            )
        ],
    )
