"""5. Co-financing: asked, by the rule, granted and paid, for what the committee decided on."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from common.charts import Series, column_chart
from common.money import ZERO, round_cents
from documents.report_tables import ReportTable
from documents.spreadsheets import DECIMAL, INTEGER, MONEY, Column
from funding.models import CommitteeDecision
from reporting.facts.kinds import GrantFact, RequestFact
from reporting.yearly.figures import Block, Section, YearlyReport, total
from reporting.yearly.source import Source, labels


@dataclass(frozen=True)
class CofinancingRow:
    """Requests of one kind of organisation on which the committee decided in the year."""

    label: str
    requests: int
    cost: Decimal
    requested: Decimal
    advised: Decimal
    granted: Decimal
    paid: Decimal

    @property
    def leverage(self) -> Decimal | None:
        """Eligible cost per granted euro; None when nothing was granted."""
        return self.cost / self.granted if self.granted else None


@dataclass(frozen=True)
class AverageRow:
    label: str
    count: int
    amount: Decimal
    average: Decimal | None
    median: Decimal | None


@dataclass(frozen=True)
class _Decided:
    request: RequestFact
    kind: str
    granted: Decimal | None
    paid: Decimal


SIGNS = {"payment": 1, "payment_reversal": -1}


def _decided(source: Source) -> list[_Decided]:
    """The requests with their last decision, when that fell in the year."""
    known = source.known
    last: dict[int, GrantFact] = {}
    for grant in sorted(known.grants.values(), key=lambda one: (one.decided_on, one.id)):
        if grant.decided_on <= source.last_day:
            last[grant.request_id] = grant
    paid: dict[int, Decimal] = {}
    for one in source.booked:
        key = one.commitment.decision_id
        if key and one.kind in SIGNS:
            paid[key] = paid.get(key, ZERO) + SIGNS[one.kind] * one.amount
    decided = [grant for grant in last.values() if source.in_year(grant.decided_on)]
    requests = known.with_first_known("request", (one.request_id for one in decided))
    procurements = known.with_first_known(
        "procurement",
        (requests[one.request_id].procurement_id for one in decided if one.request_id in requests),
    )
    projects = known.with_first_known("project", (one.project_id for one in procurements.values()))
    organisations = known.with_first_known(
        "organisation", (one.organisation_id for one in projects.values())
    )
    found, kinds = [], labels(OrganisationType)
    for grant in decided:
        request = requests[grant.request_id]
        project = projects[procurements[request.procurement_id].project_id]
        granted = grant.granted_amount if grant.outcome == GRANTED else None
        kind = kinds[organisations[project.organisation_id].type]
        found.append(_Decided(request, kind, granted, paid.get(grant.id, ZERO)))
    return found


GRANTED = CommitteeDecision.Outcome.GRANTED


def cofinancing_rows(source: Source) -> tuple[list[CofinancingRow], list[AverageRow]]:
    """By kind of organisation, and the average and median of each amount."""
    decided = _decided(source)
    kinds: dict[str, list[_Decided]] = {}
    for one in decided:
        kinds.setdefault(one.kind, []).append(one)
    rows = [
        CofinancingRow(
            label=kind,
            requests=len(members),
            cost=total(one.request.eligible_base for one in members),
            requested=total(one.request.requested_amount for one in members),
            advised=total(one.request.advised_amount for one in members),
            granted=total(one.granted or ZERO for one in members),
            paid=total(one.paid for one in members),
        )
        for kind, members in sorted(kinds.items())
    ]
    averages = [
        _average("Gevraagd", [one.request.requested_amount for one in decided]),
        _average("Volgens de regel", [one.request.advised_amount for one in decided]),
        _average("Toegekend", [one.granted for one in decided if one.granted is not None]),
        _average("Vereffend", [one.paid for one in decided if one.granted is not None]),
    ]
    return rows, averages


def _average(label: str, amounts: list[Decimal]) -> AverageRow:
    if not amounts:
        return AverageRow(label, 0, ZERO, None, None)
    return AverageRow(
        label,
        len(amounts),
        total(amounts),
        round_cents(total(amounts) / len(amounts)),
        round_cents(median(amounts)),
    )


def cofinancing_section(report: YearlyReport) -> Section:
    rows = report.cofinancing
    table = ReportTable(
        "cofinanciering",
        _("Aanvragen waarover het comité besliste"),
        _("Cofinanciering"),
        [
            Column(_("Soort organisatie")),
            Column(_("Aantal aanvragen"), INTEGER, total=True),
            Column(_("Kost"), MONEY, total=True),
            Column(_("Gevraagd"), MONEY, total=True),
            Column(_("Volgens de regel"), MONEY, total=True),
            Column(_("Toegekend"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("Hefboom"), DECIMAL, formula="{2}/{5}"),
        ],
        [
            (
                row.label,
                row.requests,
                row.cost,
                row.requested,
                row.advised,
                row.granted,
                row.paid,
                row.leverage,
            )
            for row in rows
        ],
        note=_(
            "Hefboom: in aanmerking komende kost per toegekende euro. Vereffend: alles wat op deze"
            " beslissingen betaald werd, tot en met dit jaar."
        ),
    )
    averages = ReportTable(
        "cofinanciering-gemiddeld",
        _("Gemiddelde en mediaan van deze aanvragen"),
        _("Gemiddeld en mediaan"),
        [
            Column(_("Bedrag")),
            Column(_("Aantal"), INTEGER),
            Column(_("Som"), MONEY),
            Column(_("Gemiddelde"), MONEY, formula="ROUND({2}/{1},2)"),
            Column(_("Mediaan"), MONEY),
        ],
        [(row.label, row.count, row.amount, row.average, row.median) for row in report.averages],
    )
    return Section(
        _("Van aanvraag tot vereffening"),
        [
            Block(
                table,
                [
                    lambda: column_chart(
                        [row.label for row in rows],
                        [
                            Series(_("Gevraagd"), [row.requested for row in rows]),
                            Series(_("Toegekend"), [row.granted for row in rows]),
                            Series(_("Vereffend"), [row.paid for row in rows]),
                        ],
                        title=_("Gevraagd, toegekend en vereffend per soort organisatie"),
                    )
                ],
            ),
            Block(averages),
        ],
    )
