"""Policies: named predicates that carry the sentence a person may read.

A policy says who may do what to which thing. It is a `rules` predicate, so policies combine with
`&`, `|` and `~`, and it adds the plain-words sentence that refusals and the rights matrix print.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from rules.predicates import Predicate

Test = Callable[..., bool]


class Policy(Predicate):
    """A predicate with a Dutch sentence that explains it."""

    sentence: str = ""

    def check(self, user: Any, obj: Any = None) -> None:
        """Do nothing when `user` may.

        Raises:
            PermissionDenied: with the sentence, when `user` may not.
        """
        if not self.test(user, obj):
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
