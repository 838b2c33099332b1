"""Changes of rows in the words of the screen: the name of each field, and from what to what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.history import HIDDEN, kept
from audit.models import AuditEvent, RowChange
from audit.withheld import withheld
from common.formatting import format_moment
from common.hidden import not_about

MOST_ACTS = 1000
"""Acts that are read for one page of changes: a transaction can hold many."""
FEW_ACTS = 3
LONGEST = 300
"""Characters of a value that a list shows; an export holds all of it."""


@dataclass(frozen=True)
class FieldChange:
    """One field that changed; what it was or became is empty when the row came or went."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Described:
    """One change of a row, to show."""

    change: RowChange
    kind: str
    actor: str
    why: str
    fields: list[FieldChange]


def kinds() -> list[tuple[str, str]]:
    """Every kind of which rows are kept with its name, by name."""
    models_ = [apps.get_model(label) for label in kept()]
    found = [(model._meta.label_lower, name_of(model)) for model in models_]
    return sorted(found, key=lambda pair: pair[1].lower())


def name_of(model: type[models.Model]) -> str:
    """The name of a kind; of a table between two others the names of both."""
    if not model._meta.auto_created:
        return str(model._meta.verbose_name)
    ends = [
        str(field.related_model._meta.verbose_name)
        for field in model._meta.concrete_fields
        if field.related_model is not None and not isinstance(field.related_model, str)
    ]
    return " – ".join(ends)


def described(
    user: Any, changes: Iterable[RowChange], *, longest: int | None = LONGEST
) -> list[Described]:
    """The changes in words for `user`, without the acts that `user` may not know of.

    Two queries, for the people and for the acts, and some for what is withheld, whatever their
    number.
    """
    changes = list(changes)
    people = _people(changes)
    acts: dict[Any, list[AuditEvent]] = {}
    found = AuditEvent.objects.filter(
        not_about(user), transaction__in={change.transaction for change in changes}
    ).select_related("content_type")
    for act in found.order_by("pk")[:MOST_ACTS]:
        acts.setdefault(act.transaction, []).append(act)
    secret = withheld(changes)
    return [
        Described(
            change=change,
            kind=_kind(change.kind),
            actor=_actor(change, people),
            why="; ".join(
                filter(
                    None,
                    [
                        change.reason,
                        *_reasons(change, acts.get(change.transaction, [])),
                        _("inhoud vernietigd") if change.emptied_by else "",
                    ],
                )
            ),
            fields=_fields(change, people, longest, is_withheld=change.pk in secret),
        )
        for change in changes
    ]


def _reasons(change: RowChange, acts: list[AuditEvent]) -> list[str]:
    """What the acts of its transaction say: those about the row itself, or else the first few."""
    own = [
        act
        for act in acts
        if act.object_id == change.object_id
        and f"{act.content_type.app_label}.{act.content_type.model}" == change.kind
    ]
    shown = (own or acts)[:FEW_ACTS]
    more = len(own or acts) - len(shown)
    words = [f"{act.label}. {act.comment}".strip(". ") for act in shown]
    return [*words, _("en nog %(count)s handelingen") % {"count": more}] if more else words


def _kind(kind: str) -> str:
    try:
        return name_of(apps.get_model(kind))
    except LookupError:  # a table that an earlier version of the portal had
        return kind


def _actor(change: RowChange, people: dict[int, str]) -> str:
    if change.actor_id is not None:
        return people.get(change.actor_id, _("persoon %(key)s") % {"key": change.actor_id})
    if change.via:
        return _("het portaal")
    return _("opdracht op de server of in de databank (%(user)s)") % {"user": change.database_user}


def _fields(
    change: RowChange, people: dict[int, str], longest: int | None, *, is_withheld: bool
) -> list[FieldChange]:
    before, after = change.before or {}, change.after or {}
    fields = _columns(change.kind)
    found = []
    for column in before.keys() | after.keys():
        field = fields.get(column)
        name = str(field.verbose_name) if field is not None else column
        values = [
            ""
            if column not in side
            else _("(ontwerp, niet getoond)")
            if is_withheld
            else _shown(field, side[column], people)
            for side in (before, after)
        ]
        if any(values):
            found.append(FieldChange(name, *(_cut(value, longest) for value in values)))
    return sorted(found, key=lambda one: one.name.lower())


def _columns(kind: str) -> "dict[str, models.Field[Any, Any]]":
    try:
        model = apps.get_model(kind)
    except LookupError:
        return {}
    return {field.column: field for field in model._meta.concrete_fields}


def _shown(field: "models.Field[Any, Any] | None", value: Any, people: dict[int, str]) -> str:
    if value == HIDDEN:
        return _("(niet bewaard)")
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(None, item, people)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(None, item, people) for item in value)
    if field is not None:
        if field.related_model is get_user_model():
            return people.get(value, str(value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.DateTimeField):
            moment = parse_datetime(str(value))
            return format_moment(moment) if isinstance(moment, datetime) else str(value)
    return str(value)


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest]}…"


def _people(changes: list[RowChange]) -> dict[int, str]:
    """The names of everybody who did something in the changes, or stands in them."""
    wanted: set[Any] = {change.actor_id for change in changes}
    for change in changes:
        columns = [
            name
            for name, field in _columns(change.kind).items()
            if field.related_model is get_user_model()
        ]
        for side in (change.before or {}, change.after or {}):
            wanted.update(side.get(name) for name in columns)
    found = get_user_model()._default_manager.filter(pk__in=wanted - {None})
    return {person.pk: str(person) for person in found}
