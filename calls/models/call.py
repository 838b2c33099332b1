"""Calls: when people may submit, and who may see that."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CALL_LIFECYCLE, CallPhase, CallState
from calls.percentages import PERCENTAGE
from calls.setup import open_items
from common import clock
from common.constraints import check, unique
from common.moments import start_of_day

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from accounts.models import User
    from calls.models.form import FormSection, FormVersion
    from calls.models.publicity import (
        CallDocument,
        CallFollower,
        CallQuestion,
        SelfTestQuestion,
    )
    from calls.models.rules import ChecklistItem, CofinancingRule, Criterion
    from calls.models.setup import ClosingMove, ReminderMoment, SetupExplanation


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


class ConsensusRule(models.TextChoices):
    """When the readers of a file must agree on common scores before the advice (domain.md 5.4)."""

    NONE = "none", _("Nooit: de scores blijven naast elkaar staan")
    DIVERGENT = "divergent", _("Als de scores uiteenlopen")
    ALWAYS = "always", _("Altijd")


SCORE_STEPS = [
    (Decimal("0.5"), _("Halve punten: 0, 0,5, 1, … 5")),
    (Decimal("1.0"), _("Hele punten: 0, 1, 2, … 5")),
]


ADVISER_DECIDES = _("Een adviseur beslist niet over wat adviseurs beoordelen. Kies een andere rol.")


def refuse_adviser(role: str) -> None:
    """Who assesses does not decide (four eyes, domain.md 1.3)."""
    if role == StaffRole.ADVISER:
        raise ValidationError(ADVISER_DECIDES)


class CallQuerySet(models.QuerySet["Call"]):
    def public(self) -> Self:
        return self.exclude(state__in=[CallState.CONCEPT, CallState.WITHDRAWN])

    def visible_to(self, user: "User | Any") -> Self:
        """Everybody sees published calls; staff see drafts too."""
        return self if getattr(user, "is_programme_staff", False) else self.public()

    def open_at(self, instant: datetime) -> Self:
        return self.in_phase(CallPhase.OPEN, instant)

    def in_phase(self, phase: CallPhase, instant: datetime) -> Self:
        """The same answer as `Call.phase_at`, in SQL."""
        if phase not in {CallPhase.OPEN, CallPhase.PLANNED, CallPhase.CLOSED}:
            return self.filter(state=phase.value)
        rounds = SubmissionRound.objects.filter(call=models.OuterRef("pk"))
        is_open = models.Exists(rounds.open_at(instant))
        is_planned = models.Exists(rounds.filter(opens_at__gt=instant))
        published = self.filter(state=CallState.PUBLISHED)
        if phase == CallPhase.OPEN:
            return published.filter(is_open)
        if phase == CallPhase.PLANNED:
            return published.filter(~is_open, is_planned)
        return published.filter(~is_open, ~is_planned)

    def closing_in(self, year: int) -> Self:
        """With a round whose last day lies in this Brussels year."""
        rounds = SubmissionRound.objects.filter(
            call=models.OuterRef("pk"),
            closes_at__gt=start_of_day(date(year, 1, 1)),
            closes_at__lte=start_of_day(date(year + 1, 1, 1)),
        )
        return self.filter(models.Exists(rounds))

    def with_changes(self) -> Self:
        """With `last_changed` and `change_count`: both only grow, with every act on the call."""
        acts = (
            AuditEvent.objects.filter(
                content_type__app_label="calls",
                content_type__model="call",
                object_id=Cast(models.OuterRef("pk"), models.CharField()),
            )
            .order_by()
            .values("object_id")
        )
        rounds = (
            SubmissionRound.objects.filter(call=models.OuterRef("pk")).order_by().values("call")
        )
        return self.annotate(
            last_changed=Greatest(
                "created_at",
                models.Subquery(acts.values(latest=models.Max("at"))),
                models.Subquery(rounds.values(latest=models.Max("moves__moved_at"))),
            ),
            change_count=Coalesce(models.Subquery(acts.values(n=models.Count("pk"))), 0)
            + Coalesce(models.Subquery(rounds.values(n=models.Count("moves"))), 0),
        )

    def latest_first(self) -> Self:
        """By last closing moment; calls from before the portal, without rounds, at the end."""
        return self.annotate(last_closing=models.Max("rounds__closes_at")).order_by(
            models.F("last_closing").desc(nulls_last=True), "-reference"
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
    eligible_types = models.JSONField(
        _("soorten organisaties die kunnen indienen"),
        default=list,
        blank=True,
        help_text=_("Leeg: elke soort."),
    )
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
    reader_count = models.PositiveSmallIntegerField(
        _("lezers per dossier"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("Hoeveel adviseurs elk dossier beoordelen; één van hen schrijft het advies."),
    )
    consensus_rule = models.CharField(
        _("consensus tussen de lezers"),
        max_length=20,
        choices=ConsensusRule,
        default=ConsensusRule.NONE,
    )
    divergence_limit = models.DecimalField(
        _("uiteenlopend vanaf (procentpunt)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(20),
        validators=PERCENTAGE,
        help_text=_("Het verschil tussen de hoogste en de laagste totaalscore van de lezers."),
    )
    score_step = models.DecimalField(
        _("stap van de scores"),
        max_digits=2,
        decimal_places=1,
        default=Decimal("0.5"),
        choices=SCORE_STEPS,
    )
    motivation_length = models.PositiveSmallIntegerField(
        _("kortste motivering (tekens)"), default=1, validators=[MinValueValidator(1)]
    )
    motivation_length_below = models.PositiveSmallIntegerField(
        _("kortste motivering onder de drempel (tekens)"),
        default=100,
        validators=[MinValueValidator(1)],
        help_text=_("Wie onder de drempel scoort, legt uit waarom."),
    )
    decision_role = models.CharField(
        _("wie beslist over de selectie"),
        max_length=40,
        choices=StaffRole,
        default=StaffRole.PROJECT_LEADER,
        validators=[refuse_adviser],
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
    created_at = models.DateTimeField(_("aangemaakt op"), default=clock.now, editable=False)

    objects = CallQuerySet.as_manager()

    state_tones = {
        CallPhase.PLANNED: "info",
        CallPhase.OPEN: "success",
        CallPhase.ASSESSMENT: "info",
        CallPhase.CONCEPT: "warning",
        CallPhase.WITHDRAWN: "danger",
    }

    if TYPE_CHECKING:
        rounds: RelatedManager["SubmissionRound"]
        milestones: RelatedManager["Milestone"]
        criteria: RelatedManager["Criterion"]
        checklist_items: RelatedManager["ChecklistItem"]
        sections: RelatedManager["FormSection"]
        cofinancing_rules: RelatedManager["CofinancingRule"]
        reminder_moments: RelatedManager["ReminderMoment"]
        setup_explanations: RelatedManager["SetupExplanation"]
        form_versions: RelatedManager["FormVersion"]
        documents: RelatedManager["CallDocument"]
        self_test_questions: RelatedManager["SelfTestQuestion"]
        questions: RelatedManager["CallQuestion"]
        followers: RelatedManager["CallFollower"]

    class Meta:
        verbose_name = _("oproep")
        verbose_name_plural = _("oproepen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            check(
                "calls_adviser_does_not_decide",
                ~models.Q(decision_role=StaffRole.ADVISER),
                ADVISER_DECIDES,
            )
        ]
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
        return self.phase_at(clock.now())

    def get_phase_display(self) -> str:
        return str(self.phase.label)

    @property
    def is_editable(self) -> bool:
        """Texts, dates, form and rules change only before people can rely on them."""
        return self.state == CallState.CONCEPT

    def round_open_at(self, instant: datetime) -> "SubmissionRound | None":
        return next((r for r in self.rounds.all() if r.is_open_at(instant)), None)

    @property
    def open_round(self) -> "SubmissionRound | None":
        return self.round_open_at(clock.now())

    @property
    def next_round(self) -> "SubmissionRound | None":
        """The first round that still has to open."""
        now = clock.now()
        coming = [r for r in self.rounds.all() if r.opens_at > now]
        return min(coming, key=lambda r: r.opens_at, default=None)

    def is_for_kind(self, kind: str) -> bool:
        """Whether an organisation of this kind (OrganisationType) may apply."""
        return not self.eligible_types or kind in self.eligible_types

    @property
    def eligible_labels(self) -> list[str]:
        """The kinds of organisations that may apply, in words; empty when every kind may."""
        return [str(kind.label) for kind in OrganisationType if kind in self.eligible_types]

    @property
    def is_shown_translated(self) -> bool:
        """Whether the reader's language is English and this call has an English text."""
        return get_language() == "en" and bool(self.title_en and self.summary_en)

    @property
    def shown_title(self) -> str:
        return self.title_en if self.is_shown_translated else self.title

    @property
    def shown_summary(self) -> str:
        return self.summary_en if self.is_shown_translated else self.summary

    @property
    def shown_language(self) -> str:
        """The language of the title and summary as shown, for the `lang` attribute."""
        return "en" if self.is_shown_translated else "nl"

    def clean(self) -> None:
        """Only kinds of organisations that exist.

        Raises:
            ValidationError: for `eligible_types`.
        """
        if set(map(str, self.eligible_types)) - set(OrganisationType.values):
            raise ValidationError({"eligible_types": _("Kies uit de lijst.")})

    def what_is_missing(self) -> list[str]:
        """Sentences for everything that must still be done, or explained, before publication."""
        return [str(item.label) for item in open_items(self)]


class SubmissionRoundQuerySet(models.QuerySet["SubmissionRound"]):
    def open_at(self, instant: datetime) -> Self:
        return self.filter(opens_at__lte=instant, closes_at__gt=instant)

    def to_announce(self, instant: datetime) -> Self:
        """Open, of a published call, and its followers were not told yet."""
        return self.open_at(instant).filter(
            opening_announced_at__isnull=True, call__state=CallState.PUBLISHED
        )

    def opened(self) -> Self:
        return self.filter(opens_at__lte=clock.now())

    def still_to_close(self) -> Self:
        return self.filter(closes_at__gt=clock.now())


class SubmissionRound(models.Model):
    """A window in which proposals may be submitted. A call may have several (domain.md 8.1)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rounds", verbose_name=_("oproep"))
    number = models.PositiveSmallIntegerField(_("nummer"), default=1)
    opens_at = models.DateTimeField(_("opent op"))
    closes_at = models.DateTimeField(
        _("sluit op"),
        help_text=_("Exclusief: 24.00 uur van een dag is 00:00 van de volgende dag."),
    )

    grace_minutes = models.PositiveSmallIntegerField(
        _("uitloop (minuten)"),
        default=0,
        help_text=_("Wat zoveel minuten na de sluiting aankomt, telt nog mee. 0: geen uitloop."),
    )
    opening_announced_at = models.DateTimeField(
        _("opening gemeld op"), null=True, blank=True, editable=False
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
        return str(_("Ronde %(number)s") % {"number": self.number})

    if TYPE_CHECKING:
        moves: RelatedManager["ClosingMove"]

    def is_open_at(self, instant: datetime) -> bool:
        """In time is: on or after opening, strictly before closing."""
        return self.opens_at <= instant < self.closes_at

    @property
    def grace_ends_at(self) -> datetime:
        """The last instant that is still accepted; without grace the closing, which is not."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)

    def is_in_grace_at(self, instant: datetime) -> bool:
        """Too late, and no more than the minutes of grace: the last of them is included."""
        return self.grace_minutes > 0 and self.closes_at <= instant <= self.grace_ends_at

    def takes_at(self, instant: datetime) -> bool:
        """Whether what arrives at `instant` counts for this round."""
        return self.is_open_at(instant) or self.is_in_grace_at(instant)


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
