"""Reading the record."""

from django.db import models
from django.db.models import QuerySet

from audit.models import AuditEvent


def timeline(*things: models.Model) -> QuerySet[AuditEvent]:
    """Everything that happened to the things, oldest first, with the names of the actors."""
    wanted = AuditEvent.objects.none()
    for thing in things:
        wanted = wanted | AuditEvent.objects.about(thing)
    return wanted.select_related("actor").order_by("at", "pk")
