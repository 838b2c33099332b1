"""What of the files does not exist for somebody with a conflict of interest."""

from collections import deque
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from common.hidden import Hidden
from evaluations.models import ConflictOfInterest
from projects.models import Project, Proposal

ROOMS = ("projects", "evaluations")


def of_conflicted_files(user: Any) -> Hidden:
    """The files with which `user` has a standing conflict, and every row that belongs to one.

    A project that follows from a file is public, so it stays. The keys of a model are read when
    they are asked for: a page that shows one table needs those of one.
    """
    files = conflicted_files(user)
    if not files:
        return {}
    found: Hidden = {}
    for model, path in _ways_to_a_file().items():
        rows = model._base_manager.filter(**{f"{path}__in": files})
        found[model] = rows.values_list("pk", flat=True)
    return found


def conflicted_files(user: Any) -> list[int]:
    """Keys of the files with which `user` has a standing conflict, read once per request."""
    if not hasattr(user, "_conflicted_files"):
        found = ConflictOfInterest.objects.of(user).values_list("proposal", flat=True).distinct()
        user._conflicted_files = list(found)
    files: list[int] = user._conflicted_files
    return files


@cache
def _ways_to_a_file() -> dict[type[models.Model], str]:
    """Of each model of these rooms the shortest way along its own fields to the proposal."""
    ways: dict[type[models.Model], str] = {Proposal: "pk"}
    rest = deque(
        model
        for room in ROOMS
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        if model not in {Proposal, Project}
    )
    found = True
    while found:
        found = False
        for model in list(rest):
            for field in model._meta.fields:
                if field.is_relation and field.related_model in ways and field.name != "previous":
                    way = ways[field.related_model]
                    ways[model] = field.name if way == "pk" else f"{field.name}__{way}"
                    rest.remove(model)
                    found = True
                    break
    return ways
