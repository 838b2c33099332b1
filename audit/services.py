"""Writing the record, in the same transaction as the act itself."""

import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from audit.models import AuditEvent
from common.lifecycle import Transition

LONGEST_LABEL: int = AuditEvent._meta.get_field("label").max_length  # type: ignore[assignment]

# What the database fills by itself (transaction, request, salt, digest) is not asked back.
_COLUMNS = (
    *("at", "actor_id", "action", "label", "content_type_id", "object_id"),
    *("source", "target", "comment", "data"),
)
_INSERT = f"""
    INSERT INTO audit_auditevent ({", ".join(_COLUMNS)}, request, salt, digest)
    VALUES ({", ".join(["%s"] * len(_COLUMNS))}, '', '', '') RETURNING id
"""  # noqa: S608 - names of our own


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    label: str,
    about: models.Model,
    comment: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Keep that `actor` (None: the portal itself) did `action` to `about`.

    `action` is a stable code ("proposal.attachment_added"), `label` the Dutch words of a timeline;
    what they quote may be as long as its own field allows, so an end that does not fit is cut off.
    No personal data or confidential text in `data`: ids and amounts only.
    """
    return _keep(
        actor_id=getattr(actor, "pk", None),
        action=action,
        label=label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…",
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
        comment=comment,
        data=data or {},
    )


def record_transition(
    *,
    instance: models.Model,
    transition: Transition,
    source: str,
    target: str,
    actor: AbstractBaseUser | None,
    comment: str,
    **_: Any,
) -> None:
    """Listener of `common.lifecycle.transitioned`: exactly one event per step."""
    _keep(
        actor_id=getattr(actor, "pk", None),
        action=f"{instance._meta.model_name}.{transition.name}",
        label=str(transition.label),
        content_type=ContentType.objects.get_for_model(instance),
        object_id=str(instance.pk),
        source=source,
        target=target,
        comment=comment,
    )


def _keep(**values: Any) -> AuditEvent:
    """Add one act. Its one statement is written out: each act pays it, and the ORM takes twice the
    time to make it (`make bench-audit`).
    """
    act = AuditEvent(**values)
    row = [getattr(act, name) for name in _COLUMNS[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*row, json.dumps(act.data)])
        (act.pk,) = cursor.fetchone()
    act._state.adding, act._state.db = False, connection.alias
    return act
