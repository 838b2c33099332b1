"""How rows changed: written by triggers, whatever made the change (audit.history)."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Operation(models.TextChoices):
    INSERT = "INSERT", _("toegevoegd")
    UPDATE = "UPDATE", _("gewijzigd")
    DELETE = "DELETE", _("verwijderd")


class RowChange(models.Model):
    """One change of one row.

    `before` and `after` hold the columns that changed; of a new or removed row all of them. Who and
    why come from the context that the change was made in (audit.middleware); the acts of the same
    `transaction` say more. Without an actor the portal itself did it, or somebody in the database:
    then `database_user` and `program` tell who.
    """

    at = models.DateTimeField(_("tijdstip"))
    kind = models.CharField(_("soort"), max_length=100)
    object_id = models.CharField(_("sleutel"), max_length=64)
    operation = models.CharField(_("wat"), max_length=6, choices=Operation)
    before = models.JSONField(_("van"), null=True)
    after = models.JSONField(_("naar"), null=True)
    actor_id = models.BigIntegerField(_("door"), null=True)
    request = models.CharField(_("verzoek"), max_length=64)
    via = models.CharField(_("langs"), max_length=200)
    reason = models.TextField(_("reden"))
    transaction = models.UUIDField(_("transactie"), db_index=True)
    database_user = models.CharField(_("databankgebruiker"), max_length=63)
    program = models.CharField(_("programma"), max_length=63)
    emptied_by = models.BigIntegerField(_("inhoud vernietigd met"), null=True)
    """The number of the act that says that the contents of this change were destroyed."""

    class Meta:
        verbose_name = _("wijziging van een rij")
        verbose_name_plural = _("wijzigingen van rijen")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "object_id", "id"], name="audit_rowchange_about"),
            models.Index(fields=["actor_id", "at"], name="audit_rowchange_actor"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.get_operation_display()}"
