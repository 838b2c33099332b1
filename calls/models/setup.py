"""Around a call: moved closings, its reminder plan, and why something was left out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.models.call import Call, SubmissionRound
from common import clock
from common.constraints import check, unique


class ClosingMove(models.Model):
    """A closing moment that was moved while people relied on it: kept, with the reason."""

    round = models.ForeignKey(
        SubmissionRound, models.CASCADE, related_name="moves", verbose_name=_("indienronde")
    )
    was = models.DateTimeField(_("sloot eerst op"))
    becomes = models.DateTimeField(_("sluit nu op"))
    reason = models.TextField(_("reden"), max_length=1000)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    moved_at = models.DateTimeField(_("verplaatst op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("verplaatste sluiting")
        verbose_name_plural = _("verplaatste sluitingen")
        ordering = ["round", "moved_at", "pk"]

    def __str__(self) -> str:
        return f"{self.round}: {self.becomes:%d/%m/%Y %H:%M}"

    @property
    def is_earlier(self) -> bool:
        return self.becomes < self.was


class ReminderMoment(models.Model):
    """When who works on a draft is reminded of the closing of this call: its reminder plan.

    A call without moments follows the portal's own plan (notifications.ReminderOffset).
    """

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="reminder_moments", verbose_name=_("oproep")
    )
    days = models.PositiveSmallIntegerField(_("dagen vooraf"), default=0)
    hours = models.PositiveSmallIntegerField(_("uren vooraf"), default=0)

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringsplan")
        ordering = ["call", "-days", "-hours"]
        constraints = [
            unique(
                "calls_reminder_moment_once",
                "call",
                "days",
                "hours",
                message=_("Deze oproep heeft al een herinnering op dat moment."),
            ),
            check(
                "calls_reminder_before_closing",
                models.Q(days__gt=0) | models.Q(hours__gt=0),
                _("Kies minstens één uur of één dag vooraf."),
            ),
        ]

    def __str__(self) -> str:
        parts = []
        if self.days:
            parts.append(ngettext("%(n)d dag", "%(n)d dagen", self.days) % {"n": self.days})
        if self.hours:
            parts.append(ngettext("%(n)d uur", "%(n)d uur", self.hours) % {"n": self.hours})
        return str(_("%(time)s vooraf") % {"time": _(" en ").join(parts)})


class SetupExplanation(models.Model):
    """Why something that most calls have is left out of this one; it ticks the item off."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="setup_explanations", verbose_name=_("oproep")
    )
    item = models.SlugField(_("onderdeel"), max_length=40)
    explanation = models.TextField(_("uitleg"), max_length=1000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    written_at = models.DateTimeField(_("op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("uitleg bij de opmaak")
        verbose_name_plural = _("uitleg bij de opmaak")
        ordering = ["call", "item"]
        constraints = [
            unique(
                "calls_setup_explanation_once",
                "call",
                "item",
                message=_("Dit onderdeel heeft al een uitleg."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.call.reference}: {self.item}"
