"""7. Contractors of what was awarded in the year."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts import bar_chart
from common.money import ZERO
from documents.report_tables import ReportTable
from documents.spreadsheets import DECIMAL, INTEGER, MONEY, Column
from projects.models import ContractorRegion
from reporting.facts.kinds import ProcurementFact
from reporting.yearly.figures import Block, Section, YearlyReport, total
from reporting.yearly.source import Source

SIZES = {True: "Kmo", False: "Geen kmo", None: "Grootte onbekend"}


@dataclass(frozen=True)
class ContractorRow:
    """Awarded contracts by the size of the contractor. EUR, without VAT."""

    label: str
    contracts: int
    contractors: int
    startups: int
    from_flanders: int
    with_tenders: int
    tenders: int
    amount: Decimal

    @property
    def tenders_per_contract(self) -> Decimal | None:
        return Decimal(self.tenders) / self.with_tenders if self.with_tenders else None


def contractor_rows(source: Source) -> list[ContractorRow]:
    sizes: dict[bool | None, list[ProcurementFact]] = {}
    for one in source.known.procurements.values():
        if one.awarded_on is not None and source.in_year(one.awarded_on):
            sizes.setdefault(one.contractor_is_sme, []).append(one)
    return [
        ContractorRow(
            label=label,
            contracts=len(members),
            contractors=_different(members),
            startups=_different(one for one in members if one.contractor_is_startup),
            from_flanders=_different(
                one for one in members if one.contractor_region == ContractorRegion.FLANDERS
            ),
            with_tenders=sum(one.tenders_received is not None for one in members),
            tenders=sum(one.tenders_received or 0 for one in members),
            amount=total(one.award_amount or ZERO for one in members),
        )
        for size, label in SIZES.items()
        if (members := sizes.get(size))
    ]


def _different(procurements: Iterable[ProcurementFact]) -> int:
    """How many contractors, by number or else by name."""
    return len({one.contractor_kbo or one.contractor_name for one in procurements})


def contractors_section(report: YearlyReport) -> Section:
    table = ReportTable(
        "opdrachtnemers",
        _("Opdrachtnemers van gegunde opdrachten"),
        _("Opdrachtnemers"),
        [
            Column(_("Grootte")),
            Column(_("Opdrachten"), INTEGER, total=True),
            Column(_("Opdrachtnemers"), INTEGER, total=True),
            Column(_("Start-ups"), INTEGER, total=True),
            Column(_("Uit Vlaanderen"), INTEGER, total=True),
            Column(_("Met bekend aantal offertes"), INTEGER, total=True),
            Column(_("Offertes"), INTEGER, total=True),
            Column(_("Offertes per opdracht"), DECIMAL, formula="{6}/{5}"),
            Column(_("Gegund zonder btw"), MONEY, total=True),
        ],
        [
            (
                row.label,
                row.contracts,
                row.contractors,
                row.startups,
                row.from_flanders,
                row.with_tenders,
                row.tenders,
                row.tenders_per_contract,
                row.amount,
            )
            for row in report.contractors
        ],
        note=_(
            "Een opdracht telt in het jaar van de gunning. Start-ups en opdrachtnemers uit"
            " Vlaanderen: voor zover bekend."
        ),
    )
    return Section(
        _("Opdrachtnemers"),
        [
            Block(
                table,
                [
                    lambda: bar_chart(
                        [(row.label, row.amount) for row in report.contractors],
                        title=_("Gegund per grootte van de opdrachtnemer"),
                    )
                ],
            )
        ],
    )
