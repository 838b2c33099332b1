"""The working text of a proposal: answers by section, their history, partners, costs and files."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import validate_kbo
from calls.models import CostPhase, FormQuestion, FormSection
from common import clock
from common.constraints import unique
from common.money import MoneyField, round_cents
from documents.models import StoredFile
from projects.models.proposal import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class SectionAnswers(models.Model):
    """The answers of one section of a draft; `version` grows with each save (optimistic lock)."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="sections")
    section = models.ForeignKey(
        FormSection, models.RESTRICT, related_name="+", verbose_name=_("deel")
    )
    answers = models.JSONField(_("antwoorden"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("versie"), default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    updated_at = models.DateTimeField(_("opgeslagen op"), default=clock.now)

    class Meta:
        verbose_name = _("antwoorden van een deel")
        verbose_name_plural = _("antwoorden per deel")
        ordering = ["proposal", "section__position", "pk"]
        constraints = [
            unique(
                "projects_section_answers_once",
                "proposal",
                "section",
                message=_("Dit deel is net door iemand anders begonnen. Herlaad de pagina."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} {self.section.code}"


class SectionRevision(models.Model):
    """What a section held after one save, with who saved it: its history, to read and restore.

    Saves that follow each other at once (autosave) by the same person share one row.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="revisions")
    section = models.ForeignKey(
        FormSection, models.RESTRICT, related_name="+", verbose_name=_("deel")
    )
    version = models.PositiveIntegerField(_("versie"))
    data = models.JSONField(
        _("inhoud"), help_text=_("Wat teruggezet kan worden, en hoe een lezer het ziet.")
    )
    is_autosave = models.BooleanField(_("automatisch bewaard"), default=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    saved_at = models.DateTimeField(_("bewaard op"), default=clock.now)

    class Meta:
        verbose_name = _("bewaarde tekst van een deel")
        verbose_name_plural = _("bewaarde teksten per deel")
        ordering = ["proposal", "section", "-version"]
        constraints = [
            unique(
                "projects_section_revision_once",
                "proposal",
                "section",
                "version",
                message=_("Deze versie van het deel is al bewaard."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} {self.section.code} v{self.version}"


class SectionAssignment(models.Model):
    """A section that a colleague takes upon him, with the day by which it should be done."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="section_assignments")
    section = models.ForeignKey(
        FormSection, models.RESTRICT, related_name="+", verbose_name=_("deel")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("voor wie")
    )
    due_on = models.DateField(_("klaar tegen"))
    note = models.CharField(_("boodschap"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gevraagd door")
    )
    assigned_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    done_at = models.DateTimeField(_("klaar op"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("toegewezen deel")
        verbose_name_plural = _("toegewezen delen")
        ordering = ["proposal", "due_on", "pk"]
        constraints = [
            unique(
                "projects_section_assigned_once",
                "proposal",
                "section",
                message=_("Dit deel is al aan iemand toegewezen. Herlaad de pagina."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} {self.section.code} → {self.assignee}"


class Partner(models.Model):
    """A public body that takes part in the consortium (domain.md 0.7: not the contractor)."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="partners")
    version = models.PositiveIntegerField(
        _("versie"), default=1, editable=False, help_text=_("Groeit met elke keer opslaan.")
    )
    name = models.CharField(_("organisatie"), max_length=200)
    kbo = models.CharField(
        _("ondernemingsnummer"), max_length=10, blank=True, validators=[validate_kbo]
    )
    role = models.CharField(_("rol in het project"), max_length=200, blank=True)
    contribution = models.TextField(_("bijdrage"), blank=True, max_length=1000)
    has_letter_of_intent = models.BooleanField(_("intentieverklaring toegevoegd"), default=False)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)

    if TYPE_CHECKING:
        accesses: RelatedManager["PartnerAccess"]
        attachments: RelatedManager["Attachment"]

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["proposal", "position", "pk"]

    def __str__(self) -> str:
        return self.name


class PartnerAccess(models.Model):
    """A person of a partner: sees and completes that partner's part, and the whole's progress."""

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="accesses", verbose_name=_("partner")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="partner_accesses",
        verbose_name=_("persoon"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("uitgenodigd door"),
    )
    invited_at = models.DateTimeField(_("uitgenodigd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("toegang van een partner")
        verbose_name_plural = _("toegang van partners")
        ordering = ["partner", "pk"]
        constraints = [
            unique(
                "projects_partner_access_once",
                "partner",
                "user",
                message=_("Deze persoon is al uitgenodigd voor deze partner."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.user}"


class CostLine(models.Model):
    """A line of the estimate (raming). Amounts in EUR; VAT is rounded per line."""

    class VatRate(models.TextChoices):
        STANDARD = "21", _("21 %")
        REDUCED = "12", _("12 %")
        LOW = "6", _("6 %")
        NONE = "0", _("0 %")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="cost_lines")
    phase = models.CharField(_("fase"), max_length=30, choices=CostPhase)
    description = models.CharField(_("omschrijving"), max_length=200)
    amount = MoneyField(_("bedrag exclusief btw"))
    vat_rate = models.CharField(
        _("btw-tarief"), max_length=2, choices=VatRate, default=VatRate.STANDARD
    )
    vat_recoverable = models.BooleanField(_("btw is terugvorderbaar"), default=False)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)

    class Meta:
        verbose_name = _("ramingslijn")
        verbose_name_plural = _("ramingslijnen")
        ordering = ["proposal", "position", "pk"]

    def __str__(self) -> str:
        return self.description

    @property
    def vat(self) -> Decimal:
        return round_cents(self.amount * Decimal(self.vat_rate) / 100)

    @property
    def total(self) -> Decimal:
        return self.amount + self.vat

    def eligible_amount(self, *, vat_is_eligible: bool) -> Decimal:
        """The part that counts: VAT only when it is not recoverable and the call accepts it."""
        return self.total if vat_is_eligible and not self.vat_recoverable else self.amount


class Attachment(models.Model):
    """A file added to a proposal, with the answer it belongs to where there is one."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="attachments")
    question = models.ForeignKey(
        FormQuestion,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vraag"),
    )
    partner = models.ForeignKey(
        Partner,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("partner"),
        help_text=_("Van wie dit de intentieverklaring is."),
    )
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, related_name="+", verbose_name=_("bestand")
    )
    description = models.CharField(_("omschrijving"), max_length=200, blank=True)
    is_confidential = models.BooleanField(_("bevat vertrouwelijke gegevens"), default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("toegevoegd door"),
    )
    added_at = models.DateTimeField(_("toegevoegd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("bijlage")
        verbose_name_plural = _("bijlagen")
        ordering = ["proposal", "added_at", "pk"]

    def __str__(self) -> str:
        return self.description or str(self.file)
