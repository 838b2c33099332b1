"""What is another figure than at an earlier cut-off, and what was booked or changed in between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from documents.report_tables import NUMERIC, ReportTable, words
from funding.models import BudgetVersion, LedgerEntry
from reporting.models import Fact
from reporting.yearly.building import report_tables
from reporting.yearly.figures import YearlyReport


@dataclass(frozen=True)
class ChangedFigure:
    """A cell that is another one; a row that came or went has – on one side."""

    table: str
    row: str
    column: str
    before: str
    after: str
    is_number: bool


@dataclass(frozen=True)
class ChangedFact:
    """What changed of a row that is no booking, in words of the database."""

    kind: str
    subject: str
    recorded_at: datetime
    changes: Sequence[tuple[str, Any, Any]]


@dataclass(frozen=True)
class Comparison:
    figures: list[ChangedFigure]
    entries: "QuerySet[LedgerEntry]"
    versions: "QuerySet[BudgetVersion]"
    facts: list[ChangedFact]


OF_FILES = frozenset({"proposal", "version", "check", "advice", "selection", "pause"})
"""Facts about the evaluation of a file: who works with money may not read those, and nobody reads
an outcome before it is told. Counts that changed through them stand among the figures."""

AT_MOST = 500
"""Rows of a list on the page."""


def compare(former: YearlyReport, latter: YearlyReport) -> Comparison:
    """Each changed figure of a year, with the rows that were recorded between the two cut-offs."""
    between = {"recorded_at__gte": former.cut_off, "recorded_at__lt": latter.cut_off}
    return Comparison(
        figures=list(_changed(former, latter)),
        entries=LedgerEntry.objects.filter(**between, effective_on__year__lte=latter.year)
        .select_related("commitment__project", "recorded_by")
        .order_by("recorded_at", "pk")[:AT_MOST],
        versions=BudgetVersion.objects.filter(**between, line__budget_year__year__lte=latter.year)
        .select_related("line__budget_year", "recorded_by")
        .order_by("recorded_at", "pk")[:AT_MOST],
        facts=_changed_facts(former.cut_off, latter.cut_off),
    )


def _changed(former: YearlyReport, latter: YearlyReport) -> Iterator[ChangedFigure]:
    old = {table.key: table for table in report_tables(former)}
    for table in report_tables(latter):
        yield from _changed_cells(old[table.key], table)


def _changed_cells(old: ReportTable, new: ReportTable) -> Iterator[ChangedFigure]:
    before, after = _by_first_cell(old), _by_first_cell(new)
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        for place, column in enumerate(new.columns):
            one, other = was[place] if was else None, now[place] if now else None
            if one != other and place:
                yield ChangedFigure(
                    new.title,
                    name[0],
                    str(column.label),
                    words(column.kind, one),
                    words(column.kind, other),
                    column.kind in NUMERIC,
                )


def _by_first_cell(table: ReportTable) -> dict[tuple[str, int], Sequence[Any]]:
    """Rows by their name; of several with one name by their place among them."""
    found: dict[tuple[str, int], Sequence[Any]] = {}
    for row in table.rows:
        number = 0
        while (str(row[0]), number) in found:
            number += 1
        found[str(row[0]), number] = row
    return found


def _changed_facts(since: datetime, until: datetime) -> list[ChangedFact]:
    """Facts recorded in between, each beside the one before it; two queries."""
    facts = list(
        Fact.objects.filter(recorded_at__gte=since, recorded_at__lt=until)
        .exclude(kind__in=OF_FILES)
        .order_by("recorded_at", "pk")[:AT_MOST]
    )
    former: dict[tuple[str, int], dict[str, Any] | None] = {
        (fact.kind, fact.subject_id): fact.content
        for fact in Fact.objects.filter(
            kind__in={fact.kind for fact in facts},
            subject_id__in={fact.subject_id for fact in facts},
            recorded_at__lt=since,
        )
        .order_by("kind", "subject_id", "-recorded_at", "-pk")
        .distinct("kind", "subject_id")
    }
    found = []
    for fact in facts:
        key = (fact.kind, fact.subject_id)
        was, now = former.get(key) or {}, fact.content or {}
        found.append(
            ChangedFact(
                kind=fact.kind,
                subject=_name({**was, **now}, fact.subject_id),
                recorded_at=fact.recorded_at,
                changes=[
                    (name, was.get(name), now.get(name))
                    for name in dict.fromkeys([*was, *now])
                    if was.get(name) != now.get(name)
                ],
            )
        )
        former[key] = fact.content
    return found


def _name(content: dict[str, Any], key: int) -> str:
    for name in ("reference", "name", "title", "number"):
        if content.get(name):
            return str(content[name])
    return str(key)
