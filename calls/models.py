"""Calls: when people may submit, what is asked, how it is judged and co-financed."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffRole
from calls.cofinancing import AdvisedCofinancing, advise
from calls.lifecycle import CALL_LIFECYCLE, CallPhase, CallState
from common.constraints import check, unique
from common.money import MoneyField

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from accounts.models import User

PERCENTAGE = [MinValueValidator(0), MaxValueValidator(100)]


class Theme(models.Model):
    """A theme by which the portfolio and the yearly report are broken down."""

    name = models.CharField(_("naam"), max_length=80, unique=True)
    slug = models.SlugField(_("adres"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("thema")
        verbose_name_plural = _("thema's")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CallQuerySet(models.QuerySet["Call"]):
    def public(self) -> Self:
        return self.exclude(state__in=[CallState.CONCEPT, CallState.WITHDRAWN])

    def visible_to(self, user: "User | Any") -> Self:
        """Everybody sees published calls; staff see drafts too."""
        return self if getattr(user, "is_programme_staff", False) else self.public()

    def open_at(self, instant: datetime) -> Self:
        return self.filter(
            models.Exists(
                SubmissionRound.objects.open_at(instant).filter(call=models.OuterRef("pk"))
            ),
            state=CallState.PUBLISHED,
        )


class Call(models.Model):
    """A call for proposals (oproep)."""

    reference = models.CharField(
        _("kenmerk"),
        max_length=30,
        unique=True,
        help_text=_("Bijvoorbeeld PIO-2026-1. Komt in elk dossiernummer."),
        error_messages={"unique": _("Er is al een oproep met dit kenmerk.")},
    )
    slug = models.SlugField(_("adres"), max_length=60, unique=True)
    title = models.CharField(_("titel"), max_length=150)
    title_en = models.CharField(_("titel in het Engels"), max_length=150, blank=True)
    summary = models.TextField(_("samenvatting"), max_length=1000, blank=True)
    summary_en = models.TextField(_("samenvatting in het Engels"), max_length=1000, blank=True)
    description = models.TextField(_("toelichting"), blank=True, help_text=_("Markdown mag."))
    eligibility = models.TextField(_("wie kan indienen"), blank=True, help_text=_("Markdown mag."))
    contact_email = models.EmailField(_("e-mail voor vragen"), blank=True)
    effort_hours = models.PositiveSmallIntegerField(
        _("verwachte tijd om in te vullen (uren)"), null=True, blank=True
    )
    vat_is_eligible = models.BooleanField(
        _("niet-terugvorderbare btw komt in aanmerking"), default=True
    )
    correction_days = models.PositiveSmallIntegerField(
        _("dagen om een onvolledig dossier aan te vullen"),
        default=0,
        help_text=_("Kalenderdagen na de melding; 0: alleen zolang de ronde open is."),
    )
    overall_threshold = models.DecimalField(
        _("drempel op het totaal (%)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(50),
        validators=PERCENTAGE,
    )
    decision_role = models.CharField(
        _("wie beslist over de selectie"),
        max_length=40,
        choices=StaffRole,
        default=StaffRole.PROJECT_LEADER,
    )
    submitted_count = models.PositiveIntegerField(
        _("aantal ingediend (historisch)"),
        null=True,
        blank=True,
        help_text=_("Alleen voor oproepen van vóór het portaal, uit publieke bronnen."),
    )
    selected_count = models.PositiveIntegerField(
        _("aantal geselecteerd (historisch)"), null=True, blank=True
    )
    source_url = models.URLField(_("bron"), max_length=500, blank=True)
    is_fictional = models.BooleanField(_("voorbeelddata"), default=False)
    state = models.CharField(
        _("status"), max_length=20, choices=CallState, default=CallState.CONCEPT, editable=False
    )
    last_proposal_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("aangemaakt op"), default=timezone.now, editable=False)

    objects = CallQuerySet.as_manager()

    if TYPE_CHECKING:
        rounds: RelatedManager["SubmissionRound"]
        milestones: RelatedManager["Milestone"]
        criteria: RelatedManager["Criterion"]
        sections: RelatedManager["FormSection"]
        cofinancing_rules: RelatedManager["CofinancingRule"]

    class Meta:
        verbose_name = _("oproep")
        verbose_name_plural = _("oproepen")
        ordering = ["-created_at", "-pk"]
        triggers = [CALL_LIFECYCLE.trigger("call_state_steps")]

    def __str__(self) -> str:
        return f"{self.reference} – {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("calls:detail", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return self.state not in {CallState.CONCEPT, CallState.WITHDRAWN}

    def phase_at(self, instant: datetime) -> CallPhase:
        """The phase at `instant`; open and closed follow from the rounds, never from a job."""
        if self.state != CallState.PUBLISHED:
            return CallPhase(self.state)
        rounds = list(self.rounds.all())
        if any(r.is_open_at(instant) for r in rounds):
            return CallPhase.OPEN
        if any(r.opens_at > instant for r in rounds):
            return CallPhase.PLANNED
        return CallPhase.CLOSED

    @property
    def phase(self) -> CallPhase:
        return self.phase_at(timezone.now())

    def round_open_at(self, instant: datetime) -> "SubmissionRound | None":
        return next((r for r in self.rounds.all() if r.is_open_at(instant)), None)

    def what_is_missing(self) -> list[str]:
        """Sentences for everything that must still be done before the call can be published."""
        weights = [criterion.weight for criterion in self.criteria.all()]
        needs = {
            _("Schrijf een samenvatting."): bool(self.summary),
            _("Schrijf wie kan indienen."): bool(self.eligibility),
            _("Vul een e-mailadres voor vragen in."): bool(self.contact_email),
            _("Voeg minstens één indienronde toe."): self.rounds.exists(),
            _("Voeg minstens één criterium toe."): bool(weights),
            _("De gewichten van de criteria zijn samen niet 100."): not weights
            or sum(weights) == 100,
            _(
                "Voeg minstens één deel met een vraag toe aan het formulier."
            ): FormQuestion.objects.filter(section__call=self).exists(),
            _("Voeg minstens één regel voor cofinanciering toe."): self.cofinancing_rules.exists(),
        }
        return [str(sentence) for sentence, done in needs.items() if not done]


class SubmissionRoundQuerySet(models.QuerySet["SubmissionRound"]):
    def open_at(self, instant: datetime) -> Self:
        return self.filter(opens_at__lte=instant, closes_at__gt=instant)

    def opened(self) -> Self:
        return self.filter(opens_at__lte=timezone.now())

    def still_to_close(self) -> Self:
        return self.filter(closes_at__gt=timezone.now())


class SubmissionRound(models.Model):
    """A window in which proposals may be submitted. A call may have several (domain.md 8.1)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rounds", verbose_name=_("oproep"))
    number = models.PositiveSmallIntegerField(_("nummer"), default=1)
    opens_at = models.DateTimeField(_("opent op"))
    closes_at = models.DateTimeField(
        _("sluit op"),
        help_text=_("Exclusief: 24.00 uur van een dag is 00:00 van de volgende dag."),
    )

    objects = SubmissionRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("indienronde")
        verbose_name_plural = _("indienrondes")
        ordering = ["call", "number"]
        constraints = [
            check(
                "calls_round_closes_after_opening",
                models.Q(closes_at__gt=models.F("opens_at")),
                _("De ronde sluit voor ze opent. Kies een later moment van sluiten."),
            ),
            unique(
                "calls_round_number_once",
                "call",
                "number",
                message=_("Deze oproep heeft al een ronde met dit nummer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call.reference} – ronde {self.number}"

    def is_open_at(self, instant: datetime) -> bool:
        """In time is: on or after opening, strictly before closing."""
        return self.opens_at <= instant < self.closes_at


class Milestone(models.Model):
    """A date people should know: info session, expected decision, ..."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="milestones", verbose_name=_("oproep")
    )
    label = models.CharField(_("omschrijving"), max_length=150)
    at = models.DateTimeField(_("tijdstip"))
    is_public = models.BooleanField(_("publiek"), default=True)

    class Meta:
        verbose_name = _("mijlpaal")
        verbose_name_plural = _("mijlpalen")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.label


class Criterion(models.Model):
    """An evaluation criterion. Scores are an aid; the outcome is go or no go (domain.md 5.1)."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="criteria", verbose_name=_("oproep")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    title = models.CharField(_("titel"), max_length=150)
    guidance_applicant = models.TextField(_("toelichting voor de aanvrager"), blank=True)
    guidance_evaluator = models.TextField(_("toelichting voor de beoordelaar"), blank=True)
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


class SectionKind(models.TextChoices):
    """Most sections hold questions; some have a screen of their own."""

    GENERAL = "general", _("Titel, samenvatting en contact")
    QUESTIONS = "questions", _("Vragen")
    PARTNERS = "partners", _("Partners")
    BUDGET = "budget", _("Raming")
    ATTACHMENTS = "attachments", _("Bijlagen")


class FormSection(models.Model):
    """A part of the application form (domain.md 4)."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="sections", verbose_name=_("oproep")
    )
    code = models.CharField(_("letter"), max_length=3)
    title = models.CharField(_("titel"), max_length=150)
    intro = models.TextField(_("inleiding"), blank=True)
    kind = models.CharField(
        _("soort"), max_length=20, choices=SectionKind, default=SectionKind.QUESTIONS
    )
    position = models.PositiveSmallIntegerField(_("volgorde"))

    if TYPE_CHECKING:
        questions: RelatedManager["FormQuestion"]

    class Meta:
        verbose_name = _("deel van het formulier")
        verbose_name_plural = _("delen van het formulier")
        ordering = ["call", "position", "pk"]
        constraints = [
            unique(
                "calls_section_code_once",
                "call",
                "code",
                message=_("Deze oproep heeft al een deel met deze letter."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class QuestionType(models.TextChoices):
    TEXT = "text", _("Tekst")
    CHOICE = "choice", _("Keuze uit een lijst")
    YES_NO = "yes_no", _("Ja of nee")
    NUMBER = "number", _("Getal")
    MONEY = "money", _("Bedrag in euro")
    DATE = "date", _("Datum")
    TABLE = "table", _("Tabel")
    FILE = "file", _("Bestand")
    DECLARATION = "declaration", _("Verklaring om aan te vinken")


class FormQuestion(models.Model):
    """A question. `key` names its answer in drafts, frozen versions and exports."""

    section = models.ForeignKey(
        FormSection, models.CASCADE, related_name="questions", verbose_name=_("deel")
    )
    key = models.SlugField(_("sleutel"), max_length=60)
    label = models.CharField(_("vraag"), max_length=300)
    help_text = models.TextField(_("uitleg"), blank=True)
    type = models.CharField(_("soort"), max_length=20, choices=QuestionType)
    is_required = models.BooleanField(_("verplicht bij het indienen"), default=True)
    max_length = models.PositiveIntegerField(
        _("hoogste aantal tekens"), null=True, blank=True, help_text=_("Alleen voor tekst.")
    )
    choices = models.JSONField(
        _("keuzes"), default=list, blank=True, help_text=_("Een lijst van teksten.")
    )
    columns = models.JSONField(
        _("kolommen"),
        default=list,
        blank=True,
        help_text=_("Voor een tabel: een lijst van {key, label, type}."),
    )
    position = models.PositiveSmallIntegerField(_("volgorde"))

    class Meta:
        verbose_name = _("vraag")
        verbose_name_plural = _("vragen")
        ordering = ["section", "position", "pk"]
        constraints = [
            unique(
                "calls_question_key_once",
                "section",
                "key",
                message=_("Dit deel heeft al een vraag met deze sleutel."),
            )
        ]

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
        ordering = ["call", "phase"]
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
        return f"{self.call.reference}: {self.get_phase_display()}"

    def advise(self, base: Decimal) -> AdvisedCofinancing:
        """What this rule gives for an eligible `base` in EUR."""
        return advise(base, rate=self.rate, ceiling=self.ceiling, floor=self.floor)
