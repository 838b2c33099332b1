"""The ledger: every euro committed, released or paid is a row that nobody changes."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import ZERO, MoneyField
from funding.models.booking import EntryKind, booking_is_sound, totals_follow_ledger
from funding.models.budget import BudgetLine, only_the_ledger_writes
from funding.models.chain import ChainedRow
from funding.models.cofinancing import CommitteeDecision
from projects.models import Project

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from funding.models.changes import ChangeRequest
    from funding.models.payment import Instalment


class Commitment(models.Model):
    """A commitment (vastlegging) on the VAK of the year of its date.

    Co-financing of a contract is dated at the committee's decision; costs before the tender are
    shared by an agreement, without the committee (domain.md 0.3). The totals follow the ledger by
    trigger and nothing else may write them; what is open can't be negative.
    """

    decision = models.OneToOneField(
        CommitteeDecision,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="commitment",
        verbose_name=_("beslissing"),
    )
    agreement = models.CharField(
        _("kenmerk van de afspraak"),
        max_length=200,
        blank=True,
        help_text=_("Voor het voortraject, waarover het comité niet beslist."),
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
    recovered = MoneyField(_("teruggevorderd"), default=ZERO, editable=False)
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
        changes: RelatedManager["ChangeRequest"]

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
            ),
            check(
                "funding_commitment_recovered_within_paid",
                models.Q(recovered__gte=0) & models.Q(recovered__lte=models.F("paid")),
                _("Er kan niet meer terugkomen dan betaald is."),
            ),
            check(
                "funding_commitment_has_a_basis",
                models.Q(decision__isnull=False) | ~models.Q(agreement=""),
                _("Een vastlegging steunt op een beslissing of een afspraak."),
            ),
        ]
        triggers = [only_the_ledger_writes("committed", "released", "paid", "recovered")]

    def __str__(self) -> str:
        return f"{self.number} – {self.project.title}"

    def get_absolute_url(self) -> str:
        return reverse("funding:commitment", args=[self.number])

    @property
    def about(self) -> str:
        """The procurement, or the agreement on the preparation."""
        return self.decision.request.procurement.title if self.decision else self.agreement

    @property
    def granted(self) -> Decimal:
        """What the committee granted, or what was agreed. EUR."""
        if self.decision and self.decision.granted_amount is not None:
            return self.decision.granted_amount
        return self.committed

    @property
    def open_amount(self) -> Decimal:
        """What may still be paid or released. EUR."""
        return self.committed - self.released - self.paid


HASHED = (
    *("id", "kind", "commitment_id", "line_id", "amount", "effective_on", "note"),
    *("reverses_id", "recorded_by_id", "recorded_at", "sequence", "previous_hash"),
)


class LedgerEntry(ChainedRow):
    """One booking. `amount` is positive; `kind` says what it does (domain.md 6.6). EUR.

    commitment: uses VAK of `line`. reversal: undoes a commitment in the same year and gives the VAK
    back. release (vrijval): lowers what is open of an older year and does not give VAK back.
    payment: uses VEK of `line`, the line of the year of payment. payment_reversal: the bank sent a
    payment back in that year; VEK comes back and the amount is open again. recovery
    (terugvordering): a beneficiary paid back; that is income, no credit.

    `effective_on` is the day that it counts, `recorded_at` the instant that it was known. A row is
    never changed or removed, and carries a hash that chains it to the former one of its commitment.
    """

    Kind = EntryKind
    HASHED = HASHED

    kind = models.CharField(_("soort"), max_length=20, choices=EntryKind)
    commitment = models.ForeignKey(
        Commitment, models.RESTRICT, related_name="entries", verbose_name=_("vastlegging")
    )
    line = models.ForeignKey(
        BudgetLine, models.RESTRICT, related_name="entries", verbose_name=_("begrotingslijn")
    )
    amount = MoneyField(_("bedrag"))
    effective_on = models.DateField(_("datum"))
    note = models.CharField(_("toelichting"), max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("draait terug"),
    )
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
            ),
            check(
                "funding_entry_reverses_a_payment",
                models.Q(kind=EntryKind.PAYMENT_REVERSAL) ^ models.Q(reverses__isnull=True),
                _("Zeg welke vereffening terugkeerde."),
            ),
            unique(
                "funding_entry_sequence_once",
                "commitment",
                "sequence",
                message=_("Iemand anders boekte net op deze vastlegging. Probeer opnieuw."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            booking_is_sound(HASHED),
            totals_follow_ledger(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
