"""A yearly report that somebody answers for: made by one person, signed by another."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from documents.models import Job


class ReportEdition(models.Model):
    """The report of a year as known at a cut-off, with its files; kept as it is once signed.

    `content_hash` is that of the figures: whoever makes the report of this year and cut-off again
    finds the same.
    """

    year = models.PositiveSmallIntegerField(
        _("jaar"), validators=[MinValueValidator(2008), MaxValueValidator(2100)]
    )
    number = models.PositiveSmallIntegerField(_("nummer"))
    cut_off = models.DateTimeField(_("stand"), help_text=_("Exclusief."))
    content_hash = models.CharField(_("hash van de cijfers (SHA-256)"), max_length=64)
    pdf = models.ForeignKey(Job, models.RESTRICT, related_name="+", verbose_name=_("PDF"))
    spreadsheet = models.ForeignKey(Job, models.RESTRICT, related_name="+", verbose_name=_("Excel"))
    archive = models.ForeignKey(
        Job, models.RESTRICT, related_name="+", verbose_name=_("ZIP met alles")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("gemaakt door"),
    )
    made_at = models.DateTimeField(_("gemaakt op"), default=clock.now, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ondertekend door"),
    )
    signed_at = models.DateTimeField(_("ondertekend op"), null=True, blank=True)

    class Meta:
        verbose_name = _("editie van het jaarrapport")
        verbose_name_plural = _("edities van het jaarrapport")
        ordering = ["-year", "-number"]
        constraints = [
            unique(
                "reporting_edition_number_once",
                "year",
                "number",
                message=_("Iemand anders maakte net een editie. Probeer opnieuw."),
            ),
            check(
                "reporting_edition_second_person",
                models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("made_by")),
                _("Wie een editie maakte, ondertekent ze niet zelf."),
            ),
            check(
                "reporting_edition_signature_whole",
                models.Q(signed_by__isnull=True, signed_at__isnull=True)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                _("Een handtekening heeft een persoon en een ogenblik."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="only_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'signed_by_id' - 'signed_at'
                        <> to_jsonb(OLD) - 'signed_by_id' - 'signed_at' THEN
                        RAISE EXCEPTION 'pgtrigger: an edition is signed as it was made';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:edition", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def files(self) -> list[Job]:
        return [self.pdf, self.spreadsheet, self.archive]

    @property
    def is_ready(self) -> bool:
        """Whether every file was made."""
        return all(job.is_done for job in self.files)
