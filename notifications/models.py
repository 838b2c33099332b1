"""Mails to send (the outbox), reminders, and when each kind of reminder is due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from notifications.lifecycle import MAIL_LIFECYCLE, REMINDER_LIFECYCLE, MailState, ReminderState
from notifications.registry import Offset, rule_label
from notifications.visibility import open_to_staff


def new_message_id() -> str:
    """A Message-ID that stays with the row, so that a mail program recognises a second copy."""
    return f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    def ready(self, now: datetime) -> Self:
        """What may be handed to the mail server now."""
        return self.filter(state=MailState.QUEUED, next_try_at__lte=now)

    def visible_to(self, user: Any) -> Self:
        """The outbox as one member of staff may read it; the page itself asks whether one may."""
        return self.filter(open_to_staff(user))

    def held(self) -> Self:
        """Waiting for a person who releases or cancels them."""
        return self.filter(state=MailState.HELD)

    def on_their_way(self) -> Self:
        """All but those that no addressee may ever have seen: held and cancelled."""
        return self.exclude(state__in=[MailState.HELD, MailState.CANCELLED])

    def about_these(self, model: type[models.Model], keys: Iterable[int]) -> Self:
        """About things of one kind, by primary key."""
        return self.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__in=[str(key) for key in keys],
        )

    def for_people(self) -> Self:
        """The columns of a list: never the bodies."""
        return self.defer("text", "html").select_related("recipient")


class OutboxMail(models.Model):
    """One mail to one person, written in the transaction of the act that causes it."""

    kind = models.CharField(_("soort"), max_length=100)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ontvanger"),
        help_text=_("Leeg: een adres zonder account."),
    )
    address = models.EmailField(_("adres"))
    subject = models.CharField(_("onderwerp"), max_length=250)
    text = models.TextField(_("tekst"))
    html = models.TextField(
        _("opgemaakte tekst"), help_text=_("Zonder omslag; die komt er bij het verzenden rond.")
    )
    is_private = models.BooleanField(
        _("persoonlijk"),
        default=False,
        help_text=_("Bevat een persoonlijke link: alleen de ontvanger leest de inhoud."),
    )
    unsubscribe_url = models.URLField(
        _("adres om te stoppen"),
        blank=True,
        help_text=_("Voor de knop “Uitschrijven” van mailprogramma's (RFC 8058)."),
    )
    content_type = models.ForeignKey(
        ContentType, models.RESTRICT, null=True, blank=True, verbose_name=_("gaat over (soort)")
    )
    object_id = models.CharField(_("gaat over (sleutel)"), max_length=64, blank=True)
    about = GenericForeignKey("content_type", "object_id")
    dedupe_key = models.CharField(
        _("eenmalige sleutel"), max_length=200, null=True, blank=True, unique=True
    )
    message_id = models.CharField(
        _("Message-ID"), max_length=200, unique=True, default=new_message_id, editable=False
    )
    state = models.CharField(
        _("status"), max_length=20, choices=MailState, default=MailState.QUEUED
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=clock.now)
    next_try_at = models.DateTimeField(_("volgende poging"), default=clock.now)
    claimed_at = models.DateTimeField(_("laatste poging"), null=True, blank=True)
    sent_at = models.DateTimeField(_("verzonden op"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    error = models.TextField(_("fout"), blank=True)

    objects = OutboxMailQuerySet.as_manager()

    state_tones = {
        MailState.HELD: "warning",
        MailState.CANCELLED: "neutral",
        MailState.QUEUED: "info",
        MailState.SENDING: "info",
        MailState.SENT: "success",
        MailState.FAILED: "danger",
        MailState.UNCERTAIN: "warning",
    }

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        constraints = [
            check(
                "notifications_mail_sent_when",
                ~models.Q(state=MailState.SENT) | models.Q(sent_at__isnull=False),
                _("Van een verzonden mail is bekend wanneer."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="notifications_mail_open",
                condition=models.Q(state__in=[MailState.QUEUED, MailState.SENDING]),
            ),
            models.Index(fields=["-created_at", "-id"], name="notifications_mail_recent"),
            models.Index(fields=["address"], name="notifications_mail_address"),
        ]
        triggers = [MAIL_LIFECYCLE.trigger("mail_steps")]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"

    @property
    def body(self) -> SafeString:
        """The HTML part for a page; it was cleaned when it was made from its Markdown source."""
        return mark_safe(self.html)

    @property
    def can_be_resent(self) -> bool:
        return MAIL_LIFECYCLE.allows(self, "resend")


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
