"""What belongs to a file: of each governed model the way along its own fields to the proposal."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from projects.models import Proposal
from retention.registry import NOT_THE_FILE, OF_A_FILE

Ways = dict[type[models.Model], tuple[str, ...]]


@cache
def ways_to_a_file() -> Ways:
    """One way where a relation is never empty, else every way: a row has one of them."""
    ways: Ways = {Proposal: ("pk",)}
    rest = {apps.get_model(label) for label in OF_A_FILE} - {Proposal}
    while rest:
        found = _next(rest, ways, may_be_empty=False) or _next(rest, ways, may_be_empty=True)
        if not found:
            break
        ways |= found
        rest -= found.keys()
    return ways


def _next(rest: set[type[models.Model]], ways: Ways, *, may_be_empty: bool) -> Ways:
    for model in sorted(rest, key=lambda one: one._meta.label):
        fields = [field for field in relations(model) if field.related_model in ways]
        if not may_be_empty:
            fields = [field for field in fields if not field.null][:1]
        if fields:
            return {model: tuple(way for field in fields for way in _through(field, ways))}
    return {}


def _through(field: "models.ForeignKey[Any, Any]", ways: Ways) -> Iterator[str]:
    for way in ways[field.related_model]:
        yield field.name if way == "pk" else f"{field.name}__{way}"


def relations(model: type[models.Model]) -> "list[models.ForeignKey[Any, Any]]":
    """Its own relations to other models, without those that do not make it belong to a file."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and f"{model._meta.label}.{field.name}" not in NOT_THE_FILE
    ]


def rows_of(model: type[models.Model], proposal_id: Any) -> QuerySet[Any]:
    """The rows of a model that belong to one file; each once."""
    fits = Q(*((way, proposal_id) for way in ways_to_a_file()[model]), _connector=Q.OR)
    return model._base_manager.filter(pk__in=model._base_manager.filter(fits).values("pk"))
