"""What follows a decision: the texts of its letter, the agreement, and who signed it."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from documents.models import Job, StoredFile
from funding.letter_fields import unknown_fields
from funding.lifecycle import AGREEMENT_LIFECYCLE, AgreementState
from funding.models.cofinancing import CommitteeDecision

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class FundingText(models.Model):
    """A text of the letters and agreements about money, in the hands of staff.

    A document that was made keeps the text that it was made with.
    """

    class Key(models.TextChoices):
        GRANTED_OPENING = "granted_opening", _("Brief bij een goedkeuring: inleiding")
        GRANTED_TERMS = "granted_terms", _("Brief bij een goedkeuring: voorwaarden")
        REFUSED_OPENING = "refused_opening", _("Brief bij een weigering: inleiding")
        POSTPONED_OPENING = "postponed_opening", _("Brief bij een uitstel: inleiding")
        APPEAL = "appeal", _("Brief: beroepsmogelijkheden")
        SIGNATORY = "signatory", _("Ondertekenaar van de brief en de overeenkomst")
        AGREEMENT = "agreement", _("Artikelen van de samenwerkingsovereenkomst")

    key = models.CharField(_("soort"), max_length=30, choices=Key, unique=True)
    text = models.TextField(
        _("tekst"),
        max_length=8000,
        help_text=_("Invulvelden staan tussen accolades, zoals {begunstigde}."),
    )

    class Meta:
        verbose_name = _("tekst over cofinanciering")
        verbose_name_plural = _("teksten over cofinanciering")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.get_key_display()

    def clean(self) -> None:
        """Raises ValidationError when a field between braces does not exist."""
        unknown = unknown_fields(self.text)
        if unknown:
            raise ValidationError(
                {
                    "text": _("Dit invulveld bestaat niet: %(names)s.")
                    % {"names": ", ".join(unknown)}
                }
            )


class Agreement(models.Model):
    """The agreement (samenwerkingsovereenkomst) about a grant, between the fund and the authority.

    Signed when both have signed. Due two months after the decision by default (domain.md 7).
    """

    State = AgreementState

    decision = models.OneToOneField(
        CommitteeDecision, models.RESTRICT, related_name="agreement", verbose_name=_("beslissing")
    )
    number = models.CharField(_("nummer"), max_length=30, unique=True)
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    due_on = models.DateField(_("te ondertekenen tegen"))
    terms = models.TextField(_("bijzondere voorwaarden"), blank=True, max_length=6000)
    document = models.ForeignKey(
        Job, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("opgesteld door"),
    )
    drafted_at = models.DateTimeField(_("opgesteld op"), default=clock.now, editable=False)
    sent_at = models.DateTimeField(_("verstuurd op"), null=True, blank=True, editable=False)
    signed_on = models.DateField(_("door beide ondertekend op"), null=True, blank=True)

    state_tones = {State.DRAFT: "neutral", State.SENT: "warning", State.SIGNED: "success"}

    if TYPE_CHECKING:
        signatures: RelatedManager["AgreementSignature"]

    class Meta:
        verbose_name = _("samenwerkingsovereenkomst")
        verbose_name_plural = _("samenwerkingsovereenkomsten")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            check(
                "funding_agreement_signed_has_day",
                ~models.Q(state="signed") | models.Q(signed_on__isnull=False),
                _("Een ondertekende overeenkomst heeft een dag van ondertekening."),
            )
        ]
        triggers = [AGREEMENT_LIFECYCLE.trigger("agreement_state_steps")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("funding:agreement", args=[self.pk])

    @property
    def is_awaited(self) -> bool:
        """Whether the beneficiary still has to sign; reads the signatures as they were loaded."""
        return self.state == AgreementState.SENT and not any(
            one.party == AgreementSignature.Party.BENEFICIARY for one in self.signatures.all()
        )


class AgreementSignature(models.Model):
    """Who signed for whom, on which day and how, with the signed copy. Rows are only added."""

    class Party(models.TextChoices):
        FUND = "fund", _("Het fonds")
        BENEFICIARY = "beneficiary", _("De begunstigde")

    class Means(models.TextChoices):
        PAPER = "paper", _("Op papier")
        QUALIFIED = "qualified", _("Gekwalificeerde elektronische handtekening")

    agreement = models.ForeignKey(
        Agreement, models.RESTRICT, related_name="signatures", verbose_name=_("overeenkomst")
    )
    party = models.CharField(_("voor"), max_length=20, choices=Party)
    name = models.CharField(_("naam van wie ondertekende"), max_length=150)
    function = models.CharField(_("functie"), max_length=150)
    signed_on = models.DateField(_("ondertekend op"))
    means = models.CharField(_("hoe"), max_length=20, choices=Means)
    signed_copy = models.ForeignKey(
        StoredFile, models.RESTRICT, related_name="+", verbose_name=_("ondertekend exemplaar")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("genoteerd door"),
    )
    recorded_at = models.DateTimeField(_("genoteerd op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("ondertekening")
        verbose_name_plural = _("ondertekeningen")
        ordering = ["agreement", "recorded_at", "pk"]
        constraints = [
            unique(
                "funding_signature_once",
                "agreement",
                "party",
                message=_("Deze partij ondertekende al."),
            ),
            check(
                "funding_signature_names_who",
                ~models.Q(name="") & ~models.Q(function=""),
                _("Vul de naam en de functie in van wie ondertekende."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.get_party_display()}"
