"""Instalments (schijven), the claims on them and their payments."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from funding.lifecycle import INSTALMENT_LIFECYCLE, InstalmentState
from funding.models.ledger import Commitment, LedgerEntry

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from funding.models.costs import ClaimDraft, ClaimEvidence, ClaimLine


class Instalment(models.Model):
    """A part of the grant that becomes payable on a condition; shares total exactly 100 %."""

    commitment = models.ForeignKey(
        Commitment, models.RESTRICT, related_name="instalments", verbose_name=_("vastlegging")
    )
    number = models.PositiveSmallIntegerField(_("schijf"))
    share = models.DecimalField(
        _("aandeel (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )
    amount = MoneyField(_("bedrag"))
    condition = models.CharField(_("voorwaarde"), max_length=300)
    expected_on = models.DateField(_("verwacht op"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opvraagbaar sinds"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=InstalmentState,
        default=InstalmentState.PLANNED,
        editable=False,
    )

    if TYPE_CHECKING:
        claims: RelatedManager["Claim"]

    class Meta:
        verbose_name = _("schijf")
        verbose_name_plural = _("schijven")
        ordering = ["commitment", "number"]
        constraints = [
            unique(
                "funding_instalment_number_once",
                "commitment",
                "number",
                message=_("Deze vastlegging heeft al een schijf met dit nummer."),
            )
        ]
        triggers = [INSTALMENT_LIFECYCLE.trigger("instalment_state_steps")]

    def __str__(self) -> str:
        return f"{self.commitment.number} schijf {self.number}"

    @property
    def draft(self) -> "ClaimDraft | None":
        """The claim that is being written; None when nobody began one."""
        return getattr(self, "claim_draft", None)


class Claim(models.Model):
    """A claim (schuldvordering) by the beneficiary on an instalment."""

    instalment = models.ForeignKey(
        Instalment, models.RESTRICT, related_name="claims", verbose_name=_("schijf")
    )
    amount = MoneyField(_("gevraagd bedrag"))
    statement = models.TextField(_("verantwoording"), max_length=4000)
    vat_counts = models.BooleanField(
        _("btw telt mee"),
        default=True,
        editable=False,
        help_text=_("Zoals de oproep het zei bij de aanvraag of de laatste controle."),
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("aangevraagd door"),
    )
    claimed_at = models.DateTimeField(_("aangevraagd op"), default=clock.now, editable=False)
    accepted_amount = MoneyField(_("aanvaard bedrag"), null=True, blank=True)
    check_note = models.TextField(_("bevindingen"), blank=True, max_length=4000)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gecontroleerd door"),
    )
    checked_at = models.DateTimeField(_("gecontroleerd op"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goedgekeurd door"),
    )
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    rejected_at = models.DateTimeField(_("afgewezen op"), null=True, blank=True)
    rejection_reason = models.TextField(_("reden van afwijzing"), blank=True, max_length=2000)

    if TYPE_CHECKING:
        payments: RelatedManager["Payment"]
        lines: RelatedManager["ClaimLine"]
        evidence: RelatedManager["ClaimEvidence"]

    class Meta:
        verbose_name = _("schuldvordering")
        verbose_name_plural = _("schuldvorderingen")
        ordering = ["-claimed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment"],
                condition=models.Q(rejected_at__isnull=True),
                name="funding_claim_once",
                violation_error_message=_("Voor deze schijf is al een schuldvordering ingediend."),
            ),
            check(
                "funding_claim_amount_positive",
                models.Q(amount__gt=0),
                _("Vraag een bedrag van meer dan nul."),
            ),
            check(
                "funding_claim_accepted_within_asked",
                models.Q(accepted_amount__isnull=True)
                | models.Q(accepted_amount__lte=models.F("amount")),
                _("Het aanvaarde bedrag is hoger dan het gevraagde."),
            ),
            check(
                "funding_claim_second_person",
                models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("checked_by")),
                _("Wie een schuldvordering controleerde, kan ze niet zelf goedkeuren."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instalment}: {self.amount}"

    @property
    def payment_made(self) -> "Payment | None":
        """The payment of this claim that did not come back; None as long as there is none."""
        return next((one for one in self.payments.all() if one.returned_on is None), None)


class Payment(models.Model):
    """A payment (vereffening) of an approved claim, booked in the ledger; it may come back once."""

    claim = models.ForeignKey(
        Claim, models.RESTRICT, related_name="payments", verbose_name=_("schuldvordering")
    )
    entry = models.OneToOneField(
        LedgerEntry, models.RESTRICT, related_name="payment", verbose_name=_("boeking")
    )
    reference = models.CharField(_("kenmerk van de betaling"), max_length=60, blank=True)
    paid_on = models.DateField(_("betaald op"))
    returned_on = models.DateField(_("teruggekeerd op"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("betaling")
        verbose_name_plural = _("betalingen")
        ordering = ["-paid_on", "-pk"]
        constraints = [
            unique(
                "funding_claim_paid_once",
                "claim",
                condition=models.Q(returned_on__isnull=True),
                message=_("Deze schuldvordering is al betaald."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim.instalment} betaald op {self.paid_on}"
