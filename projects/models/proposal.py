"""A proposal: a draft by sections, and what was frozen when it was submitted."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call, SubmissionRound, Theme
from common import clock
from common.constraints import unique
from common.money import ZERO, MoneyField
from projects.frozen import frozen_text, lay_over
from projects.lifecycle import (
    PROPOSAL_LIFECYCLE,
    UNDECIDED_STATES,
    InformationState,
    ProposalState,
)
from projects.visibility import open_to_staff

ASKED_STATES = frozenset({ProposalState.COMPLETE, ProposalState.ASSESSMENT, ProposalState.ADVISED})
"""Undecided states in which staff may have asked for further information."""

TAKING_STATES = frozenset({CallState.PUBLISHED, CallState.ASSESSMENT})
"""States of a call in which the instant of arrival decides: a request may have arrived in time and
be handled only after the assessment began, and an extension outlasts the round."""

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from projects.models.draft import (
        Attachment,
        CostLine,
        Partner,
        SectionAnswers,
        SectionAssignment,
        SectionRevision,
    )
    from projects.models.information import InformationRequest


class ProposalQuerySet(models.QuerySet["Proposal"]):
    _as_submitted = False

    def as_submitted(self) -> Self:
        """The same rows, each showing what was handed in where a working text differs from it.

        For every page of staff. Two queries more when there is such a proposal, whatever their
        number; the instances are for reading only.
        """
        chained = self.all()
        chained._as_submitted = True
        return chained

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._as_submitted = self._as_submitted
        return clone

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        if is_new and self._as_submitted:
            show_as_submitted(
                [row for row in self._result_cache or [] if isinstance(row, Proposal)]
            )

    def visible_to(self, user: Any) -> Self:
        """Own organisations; staff see what was submitted, the team also drafts with consent."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        own = models.Q(organisation__in=user.member_roles)
        if user.is_programme_staff:
            own |= open_to_staff(user)
        if user.has_staff_role(StaffRole.TEAM_MEMBER):
            own |= models.Q(team_may_view=True, submitted_at__isnull=True)
        return self.filter(own)

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(state=ProposalState.DRAFT)


class Proposal(models.Model):
    """A project proposal (projectvoorstel) of one public authority for one call."""

    call = models.ForeignKey(
        Call, models.RESTRICT, related_name="proposals", verbose_name=_("oproep")
    )
    round = models.ForeignKey(
        SubmissionRound,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("indienronde"),
        help_text=_("De ronde waarin het voorstel aankwam."),
    )
    organisation = models.ForeignKey(
        Organisation, models.RESTRICT, related_name="proposals", verbose_name=_("aanvrager")
    )
    reference = models.CharField(_("dossiernummer"), max_length=40, unique=True, editable=False)
    title = models.CharField(_("titel"), max_length=150)
    acronym = models.CharField(_("korte naam"), max_length=20, blank=True)
    summary = models.TextField(
        _("publieke samenvatting"),
        max_length=1000,
        blank=True,
        help_text=_("Wordt gepubliceerd als het voorstel geselecteerd is."),
    )
    theme = models.ForeignKey(
        Theme, models.RESTRICT, null=True, blank=True, verbose_name=_("thema")
    )
    contact_name = models.CharField(_("contactpersoon"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail van de contactpersoon"), blank=True)
    contact_phone = models.CharField(_("telefoon"), max_length=40, blank=True)
    signatory_name = models.CharField(
        _("verantwoordelijke ondertekenaar"), max_length=120, blank=True
    )
    signatory_function = models.CharField(
        _("functie van de ondertekenaar"), max_length=120, blank=True
    )
    other_subsidies = MoneyField(_("andere subsidies"), default=ZERO)
    own_budget_secured = models.BooleanField(_("eigen budget is vastgelegd"), null=True, blank=True)
    ceiling_reason = models.TextField(
        _("reden om het richtbedrag te overschrijden"), blank=True, max_length=2000
    )
    total_cost = MoneyField(_("totale kost"), default=ZERO, editable=False)
    requested_amount = MoneyField(_("gevraagde cofinanciering"), default=ZERO, editable=False)
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("eerder voorstel"),
    )
    team_may_view = models.BooleanField(_("het PIO-team mag mijn ontwerp zien"), default=False)
    state = models.CharField(
        _("status"),
        max_length=20,
        choices=ProposalState,
        default=ProposalState.DRAFT,
        editable=False,
    )
    withdrawal_reason = models.TextField(_("reden van intrekking"), blank=True, max_length=2000)
    is_fictional = models.BooleanField(_("voorbeelddata"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gemaakt door")
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=clock.now, editable=False)
    submitted_at = models.DateTimeField(
        _("ingediend op"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Het ogenblik waarop de laatste versie aankwam."),
    )
    correction_until = models.DateTimeField(
        _("aanvullen kan tot"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Exclusief. Gezet op het ogenblik dat het voorstel onvolledig is verklaard."),
    )
    extended_until = models.DateTimeField(
        _("uitstel tot"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Exclusief. De laatste van de verlengingen die deze aanvrager kreeg."),
    )
    reopened_at = models.DateTimeField(
        _("heropend op"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Zolang de ronde open is. De laatst ingediende versie telt tot de volgende."),
    )
    known_form_version = models.PositiveSmallIntegerField(
        _("bekende versie van het formulier"),
        default=1,
        editable=False,
        help_text=_("Wat daarna wijzigde, staat boven het ontwerp tot iemand het gelezen heeft."),
    )

    objects = ProposalQuerySet.as_manager()

    if TYPE_CHECKING:
        sections: RelatedManager["SectionAnswers"]
        partners: RelatedManager["Partner"]
        cost_lines: RelatedManager["CostLine"]
        attachments: RelatedManager["Attachment"]
        versions: RelatedManager["ProposalVersion"]
        revisions: RelatedManager["SectionRevision"]
        section_assignments: RelatedManager["SectionAssignment"]
        extensions: RelatedManager["SubmissionExtension"]
        information_requests: RelatedManager["InformationRequest"]

    class Meta:
        verbose_name = _("projectvoorstel")
        verbose_name_plural = _("projectvoorstellen")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["call", "state"], name="projects_proposal_call_state"),
            models.Index(fields=["organisation", "state"], name="projects_proposal_org_state"),
            models.Index(fields=["submitted_at", "id"], name="projects_proposal_submitted"),
        ]
        triggers = [PROPOSAL_LIFECYCLE.trigger("proposal_state_steps")]

    def __str__(self) -> str:
        return f"{self.reference} – {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:proposal", args=[self.reference])

    @property
    def was_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def can_be_edited(self) -> bool:
        """Whether the working text is open: a draft, one to complete, or one that is reopened."""
        return self.state in {ProposalState.DRAFT, ProposalState.INCOMPLETE} or self.is_reopened

    @property
    def is_reopened(self) -> bool:
        """Reopened, and a new version may still be handed in: no job has to close it."""
        return (
            self.reopened_at is not None
            and self.state == ProposalState.SUBMITTED
            and self.takes_a_new_version_at(clock.now())
        )

    @property
    def waits_for_check(self) -> bool:
        """Handed in, and not being changed by the applicant."""
        return self.state == ProposalState.SUBMITTED and self.reopened_at is None

    @property
    def counting_version(self) -> int:
        """The number of the version that counts; 0 while nothing was handed in."""
        latest = self.latest_version if self.was_submitted else None
        return latest.number if latest else 0

    @property
    def has_working_text(self) -> bool:
        """Whether the rows may differ from the version that counts; staff read the version.

        Who withdraws keeps the changes that were never handed in.
        """
        return self.was_submitted and (
            self.reopened_at is not None
            or self.state in {ProposalState.INCOMPLETE, ProposalState.WITHDRAWN}
        )

    def takes_a_new_version_at(self, instant: datetime) -> bool:
        """Whether the round in which it was handed in, or the extension, still runs."""
        if self.call.state not in TAKING_STATES:
            return False
        in_round = self.round is not None and self.round.takes_at(instant)
        return in_round or self.is_extended_at(instant)

    def is_extended_at(self, instant: datetime) -> bool:
        """Whether this applicant has more time than the round; the end itself is too late."""
        return self.extended_until is not None and instant < self.extended_until

    @property
    def is_under_review(self) -> bool:
        return self.state in UNDECIDED_STATES

    @property
    def state_for_applicant(self) -> str:
        """What the applicant reads: between receipt and notification, no inner step is told."""
        if self.state in ASKED_STATES and self.open_request_number is not None:
            return str(_("Bijkomende informatie gevraagd"))
        if self.state in {ProposalState.ASSESSMENT, ProposalState.ADVISED}:
            return str(ProposalState.ASSESSMENT.label)
        return str(self.get_state_display())

    @cached_property
    def open_request_number(self) -> int | None:
        """The number of the request for information that waits for an answer, oldest first.

        A list annotates it as `asked_number`, so that no row costs a query.
        """
        annotated: int | None = getattr(self, "asked_number", -1)
        if annotated != -1:
            return annotated
        waiting = self.information_requests.filter(state=InformationState.OPEN)
        return waiting.order_by("number").values_list("number", flat=True).first()

    @property
    def waits_for_answer(self) -> bool:
        """Whether the applicant must answer a question about what was handed in."""
        asked = self.state in ASKED_STATES or self.state == ProposalState.SELECTED
        return asked and self.open_request_number is not None

    @property
    def latest_version(self) -> "ProposalVersion | None":
        return self.versions.order_by("-number").first()


def show_as_submitted(proposals: "Iterable[Proposal]") -> None:
    """Lay the version that counts over each proposal with a working text; see `as_submitted`."""
    changed = {proposal.pk: proposal for proposal in proposals if proposal.has_working_text}
    if not changed:
        return
    latest = (
        ProposalVersion.objects.filter(proposal__in=changed)
        .order_by("proposal_id", "-number")
        .distinct("proposal_id")
    )
    themes = {theme.name: theme for theme in Theme.objects.all()}
    for version in latest:
        lay_over(changed[version.proposal_id], version.content, themes)


class SubmissionExtension(models.Model):
    """More time for one applicant, given by staff with a reason; never taken back or changed."""

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="extensions", verbose_name=_("voorstel")
    )
    until = models.DateTimeField(_("indienen kan tot"), help_text=_("Exclusief."))
    reason = models.TextField(_("reden"), max_length=2000)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    granted_at = models.DateTimeField(_("gegeven op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("uitstel voor een aanvrager")
        verbose_name_plural = _("uitstel voor aanvragers")
        ordering = ["proposal", "granted_at", "pk"]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.proposal.reference}: {self.until:%d/%m/%Y %H:%M}"


class ProposalVersion(models.Model):
    """What was submitted, frozen: answers, estimate, partners and file hashes, with their SHA-256.

    `content` is canonical JSON data; `sha256` is computed over its canonical text and is printed on
    the receipt. Nothing edits a version; the database refuses.
    """

    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="versions", verbose_name=_("voorstel")
    )
    number = models.PositiveSmallIntegerField(_("versie"))
    content = models.JSONField(_("inhoud"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    arrived_at = models.DateTimeField(
        _("aangekomen op"), help_text=_("Beslist of het voorstel op tijd was.")
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="+",
        verbose_name=_("ingediend door"),
    )
    recorded_at = models.DateTimeField(_("verwerkt op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("ingediende versie")
        verbose_name_plural = _("ingediende versies")
        ordering = ["proposal", "number"]
        constraints = [
            unique(
                "projects_version_number_once",
                "proposal",
                "number",
                message=_("Deze versie van het voorstel is al ingediend."),
            )
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.proposal.reference} versie {self.number}"

    @property
    def title(self) -> str:
        """The title as it was handed in."""
        return frozen_text(self.content, "title") or self.proposal.title

    @property
    def grace_minutes(self) -> int:
        """The grace thanks to which it was in time; 0 when it arrived before the closing."""
        return int(self.content.get("timing", {}).get("grace_minutes_used", 0))
