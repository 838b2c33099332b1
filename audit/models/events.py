"""The record of who did what: rows are added, never changed or removed."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.context import THIS_TRANSACTION, from_context
from audit.models.chain import digest_of
from common import clock


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, target: models.Model) -> Self:
        return self.filter(
            content_type=ContentType.objects.get_for_model(target), object_id=str(target.pk)
        )


class AuditEvent(models.Model):
    """One act: a step in a lifecycle, or something else worth keeping."""

    at = models.DateTimeField(_("tijdstip"), default=clock.now, db_index=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("door"),
        help_text=_("Leeg: het portaal zelf."),
    )
    action = models.CharField(_("handeling"), max_length=100)
    label = models.CharField(_("omschrijving"), max_length=200)
    content_type = models.ForeignKey(ContentType, models.RESTRICT, verbose_name=_("soort"))
    object_id = models.CharField(_("sleutel"), max_length=64)
    source = models.CharField(_("van"), max_length=40, blank=True)
    target = models.CharField(_("naar"), max_length=40, blank=True)
    comment = models.TextField(_("toelichting"), blank=True)
    data = models.JSONField(_("gegevens"), default=dict, blank=True)
    transaction = models.UUIDField(_("transactie"), null=True, editable=False, db_index=True)
    """Filled by the database: what changed in rows with this act bears the same one."""
    request = models.CharField(_("verzoek"), max_length=64, blank=True, editable=False)
    salt = models.CharField(_("toevoegsel"), max_length=32, blank=True, editable=False)
    digest = models.CharField(_("hash van de inhoud"), max_length=64, blank=True, editable=False)
    """Filled by the database. The chain holds this hash of salt, comment and data, so that those
    can be destroyed while it still verifies; empty for an act of before there was one."""
    emptied_by = models.BigIntegerField(_("inhoud vernietigd met"), null=True, editable=False)
    """The number of the act that says that comment and data of this one were destroyed."""

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("gebeurtenis")
        verbose_name_plural = _("gebeurtenissen")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "at"], name="audit_event_about")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="circumstances",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    NEW.transaction := {THIS_TRANSACTION};
                    NEW.request := {from_context("request")};
                    NEW.salt := replace(gen_random_uuid()::text, '-', '');
                    NEW.digest := {digest_of("NEW")};
                    NEW.emptied_by := NULL;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="chain",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    INSERT INTO audit_chainlink (event_id, previous, hash)
                        VALUES (NEW.id, '', '');
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.label}"
