"""A rehearsal of a draft call, and everything that the real call would have produced.

Nothing here refers to what was played: that never existed outside the sandbox.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from common import clock
from common.constraints import check, unique
from documents.models import StoredFile
from rehearsals.conf import DEFAULT_APPLICANTS, MAX_APPLICANTS
from rehearsals.lifecycle import REHEARSAL_LIFECYCLE, RehearsalState
from rehearsals.policies import may_see_rehearsal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PENDING = (RehearsalState.QUEUED, RehearsalState.RUNNING)


class RehearsalQuerySet(models.QuerySet["Rehearsal"]):
    def visible_to(self, user: Any) -> Self:
        return self if may_see_rehearsal.test(user, None) else self.none()

    def claimable(self) -> Self:
        """Waiting, or left behind by a worker that no longer gives a sign of life."""
        return self.filter(
            models.Q(state=RehearsalState.QUEUED)
            | models.Q(state=RehearsalState.RUNNING, lease_until__lt=clock.now())
        )


class Rehearsal(models.Model):
    """A call played from publication to the letters, with invented applicants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(
        Call, models.CASCADE, related_name="rehearsals", verbose_name=_("oproep")
    )
    state = models.CharField(
        _("status"),
        max_length=10,
        choices=RehearsalState,
        default=RehearsalState.QUEUED,
        editable=False,
    )
    applicants = models.PositiveSmallIntegerField(
        _("aantal aanvragers"),
        default=DEFAULT_APPLICANTS,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_APPLICANTS)],
    )
    seed = models.PositiveIntegerField(
        _("startgetal"),
        default=1,
        help_text=_("Met hetzelfde getal en dezelfde opmaak verloopt een oefening gelijk."),
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        editable=False,
        verbose_name=_("gevraagd door"),
    )
    requested_at = models.DateTimeField(_("gevraagd op"), default=clock.now, editable=False)
    attempt = models.PositiveSmallIntegerField(_("poging"), default=0, editable=False)
    lease_until = models.DateTimeField(_("levensteken tot"), null=True, editable=False)
    percent = models.PositiveSmallIntegerField(_("voortgang in procent"), default=0)
    message = models.CharField(_("bezig met"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("begonnen op"), null=True, editable=False)
    finished_at = models.DateTimeField(_("klaar op"), null=True, editable=False)
    error = models.TextField(_("reden van mislukken"), blank=True)
    summary = models.JSONField(
        _("samenvatting"),
        default=dict,
        blank=True,
        help_text=_("Tellingen, opmerkingen over de opmaak, en de ogenblikken van de oproep."),
    )

    objects = RehearsalQuerySet.as_manager()

    if TYPE_CHECKING:
        items: RelatedManager["RehearsalItem"]

    state_tones = {
        RehearsalState.QUEUED: "info",
        RehearsalState.RUNNING: "info",
        RehearsalState.DONE: "success",
        RehearsalState.FAILED: "danger",
    }

    class Meta:
        verbose_name = _("generale repetitie")
        verbose_name_plural = _("generale repetities")
        ordering = ["-requested_at", "pk"]
        constraints = [
            unique(
                "rehearsals_one_at_a_time",
                "call",
                condition=models.Q(state__in=PENDING),
                message=_("Deze oproep wordt al geoefend. Wacht tot die oefening klaar is."),
            ),
            check(
                "rehearsals_applicants",
                models.Q(applicants__range=(1, MAX_APPLICANTS)),
                _("Oefen met 1 tot 50 aanvragers."),
            ),
            check(
                "rehearsals_percent",
                models.Q(percent__range=(0, 100)),
                _("De voortgang ligt tussen 0 en 100 procent."),
            ),
            check(
                "rehearsals_failed_has_reason",
                ~models.Q(state=RehearsalState.FAILED) | ~models.Q(error=""),
                _("Een mislukte oefening zegt waarom."),
            ),
        ]
        triggers = [REHEARSAL_LIFECYCLE.trigger("rehearsal_state_steps")]

    def __str__(self) -> str:
        return f"{self.call.reference}: {self.applicants} / {self.seed}"

    def get_absolute_url(self) -> str:
        return reverse("rehearsals:rehearsal", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def is_done(self) -> bool:
        return self.state == RehearsalState.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == RehearsalState.FAILED

    @property
    def seconds(self) -> float | None:
        """How long playing took, in seconds."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class ItemKind(models.TextChoices):
    MAIL = "mail", _("Mail")
    REMINDER = "reminder", _("Herinnering")
    DOCUMENT = "document", _("Document")
    EVENT = "event", _("Gebeurtenis")


class Outcome(models.TextChoices):
    """What became of a reminder, once that was decided."""

    NONE = "", "–"
    PLANNED = "planned", _("Gepland")
    SENT = "sent", _("Verstuurd")
    SKIPPED = "skipped", _("Overgeslagen")
    CANCELLED = "cancelled", _("Geannuleerd")


class RehearsalItem(models.Model):
    """One mail, reminder, document or event, at the instant at which the real one would be."""

    rehearsal = models.ForeignKey(
        Rehearsal, models.CASCADE, related_name="items", verbose_name=_("oefening")
    )
    kind = models.CharField(_("soort"), max_length=10, choices=ItemKind)
    code = models.CharField(
        _("code"), max_length=100, help_text=_("Soort mail, document, herinnering of handeling.")
    )
    at = models.DateTimeField(
        _("tijdstip"), help_text=_("Van een herinnering: wanneer ze vertrekt.")
    )
    known_at = models.DateTimeField(
        _("bekend sinds"), help_text=_("Van een herinnering: wanneer ze gepland werd.")
    )
    settled_at = models.DateTimeField(
        _("beslist op"), null=True, blank=True, help_text=_("Van een herinnering.")
    )
    outcome = models.CharField(
        _("uitkomst"), max_length=10, choices=Outcome, blank=True, default=Outcome.NONE
    )
    reason = models.CharField(_("reden"), max_length=300, blank=True)
    recipient = models.CharField(_("voor"), max_length=300, blank=True)
    address = models.CharField(_("adres"), max_length=254, blank=True)
    role = models.CharField(_("rol"), max_length=60, blank=True)
    title = models.CharField(_("titel"), max_length=250)
    text = models.TextField(_("tekst"), blank=True)
    html = models.TextField(_("opgemaakte tekst"), blank=True)
    about = models.CharField(_("gaat over"), max_length=250, blank=True)
    from_state = models.CharField(max_length=40, blank=True, editable=False)
    to_state = models.CharField(max_length=40, blank=True, editable=False)
    mail = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reminder",
        verbose_name=_("mail"),
    )
    file = models.OneToOneField(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bestand"),
    )

    class Meta:
        verbose_name = _("resultaat van een oefening")
        verbose_name_plural = _("resultaten van oefeningen")
        ordering = ["rehearsal", "at", "pk"]
        indexes = [
            models.Index(fields=["rehearsal", "at", "id"], name="rehearsals_item_time"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def body(self) -> SafeString:
        """The HTML part for a page; it was cleaned when it was made from its Markdown source."""
        return mark_safe(self.html)

    def outcome_at(self, instant: datetime) -> str:
        """What had become of the reminder at `instant`."""
        if self.kind != ItemKind.REMINDER:
            return ""
        if self.settled_at is None or self.settled_at > instant:
            return str(Outcome.PLANNED.label)
        return str(self.get_outcome_display())
