"""9. Annex: every project with a booking, and its amounts."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from documents.report_tables import ReportTable
from documents.spreadsheets import MONEY, Column
from projects.lifecycle import ProjectState
from reporting.facts.kinds import ProjectFact
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.source import Source, Sums, labels

NO_THEME = "Zonder thema"
UNKNOWN = "Onbekend"
FICTIONAL = "(voorbeelddata)"


@dataclass(frozen=True)
class ProjectRow:
    """A project with its amounts: in the year, and since its start."""

    reference: str
    title: str
    organisation: str
    organisation_type: str
    theme: str
    province: str
    state: str
    is_fictional: bool
    committed_in_year: Decimal
    paid_in_year: Decimal
    committed: Decimal
    released: Decimal
    paid: Decimal

    @property
    def open_amount(self) -> Decimal:
        return self.committed - self.released - self.paid


def project_rows(source: Source) -> list[ProjectRow]:
    """Projects with a booking up to the year, largest commitment of the year first."""
    projects, none = source.projects, Sums()
    kinds, states = labels(OrganisationType), labels(ProjectState)
    rows = []
    for key, sums in source.by_project.items():
        project = projects[key]
        organisation = source.organisations[project.organisation_id]
        theme = source.themes.get(project.theme_id or 0)
        year = source.by_project_in_year.get(key, none)
        rows.append(
            ProjectRow(
                reference=project.reference,
                title=marked_title(project),
                organisation=organisation.name,
                organisation_type=kinds[organisation.type],
                theme=theme.name if theme else NO_THEME,
                province=organisation.province or UNKNOWN,
                state=states[project.state],
                is_fictional=project.is_fictional,
                committed_in_year=year.committed,
                paid_in_year=year.paid,
                committed=sums.committed,
                released=sums.release,
                paid=sums.paid,
            )
        )
    return sorted(rows, key=lambda row: (-row.committed_in_year, row.reference))


def marked_title(project: ProjectFact) -> str:
    """The title; a project whose amounts are invented says so, also in a row that is copied."""
    if not project.is_fictional or FICTIONAL in project.title:
        return project.title
    return f"{project.title} {FICTIONAL}"


def projects_section(report: YearlyReport) -> Section:
    table = ReportTable(
        "projecten",
        _("Projecten met bedragen"),
        _("Projecten"),
        [
            Column(_("Project"), width=18),
            Column(_("Titel")),
            Column(_("Organisatie")),
            Column(_("Status"), width=22),
            Column(_("Vastgelegd in %(year)s") % {"year": report.year}, MONEY, total=True),
            Column(_("Vereffend in %(year)s") % {"year": report.year}, MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("Vrijgegeven"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("Open"), MONEY, total=True, formula="{6}-{7}-{8}"),
        ],
        [
            (
                row.reference,
                row.title,
                row.organisation,
                row.state,
                row.committed_in_year,
                row.paid_in_year,
                row.committed,
                row.released,
                row.paid,
                row.open_amount,
            )
            for row in report.projects
        ],
    )
    return Section(_("Projecten"), [Block(table)], wide=True)
