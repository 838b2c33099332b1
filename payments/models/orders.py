"""Payment orders: which approved claims the bank is asked to pay."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from documents.models import StoredFile
from funding.models import Claim, Payment
from payments.lifecycle import LINE_LIFECYCLE, ORDER_LIFECYCLE, LineState, OrderState
from payments.models.bank import BankAccount

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

RUNNING = [LineState.WAITING, LineState.PAID]


class PaymentOrder(models.Model):
    """An order to the bank; made by one person, signed by another, then given out as a file.

    The account that pays is copied from the settings as it was.
    """

    number = models.CharField(_("nummer"), max_length=20, unique=True)
    execute_on = models.DateField(_("uit te voeren op"))
    debtor_name = models.CharField(_("opdrachtgever"), max_length=70)
    debtor_iban = models.CharField(_("rekening van de opdrachtgever"), max_length=34)
    debtor_bic = models.CharField(_("BIC van de opdrachtgever"), max_length=11, blank=True)
    total = MoneyField(_("totaal"))
    state = models.CharField(
        _("status"), max_length=10, choices=OrderState, default=OrderState.MADE, editable=False
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("gemaakt door"),
    )
    made_at = models.DateTimeField(_("gemaakt op"), default=clock.now, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ondertekend door"),
    )
    signed_at = models.DateTimeField(_("ondertekend op"), null=True, blank=True)
    exported_at = models.DateTimeField(_("uitgegeven op"), null=True, blank=True)
    xml = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bestand voor de bank"),
    )
    csv = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lijst (CSV)"),
    )
    cancel_reason = models.CharField(_("reden van intrekking"), max_length=300, blank=True)

    state_tones = {"made": "warning", "signed": "info", "exported": "success"}

    if TYPE_CHECKING:
        lines: RelatedManager["OrderLine"]

    class Meta:
        verbose_name = _("betaalopdracht")
        verbose_name_plural = _("betaalopdrachten")
        ordering = ["-made_at", "-pk"]
        constraints = [
            check(
                "payments_order_second_person",
                models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("made_by")),
                _("Wie een betaalopdracht maakte, kan ze niet zelf ondertekenen."),
            ),
            check(
                "payments_order_given_out_signed",
                ~models.Q(state__in=["signed", "exported"]) | models.Q(signed_by__isnull=False),
                _("Een betaalopdracht wordt ondertekend voor ze naar de bank gaat."),
            ),
        ]
        triggers = [
            ORDER_LIFECYCLE.trigger("order_state_steps"),
            pgtrigger.ReadOnly(
                name="order_stays_as_made",
                fields=[
                    *("number", "execute_on", "debtor_name", "debtor_iban", "debtor_bic"),
                    *("total", "made_by", "made_at"),
                ],
            ),
            pgtrigger.Protect(name="order_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payments:order", args=[self.number])


class OrderLine(models.Model):
    """One claim in an order, with account, name and amount copied as they were. EUR."""

    order = models.ForeignKey(
        PaymentOrder, models.RESTRICT, related_name="lines", verbose_name=_("betaalopdracht")
    )
    claim = models.ForeignKey(
        Claim, models.RESTRICT, related_name="order_lines", verbose_name=_("schuldvordering")
    )
    account = models.ForeignKey(
        BankAccount, models.RESTRICT, related_name="order_lines", verbose_name=_("rekening")
    )
    amount = MoneyField(_("bedrag"))
    iban = models.CharField(_("rekeningnummer (IBAN)"), max_length=34)
    name = models.CharField(_("naam van de houder"), max_length=70)
    message = models.CharField(_("mededeling"), max_length=140)
    end_to_end_id = models.CharField(_("kenmerk (end-to-end)"), max_length=35, unique=True)
    state = models.CharField(
        _("status"), max_length=10, choices=LineState, default=LineState.WAITING, editable=False
    )
    payment = models.OneToOneField(
        Payment,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="order_line",
        verbose_name=_("betaling"),
    )
    bank_reference = models.CharField(_("kenmerk van de bank"), max_length=60, blank=True)

    state_tones = {"paid": "success", "returned": "danger"}

    class Meta:
        verbose_name = _("regel van een betaalopdracht")
        verbose_name_plural = _("regels van betaalopdrachten")
        ordering = ["order", "pk"]
        constraints = [
            check(
                "payments_line_amount_positive",
                models.Q(amount__gt=0),
                _("Betaal een bedrag van meer dan nul."),
            ),
            unique(
                "payments_claim_in_one_order",
                "claim",
                condition=models.Q(state__in=["waiting", "paid"]),
                message=_("Deze schuldvordering staat al in een betaalopdracht."),
            ),
            check(
                "payments_line_paid_has_payment",
                ~models.Q(state__in=["paid", "returned"]) | models.Q(payment__isnull=False),
                _("Een betaalde regel hoort bij een boeking."),
            ),
        ]
        triggers = [
            LINE_LIFECYCLE.trigger("order_line_state_steps"),
            pgtrigger.ReadOnly(
                name="order_line_stays_as_made",
                fields=[
                    *("order", "claim", "account", "amount", "iban", "name", "message"),
                    "end_to_end_id",
                ],
            ),
            pgtrigger.Protect(name="order_line_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id
