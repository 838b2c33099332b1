"""Reading the record."""

import re
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from audit.history import kept, kind_of
from audit.models import AuditEvent, Reading, Refusal, RowChange
from audit.withheld import acts_shown_to
from common.hidden import hidden_from, not_about
from common.moments import end_of_day, start_of_day

FILES = "documents.storedfile"
"""The kind of stored files, which say nothing of what they belong to."""

About = tuple[str, str]
"""Of one thing the kind ("projects.proposal") and the key; an empty key stands for all."""


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
    about: About | None = None,
) -> QuerySet[AuditEvent]:
    """Every event that fits and that `user` may know of, newest first, with actors and kinds.

    `actor` is a part of a name or address, `action` of the code or its words; `since` and `until`
    are whole Brussels days, both included.
    """
    events = AuditEvent.objects.select_related("actor", "content_type").order_by("-at", "-pk")
    events = events.filter(
        not_about(user),
        acts_shown_to(user),
        _of_person("actor", actor),
        _between("at", since, until),
    )
    events = events.filter(_about(about))
    if action:
        events = events.filter(Q(action__icontains=action) | Q(label__icontains=action))
    return events


def row_changes(
    user: Any,
    *,
    actor: str = "",
    operation: str = "",
    since: date | None = None,
    until: date | None = None,
    about: About | None = None,
) -> QuerySet[RowChange]:
    """Every change of a row that fits and that `user` may know of, newest first."""
    changes = visible_changes(user, RowChange.objects.order_by("-at", "-pk"))
    changes = changes.filter(_between("at", since, until))
    if actor:
        # The actor of a change is a number only: its person may be gone, the change stays.
        changes = changes.filter(actor_id__in=_people(actor))
    if operation:
        changes = changes.filter(operation=operation)
    if about:
        kind, key = about
        changes = changes.filter(**({"kind": kind} if kind else {}))
        changes = changes.filter(**({"object_id": key} if key else {}))
    return changes


def visible_changes(user: Any, changes: "QuerySet[RowChange]") -> "QuerySet[RowChange]":
    """The changes without those of rows that do not exist for `user`.

    Of a kind of which something is hidden only the rows that are still there are shown: of a row
    that was removed nobody can tell any more to what it belonged. Files can belong to anything.
    """
    hidden = hidden_from(user)
    if not hidden:
        return changes
    shown = ~Q(kind__in=[*map(kind_of, hidden), FILES])
    for model in {apps.get_model(label) for label in kept()} & hidden.keys():
        keys = hidden[model]
        there = model._base_manager.exclude(pk__in=list(keys))
        there = there.annotate(key_=Cast("pk", models.CharField())).values("key_")
        shown |= Q(kind=kind_of(model), object_id__in=there)
    return changes.filter(shown)


def refusals(
    user: Any,
    *,
    actor: str = "",
    what: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Refusal]:
    """Every refused attempt that fits and that `user` may know of, latest first.

    `what` is a part of page, key or reason.
    """
    found = visible_refusals(user, Refusal.objects.select_related("actor"))
    found = found.order_by("-last_at", "-pk")
    found = found.filter(_of_person("actor", actor), _between("last_at", since, until))
    if what:
        found = found.filter(
            Q(what__icontains=what) | Q(keys__icontains=what) | Q(why__icontains=what)
        )
    return found


def visible_refusals(user: Any, found: "QuerySet[Refusal]") -> "QuerySet[Refusal]":
    """The attempts without those at things that do not exist for `user`.

    What a rule refused names its thing. The keys of an address do not say of what they are the key:
    on a page of the rooms of hidden things any key of one of those counts, so now and then an
    attempt too many is left out, and never one too few.
    """
    rooms: dict[str, set[str]] = {}
    references: set[str] = set()
    for model, keys in hidden_from(user).items():
        named = {str(key) for key in keys}
        rooms.setdefault(model._meta.app_label, set()).update(named)
        if "reference" in {field.name for field in model._meta.fields}:
            rows = model._base_manager.filter(pk__in=named)
            references |= set(rows.values_list("reference", flat=True))
        if named:
            found = found.exclude(keys__regex=rf"(^| ){model._meta.model_name}={_one_of(named)}")
    for room, named in rooms.items():
        if named := named | references:
            found = found.exclude(what__startswith=f"{room}:", keys__regex=f"={_one_of(named)}")
    return found


def _one_of(values: set[str]) -> str:
    """A pattern for any of the values, as a whole."""
    return f"({'|'.join(map(re.escape, sorted(values)))})( |$)"


def readings(
    user: Any,
    *,
    actor: str = "",
    what: str = "",
    since: date | None = None,
    until: date | None = None,
    about: About | None = None,
) -> QuerySet[Reading]:
    """Every reading that fits and that `user` may know of, newest first."""
    found = Reading.objects.select_related("reader", "content_type").order_by("-at", "-pk")
    if hidden := not_about(user):
        # A list of many things is about none of them.
        found = found.filter(hidden | Q(content_type=None))
    found = found.filter(_of_person("reader", actor), _between("at", since, until), _about(about))
    return found.filter(what=what) if what else found


def _of_person(field: str, words: str) -> Q:
    if not words:
        return Q()
    names = ("email", "first_name", "last_name")
    return Q(*((f"{field}__{name}__icontains", words) for name in names), _connector=Q.OR)


def _people(words: str) -> QuerySet[Any, Any]:
    users = AuditEvent._meta.get_field("actor").related_model
    assert isinstance(users, type)
    names = ("email", "first_name", "last_name")
    fits = Q(*((f"{name}__icontains", words) for name in names), _connector=Q.OR)
    return users._default_manager.filter(fits).values("pk")


def _between(field: str, since: date | None, until: date | None) -> Q:
    fits = Q()
    if since:
        fits &= Q((f"{field}__gte", start_of_day(since)))
    if until:
        fits &= Q((f"{field}__lt", end_of_day(until)))
    return fits


def _about(about: About | None) -> Q:
    if about is None:
        return Q()
    kind, key = about
    fits = Q(object_id=key) if key else Q()
    if kind:
        room, _dot, model = kind.partition(".")
        # A kind of which nothing was ever kept has no type yet.
        types = ContentType.objects.filter(app_label=room, model=model)
        fits &= Q(content_type__in=types)
    return fits
