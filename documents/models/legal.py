"""Documents that count in law, as they were given out."""

import pgtrigger
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common import clock
from common.constraints import unique
from documents.models.files import StoredFile


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
