"""What a project must deliver, and when (domain.md 7)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.moments import today
from documents.models import StoredFile
from projects.lifecycle import OBLIGATION_LIFECYCLE, ObligationState
from projects.models.project import Project


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see all, others those of the projects of their organisations."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def awaited(self) -> Self:
        """Nothing was delivered yet, and it still has to be."""
        return self.filter(state=ObligationState.OPEN)


class Obligation(models.Model):
    """A report or document that is due on a day; that day counts in full, in Brussels."""

    class Kind(models.TextChoices):
        PROGRESS_REPORT = "progress_report", _("Voortgangsverslag")
        FINAL_REPORT = "final_report", _("Eindverslag")
        FINAL_CLAIM = "final_claim", _("Laatste schuldvordering met kostenstaat")
        TENDER_DOCUMENT = "tender_document", _("Opdrachtdocument")
        OTHER = "other", _("Andere")

    State = ObligationState

    project = models.ForeignKey(
        Project, models.RESTRICT, related_name="obligations", verbose_name=_("project")
    )
    kind = models.CharField(_("soort"), max_length=30, choices=Kind)
    title = models.CharField(_("wat"), max_length=200)
    due_on = models.DateField(_("ten laatste op"))
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=State.OPEN, editable=False
    )
    note = models.TextField(_("toelichting bij de levering"), blank=True, max_length=2000)
    file = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bestand"),
    )
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("geleverd door"),
    )
    delivered_at = models.DateTimeField(_("geleverd op"), null=True, blank=True)
    answer = models.TextField(_("antwoord van het PIO-team"), blank=True, max_length=2000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("toegevoegd door"),
    )
    created_at = models.DateTimeField(_("toegevoegd op"), default=clock.now, editable=False)

    objects = ObligationQuerySet.as_manager()

    state_tones = {
        State.OPEN: "warning",
        State.DELIVERED: "info",
        State.ACCEPTED: "success",
        State.WAIVED: "neutral",
    }

    class Meta:
        verbose_name = _("verplichting")
        verbose_name_plural = _("verplichtingen")
        ordering = ["due_on", "pk"]
        constraints = [
            unique(
                "projects_obligation_once",
                "project",
                "kind",
                "title",
                "due_on",
                message=_("Deze verplichting staat al op de kalender."),
            ),
            check(
                "projects_obligation_delivered_by_somebody",
                ~models.Q(state__in=["delivered", "accepted"])
                | models.Q(delivered_at__isnull=False, delivered_by__isnull=False),
                _("Wat geleverd is, heeft een dag en een persoon."),
            ),
        ]
        triggers = [OBLIGATION_LIFECYCLE.trigger("obligation_state_steps")]

    def __str__(self) -> str:
        return f"{self.project.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:obligations", args=[self.project.reference])

    @property
    def is_late(self) -> bool:
        """Whether its day has passed without a delivery."""
        return self.state == ObligationState.OPEN and self.due_on < today()
