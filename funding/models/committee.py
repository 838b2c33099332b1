"""Meetings of the committee that decides on co-financing (Beslissingscomité), and their agenda."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, refusal, unique
from common.formatting import format_day
from documents.models import Job
from funding.lifecycle import COMMITTEE_LIFECYCLE, CommitteeState
from funding.models.cofinancing import CofinancingRequest, CommitteeDecision, TenderDocument

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


_AGENDA_IS_CLOSED = refusal(
    "funding_agenda_is_closed", _("De agenda van deze vergadering is afgesloten.")
)


class CommitteeMeeting(models.Model):
    """A day on which the committee decides. Decisions taken in it carry that day."""

    State = CommitteeState

    day = models.DateField(_("dag"))
    is_online = models.BooleanField(_("online"), default=False)
    place = models.CharField(_("plaats"), max_length=200, blank=True)
    dossier_deadline = models.DateField(
        _("dossiers klaar op"),
        help_text=_("Ten laatste op deze dag zijn de dossiers volledig."),
    )
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=State.PLANNED, editable=False
    )
    note = models.CharField(_("toelichting"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gepland door")
    )
    created_at = models.DateTimeField(_("gepland op"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("agenda afgesloten op"), null=True, blank=True)
    held_at = models.DateTimeField(_("afgerond op"), null=True, blank=True)
    cancel_reason = models.CharField(_("reden van annulering"), max_length=300, blank=True)
    agenda = models.ForeignKey(
        Job, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("agenda")
    )

    state_tones = {
        State.PLANNED: "info",
        State.AGENDA_CLOSED: "warning",
        State.HELD: "success",
        State.CANCELLED: "neutral",
    }

    if TYPE_CHECKING:
        items: RelatedManager["CommitteeItem"]

    class Meta:
        verbose_name = _("vergadering van het Beslissingscomité")
        verbose_name_plural = _("vergaderingen van het Beslissingscomité")
        ordering = ["-day"]
        constraints = [
            unique(
                "funding_meeting_once_a_day",
                "day",
                condition=~models.Q(state="cancelled"),
                message=_("Op deze dag is al een vergadering gepland."),
            ),
            check(
                "funding_meeting_has_place",
                models.Q(is_online=True) | ~models.Q(place=""),
                _("Schrijf waar de vergadering is, of kies online."),
            ),
            check(
                "funding_meeting_dossiers_before",
                models.Q(dossier_deadline__lte=models.F("day")),
                _("De dossiers zijn klaar vóór de dag van de vergadering."),
            ),
            check(
                "funding_meeting_cancel_is_reasoned",
                ~models.Q(state="cancelled") | ~models.Q(cancel_reason=""),
                _("Schrijf waarom de vergadering niet doorgaat."),
            ),
        ]
        triggers = [COMMITTEE_LIFECYCLE.trigger("committee_state_steps")]

    def __str__(self) -> str:
        return str(_("Beslissingscomité van %(day)s") % {"day": format_day(self.day)})

    def get_absolute_url(self) -> str:
        return reverse("funding:committee_meeting", args=[self.pk])

    @property
    def where(self) -> str:
        """The place as people read it."""
        online = str(_("online"))
        if not self.is_online:
            return self.place
        return f"{self.place} ({online})" if self.place else online


class CommitteeItem(models.Model):
    """A request on the agenda of a meeting, and what was decided on it there.

    `is_open` until it is decided, or its meeting does not take place: a request stands on one open
    agenda at most. When the agenda closes it keeps the tender document that the committee gets.
    """

    meeting = models.ForeignKey(
        CommitteeMeeting, models.RESTRICT, related_name="items", verbose_name=_("vergadering")
    )
    request = models.ForeignKey(
        CofinancingRequest,
        models.RESTRICT,
        related_name="committee_items",
        verbose_name=_("aanvraag"),
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    is_open = models.BooleanField(_("nog te beslissen"), default=True, editable=False)
    tender_document = models.ForeignKey(
        TenderDocument,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opdrachtdocument"),
    )
    sheet = models.ForeignKey(
        Job,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("aanvraagfiche"),
    )
    decision = models.OneToOneField(
        CommitteeDecision,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="committee_item",
        verbose_name=_("beslissing"),
    )

    class Meta:
        verbose_name = _("agendapunt van het comité")
        verbose_name_plural = _("agendapunten van het comité")
        ordering = ["meeting", "position", "pk"]
        constraints = [
            unique(
                "funding_item_once_on_agenda",
                "meeting",
                "request",
                message=_("Deze aanvraag staat al op deze agenda."),
            ),
            unique(
                "funding_item_one_open_meeting",
                "request",
                condition=models.Q(is_open=True),
                message=_("Deze aanvraag staat al op de agenda van een andere vergadering."),
            ),
            check(
                "funding_item_decided_is_not_open",
                models.Q(decision__isnull=True) | models.Q(is_open=False),
                _("Over dit agendapunt is al beslist."),
            ),
        ]
        triggers = [
            # What the committee got is fixed from then on: no item comes, goes or moves.
            pgtrigger.Trigger(
                name="closed_agenda_stays",
                operation=pgtrigger.Insert | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=f"""
                    IF EXISTS (
                        SELECT 1 FROM funding_committeemeeting
                        WHERE id IN (NEW.meeting_id, OLD.meeting_id) AND state <> 'planned'
                    ) THEN {_AGENDA_IS_CLOSED} END IF;
                    RETURN COALESCE(NEW, OLD);
                """,  # noqa: S608 - names of our own
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.request}"
