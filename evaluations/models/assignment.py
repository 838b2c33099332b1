"""The advisers who are asked to assess a file, and what they declare."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check
from evaluations.lifecycle import (
    ACTIVE_ASSIGNMENT_STATES,
    ASSIGNMENT_LIFECYCLE,
    AssignmentState,
)
from evaluations.models.pool import ConflictOfInterest
from evaluations.policies import may_see_all_files
from projects.models import Proposal

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager

    from evaluations.models.assessment import Evaluation


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """The programme office sees all, an adviser the own ones.

        Who has a conflict of interest with a file sees nothing of it, whatever other role.
        """
        rows = self.exclude(proposal__in=ConflictOfInterest.objects.of(user).values("proposal"))
        return rows if may_see_all_files.test(user, None) else rows.active().filter(adviser=user)

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE_ASSIGNMENT_STATES)


class Assignment(models.Model):
    """An adviser is asked to assess a proposal."""

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="assignments", verbose_name=_("voorstel")
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="assignments",
        verbose_name=_("adviseur"),
    )
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=AssignmentState,
        default=AssignmentState.INVITED,
        editable=False,
    )
    is_lead = models.BooleanField(
        _("schrijft het advies"),
        default=True,
        help_text=_("Eén adviseur per dossier schrijft het advies; anderen lezen mee."),
    )
    due_on = models.DateField(_("advies tegen"), help_text=_("Zoals afgesproken."))
    agreed_at = models.DateTimeField(_("afgesproken op"), default=clock.now, editable=False)
    moved_to = models.DateField(
        _("verschoven naar"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("De dag, zoveel werkdagen later als de klok sinds de afspraak stilstond."),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("toegewezen door"),
    )
    assigned_at = models.DateTimeField(_("toegewezen op"), default=clock.now, editable=False)
    reason = models.TextField(_("reden van weigering of intrekking"), blank=True, max_length=2000)
    why = models.TextField(
        _("waarom deze adviseur"),
        blank=True,
        help_text=_("Wat de verdeling over de adviseurs gaf, of wat wie toewees erbij schreef."),
    )
    replaces = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="replaced_by",
        editable=False,
        verbose_name=_("vervangt"),
    )

    objects = AssignmentQuerySet.as_manager()

    if TYPE_CHECKING:
        declarations: RelatedManager["ConflictDeclaration"]
        evaluation: "Evaluation"

    state_tones = {
        AssignmentState.INVITED: "info",
        AssignmentState.ACCEPTED: "info",
        AssignmentState.DECLINED: "warning",
        AssignmentState.RECUSED: "warning",
        AssignmentState.REVOKED: "neutral",
        AssignmentState.DONE: "success",
    }

    class Meta:
        verbose_name = _("toewijzing")
        verbose_name_plural = _("toewijzingen")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "adviser"],
                condition=models.Q(state__in=sorted(ACTIVE_ASSIGNMENT_STATES)),
                name="evaluations_adviser_once_per_file",
                violation_error_message=_("Deze adviseur werkt al aan dit dossier."),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(state__in=sorted(ACTIVE_ASSIGNMENT_STATES), is_lead=True),
                name="evaluations_one_lead_per_file",
                violation_error_message=_(
                    "Dit dossier heeft al een adviseur die het advies schrijft."
                ),
            ),
        ]
        triggers = [ASSIGNMENT_LIFECYCLE.trigger("assignment_state_steps")]

    def __str__(self) -> str:
        return f"{self.proposal.reference} – {self.adviser}"

    @property
    def last_day(self) -> "date":
        """What was agreed, or where the pauses since moved it; kept by `refresh_summary`."""
        return self.moved_to or self.due_on

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_ASSIGNMENT_STATES


class ConflictDeclaration(models.Model):
    """What the adviser declared about interests: before reading the file, or found out later."""

    assignment = models.ForeignKey(
        Assignment, models.RESTRICT, related_name="declarations", verbose_name=_("toewijzing")
    )
    has_conflict = models.BooleanField(_("heeft een belangenconflict"))
    explanation = models.TextField(_("toelichting"), blank=True, max_length=2000)
    declared_at = models.DateTimeField(_("verklaard op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("verklaring over belangenconflicten")
        verbose_name_plural = _("verklaringen over belangenconflicten")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            check(
                "evaluations_conflict_is_explained",
                models.Q(has_conflict=False) | ~models.Q(explanation=""),
                _("Leg uit welk belangenconflict u hebt."),
            )
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.assignment}: {'conflict' if self.has_conflict else 'geen conflict'}"
