"""What a person asks about the data that the portal holds on them."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from common.moments import today
from retention.lifecycle import REQUEST_LIFECYCLE, RequestState
from retention.policies import may_handle


class RequestKind(models.TextChoices):
    ACCESS = "access", _("Inzage in mijn gegevens")
    CORRECTION = "correction", _("Verbetering van mijn gegevens")
    ERASURE = "erasure", _("Wissen van mijn gegevens")


class RequestWay(models.TextChoices):
    PORTAL = "portal", _("in het portaal")
    LETTER = "letter", _("met een brief of mail")


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    def visible_to(self, user: Any) -> Self:
        if may_handle.test(user, None):
            return self
        return self.filter(person_id=getattr(user, "pk", None))

    def open(self) -> Self:
        return self.filter(state=RequestState.OPEN)


class PrivacyRequest(models.Model):
    """A question with a clock: an answer within a month, once longer (AVG art. 12.3)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="privacy_requests",
        verbose_name=_("persoon"),
    )
    kind = models.CharField(_("vraag"), max_length=10, choices=RequestKind)
    way = models.CharField(
        _("gekregen"), max_length=10, choices=RequestWay, default=RequestWay.PORTAL
    )
    text = models.TextField(_("wat u vraagt"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("geregistreerd door"),
    )
    received_on = models.DateField(_("ontvangen op"), default=today)
    due_on = models.DateField(_("antwoord ten laatste op"))
    extension_reason = models.TextField(_("waarom later"), blank=True)
    state = models.CharField(
        _("status"),
        max_length=10,
        choices=RequestState,
        default=RequestState.OPEN,
        editable=False,
        db_index=True,
    )
    answer = models.TextField(_("antwoord"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("beantwoord door"),
    )
    answered_at = models.DateTimeField(_("beantwoord op"), null=True, blank=True)
    registered_at = models.DateTimeField(_("geregistreerd op"), default=clock.now)

    objects = PrivacyRequestQuerySet.as_manager()

    state_tones = {
        RequestState.OPEN: "warning",
        RequestState.GRANTED: "success",
        RequestState.REFUSED: "danger",
    }

    class Meta:
        verbose_name = _("vraag over persoonsgegevens")
        verbose_name_plural = _("vragen over persoonsgegevens")
        ordering = ["-registered_at", "-pk"]
        constraints = [
            check(
                "retention_request_due_after_received",
                models.Q(due_on__gt=models.F("received_on")),
                _("De laatste dag voor het antwoord ligt na de ontvangst."),
            ),
            check(
                "retention_request_answered_whole",
                models.Q(state=RequestState.OPEN, answered_at=None, answered_by=None)
                | (
                    ~models.Q(state=RequestState.OPEN)
                    & ~models.Q(answer="")
                    & models.Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
                _("Een antwoord heeft tekst, een dag en een naam."),
            ),
        ]
        triggers = [REQUEST_LIFECYCLE.trigger("privacy_request_steps")]

    def __str__(self) -> str:
        return str(_("Vraag %(number)s")) % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("retention:request", args=[self.pk])

    @property
    def is_late(self) -> bool:
        return self.state == RequestState.OPEN and self.due_on < today()
