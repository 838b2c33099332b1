"""Closing a budget year, what lapsed by it, and reopening it with two people."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import ZERO, MoneyField
from funding.models.budget import BudgetLine, BudgetYear

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class YearClosing(models.Model):
    """A budget year that was closed: by whom, on which checks, over which bookings."""

    budget_year = models.ForeignKey(
        BudgetYear, models.RESTRICT, related_name="closings", verbose_name=_("begrotingsjaar")
    )
    number = models.PositiveSmallIntegerField(_("volgnummer"))
    checklist = models.JSONField(
        _("controles"),
        help_text=_("Per controle: wat nagekeken is, hoe het stond en wie het zo aanvaardde."),
    )
    digest = models.CharField(
        _("hash van alle boekingen van het jaar (SHA-256)"), max_length=64, editable=False
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    closed_at = models.DateTimeField(_("afgesloten op"), default=clock.now, editable=False)

    if TYPE_CHECKING:
        credits: RelatedManager["LapsedCredit"]

    class Meta:
        verbose_name = _("afsluiting")
        verbose_name_plural = _("afsluitingen")
        ordering = ["budget_year", "number"]
        constraints = [
            unique(
                "funding_closing_number_once",
                "budget_year",
                "number",
                message=_("Iemand anders sloot dit jaar net af."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.budget_year} ({self.number})"


class LapsedCredit(models.Model):
    """What of a line was not used when its year closed: it lapses, or is carried over (EUR).

    Source: domain.md 6.6: it lapses unless a carry-over is recorded with its legal basis.
    """

    closing = models.ForeignKey(
        YearClosing, models.RESTRICT, related_name="credits", verbose_name=_("afsluiting")
    )
    line = models.ForeignKey(
        BudgetLine, models.RESTRICT, related_name="+", verbose_name=_("begrotingslijn")
    )
    vak_unused = MoneyField(_("VAK niet gebruikt"))
    vek_unused = MoneyField(_("VEK niet gebruikt"))
    vak_carried = MoneyField(_("VAK overgedragen"), default=ZERO)
    vek_carried = MoneyField(_("VEK overgedragen"), default=ZERO)
    legal_basis = models.CharField(_("rechtsgrond van de overdracht"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("vervallen krediet")
        verbose_name_plural = _("vervallen kredieten")
        ordering = ["closing", "line"]
        constraints = [
            unique(
                "funding_lapsed_line_once",
                "closing",
                "line",
                message=_("Dit krediet staat al bij deze afsluiting."),
            ),
            check(
                "funding_carried_within_unused",
                models.Q(vak_carried__gte=0, vek_carried__gte=0)
                & models.Q(vak_carried__lte=models.F("vak_unused"))
                & models.Q(vek_carried__lte=models.F("vek_unused")),
                _("Er kan niet meer overgaan dan niet gebruikt is."),
            ),
            check(
                "funding_carried_on_a_legal_basis",
                models.Q(vak_carried=0, vek_carried=0) | ~models.Q(legal_basis=""),
                _("Schrijf de rechtsgrond van de overdracht."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.vak_unused} / {self.vek_unused}"


class YearReopening(models.Model):
    """A closed year that a programme manager asks to open again, and what a second person said."""

    closing = models.ForeignKey(
        YearClosing, models.RESTRICT, related_name="reopenings", verbose_name=_("afsluiting")
    )
    reason = models.TextField(_("reden"), max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gevraagd door")
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("beantwoord door"),
    )
    answered_at = models.DateTimeField(_("beantwoord op"), null=True, blank=True, editable=False)
    is_granted = models.BooleanField(_("toegestaan"), null=True, blank=True, editable=False)
    answer = models.TextField(_("toelichting"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("heropening van een jaar")
        verbose_name_plural = _("heropeningen van een jaar")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            check(
                "funding_reopening_second_person",
                models.Q(answered_by__isnull=True) | ~models.Q(answered_by=models.F("asked_by")),
                _("Wie vraagt om een jaar te heropenen, kan dat niet zelf toestaan."),
            ),
            check(
                "funding_reopening_answered_whole",
                models.Q(answered_by=None, answered_at=None, is_granted=None)
                | models.Q(
                    answered_by__isnull=False, answered_at__isnull=False, is_granted__isnull=False
                ),
                _("Een antwoord heeft een persoon, een tijdstip en een uitkomst."),
            ),
            unique(
                "funding_reopening_asked_once",
                "closing",
                condition=models.Q(is_granted__isnull=True) | models.Q(is_granted=True),
                message=_("De heropening van dit jaar is al gevraagd."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keeps_rows", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answer_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closing}: {self.reason[:60]}"
