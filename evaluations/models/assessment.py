"""Scores by one adviser, and the advice that the lead adviser writes."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import ChecklistItem
from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from evaluations.models.assignment import Assignment
from evaluations.models.scores import CriterionScore, stays_with
from evaluations.scoring import MAX_SCORE
from projects.models import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from accounts.models import User


class Evaluation(models.Model):
    """The scores of one adviser for one proposal."""

    assignment = models.OneToOneField(
        Assignment, models.RESTRICT, related_name="evaluation", verbose_name=_("toewijzing")
    )
    own_notes = models.TextField(
        _("eigen notities"), blank=True, help_text=_("Alleen u ziet deze notities.")
    )
    finalised_at = models.DateTimeField(_("afgerond op"), null=True, blank=True, editable=False)
    total_percent = models.DecimalField(
        _("totaal (%)"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Gewogen, gezet als de scores definitief worden."),
    )
    passes = models.BooleanField(_("haalt de drempels"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("gewijzigd op"), default=clock.now, editable=False)

    if TYPE_CHECKING:
        scores: RelatedManager["Score"]
        exclusion_answers: RelatedManager["ExclusionAnswer"]

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

    @property
    def updated_by(self) -> "User":
        """Nobody but the adviser writes scores."""
        return self.assignment.adviser


class Score(CriterionScore):
    """The score of one reader."""

    evaluation = models.ForeignKey(
        Evaluation, models.RESTRICT, related_name="scores", verbose_name=_("beoordeling")
    )

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
        triggers = [
            # The scores of a final evaluation are final too.
            stays_with("evaluation", name="final_scores_stay", what="scores")
        ]


class ExclusionAnswer(models.Model):
    """What one reader found of one exclusion criterion of the call (domain.md 5.2)."""

    evaluation = models.ForeignKey(
        Evaluation,
        models.RESTRICT,
        related_name="exclusion_answers",
        verbose_name=_("beoordeling"),
    )
    item = models.ForeignKey(
        ChecklistItem, models.RESTRICT, related_name="+", verbose_name=_("criterium")
    )
    is_met = models.BooleanField(_("voldaan"), null=True, blank=True)
    reason = models.TextField(_("reden"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("antwoord op een uitsluitingscriterium")
        verbose_name_plural = _("antwoorden op uitsluitingscriteria")
        ordering = ["evaluation", "item__position", "pk"]
        constraints = [
            unique(
                "evaluations_exclusion_once",
                "evaluation",
                "item",
                message=_("Dit criterium is al beantwoord."),
            )
        ]
        triggers = [
            # So are its answers on the exclusion criteria.
            stays_with("evaluation", name="final_exclusions_stay", what="answers")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.is_met}"


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
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("gewijzigd op"), default=clock.now, editable=False)

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

    @property
    def is_final(self) -> bool:
        return self.finalised_at is not None

    @property
    def updated_by(self) -> "User":
        return self.author
