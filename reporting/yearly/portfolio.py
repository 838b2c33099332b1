"""2. The portfolio by phase, with what came in and went out in the year (domain.md 6.7)."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.charts import Series, column_chart
from common.moments import last_day_before
from documents.report_tables import ReportTable
from documents.spreadsheets import INTEGER, Column
from projects.lifecycle import ProjectState
from reporting.facts import Known, known_at
from reporting.yearly.figures import Block, Section, YearlyReport
from reporting.yearly.source import Source


@dataclass(frozen=True)
class PhaseRow:
    """Projects in a state at the beginning and the end; start + came - went = end."""

    label: str
    start: int
    came: int
    went: int

    @property
    def end(self) -> int:
        return self.start + self.came - self.went


def phase_rows(source: Source) -> list[PhaseRow]:
    """Every state that a project had at the beginning or at the end, in the order of a project."""
    before = _states(source.at_start)
    is_past = source.ends_at == source.cut_off
    after = _states(source.known if is_past else known_at(source.ends_at))
    start = Counter(before.values())
    came = Counter(state for key, state in after.items() if before.get(key) != state)
    went = Counter(state for key, state in before.items() if after.get(key) != state)
    return [
        PhaseRow(str(state.label), start[state], came[state], went[state])
        for state in ProjectState
        if start[state] or came[state] or went[state]
    ]


def _states(known: Known) -> dict[int, str]:
    """The state of each project that was open or had ended; without a date it is of before."""
    last = last_day_before(known.cut_off)
    return {
        project.id: project.state
        for project in known.projects.values()
        if project.opened_on is None or project.opened_on <= last
    }


def portfolio_section(report: YearlyReport) -> Section:
    table = ReportTable(
        "portefeuille",
        _("Projecten per fase"),
        _("Portefeuille"),
        [
            Column(_("Fase")),
            Column(_("Begin van het jaar"), INTEGER, total=True),
            Column(_("Erbij"), INTEGER, total=True),
            Column(_("Eraf"), INTEGER, total=True),
            Column(_("Einde"), INTEGER, total=True, formula="{1}+{2}-{3}"),
        ],
        [(row.label, row.start, row.came, row.went, row.end) for row in report.phases],
        note=_(
            "Begin + erbij - eraf = einde. Een project dat van fase wisselt, gaat van de ene rij af"
            " en komt er bij de andere bij."
        ),
    )
    return Section(
        _("Portefeuille"),
        [
            Block(
                table,
                [
                    lambda: column_chart(
                        [row.label for row in report.phases],
                        [
                            Series(_("Begin"), [row.start for row in report.phases]),
                            Series(_("Einde"), [row.end for row in report.phases]),
                        ],
                        title=_("Projecten per fase aan het begin en het einde"),
                        unit="",
                    )
                ],
            )
        ],
    )
