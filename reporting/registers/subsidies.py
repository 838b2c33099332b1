"""Payments as the Subsidieregister wants them: one row per payment (domain.md 9.5)."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from documents.spreadsheets import DATE, MONEY, Column, Sheet
from funding.models import LedgerEntry
from funding.models.booking import NET_PAID, signed_amount


def payments(year: int) -> QuerySet[Any]:
    """What was paid in `year`, each with `counts` in EUR; what came back is negative."""
    return (
        LedgerEntry.objects.filter(kind__in=NET_PAID, effective_on__year=year)
        .annotate(counts=signed_amount(NET_PAID))
        .select_related("commitment__project__organisation", "line")
        .order_by("effective_on", "pk")
    )


def subsidy_sheet(year: int) -> Sheet:
    """The register of a year as a table to export."""
    yes, no = _("ja"), _("nee")
    return Sheet(
        _("Subsidieregister %(year)s") % {"year": year},
        [
            Column(_("Ondernemingsnummer")),
            Column(_("Begunstigde")),
            Column(_("Maatregel")),
            Column(_("Geldstroom")),
            Column(_("Vastlegging")),
            Column(_("Project")),
            Column(_("Toegekend bedrag"), MONEY),
            Column(_("Toegekend op"), DATE),
            Column(_("Betaald bedrag"), MONEY, total=True),
            Column(_("Betaald op"), DATE),
            Column(_("Voorbeelddata")),
        ],
        (
            (
                payment.commitment.project.organisation.kbo,
                payment.commitment.project.organisation.name,
                settings.SUBSIDY_MEASURE,
                payment.line.get_stream_display(),
                payment.commitment.number,
                payment.commitment.project.title,
                payment.commitment.committed,
                payment.commitment.effective_on,
                payment.counts,
                payment.effective_on,
                yes if payment.commitment.project.is_fictional else no,
            )
            for payment in payments(year).iterator(chunk_size=500)
        ),
        provenance=[_("Eén rij per betaling. Wat terugkeerde, is negatief.")],
    )
