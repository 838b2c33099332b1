"""Reminders, and when each kind of reminder is due."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.constraints import check, unique
from notifications import hours
from notifications.lifecycle import REMINDER_LIFECYCLE, ReminderState
from notifications.models.mails import OutboxMail
from notifications.registry import Offset, rule_label


class ReminderOffset(models.Model):
    """When one kind of reminder is due.

    Rows are added and switched off, never changed or removed: so a release that brings the defaults
    again cannot undo what staff decided.
    """

    rule = models.CharField(_("herinnering"), max_length=100)
    days = models.SmallIntegerField(
        _("dagen"), default=0, help_text=_("Negatief is vóór de termijn: -14 is 14 dagen vooraf.")
    )
    hours = models.SmallIntegerField(
        _("uren"), default=0, help_text=_("Negatief is vóór de termijn: -3 is 3 uur vooraf.")
    )
    enabled = models.BooleanField(_("aan"), default=True)

    class Meta:
        verbose_name = _("tijdstip van herinneren")
        verbose_name_plural = _("tijdstippen van herinneren")
        ordering = ["rule", "days", "hours"]
        constraints = [
            unique(
                "notifications_offset_once",
                "rule",
                "days",
                "hours",
                message=_("Dit tijdstip bestaat al voor deze herinnering. Zet het aan."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="offset_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="offset_fixed", fields=["rule", "days", "hours"]),
        ]

    def __str__(self) -> str:
        return f"{rule_label(self.rule)}: {self.offset}"

    @property
    def offset(self) -> Offset:
        return Offset(self.days, self.hours)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def planned(self) -> Self:
        return self.filter(state=ReminderState.PLANNED)

    def due(self, now: datetime) -> Self:
        """Planned, and its moment has come."""
        return self.planned().filter(due_at__lte=now)

    def urgent(self, now: datetime) -> Self:
        """Those whose deadline is so near that they leave at any hour."""
        return self.filter(deadline__gt=now, deadline__lte=now + hours.urgent_before())

    def late(self, now: datetime, by: timedelta) -> Self:
        """Due for longer than `by`, not counting the quiet hours that hold them."""
        due = self.due(now - by)
        ends_at = hours.quiet_until(now) or hours.quiet_until(now - by)
        return due if ends_at is None else due.urgent(now)


class Reminder(models.Model):
    """One reminder of one person about one object, at one instant. Kept, whatever became of it."""

    rule = models.CharField(_("herinnering"), max_length=100)
    content_type = models.ForeignKey(ContentType, models.RESTRICT, verbose_name=_("soort"))
    object_id = models.CharField(_("sleutel"), max_length=64)
    about = GenericForeignKey("content_type", "object_id")
    about_label = models.CharField(_("gaat over"), max_length=250)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ontvanger"),
    )
    deadline = models.DateTimeField(_("termijn"))
    days = models.SmallIntegerField(_("dagen"), default=0)
    hours = models.SmallIntegerField(_("uren"), default=0)
    due_at = models.DateTimeField(_("te versturen op"))
    state = models.CharField(
        _("status"), max_length=20, choices=ReminderState, default=ReminderState.PLANNED
    )
    reason = models.CharField(_("reden"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("verstuurd of beslist op"), null=True, blank=True)
    mail = models.OneToOneField(
        OutboxMail,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="reminder",
        verbose_name=_("mail"),
    )

    objects = ReminderQuerySet.as_manager()

    state_tones = {
        ReminderState.PLANNED: "info",
        ReminderState.SENT: "success",
        ReminderState.SKIPPED: "neutral",
        ReminderState.CANCELLED: "neutral",
    }

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringen")
        ordering = ["due_at", "pk"]
        constraints = [
            unique(
                "notifications_reminder_once",
                "rule",
                "content_type",
                "object_id",
                "recipient",
                "due_at",
                message=_("Deze persoon krijgt deze herinnering al op dit moment."),
            ),
            check(
                "notifications_reminder_sent_with_mail",
                models.Q(state=ReminderState.SENT, mail__isnull=False)
                | (~models.Q(state=ReminderState.SENT) & models.Q(mail__isnull=True)),
                _("Een verstuurde herinnering heeft precies één mail, een andere geen."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notifications_reminder_due",
                condition=models.Q(state=ReminderState.PLANNED),
            ),
            models.Index(fields=["due_at", "id"], name="notifications_reminder_time"),
        ]
        triggers = [REMINDER_LIFECYCLE.trigger("reminder_steps")]

    def __str__(self) -> str:
        return f"{self.rule_label} – {self.about_label} – {self.recipient}"

    @property
    def rule_label(self) -> str:
        return rule_label(self.rule)

    @property
    def offset(self) -> Offset:
        return Offset(self.days, self.hours)
