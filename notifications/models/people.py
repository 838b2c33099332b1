"""What a person chose: how each kind of message comes, and a calendar of one's own."""

import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import unique
from notifications.kinds import Channel


class MailPreferenceQuerySet(models.QuerySet["MailPreference"]):
    def visible_to(self, user: Any) -> Self:
        """One's own choices only."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class MailPreference(models.Model):
    """How one person gets one kind of message; without a row the kind's own channel holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("persoon")
    )
    kind = models.CharField(_("soort bericht"), max_length=100)
    channel = models.CharField(_("hoe"), max_length=20, choices=Channel)
    changed_at = models.DateTimeField(_("gekozen op"), default=clock.now)

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("keuze voor berichten")
        verbose_name_plural = _("keuzes voor berichten")
        ordering = ["user", "kind"]
        constraints = [
            unique(
                "notifications_preference_once",
                "user",
                "kind",
                message=_("Voor dit soort bericht is er al een keuze."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} – {self.get_channel_display()}"


def new_secret() -> str:
    """What only the owner of a calendar knows: 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """The secret address of one person's calendar; without a row there is none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("persoon")
    )
    secret = models.CharField(
        _("geheim"), max_length=64, unique=True, default=new_secret, editable=False
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=clock.now)

    class Meta:
        verbose_name = _("eigen agenda")
        verbose_name_plural = _("eigen agenda's")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.user)
