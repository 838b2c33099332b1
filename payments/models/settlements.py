"""The final settlement of a commitment, and what is asked back when too much was paid."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from stdnum.be import ogm_vcs

from common import clock
from common.constraints import check, unique
from common.money import ZERO, MoneyField
from documents.models import Job
from funding.models import Commitment, LedgerEntry
from payments.lifecycle import (
    RECOVERY_LIFECYCLE,
    SETTLEMENT_LIFECYCLE,
    RecoveryState,
    SettlementState,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Settlement(models.Model):
    """What is still due of a commitment at its end: one person works it out, another confirms.

    due = min(granted, accepted final cost x rate) - paid (domain.md 6.2); negative: paid too much.
    EUR. `paid` is without what came back already.
    """

    commitment = models.ForeignKey(
        Commitment, models.RESTRICT, related_name="settlements", verbose_name=_("vastlegging")
    )
    accepted_cost = MoneyField(_("aanvaarde kosten"))
    rate = models.DecimalField(_("aandeel"), max_digits=5, decimal_places=4)
    granted = MoneyField(_("toegekend na vrijgave"))
    paid = MoneyField(_("betaald"))
    due = MoneyField(_("nog verschuldigd"), allow_negative=True)
    note = models.TextField(_("toelichting"), max_length=2000)
    state = models.CharField(
        _("status"),
        max_length=10,
        choices=SettlementState,
        default=SettlementState.PROPOSED,
        editable=False,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("voorgesteld door"),
    )
    proposed_at = models.DateTimeField(_("voorgesteld op"), default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bevestigd door"),
    )
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    released = MoneyField(_("vrijgegeven bij de afrekening"), default=ZERO)

    state_tones = {"proposed": "warning", "confirmed": "success"}

    class Meta:
        verbose_name = _("eindafrekening")
        verbose_name_plural = _("eindafrekeningen")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            unique(
                "payments_settlement_once",
                "commitment",
                condition=models.Q(state__in=["proposed", "confirmed"]),
                message=_("Voor deze vastlegging is er al een eindafrekening."),
            ),
            check(
                "payments_settlement_second_person",
                models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                _("Wie een eindafrekening voorstelt, kan ze niet zelf bevestigen."),
            ),
            check(
                "payments_settlement_confirmed_by_somebody",
                ~models.Q(state="confirmed") | models.Q(confirmed_by__isnull=False),
                _("Een bevestigde eindafrekening heeft een naam."),
            ),
        ]
        triggers = [
            SETTLEMENT_LIFECYCLE.trigger("settlement_state_steps"),
            pgtrigger.ReadOnly(
                name="settlement_stays_as_proposed",
                fields=[
                    *("commitment", "accepted_cost", "rate", "granted", "paid", "due", "note"),
                    *("proposed_by", "proposed_at"),
                ],
            ),
            pgtrigger.Protect(name="settlement_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.number} eindafrekening"

    @property
    def percentage(self) -> Decimal:
        return self.rate * 100

    @property
    def overpaid(self) -> Decimal:
        """What was paid too much; nought when something is still due. EUR."""
        return max(-self.due, ZERO)

    @property
    def entitled(self) -> Decimal:
        """What the beneficiary is entitled to in all. EUR."""
        return self.due + self.paid


class RecoveryRequest(models.Model):
    """A request to pay back (terugvordering): amount, reason, last day, and how to pay. EUR."""

    settlement = models.OneToOneField(
        Settlement, models.RESTRICT, related_name="recovery", verbose_name=_("eindafrekening")
    )
    amount = MoneyField(_("bedrag"))
    reason = models.TextField(_("reden"), max_length=2000)
    due_on = models.DateField(_("te betalen tegen"))
    communication = models.CharField(_("gestructureerde mededeling"), max_length=12, unique=True)
    creditor_name = models.CharField(_("te betalen aan"), max_length=70)
    creditor_iban = models.CharField(_("op rekening"), max_length=34)
    state = models.CharField(
        _("status"),
        max_length=10,
        choices=RecoveryState,
        default=RecoveryState.ASKED,
        editable=False,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("gevraagd door"),
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    letter = models.ForeignKey(
        Job,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brief"),
    )
    received = MoneyField(_("ontvangen"), default=ZERO)

    if TYPE_CHECKING:
        receipts: RelatedManager["RecoveryReceipt"]

    state_tones = {"asked": "warning", "received": "success"}

    class Meta:
        verbose_name = _("terugvordering")
        verbose_name_plural = _("terugvorderingen")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            check(
                "payments_recovery_amount_positive",
                models.Q(amount__gt=0),
                _("Vorder een bedrag van meer dan nul terug."),
            ),
            check(
                "payments_recovery_received_within_asked",
                models.Q(received__gte=0, received__lte=models.F("amount")),
                _("Er komt niet meer terug dan gevraagd is."),
            ),
            check(
                "payments_recovery_received_is_booked",
                models.Q(state="asked") | models.Q(received=models.F("amount")),
                _("Wat ontvangen is, is geboekt."),
            ),
        ]
        triggers = [
            RECOVERY_LIFECYCLE.trigger("recovery_state_steps"),
            pgtrigger.ReadOnly(
                name="recovery_stays_as_asked",
                fields=[
                    *("settlement", "amount", "reason", "due_on", "communication"),
                    *("creditor_name", "creditor_iban", "asked_by", "asked_at"),
                ],
            ),
            pgtrigger.Protect(name="recovery_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.settlement.commitment.number} terugvordering"

    def get_absolute_url(self) -> str:
        return reverse("payments:settlement", args=[self.settlement.commitment.number])

    @property
    def still_open(self) -> Decimal:
        """What did not come in yet. EUR."""
        return self.amount - self.received

    @property
    def structured_communication(self) -> str:
        """As a transfer form shows it: +++010/8068/17183+++."""
        return f"+++{ogm_vcs.format(self.communication)}+++"


class RecoveryReceipt(models.Model):
    """An amount that came in on a recovery: a booking in the ledger, with the bank's words."""

    recovery = models.ForeignKey(
        RecoveryRequest, models.RESTRICT, related_name="receipts", verbose_name=_("terugvordering")
    )
    entry = models.OneToOneField(
        LedgerEntry, models.RESTRICT, related_name="recovery_receipt", verbose_name=_("boeking")
    )
    reference = models.CharField(_("referentie van de bank"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("ontvangst")
        verbose_name_plural = _("ontvangsten")
        ordering = ["recovery", "pk"]
        constraints = [
            unique(
                "payments_receipt_reference_once",
                "recovery",
                "reference",
                condition=~models.Q(reference=""),
                message=_("Een ontvangst met deze referentie van de bank is al geboekt."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="receipt_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.recovery} {self.entry.effective_on:%d/%m/%Y}"
