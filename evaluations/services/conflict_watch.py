"""What wakes the search for conflicts of interest, after the commit of a change."""

import logging
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from kombu.exceptions import OperationalError

from accounts.models import Membership, Organisation, User
from evaluations.models import Interest
from projects.models import Procurement, Project, ProposalVersion

logger = logging.getLogger(__name__)

FIND_TASK = "evaluations.find_conflicts"

MOST_WAKES = 20
"""More changes than this in one transaction wake it once, for everything."""


@dataclass(frozen=True)
class _Wake:
    """Ask a worker to look, after the commit."""

    proposal_id: int | None = None
    person_id: int | None = None

    def __call__(self) -> None:
        try:
            current_app.send_task(
                FIND_TASK, kwargs={"proposal_id": self.proposal_id, "person_id": self.person_id}
            )
        except (OperationalError, OSError) as error:
            logger.warning("No broker to look for conflicts; the beat does: %s", error)


def connect() -> None:
    """Listen to everything a conflict can follow from; called when the models are loaded.

    The partners of a file count as they were handed in, so with a version.
    """
    for listener, sender, signals in (
        (on_version, ProposalVersion, [post_save]),
        (on_tie, Membership, [post_save, post_delete]),
        (on_tie, Interest, [post_save, post_delete]),
        (on_roles, User.groups.through, [m2m_changed]),
        (on_body, Organisation, [post_save]),
        (on_project, Project, [post_save]),
        (on_contract, Procurement, [post_save, post_delete]),
    ):
        for signal in signals:
            signal.connect(
                listener, sender=sender, dispatch_uid=f"evaluations.conflicts.{sender.__name__}"
            )


def watch(*, proposal_id: int | None = None, person_id: int | None = None) -> None:
    """Look for conflicts of one file, one person or everything once this transaction is done."""
    waiting = {hook[1] for hook in connection.run_on_commit if isinstance(hook[1], _Wake)}
    everything = _Wake()
    wake = _Wake(proposal_id, person_id) if len(waiting) < MOST_WAKES else everything
    if wake not in waiting and everything not in waiting:
        transaction.on_commit(wake)


def on_version(*, instance: Any, created: bool, **_kwargs: Any) -> None:
    """Listener: something was handed in."""
    if created:
        watch(proposal_id=instance.proposal_id)


def on_tie(*, instance: Any, **_kwargs: Any) -> None:
    """Listener: somebody's membership or interest changed."""
    watch(person_id=getattr(instance, "user_id", None) or instance.person_id)


def on_roles(*, instance: Any, action: str, reverse: bool, **_kwargs: Any) -> None:
    """Listener: somebody became staff, so files may have to be hidden."""
    if action == "post_add":
        watch(person_id=None if reverse else instance.pk)


def on_body(*, instance: Any, created: bool = False, **_kwargs: Any) -> None:
    """Listener: an organisation that exists was changed (verified, another number)."""
    if not created:
        watch()


def on_project(*, created: bool = False, **_kwargs: Any) -> None:
    """Listener: there is a project more, which makes bodies partners of each other."""
    if created:
        watch()


def on_contract(**_kwargs: Any) -> None:
    """Listener: a contract changed, perhaps its contractor."""
    watch()
