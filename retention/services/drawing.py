"""Drawing lists of what is due: by the portal every day, by a person when one is needed sooner."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from retention.finding import due, last_day
from retention.lifecycle import OPEN_STATES
from retention.models import DestructionItem, DestructionList, RetentionRule
from retention.policies import may_propose

MOST_ON_A_LIST = 500
"""Things on one list: as many as a person can still look at. The next list has the rest."""


def draw_due_lists() -> int:
    """Of each rule without an open list, draw one when something is due. Returns how many."""
    drawn = 0
    for rule in RetentionRule.objects.exclude(lists__state__in=OPEN_STATES):
        drawn += _draw(rule, by=None) is not None
    return drawn


def draw_list(*, rule: RetentionRule, by: Any) -> DestructionList:
    """Draw the list of one rule now.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when nothing is due, or a list of this rule is still open.
    """
    may_propose.check(by)
    drawn = _draw(rule, by=by)
    if drawn is None:
        raise ValidationError(
            _("Onder deze regel is niets te vernietigen, of er loopt al een lijst.")
        )
    return drawn


def _draw(rule: RetentionRule, *, by: Any, day: date | None = None) -> DestructionList | None:
    with transaction.atomic():
        # One at a time: who comes second finds the list of the first.
        rule = RetentionRule.objects.select_for_update().get(pk=rule.pk)
        if rule.lists.filter(state__in=OPEN_STATES).exists():
            return None
        found = due(rule, day=day)[:MOST_ON_A_LIST]
        if not found:
            return None
        drawn = DestructionList.objects.create(
            rule=rule, until=last_day(rule, day), months=rule.months
        )
        DestructionItem.objects.bulk_create(
            DestructionItem(
                list=drawn,
                kind=one.kind.lower() if one.object_id else one.kind,
                object_id=one.object_id,
                number=one.number,
                since=one.since,
                rows=one.count if not one.object_id else 0,
            )
            for one in found
        )
        record(
            actor=by,
            action="retention.list_drawn",
            label="Vernietigingslijst opgemaakt",
            about=drawn,
            data={"rule": rule.code, "items": len(found)},
        )
    return drawn
