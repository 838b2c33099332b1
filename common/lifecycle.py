"""Lifecycles: one table of allowed transitions per kind of thing, one way to move.

The table is printed for people, checked in Python under a row lock, and enforced by the database
through `Lifecycle.trigger()`. Every move sends `transitioned` inside the same transaction; the
audit engine listens and writes exactly one event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.policies import Policy, refused

transitioned = Signal()
"""Sent with instance, transition, source, target, actor, comment."""


class TransitionRefused(ValidationError):
    """The thing is not in a state from which this step is possible; the message says which."""


@dataclass(frozen=True)
class Transition:
    """One allowed step.

    `who` is the policy a person must satisfy; None means that the portal itself takes the step.
    `guard` raises ValidationError with a sentence when the thing is not ready.
    """

    name: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    who: Policy | None = None
    guard: Callable[[Any], None] | None = None


class Lifecycle:
    """The transition table of one state field."""

    def __init__(
        self, states: type[models.TextChoices], transitions: list[Transition], field: str = "state"
    ) -> None:
        self.states = states
        self.transitions = transitions
        self.field = field
        self._by_name = {transition.name: transition for transition in self.transitions}
        if len(self._by_name) != len(self.transitions):
            raise ValueError("Two transitions share a name.")

    def __getitem__(self, name: str) -> Transition:
        return self._by_name[name]

    def allows(self, instance: models.Model, name: str) -> bool:
        """Whether the state permits the step; says nothing about who asks."""
        return getattr(instance, self.field) in self[name].sources

    def possible_for(self, instance: models.Model, user: Any) -> list[Transition]:
        """The steps `user` may take now, for the buttons of a page."""
        return [
            transition
            for transition in self.transitions
            if transition.who is not None
            and self.allows(instance, transition.name)
            and transition.who.test(user, instance)
        ]

    def perform(
        self,
        instance: models.Model,
        name: str,
        *,
        actor: Any,
        comment: str = "",
        save: Iterable[str] = (),
    ) -> None:
        """Lock the row, check again, move, and tell the listeners; inside the caller's transaction.

        `actor` is None for a step of the portal itself. `save` names other changed fields to write.

        Raises:
            TransitionRefused: when the state (as it is after the lock) does not permit the step.
            PermissionDenied: when `actor` may not take it.
            ValidationError: when the guard refuses.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("A lifecycle step needs a transaction around it.")
        transition = self[name]
        current = self._lock(instance)
        if current not in transition.sources:
            sentence = _("“%(step)s” kan niet meer: de status is nu “%(state)s”.") % {
                "step": transition.label,
                "state": self.states(current).label,
            }
            refused.send(sender=type(self), sentence=sentence, about=instance)
            raise TransitionRefused(sentence, code="state")
        setattr(instance, self.field, current)
        if transition.who is not None:
            if actor is None:
                raise PermissionDenied(transition.who.sentence)
            transition.who.check(actor, instance)
        if transition.guard is not None:
            transition.guard(instance)
        setattr(instance, self.field, transition.target)
        instance.save(update_fields=[self.field, *save])
        transitioned.send(
            sender=type(instance),
            instance=instance,
            transition=transition,
            source=current,
            target=transition.target,
            actor=actor,
            comment=comment,
        )

    def trigger(self, name: str) -> pgtrigger.FSM:
        """The same table as a PostgreSQL trigger, so that no code can take another step."""
        pairs = sorted(
            {(source, step.target) for step in self.transitions for source in step.sources}
        )
        return pgtrigger.FSM(name=name, field=self.field, transitions=pairs)

    def _lock(self, instance: models.Model) -> str:
        manager = type(instance)._base_manager
        return (
            manager.select_for_update(of=("self",))
            .values_list(self.field, flat=True)
            .get(pk=instance.pk)
        )


def step(
    name: str,
    label: str | Promise,
    sources: Iterable[str],
    target: str,
    *,
    who: Policy | None = None,
    guard: Callable[[Any], None] | None = None,
) -> Transition:
    """Short form for the tables: `step("submit", "Indienen", [DRAFT], SUBMITTED, who=...)`."""
    return Transition(name, label, frozenset(map(str, sources)), str(target), who, guard)
