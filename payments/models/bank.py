"""The account on which an organisation is paid."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common import clock
from common.constraints import check, unique
from documents.models import StoredFile
from payments.iban import bank_is_known

IBAN_SHAPE = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    def current(self) -> Self:
        """Confirmed and not ended: on these is paid."""
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)

    def to_confirm(self) -> Self:
        return self.filter(confirmed_at__isnull=True, ended_at__isnull=True)


class BankAccount(models.Model):
    """An account of an organisation. What was entered never changes: a new one ends the old one."""

    organisation = models.ForeignKey(
        Organisation,
        models.RESTRICT,
        related_name="bank_accounts",
        verbose_name=_("organisatie"),
    )
    iban = models.CharField(_("rekeningnummer (IBAN)"), max_length=34)
    holder = models.CharField(_("naam van de houder"), max_length=70)
    proof = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bewijs"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingevoerd door"),
    )
    entered_at = models.DateTimeField(_("ingevoerd op"), default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bevestigd door"),
    )
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("beëindigd door"),
    )
    ended_at = models.DateTimeField(_("beëindigd op"), null=True, blank=True)
    end_reason = models.CharField(_("reden van het einde"), max_length=300, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bankrekening")
        verbose_name_plural = _("bankrekeningen")
        ordering = ["-entered_at", "-pk"]
        constraints = [
            check(
                "payments_account_iban_shape",
                models.Q(iban__regex=IBAN_SHAPE),
                _("Een rekeningnummer wordt zonder spaties en met hoofdletters bewaard."),
            ),
            check(
                "payments_account_second_person",
                models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("entered_by")),
                _("Wie een rekening invoerde, kan ze niet zelf bevestigen of weigeren."),
            ),
            unique(
                "payments_account_current_once",
                "organisation",
                condition=models.Q(confirmed_at__isnull=False, ended_at__isnull=True),
                message=_("Deze organisatie heeft al een bevestigde rekening."),
            ),
            unique(
                "payments_account_waiting_once",
                "organisation",
                condition=models.Q(confirmed_at__isnull=True, ended_at__isnull=True),
                message=_("Er wacht al een rekening van deze organisatie op bevestiging."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="account_stays_as_entered",
                fields=["organisation", "iban", "holder", "proof", "entered_by", "entered_at"],
            ),
            pgtrigger.Protect(name="account_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.iban} ({self.holder})"

    def get_absolute_url(self) -> str:
        return reverse("payments:account", args=[self.pk])

    @property
    def bank_is_known(self) -> bool:
        """Whether the bank stands in our list; if not, staff look again before they confirm."""
        return bank_is_known(self.iban)

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None

    @property
    def is_current(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None
