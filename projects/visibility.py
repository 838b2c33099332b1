"""Which submitted proposals a member of staff may read: the rooms above may narrow it.

Submitting is known here, who assesses what is not: the evaluation registers its rule from
`AppConfig.ready()`, so that an adviser who was not asked, or who declared a conflict of interest,
meets the proposal on no page, file or document of this room either.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

Rule = Callable[[Any], models.Q]
_rules: list[Rule] = []


def narrow_staff(rule: Rule) -> None:
    """Add a condition on proposals that holds for every member of staff."""
    if rule not in _rules:
        _rules.append(rule)


def open_to_staff(user: Any) -> models.Q:
    """The condition under which `user`, as staff, may read a submitted proposal."""
    condition = models.Q(submitted_at__isnull=False)
    for rule in _rules:
        condition &= rule(user)
    return condition
