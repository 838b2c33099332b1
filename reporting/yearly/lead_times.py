"""6. Lead times of what was reached in the year: median, 90th percentile, share on time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median, quantiles

from django.utils.translation import gettext as _

from common.charts import bar_chart
from common.moments import add_working_days, last_day_before, local_day
from documents.report_tables import ReportTable
from documents.spreadsheets import DECIMAL, INTEGER, PERCENT, Column
from evaluations.pauses import moved_by_pauses
from reporting.facts.kinds import AdviceFact, PauseFact
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.source import Source


@dataclass(frozen=True)
class LeadTimeRow:
    """A step: how many reached its end in the year, and how long it took, in calendar days."""

    label: str
    count: int
    median: Decimal | None
    percentile: Decimal | None
    timed: int
    """How many of them have a term; a step without a term has no share on time."""
    on_time: int | None

    @property
    def share_on_time(self) -> Decimal | None:
        if not self.timed or self.on_time is None:
            return None
        return Decimal(100) * self.on_time / self.timed


@dataclass(frozen=True)
class _Step:
    days: int
    on_time: bool | None = None


def lead_time_rows(source: Source) -> list[LeadTimeRow]:
    to_advice, to_decision = _evaluation(source)
    to_tender, to_award = _procurement(source)
    return [
        _row("Sluiting tot advies", to_advice),
        _row("Advies tot beslissing", to_decision),
        _row("Selectie tot bekendmaking van de opdracht", to_tender),
        _row("Bekendmaking tot gunning", to_award),
    ]


def _row(label: str, steps: list[_Step]) -> LeadTimeRow:
    days = sorted(step.days for step in steps)
    timed = [step for step in steps if step.on_time is not None]
    return LeadTimeRow(
        label,
        len(days),
        _tenth(median(days)) if days else None,
        _tenth(_percentile(days)) if days else None,
        len(timed),
        sum(bool(step.on_time) for step in timed) if timed else None,
    )


def _percentile(days: list[int]) -> float:
    """The 90th percentile, between two values where it falls between them."""
    return quantiles(days, n=10, method="inclusive")[8] if len(days) > 1 else days[0]


def _tenth(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _evaluation(source: Source) -> tuple[list[_Step], list[_Step]]:
    """From closing to the first advice, from the last advice to the decision that was notified."""
    known, terms = source.known, source.known.terms
    pauses: dict[int, list[PauseFact]] = {}
    for pause in known.pauses.values():
        pauses.setdefault(pause.proposal_id, []).append(pause)
    advices: dict[int, list[AdviceFact]] = {}
    for advice in sorted(known.advices.values(), key=lambda one: one.number):
        if advice.finalised_at is not None and advice.finalised_at < source.cut_off:
            advices.setdefault(advice.proposal_id, []).append(advice)
    to_advice = []
    for key, given in advices.items():
        proposal, first = known.proposals.get(key), given[0].finalised_at
        if proposal is None or first is None or not source.in_year(first):
            continue
        submission_round = known.rounds.get(proposal.round_id or 0)
        closed_on = (
            last_day_before(submission_round.closes_at)
            if submission_round
            else local_day(proposal.submitted_at)
        )
        due = add_working_days(closed_on, terms.advice_working_days)
        to_advice.append(_step(closed_on, first, due, pauses.get(key, [])))
    to_decision = []
    for selection in known.selections.values():
        given = advices.get(selection.proposal_id, [])
        told = selection.notified_at is not None and selection.notified_at < source.cut_off
        if not given or not told or not source.in_year(selection.decided_at):
            continue
        advised_at = given[-1].finalised_at
        if advised_at is None:
            continue
        due = add_working_days(local_day(advised_at), terms.decision_working_days)
        stood = pauses.get(selection.proposal_id, [])
        to_decision.append(
            _step(local_day(advised_at), selection.decided_at, due, stood, since=advised_at)
        )
    return to_advice, to_decision


def _step(
    begin: date,
    end: datetime,
    due: date,
    pauses: Iterable[PauseFact],
    since: datetime | None = None,
) -> _Step:
    reached = local_day(end)
    return _Step(max(0, (reached - begin).days), reached <= moved_by_pauses(due, pauses, since))


def _procurement(source: Source) -> tuple[list[_Step], list[_Step]]:
    """From the notified selection to the first notice of a project, from a notice to its award."""
    known = source.known
    selected = {
        one.proposal_id: local_day(one.notified_at)
        for one in known.selections.values()
        if one.notified_at is not None and one.notified_at < source.cut_off
    }
    first: dict[int, date] = {}
    to_award = []
    for one in known.procurements.values():
        if one.published_on is None:
            continue
        first[one.project_id] = min(first.get(one.project_id, one.published_on), one.published_on)
        if one.awarded_on is not None and source.in_year(one.awarded_on):
            to_award.append(_Step(max(0, (one.awarded_on - one.published_on).days)))
    to_tender = []
    for project, published_on in first.items():
        found = source.projects.get(project)
        selected_on = selected.get(found.proposal_id or 0) if found else None
        if selected_on is not None and source.in_year(published_on):
            to_tender.append(_Step(max(0, (published_on - selected_on).days)))
    return to_tender, to_award


def lead_times_section(report: YearlyReport) -> Section:
    rows = report.lead_times
    table = ReportTable(
        "doorlooptijden",
        _("Doorlooptijden in kalenderdagen"),
        _("Doorlooptijden"),
        [
            Column(_("Stap")),
            Column(_("Aantal"), INTEGER),
            Column(_("Mediaan"), DECIMAL),
            Column(_("90e percentiel"), DECIMAL),
            Column(_("Met een termijn"), INTEGER),
            Column(_("Op tijd"), INTEGER),
            Column(_("Aandeel op tijd"), PERCENT, formula="{5}/{4}"),
        ],
        [
            (
                row.label,
                row.count,
                row.median,
                row.percentile,
                row.timed,
                row.on_time,
                row.share_on_time,
            )
            for row in rows
        ],
        note=_(
            "Een stap telt in het jaar waarin hij eindigt. Op tijd: binnen de termijn, verlengd met"
            " de werkdagen waarop het dossier bij de aanvrager lag."
        ),
    )
    return Section(
        _("Doorlooptijden"),
        [
            Block(
                table,
                [
                    lambda: bar_chart(
                        [(row.label, row.median) for row in rows if row.median is not None],
                        title=_("Mediaan van elke stap"),
                        unit=_("dagen"),
                    )
                ],
            )
        ],
    )
