"""A project (traject), its phases and the procurements (opdrachten) it leads to."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import validate_kbo
from accounts.models import Organisation
from calls.models import Call, CostPhase, Theme
from common import clock
from common.constraints import check, unique
from common.money import MoneyField
from projects.lifecycle import ENDED_PROJECT_STATES, PROJECT_LIFECYCLE, ProjectState
from projects.models.proposal import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


MONEY_STATES = frozenset(
    {
        ProjectState.COFINANCING_REQUESTED,
        ProjectState.COFINANCING_GRANTED,
        ProjectState.COFINANCING_REFUSED,
        ProjectState.COFINANCING_POSTPONED,
    }
)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see all, others the projects of their organisations."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self if user.is_programme_staff else self.filter(organisation__in=user.member_roles)

    def public(self) -> Self:
        """What the public portfolio shows: never a rejected proposal, only what was opened."""
        return self.filter(is_public=True)

    def running(self) -> Self:
        return self.exclude(state__in=ENDED_PROJECT_STATES)


class Project(models.Model):
    """A selected proposal that is guided, or a project of before the portal (without proposal)."""

    proposal = models.OneToOneField(
        Proposal,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="project",
        verbose_name=_("voorstel"),
    )
    call = models.ForeignKey(
        Call,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("oproep"),
    )
    organisation = models.ForeignKey(
        Organisation, models.RESTRICT, related_name="projects", verbose_name=_("aanvrager")
    )
    reference = models.CharField(_("projectnummer"), max_length=40, unique=True)
    title = models.CharField(_("titel"), max_length=200)
    summary = models.TextField(_("publieke samenvatting"), blank=True, max_length=1000)
    theme = models.ForeignKey(
        Theme, models.RESTRICT, null=True, blank=True, verbose_name=_("thema")
    )
    guide = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="guided_projects",
        verbose_name=_("projectbegeleider"),
    )
    state = models.CharField(
        _("status"),
        max_length=30,
        choices=ProjectState,
        default=ProjectState.PREPARATION,
        editable=False,
    )
    stop_reason = models.TextField(_("reden van pauze of stopzetting"), blank=True, max_length=2000)
    is_public = models.BooleanField(_("toon in de publieke portfolio"), default=True)
    is_fictional = models.BooleanField(_("bevat voorbeelddata"), default=False)
    source_url = models.URLField(_("bron"), max_length=500, blank=True)
    opened_on = models.DateField(
        _("gestart op"),
        null=True,
        blank=True,
        help_text=_("Leeg voor een project van vóór het portaal met onbekende datum."),
    )
    ended_on = models.DateField(_("afgerond op"), null=True, blank=True)
    created_at = models.DateTimeField(_("aangemaakt op"), default=clock.now, editable=False)

    objects = ProjectQuerySet.as_manager()

    if TYPE_CHECKING:
        phases: RelatedManager["ProjectPhase"]
        procurements: RelatedManager["Procurement"]

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projecten")
        ordering = [models.F("opened_on").desc(nulls_last=True), "-pk"]
        triggers = [PROJECT_LIFECYCLE.trigger("project_state_steps")]

    def __str__(self) -> str:
        return f"{self.reference} – {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.reference])

    @property
    def awaits_cofinancing(self) -> bool:
        """Whether the next step of the project may be a request for co-financing."""
        return PROJECT_LIFECYCLE.allows(self, "request_cofinancing")

    @property
    def member_state(self) -> str:
        """The state as the organisation reads it: what the committee decided stands in its letter,
        which comes later than the decision."""
        if self.state in MONEY_STATES:
            return str(ProjectState.COFINANCING_REQUESTED.label)
        return str(self.get_state_display())

    @property
    def public_state(self) -> str:
        """The state as everybody may read it: not how a request for money stands."""
        if self.state in MONEY_STATES:
            return str(ProjectState.TENDER_PREPARATION.label)
        return str(self.get_state_display())


class ProjectPhase(models.Model):
    """A planned part of the project; its dates are what was agreed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="phases")
    phase = models.CharField(_("fase"), max_length=30, choices=CostPhase)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("einde"), null=True, blank=True)
    note = models.CharField(_("toelichting"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("projectfase")
        verbose_name_plural = _("projectfasen")
        ordering = ["project", "starts_on", "pk"]
        constraints = [
            check(
                "projects_phase_ends_after_start",
                models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                _("De fase eindigt voor ze start. Kies een latere einddatum."),
            ),
            unique(
                "projects_phase_once",
                "project",
                "phase",
                message=_("Dit project heeft deze fase al."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_phase_display()


class ProcurementProcedure(models.TextChoices):
    """Procedures inside and outside the procurement act (domain.md 6.4)."""

    OPEN = "open", _("Openbare procedure")
    RESTRICTED = "restricted", _("Niet-openbare procedure")
    COMPETITIVE_NEGOTIATION = (
        "competitive_negotiation",
        _("Mededingingsprocedure met onderhandeling"),
    )
    SIMPLIFIED_NEGOTIATION = "simplified_negotiation", _("Vereenvoudigde onderhandelingsprocedure")
    NEGOTIATION_WITHOUT_NOTICE = (
        "negotiation_without_notice",
        _("Onderhandelingsprocedure zonder voorafgaande bekendmaking"),
    )
    COMPETITIVE_DIALOGUE = "competitive_dialogue", _("Concurrentiegerichte dialoog")
    INNOVATION_PARTNERSHIP = "innovation_partnership", _("Innovatiepartnerschap")
    DESIGN_CONTEST = "design_contest", _("Prijsvraag")
    LOW_VALUE = "low_value", _("Opdracht van beperkte waarde")
    PCP = "pcp", _("PCP of O&O-diensten buiten de wet (art. 32)")


class ContractorRegion(models.TextChoices):
    """Where a contractor is established (domain.md 6.7: how many from Flanders)."""

    FLANDERS = "flanders", _("Vlaanderen")
    BRUSSELS = "brussels", _("Brussel")
    WALLONIA = "wallonia", _("Wallonië")
    ABROAD = "abroad", _("Buitenland")


class Procurement(models.Model):
    """A contract that the authority tenders; one project may have several (domain.md 3.3)."""

    project = models.ForeignKey(
        Project, models.RESTRICT, related_name="procurements", verbose_name=_("project")
    )
    number = models.PositiveSmallIntegerField(_("nummer"), default=1)
    title = models.CharField(_("titel"), max_length=200)
    phase = models.CharField(
        _("fase"), max_length=30, choices=CostPhase, default=CostPhase.DEVELOPMENT
    )
    procedure = models.CharField(
        _("plaatsingsprocedure"), max_length=40, choices=ProcurementProcedure, blank=True
    )
    estimated_amount = MoneyField(_("geraamd bedrag exclusief btw"))
    published_on = models.DateField(_("bekendgemaakt op"), null=True, blank=True)
    notice_url = models.URLField(_("adres van de aankondiging"), max_length=500, blank=True)
    notice_number = models.CharField(_("nummer van de aankondiging"), max_length=60, blank=True)
    tenders_received = models.PositiveSmallIntegerField(_("aantal offertes"), null=True, blank=True)
    awarded_on = models.DateField(_("gegund op"), null=True, blank=True)
    award_amount = MoneyField(_("gunningsbedrag exclusief btw"), null=True, blank=True)
    award_eligible_amount = MoneyField(
        _("deel van het gunningsbedrag dat meetelt"),
        null=True,
        blank=True,
        help_text=_("Voor de cofinanciering; met btw als die voor de oproep meetelt."),
    )
    contractor_name = models.CharField(_("opdrachtnemer"), max_length=200, blank=True)
    contractor_kbo = models.CharField(
        _("ondernemingsnummer van de opdrachtnemer"),
        max_length=10,
        blank=True,
        validators=[validate_kbo],
    )
    award_notice_number = models.CharField(
        _("nummer van de aankondiging van de gunning"), max_length=60, blank=True
    )
    contractor_is_sme = models.BooleanField(_("opdrachtnemer is een kmo"), null=True, blank=True)
    contractor_is_startup = models.BooleanField(
        _("opdrachtnemer is een start-up"), null=True, blank=True
    )
    contractor_region = models.CharField(
        _("vestiging van de opdrachtnemer"), max_length=20, choices=ContractorRegion, blank=True
    )

    class Meta:
        verbose_name = _("opdracht")
        verbose_name_plural = _("opdrachten")
        ordering = ["project", "number"]
        constraints = [
            unique(
                "projects_procurement_number_once",
                "project",
                "number",
                message=_("Dit project heeft al een opdracht met dit nummer."),
            ),
            check(
                "projects_procurement_award_complete",
                models.Q(awarded_on__isnull=True)
                | (models.Q(award_amount__isnull=False) & ~models.Q(contractor_name="")),
                _("Een gegunde opdracht heeft een opdrachtnemer en een bedrag."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.reference}/{self.number} – {self.title}"
