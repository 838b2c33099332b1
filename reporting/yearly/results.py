"""8. Results: what was finished in the year, and what was stopped and why."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from documents.report_tables import ReportTable
from documents.spreadsheets import DATE, Column
from projects.lifecycle import ENDED_PROJECT_STATES, ProjectState
from reporting.facts.kinds import FollowUpFact
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.projects import marked_title
from reporting.yearly.source import Source

IN_USE = {True: "Ja", False: "Nee"}


@dataclass(frozen=True)
class ResultRow:
    """A project that ended, and what became of it as far as was noted."""

    reference: str
    title: str
    organisation: str
    result: str
    ended_on: date | None
    reason: str
    in_use: str
    scaled_to: str
    lessons: str


def result_rows(source: Source) -> list[ResultRow]:
    """Projects that ended in the year: by their day, or else by when it became known."""
    before = source.at_start.projects
    last: dict[int, FollowUpFact] = {}
    for one in sorted(source.known.follow_ups.values(), key=lambda one: (one.noted_on, one.id)):
        last[one.project_id] = one
    rows = []
    for project in source.known.projects.values():
        if project.state not in ENDED_PROJECT_STATES:
            continue
        if project.ended_on is not None:
            ended_in_year = source.in_year(project.ended_on)
        else:
            former = before.get(project.id)
            ended_in_year = former is not None and former.state != project.state
        if ended_in_year:
            stopped = project.state == ProjectState.STOPPED
            after = last.get(project.id)
            rows.append(
                ResultRow(
                    reference=project.reference,
                    title=marked_title(project),
                    organisation=source.organisation_name(project),
                    result=str(ProjectState(project.state).label),
                    ended_on=project.ended_on,
                    reason=project.stop_reason if stopped else "",
                    in_use=IN_USE[after.in_use] if after else "",
                    scaled_to=after.scaled_to if after else "",
                    lessons=after.lessons_url if after else "",
                )
            )
    return sorted(rows, key=lambda row: (row.result, row.reference))


def results_section(report: YearlyReport) -> Section:
    table = ReportTable(
        "resultaten",
        _("Afgeronde en stopgezette projecten"),
        _("Resultaten"),
        [
            Column(_("Project"), width=18),
            Column(_("Titel")),
            Column(_("Organisatie")),
            Column(_("Resultaat"), width=18),
            Column(_("Op"), DATE),
            Column(_("Reden van de stopzetting")),
            Column(_("In gebruik"), width=12),
            Column(_("Opgeschaald naar")),
            Column(_("Gepubliceerde lessen")),
        ],
        [
            (
                row.reference,
                row.title,
                row.organisation,
                row.result,
                row.ended_on,
                row.reason,
                row.in_use,
                row.scaled_to,
                row.lessons,
            )
            for row in report.results
        ],
        note=_(
            "In gebruik, opgeschaald en lessen: zoals het laatst genoteerd bij de nazorg van het"
            " project."
        ),
    )
    return Section(_("Resultaten"), [Block(table)], wide=True)
