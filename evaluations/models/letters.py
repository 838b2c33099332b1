"""What stood in the texts of the letter and when, and notifications that wait to be released."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import unique
from evaluations.models.decision import LetterText, SelectionDecision


class LetterTextVersion(models.Model):
    """The texts of a letter as they were saved once; a letter is made from one of these."""

    text = models.ForeignKey(
        LetterText, models.RESTRICT, related_name="versions", verbose_name=_("tekst")
    )
    version = models.PositiveIntegerField(_("versie"))
    opening = models.TextField(_("inleiding"))
    closing = models.TextField(_("vervolgstappen"), blank=True)
    appeal = models.TextField(_("beroepsmogelijkheden"))
    saved_at = models.DateTimeField(_("bewaard op"), default=clock.now, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bewaard door"),
        help_text=_("Leeg: de tekst waarmee het portaal begon."),
    )

    class Meta:
        verbose_name = _("versie van de brieftekst")
        verbose_name_plural = _("versies van de brieftekst")
        ordering = ["text", "-version"]
        constraints = [
            unique(
                "evaluations_letter_version_once",
                "text",
                "version",
                message=_("Deze versie van de brieftekst bestaat al."),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="saved_text_stays", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.text}, versie {self.version}"


class PreparedNotification(models.Model):
    """The mails about a decision are written and held; the applicant knows nothing yet.

    The row goes when they are released or cancelled: the decision and the record tell the rest.
    """

    decision = models.OneToOneField(
        SelectionDecision,
        models.RESTRICT,
        related_name="preparation",
        verbose_name=_("beslissing"),
    )
    prepared_at = models.DateTimeField(_("klaargezet op"), default=clock.now, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("klaargezet door"),
    )

    class Meta:
        verbose_name = _("klaargezette mededeling")
        verbose_name_plural = _("klaargezette mededelingen")
        ordering = ["prepared_at", "pk"]

    def __str__(self) -> str:
        return str(self.decision)
