"""The ledger: every euro committed, released or paid is a row that nobody changes."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from common.money import ZERO, MoneyField
from funding.models.budget import BudgetLine
from funding.models.cofinancing import CommitteeDecision
from projects.models import Project

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from funding.models.payment import Instalment


class Commitment(models.Model):
    """A commitment (vastlegging), dated at the committee's decision, on the VAK of that year.

    `committed`, `released` and `paid` follow the ledger by trigger; what is open can't be negative.
    """

    decision = models.OneToOneField(
        CommitteeDecision,
        models.RESTRICT,
        related_name="commitment",
        verbose_name=_("beslissing"),
    )
    project = models.ForeignKey(
        Project, models.RESTRICT, related_name="commitments", verbose_name=_("project")
    )
    line = models.ForeignKey(
        BudgetLine, models.RESTRICT, related_name="commitments", verbose_name=_("begrotingslijn")
    )
    number = models.CharField(_("vastleggingsnummer"), max_length=30, unique=True)
    effective_on = models.DateField(_("datum van de vastlegging"))
    committed = MoneyField(_("vastgelegd"), default=ZERO, editable=False)
    released = MoneyField(_("vrijgegeven"), default=ZERO, editable=False)
    paid = MoneyField(_("vereffend"), default=ZERO, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingevoerd door"),
    )
    recorded_at = models.DateTimeField(_("ingevoerd op"), default=clock.now, editable=False)

    if TYPE_CHECKING:
        entries: RelatedManager["LedgerEntry"]
        instalments: RelatedManager["Instalment"]

    class Meta:
        verbose_name = _("vastlegging")
        verbose_name_plural = _("vastleggingen")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            check(
                "funding_commitment_open_not_negative",
                models.Q(released__gte=0)
                & models.Q(paid__gte=0)
                & models.Q(committed__gte=models.F("released") + models.F("paid")),
                _("Het bedrag is hoger dan wat van de vastlegging nog openstaat."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.project.title}"

    def get_absolute_url(self) -> str:
        return reverse("funding:commitment", args=[self.number])

    @property
    def open_amount(self) -> Decimal:
        """What may still be paid or released. EUR."""
        return self.committed - self.released - self.paid


class LedgerEntry(models.Model):
    """One booking. `amount` is positive; `kind` says what it does (domain.md 6.6).

    commitment: uses VAK of `line`. reversal: undoes a commitment in the same year and gives the VAK
    back. release (vrijval): lowers what is open of an older year and does not give VAK back.
    payment: uses VEK of `line`, the line of the year of payment.
    """

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("Vastlegging")
        REVERSAL = "reversal", _("Terugboeking in hetzelfde jaar")
        RELEASE = "release", _("Vrijval")
        PAYMENT = "payment", _("Vereffening")

    kind = models.CharField(_("soort"), max_length=20, choices=Kind)
    commitment = models.ForeignKey(
        Commitment, models.RESTRICT, related_name="entries", verbose_name=_("vastlegging")
    )
    line = models.ForeignKey(
        BudgetLine, models.RESTRICT, related_name="entries", verbose_name=_("begrotingslijn")
    )
    amount = MoneyField(_("bedrag"))
    effective_on = models.DateField(_("datum"))
    note = models.CharField(_("toelichting"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingevoerd door"),
    )
    recorded_at = models.DateTimeField(_("ingevoerd op"), default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("boeking")
        verbose_name_plural = _("boekingen")
        ordering = ["effective_on", "pk"]
        constraints = [
            check(
                "funding_entry_amount_positive",
                models.Q(amount__gt=0),
                _("Boek een bedrag van meer dan nul."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The totals are written here and nowhere else, so they are the sums of the rows; the
            # CHECK constraints on both tables then refuse what would overdraw.
            pgtrigger.Trigger(
                name="totals_follow_ledger",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE funding_budgetline SET
                        committed = committed
                            + CASE NEW.kind WHEN 'commitment' THEN NEW.amount
                                            WHEN 'reversal' THEN -NEW.amount ELSE 0 END,
                        paid = paid + CASE NEW.kind WHEN 'payment' THEN NEW.amount ELSE 0 END
                    WHERE id = NEW.line_id;
                    UPDATE funding_commitment SET
                        committed = committed
                            + CASE NEW.kind WHEN 'commitment' THEN NEW.amount
                                            WHEN 'reversal' THEN -NEW.amount ELSE 0 END,
                        released = released
                            + CASE NEW.kind WHEN 'release' THEN NEW.amount ELSE 0 END,
                        paid = paid + CASE NEW.kind WHEN 'payment' THEN NEW.amount ELSE 0 END
                    WHERE id = NEW.commitment_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
