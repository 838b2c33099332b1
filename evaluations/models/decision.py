"""The selection decision, its letter and its notification."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from documents.models import Job
from evaluations.lifecycle import FEEDBACK_LIFECYCLE, FeedbackState
from evaluations.models.assessment import Advice
from projects.models import Proposal


class NotificationMeans(models.TextChoices):
    """How the applicant was told; the day and the proof count for the appeal (domain.md 9.8)."""

    PORTAL = "portal", _("In het portaal, met een mail")
    REGISTERED_POST = "registered_post", _("Aangetekende brief")
    EBOX = "ebox", _("eBox")


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
    decided_at = models.DateTimeField(_("beslist op"), default=clock.now, editable=False)
    letter_number = models.CharField(
        _("briefnummer"), max_length=30, unique=True, null=True, blank=True, editable=False
    )
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

    notification_means = models.CharField(
        _("wijze van kennisgeving"),
        max_length=20,
        choices=NotificationMeans,
        default=NotificationMeans.PORTAL,
        editable=False,
    )
    notified_on = models.DateField(
        _("dag van kennisgeving"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("De dag erna is de eerste van de beroepstermijn."),
    )
    notification_proof = models.CharField(
        _("bewijs van kennisgeving"), max_length=200, blank=True, editable=False
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
            # Undo until notified, never after. Only the proof of a notification by post or eBox may
            # come later, once.
            pgtrigger.Trigger(
                name="notified_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__notified_at__isnull=False),
                func="""
                    IF TG_OP = 'UPDATE'
                        AND OLD.notification_proof = '' AND NEW.notification_proof <> ''
                        AND to_jsonb(NEW) - 'notification_proof'
                            = to_jsonb(OLD) - 'notification_proof'
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: a notified decision stays as it is';
                """,
            ),
            # Four eyes for everybody who was asked to assess, not only for the author; and only a
            # final advice on this very file carries a decision.
            pgtrigger.Trigger(
                name="four_eyes_and_final_advice",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM evaluations_assignment
                        WHERE proposal_id = NEW.proposal_id AND adviser_id = NEW.decided_by_id
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: an adviser of the file cannot decide';
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM evaluations_advice
                        WHERE id = NEW.advice_id AND proposal_id = NEW.proposal_id
                        AND finalised_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: a decision needs a final advice on the file';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    state_tones = {Outcome.SELECTED: "success", Outcome.NOT_SELECTED: "danger"}

    def __str__(self) -> str:
        return f"{self.proposal.reference}: {self.get_outcome_display()}"

    @property
    def is_notified(self) -> bool:
        return self.notified_at is not None

    @property
    def letter_is_ready(self) -> bool:
        return self.letter is not None and self.letter.is_done


class LetterCounter(models.Model):
    """The last letter number of a year; a decision that is undone leaves a gap."""

    year = models.PositiveSmallIntegerField(_("jaar"), unique=True)
    last_number = models.PositiveIntegerField(_("laatste nummer"), default=0)

    class Meta:
        verbose_name = _("teller van de beslissingsbrieven")
        verbose_name_plural = _("tellers van de beslissingsbrieven")
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class LetterText(models.Model):
    """Editable text blocks of the decision letter; a lawyer approves the appeal text."""

    outcome = models.CharField(
        _("beslissing"), max_length=20, choices=SelectionDecision.Outcome, unique=True
    )
    opening = models.TextField(_("inleiding"))
    closing = models.TextField(_("vervolgstappen"), blank=True)
    appeal = models.TextField(_("beroepsmogelijkheden"))
    version = models.PositiveIntegerField(_("versie"), default=1, editable=False)
    updated_at = models.DateTimeField(_("gewijzigd op"), default=clock.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("gewijzigd door"),
    )

    class Meta:
        verbose_name = _("tekst van de beslissingsbrief")
        verbose_name_plural = _("teksten van de beslissingsbrief")
        ordering = ["outcome"]

    def __str__(self) -> str:
        return self.get_outcome_display()


class FeedbackTalk(models.Model):
    """A talk about a decision that the applicant asked for (domain.md 0.10 and 3.1 step 11a)."""

    decision = models.OneToOneField(
        SelectionDecision,
        models.RESTRICT,
        related_name="feedback_talk",
        verbose_name=_("beslissing"),
    )
    wish = models.TextField(_("wat wilt u bespreken"), blank=True, max_length=2000)
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=FeedbackState,
        default=FeedbackState.ASKED,
        editable=False,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gevraagd door")
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    planned_at = models.DateTimeField(_("gepland op"), null=True, blank=True)
    place = models.CharField(_("plaats of link"), max_length=300, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gesprek met"),
    )
    internal_report = models.TextField(
        _("intern verslag"), blank=True, help_text=_("De aanvrager ziet dit verslag nooit.")
    )
    held_at = models.DateTimeField(_("gehouden op"), null=True, blank=True, editable=False)

    state_tones = {
        FeedbackState.ASKED: "warning",
        FeedbackState.PLANNED: "info",
        FeedbackState.HELD: "success",
    }

    class Meta:
        verbose_name = _("feedbackgesprek")
        verbose_name_plural = _("feedbackgesprekken")
        ordering = ["-asked_at", "-pk"]
        triggers = [FEEDBACK_LIFECYCLE.trigger("talk_steps")]

    def __str__(self) -> str:
        return f"{self.decision.proposal.reference}: {self.get_state_display()}"
