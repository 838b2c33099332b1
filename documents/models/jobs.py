"""The jobs that make documents.

A job's state moves by compare-and-set in services/, not through common.lifecycle: no person takes
these steps, they happen many times a minute, and the claim must skip locked rows rather than wait.
The audit record holds acts of people; asking for a document is recorded here, on the job itself.
"""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.hidden import not_about
from common.policies import oversees_all_files
from documents.models.files import StoredFile


class JobState(models.TextChoices):
    QUEUED = "queued", _("In de wachtrij")
    RUNNING = "running", _("Wordt gemaakt")
    DONE = "done", _("Klaar")
    FAILED = "failed", _("Mislukt")
    CANCELLED = "cancelled", _("Stopgezet")
    PURGED = "purged", _("Opgeruimd")


PENDING = (JobState.QUEUED, JobState.RUNNING)
WITHOUT_FILE = (JobState.FAILED, JobState.CANCELLED, JobState.PURGED)
"""It is over and there is nothing to fetch; it can be made again."""


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> Self:
        """For who oversees all files; others meet a job on the page of their own thing."""
        if not oversees_all_files(user):
            return self.none()
        return self.filter(not_about(user, kind="about_type", key="about_id"))

    def about(self, target: models.Model) -> Self:
        return self.filter(
            about_type=ContentType.objects.get_for_model(target), about_id=str(target.pk)
        )

    def pending(self) -> Self:
        return self.filter(state__in=PENDING)

    def claimable(self) -> Self:
        """Waiting, or left behind by a worker that no longer gives a sign of life."""
        return self.filter(
            models.Q(state=JobState.QUEUED)
            | models.Q(state=JobState.RUNNING, lease_until__lt=clock.now())
        )


class Job(models.Model):
    """One document to be made. The row is the work; the broker only wakes a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("soort"), max_length=100)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    fingerprint = models.CharField(_("vingerafdruk van de vraag"), max_length=64, editable=False)
    title = models.CharField(_("titel"), max_length=200)
    state = models.CharField(
        _("status"), max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True
    )
    percent = models.PositiveSmallIntegerField(_("voortgang in procent"), default=0)
    message = models.CharField(_("bezig met"), max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(_("poging"), default=0)
    attempts_allowed = models.PositiveSmallIntegerField(_("toegelaten pogingen"), default=3)
    lease_until = models.DateTimeField(_("levensteken tot"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gevraagd door"),
        help_text=_("Leeg: het portaal zelf."),
    )
    requested_at = models.DateTimeField(_("gevraagd op"), default=clock.now)
    announced_at = models.DateTimeField(_("aangekondigd op"), default=clock.now)
    started_at = models.DateTimeField(_("begonnen op"), null=True, blank=True)
    finished_at = models.DateTimeField(_("klaar op"), null=True, blank=True)
    error = models.TextField(
        _("reden van mislukken"),
        blank=True,
        help_text=_("Van een taak die nog loopt: waarom de vorige poging mislukte."),
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stopgezet door"),
    )
    purged_at = models.DateTimeField(_("bestand opgeruimd op"), null=True, blank=True)
    content_hash = models.CharField(
        _("controlesom van de inhoud"),
        max_length=64,
        blank=True,
        editable=False,
        help_text=_(
            "Over alles wat in het document gaat; wat gelijk is, wordt niet twee keer gemaakt."
        ),
    )
    file = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("bestand"),
    )
    parts = models.JSONField(
        _("onderdelen"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Wat er in een archief zit (documents.registry.ArchiveDocument)."),
    )
    about_type = models.ForeignKey(
        ContentType, models.RESTRICT, null=True, blank=True, verbose_name=_("gaat over (soort)")
    )
    about_id = models.CharField(_("gaat over (sleutel)"), max_length=64, blank=True)
    about = GenericForeignKey("about_type", "about_id")

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("documenttaak")
        verbose_name_plural = _("documenttaken")
        ordering = ["-requested_at", "pk"]
        indexes = [
            models.Index(
                fields=["about_type", "about_id", "-requested_at"], name="documents_job_about"
            ),
            models.Index(fields=["fingerprint", "-requested_at"], name="documents_job_same"),
            models.Index(
                fields=["kind", "content_hash"],
                name="documents_job_content",
                condition=models.Q(state=JobState.DONE),
            ),
        ]
        constraints = [
            unique(
                "documents_job_once_pending",
                "fingerprint",
                condition=models.Q(state__in=PENDING),
                message=_("Dit document wordt al gemaakt."),
            ),
            check(
                "documents_job_percent",
                models.Q(percent__range=(0, 100)),
                _("De voortgang ligt tussen 0 en 100 procent."),
            ),
            check(
                "documents_job_done_has_file",
                models.Q(state=JobState.DONE, file__isnull=False, finished_at__isnull=False)
                | (~models.Q(state=JobState.DONE) & models.Q(file__isnull=True)),
                _("Een taak is klaar als er een bestand is, en anders niet."),
            ),
            check(
                "documents_job_failed_has_reason",
                ~models.Q(state=JobState.FAILED)
                | (~models.Q(error="") & models.Q(finished_at__isnull=False)),
                _("Een mislukte taak zegt waarom."),
            ),
            check(
                "documents_job_over_says_when",
                (
                    ~models.Q(state__in=[JobState.CANCELLED, JobState.PURGED])
                    | models.Q(finished_at__isnull=False)
                )
                & (~models.Q(state=JobState.PURGED) | models.Q(purged_at__isnull=False)),
                _("Een taak die stopgezet of opgeruimd is, zegt wanneer."),
            ),
            check(
                "documents_job_running_has_lease",
                ~models.Q(state=JobState.RUNNING)
                | models.Q(lease_until__isnull=False, started_at__isnull=False),
                _("Een taak die loopt, geeft een levensteken."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def is_done(self) -> bool:
        return self.state == JobState.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == JobState.FAILED

    @property
    def is_cancelled(self) -> bool:
        return self.state == JobState.CANCELLED

    @property
    def is_purged(self) -> bool:
        return self.state == JobState.PURGED

    @property
    def is_without_file(self) -> bool:
        """Over, with nothing to fetch: ask it again."""
        return self.state in WITHOUT_FILE
