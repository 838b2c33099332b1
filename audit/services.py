"""Writing the record, in the same transaction as the act itself."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import models

from audit.models import AuditEvent
from common.lifecycle import Transition

LONGEST_LABEL: int = AuditEvent._meta.get_field("label").max_length  # type: ignore[assignment]


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
    return AuditEvent.objects.create(
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
    AuditEvent.objects.create(
        actor_id=getattr(actor, "pk", None),
        action=f"{instance._meta.model_name}.{transition.name}",
        label=str(transition.label),
        content_type=ContentType.objects.get_for_model(instance),
        object_id=str(instance.pk),
        source=source,
        target=target,
        comment=comment,
    )
