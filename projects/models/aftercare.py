"""What became of a finished project: in use, scaled to others, lessons published."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from projects.models.project import Project


class FollowUp(models.Model):
    """How a finished project stood on a day (domain.md 6.7, table 8); the last one counts."""

    project = models.ForeignKey(
        Project, models.RESTRICT, related_name="follow_ups", verbose_name=_("project")
    )
    noted_on = models.DateField(_("stand op"))
    in_use = models.BooleanField(_("in gebruik"))
    scaled_to = models.CharField(
        _("opgeschaald naar"),
        max_length=300,
        blank=True,
        help_text=_("Wie de oplossing ook gebruikt. Leeg: niemand anders."),
    )
    lessons_url = models.URLField(
        _("adres van de gepubliceerde lessen"), max_length=500, blank=True
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("genoteerd door"),
    )
    noted_at = models.DateTimeField(_("genoteerd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("nazorg")
        verbose_name_plural = _("nazorg")
        ordering = ["project", "-noted_on", "-pk"]
        constraints = [
            check(
                "projects_follow_up_scaled_is_used",
                models.Q(in_use=True) | models.Q(scaled_to=""),
                _("Wat opgeschaald is, is in gebruik."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="follow_up_stays", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.reference}, {self.noted_on:%d/%m/%Y}"
