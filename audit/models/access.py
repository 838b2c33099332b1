"""What was refused, and who read what."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import unique


class Refusal(models.Model):
    """What somebody tried and may not; the same within an hour is one row that counts.

    No word that was typed and no address: the name of the page, the keys in it, and the sentence of
    the rule that refused.
    """

    hour = models.DateTimeField(_("uur"), db_index=True)
    last_at = models.DateTimeField(_("laatste keer"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("door"),
    )
    what = models.CharField(_("pagina"), max_length=200)
    method = models.CharField(_("methode"), max_length=10)
    keys = models.CharField(_("sleutels"), max_length=200, blank=True)
    status = models.PositiveSmallIntegerField(_("antwoord"))
    why = models.CharField(_("waarom"), max_length=300, blank=True)
    times = models.PositiveIntegerField(_("aantal keer"), default=1)
    request = models.CharField(_("verzoek"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("geweigerde poging")
        verbose_name_plural = _("geweigerde pogingen")
        ordering = ["-last_at", "-pk"]
        constraints = [
            unique(
                "audit_refusal_once_an_hour",
                "hour",
                "actor",
                "what",
                "method",
                "keys",
                "status",
                "why",
                message=_("Deze poging staat voor dit uur al in de lijst."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_counts",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["times", "last_at", "request"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.keys}"


class Reading(models.Model):
    """Who saw an advice or an evaluation, on which page or in which file."""

    at = models.DateTimeField(_("tijdstip"), default=clock.now, db_index=True, editable=False)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("gelezen door"),
    )
    content_type = models.ForeignKey(
        ContentType, models.RESTRICT, null=True, blank=True, verbose_name=_("soort")
    )
    object_id = models.CharField(
        _("sleutel"), max_length=64, blank=True, help_text=_("Leeg: een lijst van vele.")
    )
    what = models.CharField(_("wat"), max_length=60)
    via = models.CharField(_("langs"), max_length=200)
    request = models.CharField(_("verzoek"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("inzage")
        verbose_name_plural = _("inzages")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "at"], name="audit_reading_about")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.object_id}"
