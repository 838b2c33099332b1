"""Private files, and what the virus scanner said of them."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.constraints import check
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
