"""The costs that justify a claim, the files that prove them, and a claim that is being written."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, refusal, unique
from common.money import ZERO, MoneyField
from documents.models import StoredFile
from funding.models.payment import Claim, Instalment

APPROVED_IS_FIXED = _("Deze schuldvordering is goedgekeurd; wat aanvaard is, ligt vast.")


class ClaimDraft(models.Model):
    """What the beneficiary typed so far for an instalment, as typed; gone once it is sent in.

    `content` holds `amount`, `statement` and `rows`, all text, so that nothing typed is lost, also
    what cannot be read yet.
    """

    instalment = models.OneToOneField(
        Instalment, models.RESTRICT, related_name="claim_draft", verbose_name=_("schijf")
    )
    content = models.JSONField(_("inhoud"), default=dict)
    version = models.PositiveIntegerField(_("versie"), default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("gewijzigd door"),
    )
    updated_at = models.DateTimeField(_("gewijzigd op"), default=clock.now)

    class Meta:
        verbose_name = _("ontwerp van een schuldvordering")
        verbose_name_plural = _("ontwerpen van schuldvorderingen")
        ordering = ["-updated_at", "pk"]

    def __str__(self) -> str:
        return f"{self.instalment} (ontwerp)"


class ClaimLine(models.Model):
    """One cost of a claim, as on its invoice. EUR.

    What the beneficiary wrote never changes; what is accepted of it is fixed by the approval.
    """

    claim = models.ForeignKey(
        Claim, models.RESTRICT, related_name="lines", verbose_name=_("schuldvordering")
    )
    number = models.PositiveSmallIntegerField(_("nummer"))
    description = models.CharField(_("omschrijving"), max_length=300)
    supplier = models.CharField(_("leverancier"), max_length=200)
    invoice_number = models.CharField(_("factuurnummer"), max_length=60)
    invoiced_on = models.DateField(_("factuurdatum"))
    amount = MoneyField(_("bedrag zonder btw"))
    vat = MoneyField(_("btw"), default=ZERO)
    accepted = MoneyField(_("aanvaard"), null=True, blank=True)
    reason = models.TextField(_("reden"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("kost")
        verbose_name_plural = _("kosten")
        ordering = ["claim", "number"]
        constraints = [
            unique(
                "funding_claim_line_number_once",
                "claim",
                "number",
                message=_("Deze schuldvordering heeft al een kost met dit nummer."),
            ),
            check(
                "funding_claim_line_amount_positive",
                models.Q(amount__gt=0),
                _("Vul een bedrag van meer dan nul in."),
            ),
            check(
                "funding_claim_line_accepted_within_cost",
                models.Q(accepted__isnull=True)
                | models.Q(accepted__gte=0)
                & models.Q(accepted__lte=models.F("amount") + models.F("vat")),
                _("U aanvaardt meer dan de kost zelf."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="claim_line_stays_as_sent",
                fields=[
                    *("claim", "number", "description", "supplier", "invoice_number"),
                    *("invoiced_on", "amount", "vat"),
                ],
            ),
            pgtrigger.Protect(name="claim_line_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="claim_line_fixed_by_approval",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("approved", "timestamptz")],
                func="".join(
                    [
                        "SELECT approved_at INTO approved FROM funding_claim ",
                        "WHERE id = NEW.claim_id; IF approved IS NOT NULL THEN ",
                        refusal("funding_claim_line_fixed", APPROVED_IS_FIXED),
                        " END IF; RETURN NEW;",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.invoice_number}"

    @property
    def eligible(self) -> Decimal:
        """What of the cost may count: with VAT when the call counts it. EUR."""
        return self.amount + self.vat if self.claim.vat_counts else self.amount

    @property
    def is_cut(self) -> bool:
        """Whether less was accepted than could count."""
        return self.accepted is not None and self.accepted < self.eligible


class ClaimEvidence(models.Model):
    """A file that proves a cost (`line`), or the claim as a whole.

    It belongs to a draft first; `row` is then the key of the row on the page.
    """

    draft = models.ForeignKey(
        ClaimDraft,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("ontwerp"),
    )
    claim = models.ForeignKey(
        Claim,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("schuldvordering"),
    )
    line = models.ForeignKey(
        ClaimLine,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("kost"),
    )
    row = models.CharField(_("rij in het ontwerp"), max_length=12, blank=True)
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, related_name="+", verbose_name=_("bestand")
    )

    class Meta:
        verbose_name = _("bewijsstuk")
        verbose_name_plural = _("bewijsstukken")
        ordering = ["pk"]
        constraints = [
            check(
                "funding_evidence_of_draft_or_claim",
                models.Q(draft__isnull=False, claim__isnull=True)
                | models.Q(draft__isnull=True, claim__isnull=False),
                _("Een bewijsstuk hoort bij een ontwerp of bij een schuldvordering."),
            ),
            check(
                "funding_evidence_line_of_claim",
                models.Q(line__isnull=True) | models.Q(claim__isnull=False),
                _("Een bewijsstuk van een kost hoort bij een schuldvordering."),
            ),
        ]

    def __str__(self) -> str:
        return self.file.name
