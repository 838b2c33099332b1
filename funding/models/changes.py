"""A change that is asked for a grant (wijzigingsaanvraag), with before and after as they were."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from funding.lifecycle import CHANGE_LIFECYCLE, ChangeState
from funding.models.cofinancing import CofinancingRequest
from funding.models.ledger import Commitment


class ChangeKind(models.TextChoices):
    AMOUNT = "amount", _("Bedrag")
    PERIOD = "period", _("Periode")
    SCOPE = "scope", _("Inhoud")
    PARTNER = "partner", _("Partner")


class ChangeRequest(models.Model):
    """What the beneficiary wants to change about a commitment, and what was decided on it.

    `before` and `after` are the grant as it was and as it becomes (funding.recompute.Picture as
    JSON): computed when it was asked, again when it was decided, and then never any more.
    """

    Kind = ChangeKind
    State = ChangeState

    commitment = models.ForeignKey(
        Commitment, models.RESTRICT, related_name="changes", verbose_name=_("vastlegging")
    )
    kind = models.CharField(_("soort"), max_length=20, choices=Kind)
    reason = models.TextField(_("reden"), max_length=4000)
    new_base = MoneyField(_("nieuwe kost die in aanmerking komt"), null=True, blank=True)
    new_amount = MoneyField(_("nieuw bedrag"), null=True, blank=True)
    new_end = models.DateField(_("nieuwe einddatum"), null=True, blank=True)
    description = models.TextField(_("wat verandert er?"), blank=True, max_length=4000)
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=State.ASKED, editable=False
    )
    before = models.JSONField(_("voor de wijziging"), default=dict, editable=False)
    after = models.JSONField(_("na de wijziging"), default=dict, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gevraagd door")
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("beslist door"),
    )
    decided_at = models.DateTimeField(_("beslist op"), null=True, blank=True)
    decision_note = models.TextField(_("motivering"), blank=True, max_length=4000)
    addition = models.OneToOneField(
        CofinancingRequest,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="asked_by_change",
        verbose_name=_("aanvullende aanvraag"),
    )

    state_tones = {
        State.ASKED: "warning",
        State.ACCEPTED: "success",
        State.REFUSED: "danger",
        State.WITHDRAWN: "neutral",
    }

    class Meta:
        verbose_name = _("wijzigingsaanvraag")
        verbose_name_plural = _("wijzigingsaanvragen")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            unique(
                "funding_change_one_at_a_time",
                "commitment",
                condition=models.Q(state="asked"),
                message=_("Over een andere wijziging van deze vastlegging is nog niet beslist."),
            ),
            check(
                "funding_change_second_person",
                models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
                _("Wie een wijziging vroeg, kan er niet zelf over beslissen."),
            ),
            check(
                "funding_change_is_reasoned",
                ~models.Q(reason=""),
                _("Schrijf waarom u dit vraagt."),
            ),
            check(
                "funding_change_says_what",
                models.Q(kind="amount", new_amount__gt=0, new_base__gt=0)
                | models.Q(kind="period", new_end__isnull=False)
                | (models.Q(kind__in=["scope", "partner"]) & ~models.Q(description="")),
                _("Vul in wat er verandert."),
            ),
            check(
                "funding_change_refusal_is_reasoned",
                ~models.Q(state="refused") | ~models.Q(decision_note=""),
                _("Schrijf waarom u de wijziging weigert."),
            ),
        ]
        triggers = [
            CHANGE_LIFECYCLE.trigger("change_state_steps"),
            pgtrigger.Protect(
                name="decided_change_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="asked"),
            ),
            pgtrigger.Protect(name="change_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.commitment}"

    def get_absolute_url(self) -> str:
        return reverse("funding:change", args=[self.pk])
