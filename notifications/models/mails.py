"""Mails to send: the outbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from common.hidden import not_about
from notifications import kinds
from notifications.lifecycle import MAIL_LIFECYCLE, MailState
from notifications.visibility import open_to_staff


def new_message_id() -> str:
    """A Message-ID that stays with the row, so that a mail program recognises a second copy."""
    return f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


NOT_MAILED = (MailState.DIGEST, MailState.DIGESTED, MailState.PORTAL, MailState.LAPSED)
"""What no mailbox gets as a mail of its own."""


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
        """What a mailbox may hold: nothing held or cancelled, nothing for the portal alone."""
        return self.exclude(state__in=[MailState.HELD, MailState.CANCELLED, *NOT_MAILED])

    def of_person(self, user: Any) -> Self:
        """What this person was told or is about to be; nothing held, nothing hidden from them."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(not_about(user), recipient=user).exclude(
            state__in=[MailState.HELD, MailState.CANCELLED, MailState.LAPSED]
        )

    def for_a_digest(self, now: datetime) -> Self:
        """Set apart for a digest whose hour has come."""
        return self.filter(state=MailState.DIGEST, next_try_at__lte=now)

    def handed_over_since(self, instant: datetime) -> Self:
        """What a mail server was given, or may have been."""
        return self.filter(
            state__in=[MailState.SENDING, MailState.SENT, MailState.UNCERTAIN],
            claimed_at__gte=instant,
        )

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
    passes_limits = models.BooleanField(
        _("gaat altijd meteen"),
        default=False,
        help_text=_(
            "Wettelijk bericht of dringende termijn: geen stille uren en geen maximum per dag."
        ),
    )
    why = models.CharField(_("waarom deze persoon dit krijgt"), max_length=300, blank=True)
    note = models.CharField(
        _("toelichting"),
        max_length=300,
        blank=True,
        help_text=_("Waarom de mail wacht, of niet apart vertrekt."),
    )
    digest = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="gathered",
        verbose_name=_("samenvatting"),
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
        MailState.DIGEST: "info",
        MailState.DIGESTED: "success",
        MailState.PORTAL: "neutral",
        MailState.LAPSED: "neutral",
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
            check(
                "notifications_mail_digested_in",
                models.Q(state=MailState.DIGESTED) | models.Q(digest__isnull=True),
                _("Alleen wat in een samenvatting verstuurd is, hoort bij een samenvatting."),
            ),
            check(
                "notifications_mail_digest_of_person",
                ~models.Q(state__in=[MailState.DIGEST, MailState.DIGESTED, MailState.PORTAL])
                | models.Q(recipient__isnull=False),
                _("Alleen wie een account heeft, leest een bericht in het portaal."),
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
            models.Index(
                fields=["next_try_at", "recipient"],
                name="notifications_mail_for_digest",
                condition=models.Q(state=MailState.DIGEST),
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"], name="notifications_mail_of_person"
            ),
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

    @property
    def kind_label(self) -> str:
        return kinds.label_of(self.kind)
