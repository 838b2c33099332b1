"""The formal check of a submission, and what the applicant is asked to correct."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import ChecklistItem
from common import clock
from common.constraints import check, unique
from projects.models import InformationRequest, Proposal, ProposalVersion

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


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
    checked_at = models.DateTimeField(_("op"), default=clock.now, editable=False)

    if TYPE_CHECKING:
        answers: RelatedManager["CompletenessAnswer"]
        corrections: RelatedManager["CorrectionItem"]

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


class CompletenessAnswer(models.Model):
    """One point of the call's checklist, answered for one submitted version.

    The label stands here as it was read: the list of a call may change.
    """

    check_of = models.ForeignKey(
        CompletenessCheck, models.CASCADE, related_name="answers", verbose_name=_("controle")
    )
    item = models.ForeignKey(
        ChecklistItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("punt"),
    )
    label = models.CharField(_("wat nagegaan"), max_length=300)
    is_ok = models.BooleanField(_("in orde"))
    reason = models.TextField(_("reden"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("antwoord van de volledigheidscontrole")
        verbose_name_plural = _("antwoorden van de volledigheidscontrole")
        ordering = ["check_of", "pk"]
        constraints = [
            check(
                "evaluations_not_ok_says_why",
                models.Q(is_ok=True) | ~models.Q(reason=""),
                _("Schrijf waarom dit punt niet in orde is."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class CorrectionKind(models.TextChoices):
    MISSING = "missing", _("Ontbreekt")
    UNCLEAR = "unclear", _("Onduidelijk of tegenstrijdig")
    ATTACHMENT = "attachment", _("Bijlage ontbreekt of is onleesbaar")
    SIGNATORY = "signatory", _("Ondertekening of verklaring")
    OTHER = "other", _("Iets anders")


class CorrectionItem(models.Model):
    """What the applicant must correct, and at which question of the form."""

    check_of = models.ForeignKey(
        CompletenessCheck, models.CASCADE, related_name="corrections", verbose_name=_("controle")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    kind = models.CharField(_("soort"), max_length=20, choices=CorrectionKind)
    section_code = models.CharField(_("deel"), max_length=3, blank=True)
    key = models.CharField(
        _("sleutel"), max_length=60, blank=True, help_text=_("Leeg: het hele deel of dossier.")
    )
    label = models.CharField(_("vraag van het formulier"), max_length=300, blank=True)
    what = models.TextField(_("wat aanpassen"), max_length=2000)

    class Meta:
        verbose_name = _("gevraagde aanpassing")
        verbose_name_plural = _("gevraagde aanpassingen")
        ordering = ["check_of", "position", "pk"]

    def __str__(self) -> str:
        return self.what


class PauseReason(models.TextChoices):
    CORRECTION = "correction", _("De aanvrager vult het voorstel aan")
    INFORMATION = "information", _("De aanvrager beantwoordt een vraag")


class ClockPauseQuerySet(models.QuerySet["ClockPause"]):
    def running(self) -> "ClockPauseQuerySet":
        return self.filter(ended_at__isnull=True)


class ClockPause(models.Model):
    """A time during which the terms of the evaluation stand still: the applicant is to act.

    Two pauses of one file may overlap; days in both count once.
    """

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="clock_pauses", verbose_name=_("voorstel")
    )
    reason = models.CharField(_("reden"), max_length=20, choices=PauseReason)
    information_request = models.ForeignKey(
        InformationRequest,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vraag om bijkomende informatie"),
    )
    started_at = models.DateTimeField(_("van"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("tot"), null=True, blank=True, editable=False)

    objects = ClockPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("stilstand van de termijnen")
        verbose_name_plural = _("stilstanden van de termijnen")
        ordering = ["proposal", "started_at", "pk"]
        constraints = [
            check(
                "evaluations_pause_ends_after_start",
                models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                _("Een stilstand eindigt niet voor ze begint."),
            ),
            unique(
                "evaluations_one_correction_pause",
                "proposal",
                condition=models.Q(ended_at__isnull=True, reason=PauseReason.CORRECTION),
                message=_("De termijnen van dit dossier staan al stil."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference}: {self.get_reason_display()}"
