"""Lists of what is destroyed: two people decide, and what stays of each thing is its item here."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from retention.lifecycle import LIST_LIFECYCLE, OPEN_STATES, ListState
from retention.models.rules import RetentionRule
from retention.policies import may_see_retention

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class DestructionListQuerySet(models.QuerySet["DestructionList"]):
    def visible_to(self, user: Any) -> Self:
        return self if may_see_retention.test(user, None) else self.none()


class DestructionList(models.Model):
    """What one rule lets be destroyed on one day; carried out in batches once it is approved."""

    rule = models.ForeignKey(
        RetentionRule, models.RESTRICT, related_name="lists", verbose_name=_("regel")
    )
    until = models.DateField(_("termijn verlopen op of vóór"))
    months = models.PositiveSmallIntegerField(_("termijn in maanden, toen"))
    state = models.CharField(
        _("status"),
        max_length=10,
        choices=ListState,
        default=ListState.DRAWN,
        editable=False,
        db_index=True,
    )
    drawn_at = models.DateTimeField(_("opgemaakt op"), default=clock.now)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voorgesteld door"),
    )
    proposed_at = models.DateTimeField(_("voorgesteld op"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goedgekeurd door"),
    )
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    finished_at = models.DateTimeField(_("uitgevoerd op"), null=True, blank=True)

    objects = DestructionListQuerySet.as_manager()

    if TYPE_CHECKING:
        items: RelatedManager["DestructionItem"]

    state_tones = {
        ListState.DRAWN: "info",
        ListState.PROPOSED: "warning",
        ListState.APPROVED: "info",
        ListState.DONE: "success",
        ListState.DROPPED: "neutral",
    }

    class Meta:
        verbose_name = _("vernietigingslijst")
        verbose_name_plural = _("vernietigingslijsten")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            unique(
                "retention_one_open_list",
                "rule",
                condition=models.Q(state__in=OPEN_STATES),
                message=_("Voor deze regel loopt al een lijst."),
            ),
            check(
                "retention_two_people",
                models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")),
                _("Wie de lijst voorstelt, keurt ze niet goed."),
            ),
            check(
                "retention_approved_by_two",
                ~models.Q(state__in=[ListState.APPROVED, ListState.DONE])
                | models.Q(proposed_by__isnull=False, approved_by__isnull=False),
                _("Een lijst wordt pas uitgevoerd als twee personen ze goedkeurden."),
            ),
        ]
        triggers = [
            LIST_LIFECYCLE.trigger("list_state_steps"),
            pgtrigger.Protect(name="list_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="list_done_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[ListState.DONE, ListState.DROPPED]),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Lijst %(number)s: %(rule)s")) % {"number": self.pk, "rule": self.rule}

    def get_absolute_url(self) -> str:
        return reverse("retention:list", args=[self.pk])


class ItemState(models.TextChoices):
    WAITING = "waiting", _("Wacht")
    DONE = "done", _("Vernietigd")
    LEFT = "left", _("Niet vernietigd")
    FAILED = "failed", _("Mislukt, het portaal probeert opnieuw")


class DestructionItem(models.Model):
    """One file, account or log on a list; once destroyed, all that is left of it."""

    list = models.ForeignKey(
        DestructionList, models.RESTRICT, related_name="items", verbose_name=_("lijst")
    )
    kind = models.CharField(_("soort"), max_length=100)
    object_id = models.CharField(
        _("sleutel"), max_length=64, blank=True, help_text=_("Leeg: alle oude rijen van de soort.")
    )
    number = models.CharField(_("nummer"), max_length=120)
    since = models.DateField(_("termijn liep vanaf"))
    state = models.CharField(
        _("status"), max_length=10, choices=ItemState, default=ItemState.WAITING
    )
    note = models.CharField(_("waarom"), max_length=300, blank=True)
    rows = models.PositiveIntegerField(_("rijen"), default=0)
    files = models.PositiveIntegerField(_("bestanden"), default=0)
    hash = models.CharField(_("SHA-256 van wat vernietigd is"), max_length=64, blank=True)
    done_at = models.DateTimeField(_("vernietigd op"), null=True, blank=True)

    state_tones = {
        ItemState.WAITING: "info",
        ItemState.DONE: "success",
        ItemState.LEFT: "neutral",
        ItemState.FAILED: "danger",
    }

    class Meta:
        verbose_name = _("vernietigd stuk")
        verbose_name_plural = _("vernietigde stukken")
        ordering = ["list", "number", "pk"]
        constraints = [
            unique(
                "retention_once_on_a_list",
                "list",
                "kind",
                "object_id",
                message=_("Dit staat al op de lijst."),
            ),
            check(
                "retention_done_has_proof",
                ~models.Q(state=ItemState.DONE)
                | (models.Q(done_at__isnull=False) & ~models.Q(hash="")),
                _("Van wat vernietigd is, staan dag en controlesom erbij."),
            ),
            check(
                "retention_left_has_reason",
                ~models.Q(state=ItemState.LEFT) | ~models.Q(note=""),
                _("Schrijf waarom dit niet vernietigd wordt."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="item_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="item_done_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=ItemState.DONE),
            ),
        ]

    def __str__(self) -> str:
        return self.number
