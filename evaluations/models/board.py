"""Deciding together: the line on the ranking board, and the meeting with its minutes."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from evaluations.models.decision import SelectionDecision
from projects.models import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class RankingLine(models.Model):
    """How far down the board the money is meant to go; an aid, it decides nothing.

    Append-only: the newest of a call counts.
    """

    call = models.ForeignKey(
        Call, models.RESTRICT, related_name="ranking_lines", verbose_name=_("oproep")
    )
    amount = MoneyField(_("bedrag tot de lijn"))
    note = models.CharField(_("toelichting"), max_length=300, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("getrokken door"),
    )
    drawn_at = models.DateTimeField(_("op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("lijn op de rangschikking")
        verbose_name_plural = _("lijnen op de rangschikking")
        ordering = ["call", "-drawn_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.call.reference}: {self.amount}"


class Meeting(models.Model):
    """A meeting that goes through files and prepares decisions."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Gepland")
        RUNNING = "running", _("Bezig")
        CLOSED = "closed", _("Afgesloten")

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

    def __str__(self) -> str:
        return f"{self.position}. {self.proposal.reference}"


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

    def __str__(self) -> str:
        return f"{self.attendee} – {self.item}"
