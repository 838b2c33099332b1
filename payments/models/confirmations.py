"""Files in which the bank or the accounting says what was paid and what came back."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique


class BankFile(models.Model):
    """A file that was read in; its rows are booked all at once, or none of them.

    The SHA-256 tells the same file again, whatever its name.
    """

    name = models.CharField(_("bestandsnaam"), max_length=200)
    content = models.BinaryField(_("inhoud"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    row_count = models.PositiveIntegerField(_("rijen"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingelezen door"),
    )
    uploaded_at = models.DateTimeField(_("ingelezen op"), default=clock.now, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("geboekt door"),
    )
    booked_at = models.DateTimeField(_("geboekt op"), null=True, blank=True)
    booked_count = models.PositiveIntegerField(_("geboekte rijen"), default=0)

    class Meta:
        verbose_name = _("bevestiging van de bank")
        verbose_name_plural = _("bevestigingen van de bank")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            unique("payments_bank_file_once", "sha256", message=_("Dit bestand is al ingelezen.")),
            check(
                "payments_bank_file_booked_whole",
                models.Q(booked_at__isnull=True, booked_by__isnull=True)
                | models.Q(booked_at__isnull=False, booked_by__isnull=False),
                _("Een geboekt bestand heeft een dag en een naam."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("payments:bank_file", args=[self.pk])
