"""What mail servers said no to, and the addresses that do not work."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from notifications.models.mails import OutboxMail
from notifications.visibility import open_to_staff


class BounceQuerySet(models.QuerySet["Bounce"]):
    def visible_to(self, user: Any) -> Self:
        """Of the mails that this member of staff may read; the page itself asks whether one may."""
        return self.filter(mail__in=OutboxMail.objects.filter(open_to_staff(user)))


class Bounce(models.Model):
    """One refusal of one mail: at once by the mail server, or later in a report (RFC 3464)."""

    class Kind(models.TextChoices):
        PERMANENT = "permanent", _("Het adres werkt niet")
        TEMPORARY = "temporary", _("Nu niet, later misschien wel")
        POLICY = "policy", _("De ontvanger weigert het bericht")

    mail = models.ForeignKey(
        OutboxMail,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="bounces",
        verbose_name=_("mail"),
        help_text=_("Leeg: de mail is na zijn bewaartermijn vernietigd."),
    )
    address = models.EmailField(_("adres"))
    kind = models.CharField(_("soort"), max_length=20, choices=Kind)
    status = models.CharField(
        _("code"), max_length=20, help_text=_("Zoals de mailserver ze gaf: 5.1.1 of 550.")
    )
    text = models.CharField(_("antwoord van de mailserver"), max_length=500, blank=True)
    report = models.CharField(
        _("verslag"),
        max_length=64,
        blank=True,
        help_text=_("Kenmerk van het bericht dat terugkwam; leeg: meteen geweigerd."),
    )
    at = models.DateTimeField(_("op"), default=clock.now)

    objects = BounceQuerySet.as_manager()

    state_tones = {Kind.PERMANENT: "danger", Kind.TEMPORARY: "warning", Kind.POLICY: "warning"}

    class Meta:
        verbose_name = _("teruggekomen mail")
        verbose_name_plural = _("teruggekomen mails")
        ordering = ["-at", "-pk"]
        constraints = [
            unique(
                "notifications_bounce_report_once",
                "mail",
                "report",
                condition=~models.Q(report=""),
                message=_("Dit verslag is al verwerkt."),
            )
        ]
        indexes = [models.Index(fields=["address", "-at"], name="notifications_bounce_address")]
        triggers = [
            pgtrigger.Protect(name="bounce_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.status}"


class UnreachableAddress(models.Model):
    """An address to which nothing but legal notices is sent, until somebody says it works."""

    address = models.EmailField(_("adres"), help_text=_("In kleine letters."))
    marked_at = models.DateTimeField(_("sinds"), default=clock.now)
    bounces = models.PositiveSmallIntegerField(_("aantal keer teruggekomen"))
    trusted_at = models.DateTimeField(_("weer in gebruik sinds"), null=True, blank=True)
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("weer in gebruik door"),
    )

    class Meta:
        verbose_name = _("adres dat niet werkt")
        verbose_name_plural = _("adressen die niet werken")
        ordering = ["-marked_at", "-pk"]
        constraints = [
            unique(
                "notifications_unreachable_once",
                "address",
                condition=models.Q(trusted_at__isnull=True),
                message=_("Dit adres staat al op de lijst."),
            ),
            check(
                "notifications_unreachable_trusted_by",
                models.Q(trusted_at__isnull=True, trusted_by__isnull=True)
                | models.Q(trusted_at__isnull=False, trusted_by__isnull=False),
                _("Wie een adres weer in gebruik neemt, en wanneer, horen samen."),
            ),
        ]

    def __str__(self) -> str:
        return self.address
