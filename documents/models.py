"""Private files, and the jobs that make documents.

A job's state moves by compare-and-set in services.py, not through common.lifecycle: no person takes
these steps, they happen many times a minute, and the claim must skip locked rows rather than wait.
The audit record holds acts of people; asking for a document is recorded here, on the job itself.
"""

import uuid
from pathlib import Path
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import check, unique
from common.hidden import not_about
from common.policies import oversees_all_files
from documents import conf, storage


class ScanState(models.TextChoices):
    """Whether a virus scanner looked at a file; only what people send is looked at."""

    NONE = "none", _("Niet nagekeken op virussen")
    PENDING = "pending", _("Wordt nagekeken op virussen")
    CLEAN = "clean", _("Geen virus gevonden")
    INFECTED = "infected", _("Virus gevonden")
    ERROR = "error", _("Kon niet nagekeken worden")


class StoredFile(models.Model):
    """A private file: it lies in the storage under a random name and has no URL of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("bestandsnaam"), max_length=200)
    content_type = models.CharField(_("bestandstype"), max_length=100)
    size = models.PositiveBigIntegerField(_("grootte in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    storage_name = models.CharField(_("plaats"), max_length=120, unique=True, editable=False)
    created_at = models.DateTimeField(_("bewaard op"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bewaard door"),
        help_text=_("Leeg: het portaal zelf."),
    )
    scan_state = models.CharField(
        _("nagekeken op virussen"), max_length=10, choices=ScanState, default=ScanState.NONE
    )
    scan_note = models.CharField(
        _("wat de scanner zei"), max_length=200, blank=True, help_text=_("Naam van het virus.")
    )
    scan_attempt = models.PositiveSmallIntegerField(_("pogingen van de scanner"), default=0)
    scan_announced_at = models.DateTimeField(_("scanner gewekt op"), null=True, blank=True)
    scanned_at = models.DateTimeField(_("nagekeken op"), null=True, blank=True)

    state_tones = {
        ScanState.NONE: "neutral",
        ScanState.PENDING: "info",
        ScanState.CLEAN: "success",
        ScanState.INFECTED: "danger",
        ScanState.ERROR: "warning",
    }

    class Meta:
        verbose_name = _("bestand")
        verbose_name_plural = _("bestanden")
        ordering = ["-created_at", "pk"]
        constraints = [
            check(
                "documents_file_not_empty",
                models.Q(size__gt=0),
                _("Een bestand mag niet leeg zijn."),
            ),
            check(
                "documents_file_hash",
                models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                _("De controlesom van een bestand heeft 64 tekens."),
            ),
            check(
                "documents_file_scanned",
                models.Q(scan_state__in=["clean", "infected", "error"], scanned_at__isnull=False)
                | models.Q(scan_state__in=["none", "pending"], scanned_at__isnull=True),
                _("Een nagekeken bestand zegt wanneer."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["scan_announced_at"],
                condition=~models.Q(scan_state__in=["none", "clean"]),
                name="documents_file_to_scan",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where it lies when files are on disk. Who must know of buckets too asks the storage."""
        return conf.media_root() / self.storage_name

    def read(self) -> bytes:
        """The whole content."""
        return storage.here().read(self.storage_name)

    @property
    def is_withheld(self) -> bool:
        """Whether others than who sent it must wait, or nobody may have it at all."""
        return self.scan_state not in {ScanState.NONE, ScanState.CLEAN}

    def is_withheld_from(self, user: Any) -> bool:
        """A file that waits for the scanner is open to who sent it; a virus to nobody."""
        if self.scan_state == ScanState.INFECTED:
            return True
        mine = self.created_by_id is not None and self.created_by_id == getattr(user, "pk", None)
        return self.is_withheld and not mine

    @property
    def scan_sentence(self) -> str:
        """Why it cannot be opened; empty when it can."""
        sentences = {
            ScanState.PENDING: _(
                "Dit bestand wordt nog nagekeken op virussen. Dat duurt meestal minder dan een"
                " minuut."
            ),
            ScanState.ERROR: _(
                "Dit bestand kon niet nagekeken worden op virussen. Het portaal probeert het"
                " opnieuw. Neem contact met ons op als het dringend is."
            ),
            ScanState.INFECTED: _("In dit bestand is een virus gevonden. Niemand kan het openen."),
        }
        return str(sentences.get(ScanState(self.scan_state), ""))

    @property
    def scan_advice(self) -> str:
        """What that means for who sent it."""
        if self.scan_state == ScanState.INFECTED:
            return str(_("Kijk uw computer na en stuur een schoon exemplaar."))
        if self.is_withheld:
            return str(_("U hoeft niet te wachten om verder te werken of in te dienen."))
        return ""


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


class LegalDocument(models.Model):
    """A document that counts in law, as it was given out: what the page of its QR code verifies.

    One row per content: making the same letter again gives the same file. It holds no name and no
    amount, because whoever has the paper may read it (docs/how-to-add-a-document.md). It outlives
    the file: a paper of a destroyed file can still be told from a forged one.
    """

    kind = models.CharField(_("soort"), max_length=100)
    number = models.CharField(_("nummer"), max_length=60)
    token = models.CharField(_("controlecode"), max_length=40, unique=True)
    content_hash = models.CharField(_("controlesom van de inhoud"), max_length=64)
    sha256 = models.CharField(_("SHA-256 van het bestand"), max_length=64)
    file = models.ForeignKey(
        StoredFile,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="legal",
        verbose_name=_("bestand"),
        help_text=_("Leeg als het na de bewaartermijn vernietigd is."),
    )
    is_signed = models.BooleanField(_("elektronisch ondertekend"), default=False)
    issued_at = models.DateTimeField(_("gemaakt op"), default=clock.now)

    class Meta:
        verbose_name = _("rechtsgeldig document")
        verbose_name_plural = _("rechtsgeldige documenten")
        ordering = ["-issued_at", "pk"]
        constraints = [
            unique(
                "documents_legal_once",
                "kind",
                "content_hash",
                message=_("Dit document bestaat al."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The public page that verifies it."""
        return reverse("documents:control", args=[slug_of(self.number), self.token])


def slug_of(number: str) -> str:
    """PIO/2026/0001 as it stands in an address: pio-2026-0001."""
    kept = "".join(character if character.isalnum() else "-" for character in number)
    return slugify(kept)
