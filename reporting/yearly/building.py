"""Building the yearly report for a year and a cut-off instant.

Money is read from the ledger and the budget versions as they were *recorded* at the cut-off, and
counted in the year of their effective date. So the same year and cut-off give the same amounts
later on, whatever was booked since. The whole report is read in one snapshot of the database.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from accounts.models import LOCAL_AUTHORITY_TYPES, OrganisationType
from calls.models import Call
from common import clock
from common.database import consistent_view
from common.moments import end_of_day, last_day_before, local_day, start_of_day
from common.money import ZERO
from evaluations.models import Advice, Conclusion, SelectionDecision
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, BudgetVersion, Instalment, LedgerEntry
from funding.models.booking import NET_COMMITTED, NET_PAID, RELEASED, EntryKind, signed_amount
from projects.lifecycle import ENDED_PROJECT_STATES
from projects.models import Project
from reporting.yearly.figures import (
    BreakdownRow,
    CallRow,
    CreditRow,
    EncoursRow,
    ForecastRow,
    PipelineRow,
    ProjectRow,
    YearlyReport,
    total,
)

AMOUNT = DecimalField(max_digits=14, decimal_places=2)
NO_THEME = "Zonder thema"
FICTIONAL = "(voorbeelddata)"


def build_yearly_report(*, year: int, cut_off: datetime, generated_by: str) -> YearlyReport:
    """The report of `year` as it was known at `cut_off` (an instant, exclusive)."""
    with consistent_view():
        entries = LedgerEntry.objects.filter(recorded_at__lt=cut_off)
        projects = _projects(entries, year)
        return YearlyReport(
            year=year,
            cut_off=cut_off,
            generated_at=clock.now(),
            generated_by=generated_by,
            calls=_calls(year, cut_off),
            credits=_credits(entries, year, cut_off),
            encours=_encours(entries, year),
            by_organisation_type=_breakdown(projects, "organisation_type"),
            by_theme=_breakdown(projects, "theme"),
            projects=projects,
            pipeline=_pipeline(entries, cut_off),
            forecast=_forecast(cut_off),
        )


def default_cut_off(year: int) -> datetime:
    """The end of the year, or now when the year is not over."""
    return min(end_of_day(date(year, 12, 31)), clock.now())


def _sum(effect: dict[EntryKind, int], year: int | None = None) -> Any:
    """Sum of the entries as they count in a total, in `year` or over all years. EUR."""
    return Coalesce(
        Sum(signed_amount(effect), filter=Q(effective_on__year=year) if year else None),
        Value(ZERO),
        output_field=AMOUNT,
    )


def _credits(entries: QuerySet[LedgerEntry], year: int, cut_off: datetime) -> list[CreditRow]:
    booked: dict[int, Any] = {
        row["line"]: row
        for row in entries.filter(line__budget_year__year=year)
        .order_by()
        .values("line")
        .annotate(committed_sum=_sum(NET_COMMITTED), paid_sum=_sum(NET_PAID))
    }
    versions: dict[int, BudgetVersion] = {}
    for version in BudgetVersion.objects.filter(
        line__budget_year__year=year, recorded_at__lt=cut_off
    ).order_by("number"):
        versions[version.line_id] = version
    rows = []
    for line in BudgetLine.objects.filter(budget_year__year=year).order_by("stream"):
        latest = versions.get(line.pk)
        sums: dict[str, Any] = booked.get(line.pk, {})
        rows.append(
            CreditRow(
                label=str(line.get_stream_display()),
                version=str(latest.get_label_display()) if latest else "",
                vak=latest.vak if latest else ZERO,
                vek=latest.vek if latest else ZERO,
                committed=sums.get("committed_sum", ZERO),
                paid=sums.get("paid_sum", ZERO),
            )
        )
    return rows


def _encours(entries: QuerySet[LedgerEntry], year: int) -> list[EncoursRow]:
    """The chain from the first booking to `year`; each year starts where the last one ended."""
    booked: dict[int, Any] = {
        row["effective_on__year"]: row
        for row in entries.filter(effective_on__year__lte=year)
        .order_by()
        .values("effective_on__year")
        .annotate(
            committed_sum=_sum(NET_COMMITTED),
            paid_sum=_sum(NET_PAID),
            released_sum=_sum(RELEASED),
        )
    }
    rows: list[EncoursRow] = []
    start = ZERO
    for each in range(min([*booked, year]), year + 1):
        sums: dict[str, Any] = booked.get(each, {})
        row = EncoursRow(
            year=each,
            start=start,
            committed=sums.get("committed_sum", ZERO),
            paid=sums.get("paid_sum", ZERO),
            released=sums.get("released_sum", ZERO),
        )
        rows.append(row)
        start = row.end
    return rows


def _projects(entries: QuerySet[LedgerEntry], year: int) -> list[ProjectRow]:
    """Projects with a booking up to the year, largest commitment of the year first."""
    booked = {
        row["commitment__project"]: row
        for row in entries.filter(effective_on__year__lte=year)
        .order_by()
        .values("commitment__project")
        .annotate(
            committed_sum=_sum(NET_COMMITTED),
            released_sum=_sum(RELEASED),
            paid_sum=_sum(NET_PAID),
            committed_year=_sum(NET_COMMITTED, year),
            paid_year=_sum(NET_PAID, year),
        )
    }
    projects = Project.objects.filter(pk__in=booked).select_related("organisation", "theme")
    rows = [
        ProjectRow(
            reference=project.reference,
            title=marked_title(project),
            organisation=project.organisation.name,
            organisation_type=str(OrganisationType(project.organisation.type).label),
            theme=project.theme.name if project.theme else NO_THEME,
            state=str(project.get_state_display()),
            is_fictional=project.is_fictional,
            committed_in_year=booked[project.pk]["committed_year"],
            paid_in_year=booked[project.pk]["paid_year"],
            committed=booked[project.pk]["committed_sum"],
            released=booked[project.pk]["released_sum"],
            paid=booked[project.pk]["paid_sum"],
        )
        for project in projects
    ]
    return sorted(rows, key=lambda row: (-row.committed_in_year, row.reference))


def marked_title(project: Project) -> str:
    """The title; a project whose amounts are invented says so, also in a row that is copied."""
    if not project.is_fictional or FICTIONAL in project.title:
        return project.title
    return f"{project.title} {FICTIONAL}"


def _breakdown(projects: Iterable[ProjectRow], attribute: str) -> list[BreakdownRow]:
    """The year's amounts of the listed projects, grouped; so both tables have the same total."""
    groups: dict[str, list[ProjectRow]] = {}
    for project in projects:
        if project.committed_in_year or project.paid_in_year:
            groups.setdefault(getattr(project, attribute), []).append(project)
    return sorted(
        (
            BreakdownRow(
                label=label,
                projects=len(rows),
                committed=total(row.committed_in_year for row in rows),
                paid=total(row.paid_in_year for row in rows),
            )
            for label, rows in groups.items()
        ),
        key=lambda row: (-row.committed, row.label),
    )


def _pipeline(entries: QuerySet[LedgerEntry], cut_off: datetime) -> list[PipelineRow]:
    """Projects opened before the cut-off, not ended, with nothing committed yet."""
    committed = entries.filter(kind=EntryKind.COMMITMENT).values("commitment__project")
    projects = (
        Project.objects.filter(opened_on__lte=last_day_before(cut_off))
        .exclude(pk__in=committed)
        .exclude(state__in=ENDED_PROJECT_STATES, ended_on__lte=last_day_before(cut_off))
        .filter(proposal__isnull=False)
        .select_related("organisation", "proposal")
        .order_by("reference")
    )
    return [
        PipelineRow(
            reference=project.reference,
            title=project.title,
            organisation=project.organisation.name,
            state=str(project.get_state_display()),
            requested=project.proposal.requested_amount if project.proposal else ZERO,
        )
        for project in projects
    ]


def _forecast(cut_off: datetime) -> list[ForecastRow]:
    """Open instalments of commitments recorded before the cut-off, per expected year."""
    booked = LedgerEntry.objects.filter(recorded_at__lt=cut_off)
    paid = booked.filter(payment__claim__instalment=OuterRef("pk")).exclude(reversed_by__in=booked)
    years: dict[int | None, list[Decimal]] = {}
    for expected_on, amount in (
        Instalment.objects.filter(commitment__recorded_at__lt=cut_off)
        .exclude(state=InstalmentState.CANCELLED)
        .exclude(Exists(paid))
        .order_by("pk")
        .values_list("expected_on", "amount")
    ):
        years.setdefault(expected_on.year if expected_on else None, []).append(amount)
    return [
        ForecastRow(year=year, instalments=len(amounts), amount=total(amounts))
        for year, amounts in sorted(years.items(), key=lambda item: item[0] or 9999)
    ]


def _calls(year: int, cut_off: datetime) -> list[CallRow]:
    """Public calls of which a round closed in the year; old ones with their published counts."""
    calls = (
        Call.objects.public()
        .filter(
            rounds__closes_at__gt=start_of_day(date(year, 1, 1)),
            rounds__closes_at__lte=end_of_day(date(year, 12, 31)),
        )
        .annotate(opens=Min("rounds__opens_at"), closes=Max("rounds__closes_at"))
        .order_by("opens", "pk")
    )
    in_time = Q(proposals__versions__arrived_at__lt=cut_off)
    counts = {
        row["pk"]: row
        for row in Call.objects.filter(pk__in=[call.pk for call in calls])
        .order_by()
        .values("pk")
        .annotate(
            submitted=Count("proposals", filter=in_time, distinct=True),
            local=Count(
                "proposals",
                filter=in_time & Q(proposals__organisation__type__in=LOCAL_AUTHORITY_TYPES),
                distinct=True,
            ),
            incomplete=Count(
                "proposals",
                filter=Q(
                    proposals__versions__completeness_check__is_complete=False,
                    proposals__versions__completeness_check__checked_at__lt=cut_off,
                ),
                distinct=True,
            ),
            selected=Count(
                "proposals",
                filter=Q(
                    proposals__decision__outcome=SelectionDecision.Outcome.SELECTED,
                    proposals__decision__notified_at__lt=cut_off,
                ),
                distinct=True,
            ),
        )
    }
    advices = _latest_advices([call.pk for call in calls], cut_off)
    return [_call_row(call, counts[call.pk], advices.get(call.pk, [])) for call in calls]


def _latest_advices(calls: list[int], cut_off: datetime) -> dict[int, list[Conclusion]]:
    """Conclusions per call, one for each advised proposal: a correction replaces the former."""
    latest = (
        Advice.objects.filter(proposal__call__in=calls, finalised_at__lt=cut_off)
        .order_by("proposal_id", "-number")
        .distinct("proposal_id")
        .values_list("proposal__call_id", "conclusion")
    )
    found: dict[int, list[Conclusion]] = {}
    for call, conclusion in latest:
        found.setdefault(call, []).append(Conclusion(conclusion))
    return found


def _call_row(call: Any, counts: Mapping[str, Any], advices: list[Conclusion]) -> CallRow:
    positive = sum(conclusion.supports_selection for conclusion in advices)
    historical = call.submitted_count is not None or call.selected_count is not None
    return CallRow(
        reference=call.reference,
        title=call.title,
        opened_on=local_day(call.opens),
        closed_on=last_day_before(call.closes),
        submitted=(call.submitted_count or 0) if historical else counts["submitted"],
        local_authorities=None if historical else counts["local"],
        incomplete=None if historical else counts["incomplete"],
        advice_positive=None if historical else positive,
        advice_negative=None if historical else len(advices) - positive,
        selected=call.selected_count if historical else counts["selected"],
        is_historical=historical,
    )
