"""Policies: named predicates that carry the sentence a person may read.

A policy says who may do what to which thing. It is a `rules` predicate, so policies combine with
`&`, `|` and `~`, and it adds the plain-words sentence that refusals and the rights matrix print.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from rules.predicates import Predicate

refused = Signal()
"""Sent with sentence and about (a thing or None) when a rule refuses what somebody does."""

Test = Callable[..., bool]

# Staff who oversee every file, so who may read all mails and jobs; an adviser sees assigned files
# only. Plain names: the engines that ask stand below the app that defines the roles.
OVERSIGHT_ROLES = frozenset(
    {
        "pio_team_member",
        "pio_project_leader",
        "programme_manager",
        "administrator",
        "auditor",
    }
)


def oversees_all_files(user: Any) -> bool:
    """Whether `user` holds one of `OVERSIGHT_ROLES`; a visitor holds none."""
    return not OVERSIGHT_ROLES.isdisjoint(map(str, getattr(user, "staff_roles", ())))


class Policy(Predicate):
    """A predicate with a Dutch sentence that explains it."""

    sentence: str = ""

    def check(self, user: Any, obj: Any = None) -> None:
        """Do nothing when `user` may.

        Raises:
            PermissionDenied: with the sentence, when `user` may not.
        """
        if not self.test(user, obj):
            refused.send(sender=type(self), sentence=self.sentence, about=obj)
            raise PermissionDenied(self.sentence)


def policy(sentence: str) -> Callable[[Test | Predicate], Policy]:
    """Turn a test (or a combination of policies) into a named policy.

    >>> @policy("Alleen een beheerder van de organisatie mag dit.")
    ... def may_invite(user, organisation): ...
    """

    def decorate(test: Test | Predicate) -> Policy:
        named = Policy(test, name=getattr(test, "__name__", None) or str(test))
        named.sentence = sentence
        return named

    return decorate
