"""From a submitted proposal to a notified decision."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models import Criterion
from common.constraints import check, unique
from common.money import MoneyField
from documents.models import Job
from evaluations.lifecycle import (
    ACTIVE_ASSIGNMENT_STATES,
    ASSIGNMENT_LIFECYCLE,
    AssignmentState,
)
from evaluations.policies import may_see_all_files
from projects.models import Proposal, ProposalVersion

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MAX_SCORE = 5


class CompletenessCheck(models.Model):
    """The formal check of one submitted version; not "ontvankelijkheid" (domain.md 0.1)."""

    version = models.OneToOneField(
        ProposalVersion,
        models.RESTRICT,
        related_name="completeness_check",
        verbose_name=_("ingediende versie"),
    )
    is_complete = models.BooleanField(_("volledig"))
    remarks = models.TextField(
        _("wat ontbreekt"),
        blank=True,
        max_length=4000,
        help_text=_("De aanvrager leest dit als het dossier onvolledig is."),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    checked_at = models.DateTimeField(_("op"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("volledigheidscontrole")
        verbose_name_plural = _("volledigheidscontroles")
        ordering = ["-checked_at", "-pk"]
        constraints = [
            check(
                "evaluations_incomplete_says_what",
                models.Q(is_complete=True) | ~models.Q(remarks=""),
                _("Schrijf wat er ontbreekt."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}: {'volledig' if self.is_complete else 'onvolledig'}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """The programme office sees all; an adviser the own ones."""
        if may_see_all_files.test(user, None):
            return self
        return self.filter(adviser=user)

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE_ASSIGNMENT_STATES)


class Assignment(models.Model):
    """An adviser is asked to assess a proposal."""

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="assignments", verbose_name=_("voorstel")
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="assignments",
        verbose_name=_("adviseur"),
    )
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=AssignmentState,
        default=AssignmentState.INVITED,
        editable=False,
    )
    is_lead = models.BooleanField(
        _("schrijft het advies"),
        default=True,
        help_text=_("Eén adviseur per dossier schrijft het advies; anderen lezen mee."),
    )
    due_on = models.DateField(_("advies tegen"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("toegewezen door"),
    )
    assigned_at = models.DateTimeField(_("toegewezen op"), default=timezone.now, editable=False)
    reason = models.TextField(_("reden van weigering of intrekking"), blank=True, max_length=2000)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("toewijzing")
        verbose_name_plural = _("toewijzingen")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "adviser"],
                condition=models.Q(state__in=sorted(ACTIVE_ASSIGNMENT_STATES)),
                name="evaluations_adviser_once_per_file",
                violation_error_message=_("Deze adviseur werkt al aan dit dossier."),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(state__in=sorted(ACTIVE_ASSIGNMENT_STATES), is_lead=True),
                name="evaluations_one_lead_per_file",
                violation_error_message=_(
                    "Dit dossier heeft al een adviseur die het advies schrijft."
                ),
            ),
        ]
        triggers = [ASSIGNMENT_LIFECYCLE.trigger("assignment_state_steps")]

    def __str__(self) -> str:
        return f"{self.proposal.reference} – {self.adviser}"


class ConflictDeclaration(models.Model):
    """What the adviser declared about interests before reading the file."""

    assignment = models.OneToOneField(
        Assignment, models.RESTRICT, related_name="declaration", verbose_name=_("toewijzing")
    )
    has_conflict = models.BooleanField(_("heeft een belangenconflict"))
    explanation = models.TextField(_("toelichting"), blank=True, max_length=2000)
    declared_at = models.DateTimeField(_("verklaard op"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("verklaring over belangenconflicten")
        verbose_name_plural = _("verklaringen over belangenconflicten")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            check(
                "evaluations_conflict_is_explained",
                models.Q(has_conflict=False) | ~models.Q(explanation=""),
                _("Leg uit welk belangenconflict u hebt."),
            )
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.assignment}: {'conflict' if self.has_conflict else 'geen conflict'}"


class Evaluation(models.Model):
    """The scores of one adviser for one proposal."""

    assignment = models.OneToOneField(
        Assignment, models.RESTRICT, related_name="evaluation", verbose_name=_("toewijzing")
    )
    own_notes = models.TextField(
        _("eigen notities"), blank=True, help_text=_("Alleen u ziet deze notities.")
    )
    finalised_at = models.DateTimeField(_("afgerond op"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    if TYPE_CHECKING:
        scores: RelatedManager["Score"]

    class Meta:
        verbose_name = _("beoordeling")
        verbose_name_plural = _("beoordelingen")
        ordering = ["assignment"]
        triggers = [
            pgtrigger.Protect(
                name="final_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__finalised_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.assignment)


class Score(models.Model):
    """0 (not addressed) to 5 (excellent) for one criterion, with the reason (domain.md 5.3)."""

    evaluation = models.ForeignKey(
        Evaluation, models.RESTRICT, related_name="scores", verbose_name=_("beoordeling")
    )
    criterion = models.ForeignKey(
        Criterion, models.RESTRICT, related_name="+", verbose_name=_("criterium")
    )
    value = models.DecimalField(
        _("score"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_SCORE)],
    )
    motivation = models.TextField(_("motivering"), blank=True, max_length=4000)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["evaluation", "criterion__position"]
        constraints = [
            unique(
                "evaluations_score_once",
                "evaluation",
                "criterion",
                message=_("Dit criterium heeft al een score."),
            ),
            check(
                "evaluations_score_range",
                models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=MAX_SCORE),
                _("Een score ligt tussen 0 en 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


class Conclusion(models.TextChoices):
    POSITIVE = "positive", _("Positief")
    POSITIVE_WITH_POINTS = "positive_with_points", _("Positief met aandachtspunten")
    NEGATIVE = "negative", _("Negatief")

    @property
    def supports_selection(self) -> bool:
        return self != Conclusion.NEGATIVE


class Advice(models.Model):
    """The advice to the project leader, written for the applicant too (domain.md 0.9).

    `internal_note` never leaves the staff screens: no letter, mail or export reads it. A final
    advice stays as it is; a correction is a new version.
    """

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="advices", verbose_name=_("voorstel")
    )
    number = models.PositiveSmallIntegerField(_("versie"), default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("adviseur")
    )
    strengths = models.TextField(_("sterke punten"), blank=True, max_length=6000)
    points_of_attention = models.TextField(_("aandachtspunten"), blank=True, max_length=6000)
    conditions = models.TextField(
        _("voorwaarden en aanbevelingen voor de begeleiding"), blank=True, max_length=6000
    )
    budget_from = MoneyField(_("budget vanaf"), null=True, blank=True)
    budget_to = MoneyField(_("budget tot"), null=True, blank=True)
    conclusion = models.CharField(_("besluit"), max_length=30, choices=Conclusion, blank=True)
    internal_note = models.TextField(
        _("interne nota"), blank=True, help_text=_("De aanvrager ziet deze nota nooit.")
    )
    finalised_at = models.DateTimeField(_("definitief op"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("advies")
        verbose_name_plural = _("adviezen")
        ordering = ["proposal", "number"]
        constraints = [
            unique(
                "evaluations_advice_number_once",
                "proposal",
                "number",
                message=_("Deze versie van het advies bestaat al."),
            ),
            check(
                "evaluations_advice_budget_range",
                models.Q(budget_from__isnull=True)
                | models.Q(budget_to__isnull=True)
                | models.Q(budget_to__gte=models.F("budget_from")),
                _("“Budget tot” is kleiner dan “budget vanaf”."),
            ),
            check(
                "evaluations_final_advice_concludes",
                models.Q(finalised_at__isnull=True) | ~models.Q(conclusion=""),
                _("Kies een besluit."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="final_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__finalised_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} advies {self.number}"


class SelectionDecision(models.Model):
    """Go or no go by the project leader, never by the adviser (four eyes).

    The applicant learns it at notification; only then does the proposal change state.
    """

    class Outcome(models.TextChoices):
        SELECTED = "selected", _("Geselecteerd")
        NOT_SELECTED = "not_selected", _("Niet geselecteerd")

    proposal = models.OneToOneField(
        Proposal, models.RESTRICT, related_name="decision", verbose_name=_("voorstel")
    )
    advice = models.ForeignKey(Advice, models.RESTRICT, related_name="+", verbose_name=_("advies"))
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("adviseur")
    )
    outcome = models.CharField(_("beslissing"), max_length=20, choices=Outcome)
    grounds = models.TextField(_("motivering"), max_length=6000)
    deviation_reason = models.TextField(
        _("reden om van het advies af te wijken"), blank=True, max_length=6000
    )
    follows_advice = models.BooleanField(_("volgt het advies"), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("beslist door")
    )
    decided_at = models.DateTimeField(_("beslist op"), default=timezone.now, editable=False)
    letter = models.ForeignKey(
        Job, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("brief")
    )
    notified_at = models.DateTimeField(_("meegedeeld op"), null=True, blank=True, editable=False)
    notified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("meegedeeld door"),
    )

    class Meta:
        verbose_name = _("selectiebeslissing")
        verbose_name_plural = _("selectiebeslissingen")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            check(
                "evaluations_four_eyes",
                ~models.Q(decided_by=models.F("adviser")),
                _("Wie het advies schreef, kan niet beslissen."),
            ),
            check(
                "evaluations_deviation_is_reasoned",
                models.Q(follows_advice=True) | ~models.Q(deviation_reason=""),
                _("Schrijf waarom u van het advies afwijkt."),
            ),
        ]
        triggers = [
            # Undo until notified, never after.
            pgtrigger.Protect(
                name="notified_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__notified_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference}: {self.get_outcome_display()}"


class LetterText(models.Model):
    """Editable text blocks of the decision letter; a lawyer approves the appeal text."""

    outcome = models.CharField(
        _("beslissing"), max_length=20, choices=SelectionDecision.Outcome, unique=True
    )
    opening = models.TextField(_("inleiding"))
    closing = models.TextField(_("vervolgstappen"), blank=True)
    appeal = models.TextField(_("beroepsmogelijkheden"))

    class Meta:
        verbose_name = _("tekst van de beslissingsbrief")
        verbose_name_plural = _("teksten van de beslissingsbrief")
        ordering = ["outcome"]

    def __str__(self) -> str:
        return self.get_outcome_display()
