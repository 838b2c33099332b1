"""Which mails a member of staff may read: the rooms above may hide some.

This engine knows no files and no conflicts of interest; the evaluation registers its rule from
`AppConfig.ready()`, so that the outbox tells nobody of a file that does not exist for that person.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

from common.hidden import not_about

Rule = Callable[[Any], models.Q]
_rules: list[Rule] = []


def narrow_mails(rule: Rule) -> None:
    """Add a condition on mails that holds for every member of staff."""
    if rule not in _rules:
        _rules.append(rule)


def open_to_staff(user: Any) -> models.Q:
    """The condition under which `user`, as staff, may read a mail."""
    condition = not_about(user)
    for rule in _rules:
        condition &= rule(user)
    return condition
