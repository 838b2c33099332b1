"""The co-financing request for a procurement, its tender document, and the committee's decision."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from documents.models import Job, StoredFile
from funding.lifecycle import REQUEST_LIFECYCLE, RequestState
from projects.models import Procurement

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from funding.models.agreement import Agreement
    from funding.models.ledger import Commitment


class CofinancingRequest(models.Model):
    """What is asked for a procurement, with the rule as it was applied (domain.md 6.2). EUR."""

    procurement = models.ForeignKey(
        Procurement,
        models.RESTRICT,
        related_name="cofinancing_requests",
        verbose_name=_("opdracht"),
    )
    adds_to = models.ForeignKey(
        "funding.Commitment",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="additions",
        verbose_name=_("aanvulling op"),
        help_text=_("Na een wijzigingsaanvraag: het comité beslist over het verschil."),
    )
    eligible_base = MoneyField(_("in aanmerking komende kost"))
    rate = models.DecimalField(_("aandeel"), max_digits=5, decimal_places=4)
    ceiling = MoneyField(_("plafond"), null=True, blank=True)
    ceiling_is_indicative = models.BooleanField(
        _("plafond is richtinggevend"),
        default=True,
        help_text=_("Een hoger bedrag mag dan met een reden."),
    )
    floor = MoneyField(_("ondergrens"), null=True, blank=True)
    advised_amount = MoneyField(_("bedrag volgens de regel"))
    rule_explanation = models.TextField(_("toelichting van de regel"))
    requested_amount = MoneyField(_("gevraagd bedrag"))
    override_reason = models.TextField(
        _("reden om van de regel af te wijken"), blank=True, max_length=2000
    )
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=RequestState,
        default=RequestState.REQUESTED,
        editable=False,
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("aangevraagd door"),
    )
    requested_at = models.DateTimeField(_("aangevraagd op"), default=clock.now, editable=False)

    if TYPE_CHECKING:
        decisions: RelatedManager["CommitteeDecision"]
        tender_documents: RelatedManager["TenderDocument"]

    class Meta:
        verbose_name = _("aanvraag tot cofinanciering")
        verbose_name_plural = _("aanvragen tot cofinanciering")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            check(
                "funding_request_override_is_reasoned",
                models.Q(requested_amount__lte=models.F("advised_amount"))
                | ~models.Q(override_reason=""),
                _("Het bedrag is hoger dan de regel geeft. Schrijf waarom."),
            ),
            check(
                "funding_request_amount_positive",
                models.Q(requested_amount__gt=0),
                _("Vraag een bedrag van meer dan nul."),
            ),
            check(
                "funding_request_within_hard_ceiling",
                models.Q(ceiling_is_indicative=True)
                | models.Q(ceiling__isnull=True)
                | models.Q(requested_amount__lte=models.F("ceiling")),
                _("Het bedrag is hoger dan het plafond van de oproep. Dat plafond is bindend."),
            ),
            check(
                "funding_request_from_floor",
                models.Q(floor__isnull=True) | models.Q(requested_amount__gte=models.F("floor")),
                _("Het bedrag is lager dan de ondergrens van de oproep."),
            ),
            models.UniqueConstraint(
                fields=["procurement"],
                condition=models.Q(
                    state__in=[
                        RequestState.REQUESTED.value,
                        RequestState.POSTPONED.value,
                        RequestState.GRANTED.value,
                    ],
                    adds_to__isnull=True,
                ),
                name="funding_request_once_per_procurement",
                violation_error_message=_("Voor deze opdracht loopt al een aanvraag."),
            ),
            unique(
                "funding_request_one_addition_at_a_time",
                "adds_to",
                condition=models.Q(
                    state__in=[RequestState.REQUESTED.value, RequestState.POSTPONED.value]
                ),
                message=_("Over een aanvulling op deze vastlegging is nog niet beslist."),
            ),
        ]
        triggers = [REQUEST_LIFECYCLE.trigger("request_state_steps")]

    def __str__(self) -> str:
        return f"{self.procurement}: {self.requested_amount}"


class TenderDocument(models.Model):
    """The tender document (opdrachtdocument) of a request; a later one is a next version.

    The committee only decides once it exists (domain.md 0.2). Versions are only added.
    """

    request = models.ForeignKey(
        CofinancingRequest,
        models.RESTRICT,
        related_name="tender_documents",
        verbose_name=_("aanvraag"),
    )
    version = models.PositiveSmallIntegerField(_("versie"))
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, related_name="+", verbose_name=_("bestand")
    )
    note = models.CharField(_("wat is er gewijzigd?"), max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("toegevoegd door"),
    )
    added_at = models.DateTimeField(_("toegevoegd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("opdrachtdocument")
        verbose_name_plural = _("opdrachtdocumenten")
        ordering = ["request", "-version"]
        constraints = [
            unique(
                "funding_tender_version_once",
                "request",
                "version",
                message=_("Iemand anders voegde net een opdrachtdocument toe. Bekijk het eerst."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.request}, versie {self.version}"


class CommitteeDecision(models.Model):
    """What the committee of the fund decided on a request (Beslissingscomité)."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Goedgekeurd")
        REFUSED = "refused", _("Geweigerd")
        POSTPONED = "postponed", _("Uitgesteld")

    request = models.ForeignKey(
        CofinancingRequest, models.RESTRICT, related_name="decisions", verbose_name=_("aanvraag")
    )
    outcome = models.CharField(_("beslissing"), max_length=20, choices=Outcome)
    granted_amount = MoneyField(_("toegekend bedrag"), null=True, blank=True)
    decided_on = models.DateField(_("beslist op"))
    reference = models.CharField(_("kenmerk van de beslissing"), max_length=60, blank=True)
    grounds = models.TextField(_("motivering"), blank=True, max_length=4000)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("genoteerd door"),
    )
    recorded_at = models.DateTimeField(_("genoteerd op"), default=clock.now, editable=False)
    letter_number = models.CharField(
        _("briefnummer"), max_length=30, unique=True, null=True, blank=True, editable=False
    )
    letter = models.ForeignKey(
        Job, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("brief")
    )
    told_at = models.DateTimeField(_("meegedeeld op"), null=True, blank=True, editable=False)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("meegedeeld door"),
    )

    class Meta:
        verbose_name = _("beslissing van het comité")
        verbose_name_plural = _("beslissingen van het comité")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            check(
                "funding_grant_has_amount",
                ~models.Q(outcome="granted")
                | models.Q(granted_amount__isnull=False, granted_amount__gt=0),
                _("Vul het toegekende bedrag in."),
            ),
            check(
                "funding_refusal_is_reasoned",
                models.Q(outcome="granted") | ~models.Q(grounds=""),
                _("Schrijf waarom het comité weigert of uitstelt."),
            ),
        ]
        triggers = [
            # What was decided stays; its letter and its telling come later.
            pgtrigger.ReadOnly(
                name="what_was_decided_stays",
                fields=[
                    "request",
                    "outcome",
                    "granted_amount",
                    "decided_on",
                    "reference",
                    "grounds",
                    "recorded_by",
                    "recorded_at",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_outcome_display()}"

    @property
    def commitment_made(self) -> "Commitment | None":
        """The commitment of this decision; None as long as nothing was committed."""
        return getattr(self, "commitment", None)

    @property
    def agreement_made(self) -> "Agreement | None":
        """The agreement that follows from this decision; None as long as there is none."""
        return getattr(self, "agreement", None)
