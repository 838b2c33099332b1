"""Common scores of the readers of a file, where the call asks for them (domain.md 5.4)."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from evaluations.models.assignment import Assignment
from evaluations.models.scores import CriterionScore, stays_with
from evaluations.scoring import MAX_SCORE
from projects.models import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Consensus(models.Model):
    """One set of scores that the lead proposes and every other reader agrees with."""

    proposal = models.OneToOneField(
        Proposal, models.RESTRICT, related_name="consensus", verbose_name=_("voorstel")
    )
    remarks = models.TextField(_("toelichting"), blank=True, max_length=4000)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("gewijzigd op"), default=clock.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("gewijzigd door"),
    )
    opened_at = models.DateTimeField(_("begonnen op"), default=clock.now, editable=False)
    proposed_at = models.DateTimeField(_("voorgelegd op"), null=True, blank=True, editable=False)
    reopened_at = models.DateTimeField(
        _("weer een ontwerp sinds"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Omdat de lezers niet meer dezelfde waren; leeg zodra het opnieuw voorligt."),
    )
    finalised_at = models.DateTimeField(_("bereikt op"), null=True, blank=True, editable=False)
    total_percent = models.DecimalField(
        _("totaal (%)"), max_digits=9, decimal_places=6, null=True, blank=True, editable=False
    )
    passes = models.BooleanField(_("haalt de drempels"), null=True, blank=True, editable=False)

    if TYPE_CHECKING:
        scores: RelatedManager["ConsensusScore"]
        replies: RelatedManager["ConsensusReply"]

    class Meta:
        verbose_name = _("consensus")
        verbose_name_plural = _("consensussen")
        ordering = ["proposal"]
        triggers = [
            pgtrigger.Protect(
                name="final_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__finalised_at__isnull=False),
            ),
            # But as a draft of a later version, when the readers are not the same any more.
            pgtrigger.Protect(
                name="final_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finalised_at__isnull=False)
                & (
                    pgtrigger.Q(new__finalised_at__isnull=False)
                    | pgtrigger.Q(new__version__lte=pgtrigger.F("old__version"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference}: consensus"


class ConsensusScore(CriterionScore):
    """The common score, with the reason that the readers agree on."""

    consensus = models.ForeignKey(
        Consensus, models.CASCADE, related_name="scores", verbose_name=_("consensus")
    )

    class Meta:
        verbose_name = _("consensusscore")
        verbose_name_plural = _("consensusscores")
        ordering = ["consensus", "criterion__position"]
        constraints = [
            unique(
                "evaluations_consensus_score_once",
                "consensus",
                "criterion",
                message=_("Dit criterium heeft al een score."),
            ),
            check(
                "evaluations_consensus_score_range",
                models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=MAX_SCORE),
                _("Een score ligt tussen 0 en 5."),
            ),
        ]
        triggers = [stays_with("consensus", name="final_common_scores_stay", what="scores")]


class ConsensusReply(models.Model):
    """What another reader answers to the proposed scores, as they were at `version`."""

    consensus = models.ForeignKey(
        Consensus, models.CASCADE, related_name="replies", verbose_name=_("consensus")
    )
    assignment = models.ForeignKey(
        Assignment, models.RESTRICT, related_name="+", verbose_name=_("lezer")
    )
    version = models.PositiveIntegerField(_("over versie"))
    agrees = models.BooleanField(_("gaat akkoord"))
    remark = models.TextField(_("opmerking"), blank=True, max_length=2000)
    replied_at = models.DateTimeField(_("op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("antwoord op een consensusvoorstel")
        verbose_name_plural = _("antwoorden op consensusvoorstellen")
        ordering = ["consensus", "replied_at", "pk"]
        constraints = [
            check(
                "evaluations_disagreement_is_explained",
                models.Q(agrees=True) | ~models.Q(remark=""),
                _("Schrijf waarom u niet akkoord gaat."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment}: {self.agrees}"
