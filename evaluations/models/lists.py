"""What lists of files are made of: a summary per file, saved views, bulk actions, uploads."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from common import clock
from common.constraints import unique
from common.money import ZERO, MoneyField
from evaluations.lifecycle import FileStep
from evaluations.models.assessment import Conclusion
from evaluations.policies import may_see_all_files
from projects.models import Proposal


class FileSummary(models.Model):
    """What lists and boards read of a submitted file: one row, so that sorting needs no sums.

    Never edited: `services.summary.refresh_summary` writes it in the transaction of whatever
    changed. It knows of a decision before the applicant does, so only selectors that start from
    `visible_files` read it, and they mask what an adviser may not know.
    """

    proposal = models.OneToOneField(
        Proposal,
        models.CASCADE,
        primary_key=True,
        related_name="summary_row",
        verbose_name=_("voorstel"),
    )
    call = models.ForeignKey(Call, models.CASCADE, related_name="+", verbose_name=_("oproep"))
    title = models.CharField(_("titel zoals ingediend"), max_length=300, blank=True)
    theme = models.CharField(_("thema zoals ingediend"), max_length=80, blank=True)
    requested_amount = MoneyField(_("gevraagde cofinanciering zoals ingediend"), default=ZERO)
    words = models.TextField(
        _("doorzoekbare woorden"),
        blank=True,
        help_text=_("Nummer, titel, korte naam en aanvrager, zonder hoofdletters en accenten."),
    )
    step = models.CharField(_("wacht op"), max_length=20, choices=FileStep)
    due_on = models.DateField(_("tegen"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("ingetrokken"), default=False)
    clock_stands_since = models.DateTimeField(_("klok staat stil sinds"), null=True, blank=True)
    paused_days = models.PositiveSmallIntegerField(_("werkdagen stilstand"), default=0)
    readers_asked = models.PositiveSmallIntegerField(_("lezers gevraagd"), default=0)
    readers_done = models.PositiveSmallIntegerField(_("lezers klaar"), default=0)
    total_percent = models.DecimalField(
        _("totaal (%)"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("Van de consensus, of het gemiddelde van de lezers die klaar zijn."),
    )
    lowest_percent = models.DecimalField(
        _("laagste totaal (%)"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    highest_percent = models.DecimalField(
        _("hoogste totaal (%)"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    passes = models.BooleanField(_("haalt de drempels"), null=True, blank=True)
    verdicts_differ = models.BooleanField(
        _("lezers zijn het oneens over de drempels"), default=False
    )
    conclusion = models.CharField(_("advies"), max_length=30, choices=Conclusion, blank=True)
    advised_at = models.DateTimeField(_("advies definitief op"), null=True, blank=True)

    class Meta:
        verbose_name = _("samenvatting van een dossier")
        verbose_name_plural = _("samenvattingen van dossiers")
        ordering = ["proposal"]
        indexes = [
            models.Index(fields=["due_on", "proposal"], name="evaluations_summary_due"),
            models.Index(fields=["step", "due_on"], name="evaluations_summary_step_due"),
            models.Index(
                fields=["call", "-total_percent", "proposal"], name="evaluations_summary_ranking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.get_step_display()}"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """The own ones, and to who sees all files those that colleagues share.

        The words of a colleague may name an adviser or a file; an adviser reads the own words only.
        """
        own = models.Q(owner=user)
        if may_see_all_files.test(user, None):
            own |= models.Q(is_shared=True)
        return self.filter(own)


class SavedView(models.Model):
    """Search words that a person keeps, may share with colleagues and may receive by mail."""

    class Mailing(models.TextChoices):
        NEVER = "never", _("Niet")
        DAILY = "daily", _("Elke werkdag")
        WEEKLY = "weekly", _("Elke maandag")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("van")
    )
    name = models.CharField(_("naam"), max_length=80)
    words = models.CharField(_("zoekwoorden"), max_length=500, blank=True)
    sort = models.CharField(_("volgorde"), max_length=40, blank=True)
    is_shared = models.BooleanField(_("collega's zien deze weergave ook"), default=False)
    mailing = models.CharField(
        _("mail mij de lijst"), max_length=10, choices=Mailing, default=Mailing.NEVER
    )
    last_mailed_on = models.DateField(
        _("laatste dag van de mail"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Ook als er geen mail vertrok, omdat er niets in de lijst stond."),
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("bewaarde weergave")
        verbose_name_plural = _("bewaarde weergaven")
        ordering = ["name", "pk"]
        constraints = [
            unique(
                "evaluations_view_name_once",
                "owner",
                "name",
                message=_("U hebt al een weergave met deze naam."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def visible_to(self, user: Any) -> Self:
        """The own ones: who else did what to a file stands in the log of that file."""
        return self.filter(made_by=user)


class BulkRun(models.Model):
    """One action on many files: what would happen per file, and after confirming what did."""

    action = models.CharField(_("actie"), max_length=40)
    parameters = models.JSONField(_("instellingen"), default=dict, blank=True)
    rows = models.JSONField(
        _("dossiers"),
        default=list,
        help_text=_("Per dossier: nummer, wat zou gebeuren, en na uitvoering wat gebeurde."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    made_at = models.DateTimeField(_("voorbereid op"), default=clock.now, editable=False)
    done_at = models.DateTimeField(_("uitgevoerd op"), null=True, blank=True, editable=False)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("actie op veel dossiers")
        verbose_name_plural = _("acties op veel dossiers")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.action}: {self.made_at:%d/%m/%Y %H:%M}"


class ScoreUpload(models.Model):
    """Scores that an adviser filled in offline: read row by row, stored only after a preview."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.RESTRICT, related_name="+", verbose_name=_("door")
    )
    made_at = models.DateTimeField(_("opgeladen op"), default=clock.now, editable=False)
    filename = models.CharField(_("bestandsnaam"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.JSONField(
        _("rijen"),
        default=list,
        help_text=_("Per rij: blad, dossier, criterium, wat ingevuld is, en wat eraan schort."),
    )
    applied_at = models.DateTimeField(_("bewaard op"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("opgeladen scores")
        verbose_name_plural = _("opgeladen scores")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.filename}: {self.made_at:%d/%m/%Y %H:%M}"
