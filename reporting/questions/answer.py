"""The answer to a question: a table, a chart, and the words that say what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts import Series, bar_chart, column_chart
from common.formatting import format_day
from common.money import ZERO
from documents.report_tables import ReportTable
from documents.spreadsheets import MONEY, Column
from reporting.questions.measures import LABELS, SOURCES, Dimension, Measure, Source

IN_CHART = 15


@dataclass(frozen=True)
class Question:
    """What is asked. Both days count; `only` keeps the rows with that value of a dimension."""

    measure: Measure
    by: Dimension
    per_year: bool = False
    since: date | None = None
    until: date | None = None
    only: Mapping[Dimension, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The question as one would read it aloud; it stands in every export."""
        said = [
            _("%(measure)s, per %(by)s.")
            % {"measure": self.measure.label, "by": str(self.by.label).lower()}
        ]
        if self.since or self.until:
            said.append(
                _("Periode: %(since)s tot en met %(until)s.")
                % {
                    "since": format_day(self.since) if self.since else _("het begin"),
                    "until": format_day(self.until) if self.until else _("vandaag"),
                }
            )
        said += [
            _("Alleen %(dimension)s: %(value)s.")
            % {"dimension": str(by.label).lower(), "value": _label(by, value)}
            for by, value in self.only.items()
        ]
        return said


@dataclass(frozen=True)
class Answer:
    """The table, and a chart of its largest rows."""

    question: Question
    table: ReportTable
    chart: SafeString


def answer(question: Question, user: Any) -> Answer:
    """One query, over what `user` may see.

    Raises:
        KeyError: when the measure does not know a dimension; the form refuses that first.
    """
    source = SOURCES[question.measure]
    rows = source.rows(user).filter(source.within(question.since, question.until))
    for by, value in question.only.items():
        rows = rows.filter(**{source.paths[by]: value})
    found = _found(question, source, rows)
    return Answer(question, _table(question, source, found), _chart(question, source, found))


Found = dict[str, dict[int, Any]]
"""Value per label and year; the year is 0 when it was not asked."""


def _found(question: Question, source: Source, rows: Any) -> Found:
    """Largest first, years in their order."""
    path = "year_" if question.by == Dimension.YEAR else source.paths[question.by]
    names = {path, "year_"} if question.per_year else {path}
    grouped = rows.annotate(year_=source.year()).order_by().values(*sorted(names))
    found: Found = {}
    for row in grouped.annotate(value_=source.value):
        label = _label(question.by, row[path])
        of_label = found.setdefault(label, {})
        year = row["year_"] if question.per_year else 0
        of_label[year] = of_label.get(year, 0) + (row["value_"] or 0)
    if question.by == Dimension.YEAR:
        return dict(sorted(found.items()))
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _label(by: Dimension, value: Any) -> str:
    if value in {None, ""}:
        return _("Onbekend")
    choices = LABELS.get(by)
    return str(choices(value).label) if choices else str(value)


def _years(found: Found) -> list[int]:
    return sorted({year for of_label in found.values() for year in of_label})


def _table(question: Question, source: Source, found: Found) -> ReportTable:
    nothing = ZERO if source.kind is MONEY else 0
    columns = [Column(str(question.by.label))]
    years = _years(found) if question.per_year else []
    columns += [Column(str(year), source.kind, total=True) for year in years]
    total = _("Samen") if years else str(question.measure.label)
    columns.append(Column(total, source.kind, total=True))
    return ReportTable(
        "antwoord",
        _("Alle bedragen") if source.kind is MONEY else _("Alle aantallen"),
        _("Antwoord"),
        columns,
        [
            (
                label,
                *(of_label.get(year, nothing) for year in years),
                sum(of_label.values(), nothing),
            )
            for label, of_label in found.items()
        ],
    )


def _chart(question: Question, source: Source, found: Found) -> SafeString:
    unit = "eur" if source.kind is MONEY else ""
    shown = list(found.items())[:IN_CHART]
    if question.per_year and question.by != Dimension.YEAR and len(shown) <= 6:
        years = _years(found)
        return column_chart(
            [str(year) for year in years],
            [Series(label, [of_label.get(year, 0) for year in years]) for label, of_label in shown],
            title=question.words[0],
            unit=unit,
        )
    return bar_chart(
        [(label, sum(of_label.values())) for label, of_label in shown],
        title=question.words[0],
        desc=_("De %(count)s grootste.") % {"count": IN_CHART} if len(found) > IN_CHART else "",
        unit=unit,
    )
