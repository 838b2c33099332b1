"""Terms, as rows that staff change; and what keeps a file beyond its term."""

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from projects.models import Proposal


class RetentionRule(models.Model):
    """How long one kind of thing is kept, from which moment, and why.

    The defaults are assumptions (domain.md 9.7 [D]); staff change them, and the row history and the
    acts keep what they were. Which models a rule governs stands in `retention.registry`.
    """

    code = models.CharField(_("code"), max_length=30, unique=True, editable=False)
    label = models.CharField(_("soort"), max_length=120)
    starts = models.CharField(_("loopt vanaf"), max_length=200)
    months = models.PositiveSmallIntegerField(_("termijn in maanden"))
    warning_days = models.PositiveSmallIntegerField(
        _("dagen verwittiging"),
        default=0,
        help_text=_("Zoveel dagen vóór het einde krijgt de eigenaar een mail. 0: geen mail."),
    )
    basis = models.TextField(_("grond"), help_text=_("Waarom deze termijn: wet, reeks of keuze."))
    destination = models.CharField(_("bestemming"), max_length=200)

    class Meta:
        verbose_name = _("bewaarregel")
        verbose_name_plural = _("bewaarregels")
        ordering = ["pk"]
        constraints = [
            check(
                "retention_rule_months",
                models.Q(months__range=(1, 600)),
                _("Een termijn is 1 tot 600 maanden."),
            ),
            check(
                "retention_rule_warning",
                models.Q(warning_days__lte=180),
                _("Verwittig hoogstens 180 dagen vooraf."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("retention:rule", args=[self.code])


class HoldReason(models.TextChoices):
    APPEAL = "appeal", _("Beroep loopt")
    RECOVERY = "recovery", _("Terugvordering loopt")
    AUDIT = "audit", _("Controle of audit loopt")
    OTHER = "other", _("Andere reden")


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self) -> Self:
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """A file that may not be destroyed as long as this stands, whatever its term."""

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="legal_holds", verbose_name=_("dossier")
    )
    reason = models.CharField(_("waarom"), max_length=10, choices=HoldReason)
    explanation = models.TextField(_("toelichting"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    placed_at = models.DateTimeField(_("sinds"), default=clock.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opgeheven door"),
    )
    lifted_at = models.DateTimeField(_("opgeheven op"), null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("aangehouden dossier")
        verbose_name_plural = _("aangehouden dossiers")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            unique(
                "retention_one_hold_per_reason",
                "proposal",
                "reason",
                condition=models.Q(lifted_at=None),
                message=_("Dit dossier is om deze reden al aangehouden."),
            ),
            check(
                "retention_hold_lifted_by_somebody",
                models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                _("Wie een dossier vrijgeeft, staat erbij."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal}: {self.get_reason_display()}"


class DraftWarning(models.Model):
    """That the people of a draft were told that it will be destroyed."""

    proposal = models.OneToOneField(
        Proposal, models.CASCADE, related_name="retention_warning", verbose_name=_("ontwerp")
    )
    warned_at = models.DateTimeField(_("verwittigd op"), default=clock.now)

    class Meta:
        verbose_name = _("verwittiging van een ontwerp")
        verbose_name_plural = _("verwittigingen van ontwerpen")
        ordering = ["-warned_at", "-pk"]

    def __str__(self) -> str:
        return str(self.proposal)
