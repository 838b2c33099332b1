"""The pool of advisers: what they know, when they can, with whom they are too close."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import validate_kbo
from calls.models import Call, Theme
from common import clock
from common.constraints import check, unique
from projects.models import Proposal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class AdviserProfile(models.Model):
    """What an adviser can take on. Without a profile an adviser is asked by hand only."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        related_name="adviser_profile",
        verbose_name=_("adviseur"),
    )
    expertise = models.ManyToManyField(
        Theme, blank=True, related_name="+", verbose_name=_("expertise")
    )
    expertise_note = models.CharField(_("expertise in woorden"), max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("hoogstens dossiers tegelijk"),
        default=10,
        help_text=_("Uitnodigingen tellen mee; wat klaar is, telt niet mee."),
    )
    is_in_pool = models.BooleanField(_("beschikbaar voor nieuwe dossiers"), default=True)

    if TYPE_CHECKING:
        absences: RelatedManager["AdviserAbsence"]

    class Meta:
        verbose_name = _("profiel van een adviseur")
        verbose_name_plural = _("profielen van adviseurs")
        ordering = ["user__last_name", "user__first_name", "pk"]

    def __str__(self) -> str:
        return str(self.user)


class AdviserAbsence(models.Model):
    """Days on which an adviser does not work; both days included."""

    profile = models.ForeignKey(
        AdviserProfile, models.CASCADE, related_name="absences", verbose_name=_("adviseur")
    )
    first_day = models.DateField(_("van"))
    last_day = models.DateField(_("tot en met"))
    reason = models.CharField(_("reden"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("afwezigheid")
        verbose_name_plural = _("afwezigheden")
        ordering = ["first_day", "pk"]
        constraints = [
            check(
                "evaluations_absence_ends_after_start",
                models.Q(last_day__gte=models.F("first_day")),
                _("De laatste dag ligt voor de eerste."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


class InterestKind(models.TextChoices):
    EMPLOYER = "employer", _("Werkte of werkt er")
    BOARD = "board", _("Zit er in het bestuur")
    SUPPLIER = "supplier", _("Heeft een belang in deze leverancier")
    FAMILY = "family", _("Naaste familie werkt er")
    OTHER = "other", _("Andere band")


class Interest(models.Model):
    """A tie that staff declare once, checked against every file before an invitation."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="interests", verbose_name=_("wie")
    )
    kind = models.CharField(_("band"), max_length=20, choices=InterestKind)
    name = models.CharField(_("organisatie of onderneming"), max_length=200)
    kbo = models.CharField(
        _("ondernemingsnummer (KBO)"), max_length=10, blank=True, validators=[validate_kbo]
    )
    until = models.DateField(_("tot"), null=True, blank=True, help_text=_("Leeg: loopt nog."))
    declared_at = models.DateTimeField(_("verklaard op"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("belang")
        verbose_name_plural = _("belangen")
        ordering = ["person", "name", "pk"]
        constraints = [
            unique(
                "evaluations_interest_once",
                "person",
                "kind",
                "name",
                message=_("Dit belang staat al in de lijst."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.name}"


class ConflictKind(models.TextChoices):
    """What makes somebody too close to a file: declared, or found in data of the portal."""

    DECLARED = "declared", _("Zelf gemeld")
    ORGANISATION = "organisation", _("Hoort bij de aanvrager")
    ENTERPRISE_NUMBER = "enterprise_number", _("Hoort bij dezelfde onderneming (KBO)")
    PARTNER = "partner", _("Hoort bij een partner")
    SHARED_PROJECT = "shared_project", _("Eerder samen in een project")
    SUPPLIER = "supplier", _("Heeft een band met een leverancier uit een project")
    INTEREST = "interest", _("Gemeld belang in de aanvrager of een partner")


class ConflictOfInterestQuerySet(models.QuerySet["ConflictOfInterest"]):
    def standing(self) -> Self:
        return self.filter(lifted_at__isnull=True)

    def of(self, person: Any) -> Self:
        """Standing conflicts of this person: the files that do not exist for them."""
        return self.standing().filter(person=person)


class ConflictOfInterest(models.Model):
    """This person may not know this file: in no list, count, search, export or document.

    `visible_files` and every other read of the evaluation leave it out. A conflict that was found
    is lifted when the data no longer show it; one that was declared stays, until the project leader
    takes it back with a reason. The row stays whatever happens.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("wie")
    )
    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="conflicts", verbose_name=_("voorstel")
    )
    kind = models.CharField(_("soort"), max_length=30, choices=ConflictKind)
    explanation = models.TextField(_("toelichting"), max_length=2000)
    found_at = models.DateTimeField(_("gevonden op"), default=clock.now, editable=False)
    lifted_at = models.DateTimeField(_("vervallen op"), null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("teruggenomen door"),
        help_text=_("Leeg: de gegevens tonen het niet meer."),
    )
    lift_reason = models.TextField(
        _("waarom teruggenomen"), max_length=2000, blank=True, editable=False
    )

    objects = ConflictOfInterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("belangenconflict")
        verbose_name_plural = _("belangenconflicten")
        ordering = ["proposal", "person", "pk"]
        constraints = [
            unique(
                "evaluations_conflict_once",
                "person",
                "proposal",
                "kind",
                condition=models.Q(lifted_at__isnull=True),
                message=_("Dit belangenconflict is al bekend."),
            ),
            check(
                "evaluations_declared_conflict_lifted_with_a_reason",
                ~models.Q(kind="declared")
                | models.Q(lifted_at__isnull=True)
                | (models.Q(lifted_by__isnull=False) & ~models.Q(lift_reason="")),
                _("Een gemeld belangenconflict vervalt alleen door iemand, met een reden."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} – {self.person}: {self.get_kind_display()}"


class AssignmentRun(models.Model):
    """A proposed division of the files of a call over the advisers, with why each pair was made.

    Nothing is asked of anybody until it is applied.
    """

    call = models.ForeignKey(
        Call, models.RESTRICT, related_name="assignment_runs", verbose_name=_("oproep")
    )
    due_on = models.DateField(_("advies tegen"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("gemaakt door")
    )
    made_at = models.DateTimeField(_("gemaakt op"), default=clock.now, editable=False)
    problems = models.JSONField(
        _("wat niet lukte"),
        default=list,
        blank=True,
        help_text=_("Per dossier zonder genoeg lezers: het nummer en de reden."),
    )
    applied_at = models.DateTimeField(_("uitgevoerd op"), null=True, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("uitgevoerd door"),
    )

    if TYPE_CHECKING:
        pairs: RelatedManager["AssignmentPair"]

    class Meta:
        verbose_name = _("verdeling over de adviseurs")
        verbose_name_plural = _("verdelingen over de adviseurs")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.call.reference}: {self.made_at:%d/%m/%Y %H:%M}"


class AssignmentPair(models.Model):
    """One adviser for one file in a proposed division."""

    run = models.ForeignKey(
        AssignmentRun, models.CASCADE, related_name="pairs", verbose_name=_("verdeling")
    )
    proposal = models.ForeignKey(
        Proposal, models.RESTRICT, related_name="+", verbose_name=_("voorstel")
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("adviseur")
    )
    is_lead = models.BooleanField(_("schrijft het advies"), default=False)
    why = models.TextField(_("waarom"))
    outcome = models.CharField(_("wat gebeurde"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("voorgesteld paar")
        verbose_name_plural = _("voorgestelde paren")
        ordering = ["run", "proposal", "-is_lead", "pk"]
        constraints = [
            unique(
                "evaluations_pair_once",
                "run",
                "proposal",
                "adviser",
                message=_("Deze adviseur staat al bij dit dossier."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.reference} – {self.adviser}"
