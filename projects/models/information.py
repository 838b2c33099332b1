"""Further information about a submitted proposal (bijkomende informatie, domain.md 3.1 step 7).

The frozen version stays as it is. A request names the questions it is about; each answer stands
beside the frozen text.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from documents.models import StoredFile
from projects.lifecycle import INFORMATION_LIFECYCLE, InformationState
from projects.models.proposal import Proposal, ProposalVersion

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever may see the proposal."""
        return self.filter(proposal__in=Proposal.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=InformationState.OPEN)


class InformationRequest(models.Model):
    """What staff, or the portal after a selection, asks the applicant before `due_at`."""

    proposal = models.ForeignKey(
        Proposal,
        models.RESTRICT,
        related_name="information_requests",
        verbose_name=_("voorstel"),
    )
    version = models.ForeignKey(
        ProposalVersion, models.RESTRICT, related_name="+", verbose_name=_("ingediende versie")
    )
    number = models.PositiveSmallIntegerField(_("nummer"))
    message = models.TextField(_("boodschap"), blank=True, max_length=2000)
    due_at = models.DateTimeField(
        _("antwoorden kan tot"),
        help_text=_("Exclusief. Een later antwoord wordt aanvaard en als laat vermeld."),
    )
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=InformationState,
        default=InformationState.OPEN,
        editable=False,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gevraagd door"),
        help_text=_("Leeg: het portaal zelf."),
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("beantwoord door"),
    )
    answered_at = models.DateTimeField(
        _("antwoord aangekomen op"), null=True, blank=True, editable=False
    )
    withdrawal_reason = models.TextField(_("reden van intrekking"), blank=True, max_length=2000)

    objects = InformationRequestQuerySet.as_manager()

    if TYPE_CHECKING:
        items: RelatedManager["InformationItem"]

    class Meta:
        verbose_name = _("vraag om bijkomende informatie")
        verbose_name_plural = _("vragen om bijkomende informatie")
        ordering = ["proposal", "number"]
        constraints = [
            unique(
                "projects_information_request_number_once",
                "proposal",
                "number",
                message=_(
                    "Iemand anders stelde net een vraag over dit dossier. Herlaad de pagina."
                ),
            ),
            check(
                "projects_information_answered_when",
                ~models.Q(state=InformationState.ANSWERED) | models.Q(answered_at__isnull=False),
                _("Van een beantwoorde vraag is bekend wanneer het antwoord aankwam."),
            ),
        ]
        triggers = [
            INFORMATION_LIFECYCLE.trigger("information_state_steps"),
            pgtrigger.Protect(
                name="settled_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=InformationState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} – {_('vraag')} {self.number}"

    def is_late_at(self, instant: datetime) -> bool:
        """Whether an answer that arrives at `instant` comes after the day that was asked."""
        return instant >= self.due_at

    @property
    def was_late(self) -> bool:
        return self.answered_at is not None and self.is_late_at(self.answered_at)


class InformationItem(models.Model):
    """One named question of a request: what was frozen, what is asked, and the answer."""

    request = models.ForeignKey(
        InformationRequest, models.CASCADE, related_name="items", verbose_name=_("vraag")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    section_code = models.CharField(_("deel"), max_length=3)
    key = models.CharField(_("sleutel"), max_length=60)
    label = models.CharField(_("vraag van het formulier"), max_length=300)
    frozen = models.JSONField(
        _("ingediend antwoord"),
        default=dict,
        blank=True,
        help_text=_("Het onderdeel zoals het in de ingediende versie staat (projects.content)."),
    )
    question = models.TextField(_("wat wilt u weten"), max_length=2000)
    answer = models.TextField(_("antwoord"), blank=True, max_length=10000)
    file = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bestand"),
    )
    version = models.PositiveIntegerField(
        _("versie"),
        default=0,
        editable=False,
        help_text=_("Telt de bewaarde wijzigingen van het antwoord."),
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("gewijzigd door"),
    )
    updated_at = models.DateTimeField(_("gewijzigd op"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("gevraagd onderdeel")
        verbose_name_plural = _("gevraagde onderdelen")
        ordering = ["request", "position", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="answer_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF (SELECT state FROM projects_informationrequest WHERE id = OLD.request_id)
                        <> 'open' THEN
                        RAISE EXCEPTION 'pgtrigger: The answer of a settled request stays.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.label
