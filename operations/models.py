"""What the portal notes about itself: signs of life, refusals, inspections, answers to outages.

Never personal data, but for who answered an outage.
"""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import ClosingMove, SubmissionRound
from common import clock
from common.constraints import check, unique

WEB = "web"
BEAT = "beat"
WORKER = "worker:"
"""Start of the name of a worker's part; the queue that it serves follows."""


class Heartbeat(models.Model):
    """In this minute this part of the portal worked. Gaps between the rows are outages."""

    part = models.CharField(_("onderdeel"), max_length=60)
    minute = models.DateTimeField(_("minuut"))

    class Meta:
        verbose_name = _("hartslag")
        verbose_name_plural = _("hartslagen")
        ordering = ["-minute", "part"]
        constraints = [
            unique(
                "operations_heartbeat_once",
                "part",
                "minute",
                message=_("Deze minuut is al genoteerd voor dit onderdeel."),
            )
        ]
        indexes = [models.Index(fields=["minute"], name="operations_heartbeat_minute")]

    def __str__(self) -> str:
        return f"{self.part} {self.minute:%Y-%m-%d %H:%M}"


class SignOfLife(models.Model):
    """When one process last gave a sign: a handful of rows, so that asking is cheap."""

    part = models.CharField(_("onderdeel"), max_length=60)
    node = models.CharField(_("proces"), max_length=150, blank=True)
    seen_at = models.DateTimeField(_("laatst gezien"))

    class Meta:
        verbose_name = _("levensteken")
        verbose_name_plural = _("levenstekens")
        ordering = ["part", "node"]
        constraints = [
            unique(
                "operations_sign_once",
                "part",
                "node",
                message=_("Van dit proces is er al een levensteken."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.node}".strip()


class Refusal(models.Model):
    """How many times something was refused for one reason, since the portal began to count."""

    kind = models.CharField(_("soort"), max_length=40)
    reason = models.CharField(_("reden"), max_length=40)
    count = models.PositiveBigIntegerField(_("aantal"), default=0)

    class Meta:
        verbose_name = _("weigering (teller)")
        verbose_name_plural = _("weigeringen (tellers)")
        ordering = ["kind", "reason"]
        constraints = [
            unique(
                "operations_refusal_once",
                "kind",
                "reason",
                message=_("Deze reden wordt al geteld."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}: {self.count}"


class CspReport(models.Model):
    """How many times on one day browsers refused one kind of thing on one page of ours."""

    day = models.DateField(_("dag"))
    directive = models.CharField(_("regel"), max_length=40)
    blocked = models.CharField(_("wat geweigerd is"), max_length=100)
    page = models.CharField(_("pagina"), max_length=100)
    count = models.PositiveBigIntegerField(_("aantal"), default=0)

    class Meta:
        verbose_name = _("melding van een browser (teller)")
        verbose_name_plural = _("meldingen van browsers (tellers)")
        ordering = ["-day", "-count", "pk"]
        constraints = [
            unique(
                "operations_csp_report_once",
                "day",
                "directive",
                "blocked",
                "page",
                message=_("Dit wordt al geteld."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.directive} {self.blocked} {self.page}: {self.count}"


class Inspection(models.Model):
    """One run of `manage.py doctor`, or of the portal looking at itself."""

    ran_at = models.DateTimeField(_("nagekeken op"), default=clock.now)
    seconds = models.DecimalField(_("duur in seconden"), max_digits=8, decimal_places=2)
    is_full = models.BooleanField(_("alles nagekeken"), default=False)
    findings = models.JSONField(_("bevindingen"), default=list)
    faults = models.PositiveSmallIntegerField(_("fouten"), default=0)
    warnings = models.PositiveSmallIntegerField(_("waarschuwingen"), default=0)

    class Meta:
        verbose_name = _("nazicht van het portaal")
        verbose_name_plural = _("nazichten van het portaal")
        ordering = ["-ran_at", "-pk"]
        get_latest_by = "ran_at"

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}: {self.faults}"


class OutageAnswerQuerySet(models.QuerySet["OutageAnswer"]):
    def latest_first(self) -> Self:
        return self.select_related("round__call", "answered_by", "move").order_by(
            "-answered_at", "-pk"
        )


class OutageAnswer(models.Model):
    """What a person decided on the extension that the portal proposed after an outage."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Toegekend")
        DECLINED = "declined", _("Niet toegekend")

    round = models.ForeignKey(
        SubmissionRound, models.RESTRICT, related_name="+", verbose_name=_("indienronde")
    )
    began_at = models.DateTimeField(_("begin van de storing"))
    ended_at = models.DateTimeField(_("einde van de storing"))
    outcome = models.CharField(_("antwoord"), max_length=10, choices=Outcome)
    reason = models.TextField(_("reden"))
    move = models.OneToOneField(
        ClosingMove,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verplaatsing"),
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    answered_at = models.DateTimeField(_("beantwoord op"), default=clock.now)

    objects = OutageAnswerQuerySet.as_manager()

    state_tones = {Outcome.GRANTED: "success", Outcome.DECLINED: "neutral"}

    class Meta:
        verbose_name = _("antwoord op een storing")
        verbose_name_plural = _("antwoorden op storingen")
        ordering = ["-answered_at", "-pk"]
        constraints = [
            unique(
                "operations_outage_answered_once",
                "round",
                "began_at",
                message=_("Iemand anders heeft dit voorstel al beantwoord."),
            ),
            check(
                "operations_outage_has_length",
                models.Q(ended_at__gt=models.F("began_at")),
                _("Een storing eindigt na haar begin."),
            ),
            check(
                "operations_outage_grant_moves",
                models.Q(outcome="granted", move__isnull=False)
                | models.Q(outcome="declined", move__isnull=True),
                _("Wie toekent, verplaatst de sluiting; wie weigert, niet."),
            ),
            check(
                "operations_outage_has_reason",
                ~models.Q(reason=""),
                _("Schrijf waarom."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.round} – {self.get_outcome_display()}"
