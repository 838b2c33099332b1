"""How a call judges and co-finances: criteria and rules (domain.md 5 and 6)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.cofinancing import AdvisedCofinancing, advise, describe
from calls.models.call import Call
from calls.percentages import PERCENTAGE
from common.constraints import check, unique
from common.money import MoneyField


class Criterion(models.Model):
    """An evaluation criterion. Scores are an aid; the outcome is go or no go (domain.md 5.1)."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="criteria", verbose_name=_("oproep")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    title = models.CharField(_("titel"), max_length=150)
    guidance_applicant = models.TextField(_("toelichting voor de aanvrager"), blank=True)
    guidance_evaluator = models.TextField(_("toelichting voor de beoordelaar"), blank=True)
    about = models.JSONField(
        _("gaat over"),
        default=list,
        blank=True,
        help_text=_("Codes van delen (“D”) of vragen (“D.probleem”) waarover het criterium gaat."),
    )
    weight = models.DecimalField(
        _("gewicht (%)"), max_digits=5, decimal_places=2, validators=PERCENTAGE
    )
    threshold = models.DecimalField(
        _("drempel (%)"), max_digits=5, decimal_places=2, default=Decimal(50), validators=PERCENTAGE
    )

    class Meta:
        verbose_name = _("criterium")
        verbose_name_plural = _("criteria")
        ordering = ["call", "position", "pk"]
        constraints = [
            check(
                "calls_criterion_percentages",
                models.Q(weight__gte=0, weight__lte=100, threshold__gte=0, threshold__lte=100),
                _("Gewicht en drempel liggen tussen 0 en 100."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class ChecklistKind(models.TextChoices):
    """What a list of checks of a call is for (domain.md 3.1 step 5 and 5.2)."""

    COMPLETENESS = "completeness", _("Volledigheidscontrole")
    EXCLUSION = "exclusion", _("Uitsluitingscriteria")


class ChecklistItem(models.Model):
    """One thing to check of each file of a call, answered yes or no with a reason."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="checklist_items", verbose_name=_("oproep")
    )
    kind = models.CharField(_("lijst"), max_length=20, choices=ChecklistKind)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    label = models.CharField(_("wat nagaan"), max_length=300)
    guidance = models.TextField(_("toelichting"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("punt van een controlelijst")
        verbose_name_plural = _("punten van de controlelijsten")
        ordering = ["call", "kind", "position", "pk"]

    def __str__(self) -> str:
        return self.label


class CostPhase(models.TextChoices):
    """Phases whose costs are co-financed by a rule of their own (domain.md 6.2)."""

    PREPARATION = "voortraject", _("Voortraject")
    FEASIBILITY = "haalbaarheidsstudie", _("Haalbaarheidsstudie")
    DEVELOPMENT = "opdracht_ontwikkeling", _("Opdracht: ontwikkeling")
    VALIDATION = "validatie_test", _("Validatie en test")
    PILOT = "piloot_proeftuin", _("Piloot of proeftuin")


class CofinancingRule(models.Model):
    """Rate and ceiling for a phase; versioned because they changed over time (domain.md 0.5)."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="cofinancing_rules", verbose_name=_("oproep")
    )
    phase = models.CharField(_("fase"), max_length=30, choices=CostPhase)
    rate = models.DecimalField(
        _("aandeel"),
        max_digits=5,
        decimal_places=4,
        help_text=_("Tussen 0 en 1: 0,5 is 50 %."),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    ceiling = MoneyField(_("plafond"), null=True, blank=True)
    floor = MoneyField(_("ondergrens"), null=True, blank=True)
    ceiling_is_indicative = models.BooleanField(
        _("plafond is richtinggevend"),
        default=True,
        help_text=_("Een hoger bedrag mag dan met een reden."),
    )
    legal_basis = models.CharField(_("rechtsgrond of bron"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("regel voor cofinanciering")
        verbose_name_plural = _("regels voor cofinanciering")
        ordering = ["call", "pk"]
        constraints = [
            unique(
                "calls_rule_phase_once",
                "call",
                "phase",
                message=_("Deze oproep heeft al een regel voor deze fase."),
            ),
            check(
                "calls_rule_rate_is_a_share",
                models.Q(rate__gte=0, rate__lte=1),
                _("Een aandeel ligt tussen 0 en 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_phase_display()

    @property
    def in_words(self) -> str:
        return describe(
            rate=self.rate,
            ceiling=self.ceiling,
            floor=self.floor,
            ceiling_is_indicative=self.ceiling_is_indicative,
        )

    def advise(self, base: Decimal) -> AdvisedCofinancing:
        """What this rule gives for an eligible `base` in EUR."""
        return advise(base, rate=self.rate, ceiling=self.ceiling, floor=self.floor)
