"""3. Commitments and payments of the year, broken down in six ways (domain.md 6.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from calls.models import CostPhase
from common.charts import bar_chart
from common.database import reading_connection
from documents.report_tables import ReportTable
from documents.spreadsheets import INTEGER, MONEY, Column
from projects.models import ProcurementProcedure
from reporting.facts.kinds import CommitmentFact, ProcurementFact
from reporting.yearly.figures import Block, Section, YearlyReport, total
from reporting.yearly.projects import NO_THEME, UNKNOWN
from reporting.yearly.source import Source, labels

DOMAIN_QUESTION = "beleidsdomein"
PREPARATION = "Voortraject (geen opdracht)"
NO_PROCEDURE = "Nog niet gekozen"
RESEARCH = "Onderzoek en ontwikkeling"
VALIDATION = "Validatie, test of proeftuin"
IS_VALIDATION = frozenset({CostPhase.VALIDATION, CostPhase.PILOT})


@dataclass(frozen=True)
class BreakdownRow:
    """Co-financing of the year for one kind of organisation, one theme, ..."""

    label: str
    projects: int
    committed: Decimal
    paid: Decimal


class _Money(NamedTuple):
    """What was booked on a commitment in the year. EUR."""

    commitment: CommitmentFact
    committed: Decimal
    paid: Decimal


class Breakdowns:
    """The money of the year, to be grouped; so all breakdowns have the same total."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kinds = labels(OrganisationType)
        self.procedures = labels(ProcurementProcedure)
        in_year = [one for one in source.booked if one.year == source.year]
        by_commitment = source.sums_by(lambda one: one.commitment.id, in_year)
        commitments = {one.commitment.id: one.commitment for one in in_year}
        self.money = [
            _Money(commitments[key], sums.committed, sums.paid)
            for key, sums in by_commitment.items()
            if sums.committed or sums.paid
        ]
        self.procurement_of = procurements_by_commitment(
            source, [one.commitment for one in self.money]
        )
        projects = source.projects
        self.domains = _policy_domains(
            source,
            [projects[one.commitment.project_id].proposal_id for one in self.money],
        )
        ways: dict[str, Callable[[CommitmentFact], str]] = {
            "type": self._type,
            "beleidsdomein": self._domain,
            "thema": self._theme,
            "provincie": self._province,
            "procedure": self._procedure,
            "aard": self._nature,
        }
        self.labels = {
            key: [label(one.commitment) for one in self.money] for key, label in ways.items()
        }

    def rows(self) -> dict[str, list[BreakdownRow]]:
        return {key: self._by(labels) for key, labels in self.labels.items()}

    def groups(self) -> dict[int, dict[str, str]]:
        """The row of each breakdown in which a commitment counts."""
        return {
            one.commitment.id: dict(zip(self.labels, labels, strict=True))
            for one, *labels in zip(self.money, *self.labels.values(), strict=True)
        }

    @property
    def project_of(self) -> dict[int, int]:
        return {one.commitment.id: one.commitment.project_id for one in self.money}

    def _by(self, labels: list[str]) -> list[BreakdownRow]:
        groups: dict[str, list[_Money]] = {}
        for one, label in zip(self.money, labels, strict=True):
            groups.setdefault(label, []).append(one)
        rows = [
            BreakdownRow(
                label=label,
                projects=len({one.commitment.project_id for one in members}),
                committed=total(one.committed for one in members),
                paid=total(one.paid for one in members),
            )
            for label, members in groups.items()
        ]
        return sorted(rows, key=lambda row: (-row.committed, row.label))

    def _organisation(self, commitment: CommitmentFact) -> "tuple[str, str]":
        project = self.source.projects[commitment.project_id]
        found = self.source.organisations[project.organisation_id]
        return found.type, found.province

    def _type(self, commitment: CommitmentFact) -> str:
        return self.kinds[self._organisation(commitment)[0]]

    def _province(self, commitment: CommitmentFact) -> str:
        return self._organisation(commitment)[1] or UNKNOWN

    def _theme(self, commitment: CommitmentFact) -> str:
        project = self.source.projects[commitment.project_id]
        theme = self.source.themes.get(project.theme_id or 0)
        return theme.name if theme else NO_THEME

    def _domain(self, commitment: CommitmentFact) -> str:
        project = self.source.projects[commitment.project_id]
        return self.domains.get(project.proposal_id or 0, UNKNOWN)

    def _procedure(self, commitment: CommitmentFact) -> str:
        procurement = self.procurement_of.get(commitment.id)
        if procurement is None:
            return PREPARATION
        if not procurement.procedure:
            return NO_PROCEDURE
        return self.procedures[procurement.procedure]

    def _nature(self, commitment: CommitmentFact) -> str:
        procurement = self.procurement_of.get(commitment.id)
        if procurement is None:
            return PREPARATION
        return VALIDATION if procurement.phase in IS_VALIDATION else RESEARCH


def procurements_by_commitment(
    source: Source, commitments: list[CommitmentFact]
) -> dict[int, ProcurementFact]:
    """The procurement of each commitment; none for the preparation, which the committee skips."""
    known = source.known
    grants = known.with_first_known("grant", (one.decision_id for one in commitments))
    requests = known.with_first_known(
        "request",
        (grants[one.decision_id].request_id for one in commitments if one.decision_id in grants),
    )
    wanted = {
        one.id: requests[grants[one.decision_id].request_id].procurement_id
        for one in commitments
        if one.decision_id in grants
    }
    procurements = known.with_first_known("procurement", wanted.values())
    return {key: procurements[value] for key, value in wanted.items() if value in procurements}


def _policy_domains(source: Source, proposals: list[int | None]) -> dict[int, str]:
    """What was answered in the last version handed in before the cut-off; versions are frozen."""
    keys = sorted({key for key in proposals if key is not None})
    with reading_connection().cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (proposal_id) proposal_id, jsonb_path_query_first(
                content, '$.sections[*].items[*] ? (@.key == $key).text',
                jsonb_build_object('key', %s::text)) #>> '{}'
            FROM projects_proposalversion
            WHERE proposal_id = ANY(%s) AND recorded_at < %s
            ORDER BY proposal_id, number DESC
            """,
            [DOMAIN_QUESTION, keys, source.cut_off],
        )
        return {key: text for key, text in cursor.fetchall() if text}


def breakdowns_section(report: YearlyReport) -> Section:
    tables = [
        ("type", _("Cofinanciering per soort organisatie"), _("Per soort"), _("Soort")),
        ("beleidsdomein", _("Cofinanciering per beleidsdomein"), _("Per domein"), _("Domein")),
        ("thema", _("Cofinanciering per thema"), _("Per thema"), _("Thema")),
        ("provincie", _("Cofinanciering per provincie"), _("Per provincie"), _("Provincie")),
        ("procedure", _("Cofinanciering per procedure"), _("Per procedure"), _("Procedure")),
        ("aard", _("Onderzoek en ontwikkeling, of validatie"), _("Per aard"), _("Aard")),
    ]
    return Section(
        _("Cofinanciering van het jaar"),
        [_block(report, *described) for described in tables],
    )


def _block(report: YearlyReport, key: str, title: str, short: str, label: str) -> Block:
    rows = report.breakdowns[key]
    table = ReportTable(
        key,
        title,
        short,
        [
            Column(label),
            Column(_("Projecten"), INTEGER, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
        ],
        [(row.label, row.projects, row.committed, row.paid) for row in rows],
        note=_("Een project met meer dan één opdracht telt in elke rij waarin het voorkomt.")
        if key in {"procedure", "aard"}
        else "",
    )
    chart = {
        "type": _("Vastgelegd per soort organisatie"),
        "beleidsdomein": _("Vastgelegd per beleidsdomein"),
        "thema": _("Vastgelegd per thema"),
        "provincie": _("Vastgelegd per provincie"),
        "procedure": _("Vastgelegd per procedure"),
        "aard": _("Vastgelegd per aard van de opdracht"),
    }[key]
    return Block(
        table, [lambda: bar_chart([(row.label, row.committed) for row in rows], title=chart)]
    )
