"""What was known, and when: rows that are only added (docs/decisions/0011-as-of.md)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock

DIGEST = """encode(sha256(convert_to(
    NEW.kind || E'\\n' || NEW.subject_id || E'\\n' || coalesce(NEW.content::text, '') || E'\\n'
    || to_char(NEW.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    'UTF8')), 'hex')"""


class Fact(models.Model):
    """How a row that is no booking stood from `recorded_at` on, until the next fact about it.

    Triggers write it in the transaction of the change (reporting.facts.recording), whoever makes
    the change. `content` holds the columns that reports read; without content the row was removed.
    """

    kind = models.CharField(_("soort"), max_length=30)
    subject_id = models.BigIntegerField(_("sleutel"))
    content = models.JSONField(_("inhoud"), null=True)
    recorded_at = models.DateTimeField(_("bekend vanaf"))
    digest = models.CharField(_("hash (SHA-256)"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("feit")
        verbose_name_plural = _("feiten")
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            models.Index(
                "kind",
                "subject_id",
                models.F("recorded_at").desc(),
                models.F("id").desc(),
                name="reporting_fact_latest",
            ),
            models.Index(fields=["recorded_at"], name="reporting_fact_recorded"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # Named to come after the one that lifts `recorded_at` to the horizon.
            pgtrigger.Trigger(
                name="digest",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"NEW.digest := {DIGEST}; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Horizon(models.Model):
    """Up to which instant nothing can be added any more, because a document says what was known.

    What is recorded later is known later: triggers lift `recorded_at` of a booking, a version of
    the budget and a fact to the last horizon (reporting.facts.recording).
    """

    known_until = models.DateTimeField(_("bekend tot"), db_index=True)
    closed_at = models.DateTimeField(_("vastgelegd op"), default=clock.now, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vastgelegd door"),
        help_text=_("Leeg: het portaal zelf."),
    )

    class Meta:
        verbose_name = _("vastgelegde stand")
        verbose_name_plural = _("vastgelegde standen")
        ordering = ["-known_until", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.known_until:%Y-%m-%d %H:%M}"
