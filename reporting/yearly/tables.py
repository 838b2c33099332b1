"""The tables of the yearly report (documents.report_tables)."""

from django.utils.translation import gettext as _

from common.formatting import format_deadline, format_moment
from documents.report_tables import ReportTable
from documents.spreadsheets import DATE, INTEGER, MONEY, PERCENT, TEXT, Column, Workbook
from reporting.yearly.figures import YearlyReport


def report_tables(report: YearlyReport) -> list[ReportTable]:
    """Every table of the report, in its order."""
    return [
        _credits(report),
        _encours(report),
        _calls(report),
        _breakdown(report, "type", _("Cofinanciering per soort organisatie"), _("Soort")),
        _breakdown(report, "thema", _("Cofinanciering per thema"), _("Thema")),
        _pipeline(report),
        _forecast(report),
        _projects(report),
    ]


def provenance(report: YearlyReport) -> list[str]:
    """What the figures are: period, cut-off, budget version, who made them and when."""
    lines = [
        _("Periode: 1 januari tot en met 31 december %(year)s.") % {"year": report.year},
        _("Stand van de boekingen: %(cut_off)s.") % {"cut_off": format_deadline(report.cut_off)},
        _("Begroting: %(version)s.") % {"version": report.total_credits.version or "–"},
        _("Gemaakt op %(moment)s door %(who)s.")
        % {"moment": format_moment(report.generated_at), "who": report.generated_by},
    ]
    if report.contains_fictional_data:
        lines.append(_("Dit rapport bevat voorbeelddata: bedragen en namen zijn verzonnen."))
    return lines


def report_workbook(report: YearlyReport) -> Workbook:
    """All tables as sheets of one workbook, each with where its figures come from."""
    origin = provenance(report)
    return Workbook(
        title=_("Jaarrapport %(year)s") % {"year": report.year},
        sheets=[table.sheet(origin) for table in report_tables(report)],
    )


def _credits(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "kredieten",
        _("Kredieten en gebruik"),
        _("Kredieten"),
        [
            Column(_("Geldstroom")),
            Column(_("Begroting")),
            Column(_("VAK"), MONEY, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("VAK beschikbaar"), MONEY, total=True),
            Column(_("VEK"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
            Column(_("VEK beschikbaar"), MONEY, total=True),
        ],
        [
            (
                row.label,
                row.version,
                row.vak,
                row.committed,
                row.vak_available,
                row.vek,
                row.paid,
                row.vek_available,
            )
            for row in report.credits
        ],
    )


def _encours(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "encours",
        _("Encours per jaar"),
        _("Encours"),
        [
            Column(_("Jaar"), TEXT, width=10),
            Column(_("Encours begin"), MONEY),
            Column(_("Vastgelegd"), MONEY),
            Column(_("Vereffend"), MONEY),
            Column(_("Vrijgegeven"), MONEY),
            Column(_("Encours einde"), MONEY),
        ],
        [
            (str(row.year), row.start, row.committed, row.paid, row.released, row.end)
            for row in report.encours
        ],
        note=_("Encours einde = begin + vastgelegd - vereffend - vrijgegeven."),
    )


def _calls(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "oproepen",
        _("Oproepen van het jaar"),
        _("Oproepen"),
        [
            Column(_("Oproep")),
            Column(_("Geopend"), DATE),
            Column(_("Gesloten"), DATE),
            Column(_("Ingediend"), INTEGER, total=True),
            Column(_("Lokale besturen"), INTEGER, total=True),
            Column(_("Onvolledig"), INTEGER, total=True),
            Column(_("Advies positief"), INTEGER, total=True),
            Column(_("Advies negatief"), INTEGER, total=True),
            Column(_("Geselecteerd"), INTEGER, total=True),
            Column(_("Slaagkans"), PERCENT),
        ],
        [
            (
                f"{row.reference} – {row.title}",
                row.opened_on,
                row.closed_on,
                row.submitted,
                row.local_authorities,
                row.incomplete,
                row.advice_positive,
                row.advice_negative,
                row.selected,
                row.success_rate,
            )
            for row in report.calls
        ],
        note=_("Een oproep telt in het jaar waarin een indienronde sluit."),
    )


def _breakdown(report: YearlyReport, key: str, title: str, label: str) -> ReportTable:
    rows = report.by_organisation_type if key == "type" else report.by_theme
    return ReportTable(
        key,
        title,
        _("Per soort") if key == "type" else _("Per thema"),
        [
            Column(label),
            Column(_("Projecten"), INTEGER, total=True),
            Column(_("Vastgelegd"), MONEY, total=True),
            Column(_("Vereffend"), MONEY, total=True),
        ],
        [(row.label, row.projects, row.committed, row.paid) for row in rows],
    )


def _pipeline(report: YearlyReport) -> ReportTable:
    return ReportTable(
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


def _forecast(report: YearlyReport) -> ReportTable:
    return ReportTable(
        "verwachting",
        _("Verwachte vereffeningen uit de schijven"),
        _("Verwachting"),
        [
            Column(_("Jaar"), TEXT, width=16),
            Column(_("Schijven"), INTEGER, total=True),
            Column(_("Bedrag"), MONEY, total=True),
        ],
        [
            (str(row.year) if row.year else _("Zonder datum"), row.instalments, row.amount)
            for row in report.forecast
        ],
    )


def _projects(report: YearlyReport) -> ReportTable:
    return ReportTable(
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
            Column(_("Open"), MONEY, total=True),
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
