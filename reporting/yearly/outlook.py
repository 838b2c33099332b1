"""4. What is still to come: selected projects without commitment, and planned instalments."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts import Series, column_chart
from common.money import ZERO
from documents.report_tables import ReportTable
from documents.spreadsheets import INTEGER, MONEY, TEXT, Column
from funding.lifecycle import InstalmentState
from projects.lifecycle import ENDED_PROJECT_STATES, ProjectState
from reporting.yearly.figures import Block, Section, YearlyReport, total
from reporting.yearly.projects import marked_title
from reporting.yearly.source import Source

NOT_TO_COME = frozenset({InstalmentState.PAID, InstalmentState.CANCELLED})
NO_DATE = "Zonder datum"


@dataclass(frozen=True)
class PipelineRow:
    """A selected project without a commitment: a forecast, never subtracted from VAK."""

    reference: str
    title: str
    organisation: str
    state: str
    requested: Decimal


@dataclass(frozen=True)
class ForecastRow:
    """Instalments that are planned and not paid, by the year in which they are expected."""

    year: int | None
    instalments: int
    amount: Decimal


def pipeline_rows(source: Source) -> list[PipelineRow]:
    """Projects opened before the cut-off, not ended, with nothing committed yet."""
    committed = {one.commitment.project_id for one in source.all_booked}
    waiting = [
        project
        for project in source.projects.values()
        if project.proposal_id is not None
        and project.opened_on is not None
        and project.opened_on <= source.last_day
        and project.id not in committed
        and project.state not in ENDED_PROJECT_STATES
    ]
    proposals = source.known.with_first_known("proposal", (one.proposal_id for one in waiting))
    return [
        PipelineRow(
            reference=project.reference,
            title=marked_title(project),
            organisation=source.organisation_name(project),
            state=str(ProjectState(project.state).label),
            requested=proposals[project.proposal_id].requested_amount
            if project.proposal_id in proposals
            else ZERO,
        )
        for project in sorted(waiting, key=lambda one: one.reference)
    ]


def forecast_rows(source: Source) -> list[ForecastRow]:
    """Open instalments of commitments in the ledger, per expected year."""
    booked = {one.commitment.id for one in source.all_booked}
    years: dict[int | None, list[Decimal]] = {}
    for one in source.known.instalments.values():
        if one.commitment_id in booked and one.state not in NOT_TO_COME:
            year = one.expected_on.year if one.expected_on else None
            years.setdefault(year, []).append(one.amount)
    return [
        ForecastRow(year=year, instalments=len(amounts), amount=total(amounts))
        for year, amounts in sorted(years.items(), key=lambda item: item[0] or 9999)
    ]


def outlook_section(report: YearlyReport) -> Section:
    labels = [str(row.year or NO_DATE) for row in report.forecast]
    pipeline = ReportTable(
        "pipeline",
        _("Pipeline: geselecteerd, nog niet vastgelegd"),
        _("Pipeline"),
        [
            Column(_("Project")),
            Column(_("Titel")),
            Column(_("Organisatie")),
            Column(_("Status")),
            Column(_("Gevraagd"), MONEY, total=True),
        ],
        [
            (row.reference, row.title, row.organisation, row.state, row.requested)
            for row in report.pipeline
        ],
        note=_("Een verwachting: deze bedragen gaan niet af van het VAK."),
    )
    forecast = ReportTable(
        "verwachting",
        _("Verwachte vereffeningen uit de schijven"),
        _("Verwachting"),
        [
            Column(_("Jaar"), TEXT, width=16),
            Column(_("Schijven"), INTEGER, total=True),
            Column(_("Bedrag"), MONEY, total=True),
        ],
        [
            (label, row.instalments, row.amount)
            for label, row in zip(labels, report.forecast, strict=True)
        ],
    )
    return Section(
        _("Vooruitblik"),
        [
            Block(pipeline),
            Block(
                forecast,
                [
                    lambda: column_chart(
                        labels,
                        [Series(_("Verwacht"), [row.amount for row in report.forecast])],
                        title=_("Verwachte vereffeningen per jaar"),
                    )
                ],
            ),
        ],
    )
