"""What does not exist for a person: what shows things of every room leaves it out.

The record, the jobs, the mails and the tables of /admin/ know no files and no conflicts of
interest. A room above says from `AppConfig.ready()` what is hidden from whom; who has nothing
hidden pays one query for it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

Hidden = dict[type[models.Model], Iterable[Any]]
"""Keys of things, by model; a queryset of keys is read once, when it is needed."""

Source = Callable[[Any], Hidden]
_sources: list[Source] = []


def hide(source: Source) -> None:
    """Add what `source` answers for a person to what is hidden from them."""
    if source not in _sources:
        _sources.append(source)


def hidden_from(user: Any) -> Hidden:
    """Everything that `user` may not meet, read once per request."""
    if not getattr(user, "is_authenticated", False):
        return {}
    if not hasattr(user, "_hidden_things"):
        found: Hidden = {}
        for source in _sources:
            found |= source(user)
        user._hidden_things = found
    return user._hidden_things


def not_about(user: Any, *, kind: str = "content_type", key: str = "object_id") -> models.Q:
    """The condition on rows about any thing (a kind and a key) that they are not about these."""
    condition = models.Q()
    for model, keys in hidden_from(user).items():
        about = {kind: ContentType.objects.get_for_model(model), f"{key}__in": list(map(str, keys))}
        condition &= ~models.Q(**about)
    return condition


def leave_out(user: Any, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows of a table without what is hidden from `user`, and without what is about that."""
    hidden = hidden_from(user)
    if not hidden:
        return rows
    if rows.model in hidden:
        rows = rows.exclude(pk__in=list(hidden[rows.model]))
    names = {field.name for field in rows.model._meta.fields}
    for kind, key in (("content_type", "object_id"), ("about_type", "about_id")):
        if {kind, key} <= names:
            rows = rows.filter(not_about(user, kind=kind, key=key))
    return rows
