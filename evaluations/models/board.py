"""Deciding together: the line on the ranking board, and the meeting with its minutes."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from evaluations.lifecycle import MEETING_LIFECYCLE, MeetingState
from evaluations.models.decision import SelectionDecision
from evaluations.models.pool import ConflictOfInterest
from projects.models import Proposal

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models.fields.related_descriptors import RelatedManager

    from accounts.models import User


class RankingLineQuerySet(models.QuerySet["RankingLine"]):
    def visible_to(self, user: Any) -> Self:
        """Without lines after a file of a conflict: where they stand would tell its score."""
        return self.exclude(after__in=ConflictOfInterest.objects.of(user).values("proposal"))


class RankingLine(models.Model):
    """How far down the board the money is meant to go; an aid, it decides nothing.

    At an amount, or after a file: that one moves along when scores change. Append-only: the newest
    of a call counts.
    """

    call = models.ForeignKey(
        Call, models.RESTRICT, related_name="ranking_lines", verbose_name=_("oproep")
    )
    amount = MoneyField(_("bedrag tot de lijn"), null=True, blank=True)
    after = models.ForeignKey(
        Proposal,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("na dossier"),
    )
    note = models.CharField(_("toelichting"), max_length=300, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("getrokken door"),
    )
    drawn_at = models.DateTimeField(_("op"), default=clock.now, editable=False)

    objects = RankingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("lijn op de rangschikking")
        verbose_name_plural = _("lijnen op de rangschikking")
        ordering = ["call", "-drawn_at", "-pk"]
        constraints = [
            check(
                "evaluations_line_at_one_place",
                models.Q(amount__isnull=False, after__isnull=True)
                | models.Q(amount__isnull=True, after__isnull=False),
                _("Kies een bedrag of een dossier, niet allebei."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        place = self.after.reference if self.after is not None else self.amount
        return f"{self.call.reference}: {place}"


class Meeting(models.Model):
    """A meeting that goes through files and prepares decisions."""

    State = MeetingState

    call = models.ForeignKey(
        Call, models.RESTRICT, related_name="meetings", verbose_name=_("oproep")
    )
    title = models.CharField(_("titel"), max_length=150)
    starts_at = models.DateTimeField(_("begint op"))
    place = models.CharField(_("plaats"), max_length=150, blank=True)
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=State.PLANNED, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gemaakt door")
    )
    opened_at = models.DateTimeField(_("geopend op"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("afgesloten op"), null=True, blank=True, editable=False)

    state_tones = {State.PLANNED: "info", State.RUNNING: "warning", State.CLOSED: "success"}

    if TYPE_CHECKING:
        attendees: RelatedManager["MeetingAttendee"]
        items: RelatedManager["AgendaItem"]

    class Meta:
        verbose_name = _("vergadering")
        verbose_name_plural = _("vergaderingen")
        ordering = ["-starts_at", "-pk"]
        triggers = [MEETING_LIFECYCLE.trigger("meeting_state_steps")]

    def __str__(self) -> str:
        return self.title


class MeetingAttendee(models.Model):
    """Somebody at the table: a member of staff, or a guest without an account."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="attendees", verbose_name=_("vergadering")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("medewerker"),
    )
    guest_name = models.CharField(_("naam van een gast"), max_length=150, blank=True)
    is_present = models.BooleanField(_("aanwezig"), default=True)

    class Meta:
        verbose_name = _("deelnemer")
        verbose_name_plural = _("deelnemers")
        ordering = ["meeting", "person__last_name", "guest_name", "pk"]
        constraints = [
            check(
                "evaluations_attendee_is_somebody",
                models.Q(person__isnull=False, guest_name="")
                | (models.Q(person__isnull=True) & ~models.Q(guest_name="")),
                _("Kies een medewerker, of schrijf de naam van een gast."),
            ),
            unique(
                "evaluations_attendee_once",
                "meeting",
                "person",
                message=_("Deze medewerker staat al op de lijst."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.guest_name


class AgendaItem(models.Model):
    """One file on the agenda, with the minutes that may become the grounds of the decision."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="items", verbose_name=_("vergadering")
    )
    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="agenda_items", verbose_name=_("voorstel")
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=1)
    minutes = models.TextField(_("verslag"), blank=True, max_length=6000)
    leaning = models.CharField(
        _("voorstel van de vergadering"),
        max_length=20,
        choices=SelectionDecision.Outcome,
        blank=True,
    )
    discussed_at = models.DateTimeField(_("besproken op"), null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("verslag van"),
    )
    saved_at = models.DateTimeField(_("verslag bewaard op"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    if TYPE_CHECKING:
        departures: RelatedManager["Departure"]

    class Meta:
        verbose_name = _("agendapunt")
        verbose_name_plural = _("agendapunten")
        ordering = ["meeting", "position", "pk"]
        constraints = [
            unique(
                "evaluations_on_agenda_once",
                "meeting",
                "proposal",
                message=_("Dit dossier staat al op de agenda."),
            )
        ]
        triggers = [
            # Grounds may rest on the minutes: what the meeting closed with stays.
            pgtrigger.Trigger(
                name="closed_items_stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM evaluations_meeting
                        WHERE id IN (NEW.meeting_id, OLD.meeting_id) AND state = 'closed'
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: the minutes of a closed meeting stay';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.proposal.reference}"

    @property
    def updated_at(self) -> "datetime | None":
        """When the minutes were saved last, as every draft says it."""
        return self.saved_at

    @property
    def updated_by(self) -> "User | None":
        """Who saved them."""
        return self.saved_by


class Departure(models.Model):
    """Who left the room while a file was discussed, and why."""

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="departures", verbose_name=_("agendapunt")
    )
    attendee = models.ForeignKey(
        MeetingAttendee, models.CASCADE, related_name="departures", verbose_name=_("deelnemer")
    )
    reason = models.CharField(_("reden"), max_length=300)
    left_at = models.DateTimeField(_("verliet de zaal op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("vertrek uit de zaal")
        verbose_name_plural = _("vertrekken uit de zaal")
        ordering = ["item", "pk"]
        constraints = [
            unique(
                "evaluations_leaves_once",
                "item",
                "attendee",
                message=_("Deze deelnemer verliet de zaal al bij dit dossier."),
            )
        ]
        triggers = [pgtrigger.Protect(name="recorded_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.attendee} – {self.item}"
