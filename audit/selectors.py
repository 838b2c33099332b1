"""Reading the record."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from audit.models import AuditEvent
from common.hidden import not_about
from common.moments import end_of_day, start_of_day


def timeline(*things: models.Model) -> QuerySet[AuditEvent]:
    """Everything that happened to the things, oldest first, with the names of the actors."""
    wanted = AuditEvent.objects.none()
    for thing in things:
        wanted = wanted | AuditEvent.objects.about(thing)
    return wanted.select_related("actor").order_by("at", "pk")


def log(
    user: Any,
    *,
    actor: str = "",
    action: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEvent]:
    """Every event that fits and that `user` may know of, newest first, with actors and kinds.

    `actor` is a part of a name or address, `action` of the code or its words; `since` and `until`
    are whole Brussels days, both included.
    """
    events = AuditEvent.objects.select_related("actor", "content_type").order_by("-at", "-pk")
    events = events.filter(not_about(user))
    if actor:
        events = events.filter(
            Q(actor__email__icontains=actor)
            | Q(actor__first_name__icontains=actor)
            | Q(actor__last_name__icontains=actor)
        )
    if action:
        events = events.filter(Q(action__icontains=action) | Q(label__icontains=action))
    if since:
        events = events.filter(at__gte=start_of_day(since))
    if until:
        events = events.filter(at__lt=end_of_day(until))
    return events
