"""What is another figure than at an earlier cut-off, each with the rows that changed it.

What was recorded between the two cut-offs is read once, in a fixed number of queries; which of it
belongs to which figure stands in reporting/yearly/causes.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from common.money import format_eur
from documents.report_tables import NUMERIC, ReportTable, words
from funding.models import BudgetVersion, LedgerEntry
from reporting.facts.kinds import KINDS
from reporting.models import Fact
from reporting.yearly.building import report_tables
from reporting.yearly.causes import Cause, Pairing, states_of, stream_words, years_of
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
    causes: Sequence[Cause] = ()

    @property
    def shown(self) -> Sequence[Cause]:
        """The rows that fit on the page, newest first."""
        return self.causes[:ROWS]

    @property
    def more(self) -> int:
        """How many rows do not fit."""
        return max(0, len(self.causes) - ROWS)


@dataclass(frozen=True)
class Comparison:
    """`more` figures are not listed, `others` are rows that changed no listed figure, `is_cut` when
    more was recorded than is read."""

    figures: list[ChangedFigure]
    more: int = 0
    others: list[Cause] = field(default_factory=list)
    is_cut: bool = False


OF_FILES = frozenset({"proposal", "version", "check", "advice", "selection", "pause"})
"""Facts about the evaluation of a file: who works with money may not read those, and nobody reads
an outcome before it is told. Counts that changed through them stand among the figures."""

AT_MOST = 5000
"""Bookings, versions and facts that are read between two cut-offs, each."""

FIGURES = 500
"""Figures that are listed."""

ROWS = 20
"""Rows that are shown with one figure."""


def compare(former: YearlyReport, latter: YearlyReport) -> Comparison:
    """Each changed figure of a year, paired with what was recorded between the two cut-offs."""
    causes = [
        *_bookings(former, latter),
        *_versions(former, latter),
        *_facts(former, latter),
    ]
    causes.sort(key=lambda one: one.recorded_at, reverse=True)
    changed = list(_changed(former, latter))
    pairing = Pairing(former, latter, causes)
    figures = [
        replace(figure, causes=pairing.causes_of(key, figure.row, place, is_new=is_new))
        for key, place, is_new, figure in changed[:FIGURES]
    ]
    used = {id(one) for figure in figures for one in figure.causes}
    return Comparison(
        figures=figures,
        more=max(0, len(changed) - FIGURES),
        others=[one for one in causes if id(one) not in used][:FIGURES],
        is_cut=len(causes) >= AT_MOST,
    )


def _changed(
    former: YearlyReport, latter: YearlyReport
) -> Iterator[tuple[str, int, bool, ChangedFigure]]:
    """Each with its table, the place of its column, and whether its whole row came or went."""
    old = {table.key: table for table in report_tables(former)}
    for table in report_tables(latter):
        yield from _changed_cells(old[table.key], table)


def _changed_cells(
    old: ReportTable, new: ReportTable
) -> Iterator[tuple[str, int, bool, ChangedFigure]]:
    before, after = _by_first_cell(old), _by_first_cell(new)
    has_numbers = any(column.kind in NUMERIC for column in new.columns)
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        is_new = was is None or now is None
        for place, column in enumerate(new.columns):
            one, other = was[place] if was else None, now[place] if now else None
            # Of a row that came or went the amounts and numbers say enough.
            hidden = is_new and has_numbers and (column.kind not in NUMERIC or not (one or other))
            if one != other and place and not hidden:
                yield (
                    new.key,
                    place,
                    is_new,
                    ChangedFigure(
                        new.title,
                        name[0],
                        str(column.label),
                        words(column.kind, one),
                        words(column.kind, other),
                        column.kind in NUMERIC,
                    ),
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


# --- What was recorded in between ----------------------------------------------------------------


def _between(former: YearlyReport, latter: YearlyReport) -> dict[str, datetime]:
    return {"recorded_at__gte": former.cut_off, "recorded_at__lt": latter.cut_off}


def _bookings(former: YearlyReport, latter: YearlyReport) -> list[Cause]:
    entries = (
        LedgerEntry.objects.filter(**_between(former, latter))
        .select_related("commitment__project", "line__budget_year")
        .order_by("-recorded_at", "-pk")[:AT_MOST]
    )
    return [
        Cause(
            kind=str(entry.get_kind_display()),
            subject=f"{entry.commitment.number}, {entry.commitment.project.reference}",
            recorded_at=entry.recorded_at,
            reads=frozenset({f"entry.{entry.kind}"}),
            amount=entry.amount,
            on=entry.effective_on,
            url=entry.commitment.get_absolute_url(),
            projects=frozenset({entry.commitment.project_id}),
            commitments=frozenset({entry.commitment_id}),
            stream=stream_words(entry.line.stream),
            line_year=entry.line.budget_year.year,
        )
        for entry in entries
    ]


def _versions(former: YearlyReport, latter: YearlyReport) -> list[Cause]:
    versions = (
        BudgetVersion.objects.filter(
            **_between(former, latter), line__budget_year__year__lte=latter.year
        )
        .select_related("line__budget_year")
        .order_by("-recorded_at", "-pk")[:AT_MOST]
    )
    return [
        Cause(
            kind=_("Begrotingsversie"),
            subject=f"{version.line}, {version.get_label_display()}",
            recorded_at=version.recorded_at,
            reads=frozenset({"version"}),
            on=version.effective_on,
            url=version.line.budget_year.get_absolute_url(),
            changes=(
                (_("VAK"), None, format_eur(version.vak)),
                (_("VEK"), None, format_eur(version.vek)),
            ),
            stream=stream_words(version.line.stream),
            line_year=version.line.budget_year.year,
        )
        for version in versions
    ]


def _facts(former: YearlyReport, latter: YearlyReport) -> list[Cause]:
    """Facts recorded in between, each beside the one before it; two queries."""
    facts = list(
        Fact.objects.filter(**_between(former, latter))
        .exclude(kind__in=OF_FILES)
        .order_by("recorded_at", "pk")[:AT_MOST]
    )
    earlier: dict[tuple[str, int], dict[str, Any] | None] = {
        (fact.kind, fact.subject_id): fact.content
        for fact in Fact.objects.filter(
            kind__in={fact.kind for fact in facts},
            subject_id__in={fact.subject_id for fact in facts},
            recorded_at__lt=former.cut_off,
        )
        .order_by("kind", "subject_id", "-recorded_at", "-pk")
        .distinct("kind", "subject_id")
    }
    about = _About([one.source for one in (former, latter) if one.source is not None])
    found = []
    for fact in facts:
        key = (fact.kind, fact.subject_id)
        was, now = earlier.get(key) or {}, fact.content or {}
        names = [name for name in dict.fromkeys([*was, *now]) if was.get(name) != now.get(name)]
        found.append(
            Cause(
                kind=about.words(fact.kind),
                subject=_name({**was, **now}, fact.subject_id),
                recorded_at=fact.recorded_at,
                reads=frozenset({fact.kind, *(f"{fact.kind}.{name}" for name in names)}),
                changes=_in_words(fact.kind, names, was, now),
                projects=about.projects(fact.kind, fact.subject_id, [was, now]),
                commitments=about.commitments(fact.kind, fact.subject_id, [was, now]),
                states=states_of(was, now) if fact.kind == "project" else frozenset(),
                years=years_of(was, now) if fact.kind == "instalment" else frozenset(),
            )
        )
        earlier[key] = fact.content
    return found


def _in_words(
    kind: str, names: Sequence[str], was: dict[str, Any], now: dict[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    """Each change as people read it; a row that came or went says that alone."""
    if not was or not now:
        return ((_("rij"), None, _("nieuw")),) if now else ((_("rij"), None, _("weg")),)
    if kind not in KINDS:
        return tuple((name, was.get(name), now.get(name)) for name in names)
    meta = apps.get_model(KINDS[kind].model)._meta
    changes = []
    for name in names:
        field: Any = meta.get_field(name)
        options = {str(key): str(label) for key, label in field.flatchoices} | YES_NO
        before, after = (options.get(str(value), value) for value in (was.get(name), now.get(name)))
        changes.append((str(field.verbose_name), before, after))
    return tuple(changes)


YES_NO = {"True": _l("ja"), "False": _l("nee"), "": None}


class _About:
    """Of which projects a fact tells, as known at either cut-off; nothing is read twice."""

    def __init__(self, sources: Sequence[Any]) -> None:
        self.sources = sources

    def words(self, kind: str) -> str:
        """What a fact is about, for people."""
        return {
            "organisation": _("Organisatie"),
            "theme": _("Thema"),
            "call": _("Oproep"),
            "round": _("Indienronde"),
            "project": _("Project"),
            "procurement": _("Opdracht"),
            "follow_up": _("Nazorg"),
            "request": _("Aanvraag tot cofinanciering"),
            "grant": _("Beslissing van het comité"),
            "commitment": _("Vastlegging"),
            "instalment": _("Schijf"),
            "line": _("Begrotingslijn"),
            "year": _("Begrotingsjaar"),
        }.get(kind, kind)

    def projects(self, kind: str, key: int, contents: Sequence[dict[str, Any]]) -> frozenset[int]:
        if kind == "project":
            return frozenset({key})
        if kind in {"organisation", "theme"}:
            column = f"{kind}_id"
            return frozenset(
                project.id
                for source in self.sources
                for project in source.projects.values()
                if getattr(project, column) == key
            )
        found: set[int] = set()
        for content in contents:
            found |= self._projects_of(kind, content)
        return frozenset(found)

    def _projects_of(self, kind: str, content: dict[str, Any]) -> set[int]:
        """Up from row to row: grant, request, procurement, project."""
        up = {
            "grant": ("request", "request_id"),
            "request": ("procurement", "procurement_id"),
            "instalment": ("commitment", "commitment_id"),
        }
        if content.get("project_id"):
            return {content["project_id"]}
        if kind not in up or not content:
            return set()
        above, column = up[kind]
        found: set[int] = set()
        for source in self.sources:
            row = source.known.rows(above).get(content[column])
            if row is not None:
                found |= self._projects_of(above, row._asdict())
        return found

    def commitments(
        self, kind: str, key: int, contents: Sequence[dict[str, Any]]
    ) -> frozenset[int]:
        """Only of what hangs on one commitment; of other facts the projects say enough."""
        if kind == "commitment":
            return frozenset({key})
        return frozenset(
            content["commitment_id"] for content in contents if content.get("commitment_id")
        )


def _name(content: dict[str, Any], key: int) -> str:
    for name in ("reference", "name", "title"):
        if content.get(name):
            return str(content[name])
    return str(content.get("number") or key)
