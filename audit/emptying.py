"""Destroying what the record says of a thing, while the record itself still holds.

That something happened, when, by whom and in which step stays, and the chain of acts with it; what
it said (comment and data of acts, the values of changed rows, the reason that was given) goes. One
act in the chain names what was emptied, so nobody can empty an act in silence: `verify_audit` finds
it. See docs/decisions/0012-audit.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from audit.chain import EMPTIED
from audit.history import kind_of
from audit.models import AuditEvent, RowChange
from audit.services import record

Things = Mapping[type[models.Model], Iterable[Any]]
"""Keys of rows, by model."""

_GUARDS = ("audit.AuditEvent:append_only", "audit.RowChange:append_only")


def empty_record(
    *,
    things: Things,
    actor: AbstractBaseUser | None,
    about: models.Model,
    label: str,
    data: Mapping[str, Any],
) -> AuditEvent:
    """Destroy what acts and changed rows say of `things`, in the caller's transaction.

    Call it after the things themselves were changed or removed: the changes that this leaves in the
    row history are emptied too. `about` and `label` are those of the act that says so, with `data`;
    it names each act that was emptied.

    Raises:
        RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Emptying the record needs a transaction around it.")
    acts: list[int] = []
    changes: list[int] = []
    for model, keys in things.items():
        named = [str(key) for key in keys]
        kind = ContentType.objects.get_for_model(model)
        found = AuditEvent.objects.filter(content_type=kind, object_id__in=named, emptied_by=None)
        acts += found.values_list("pk", flat=True)
        rows = RowChange.objects.filter(kind=kind_of(model), object_id__in=named, emptied_by=None)
        changes += rows.values_list("pk", flat=True)
    act = record(
        actor=actor,
        action=EMPTIED,
        label=label,
        about=about,
        data={**data, "acts": sorted(acts), "changes": len(changes)},
    )
    with pgtrigger.ignore(*_GUARDS):
        AuditEvent.objects.filter(pk__in=acts).update(
            salt="", comment="", data={}, emptied_by=act.pk
        )
        RowChange.objects.filter(pk__in=changes).update(
            before=None, after=None, reason="", emptied_by=act.pk
        )
    return act
