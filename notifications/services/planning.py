"""Planning: for every open deadline, a row per person and per offset."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock
from notifications.lifecycle import ReminderState
from notifications.models import Reminder, ReminderOffset
from notifications.registry import ReminderRule, all_rules

logger = logging.getLogger(__name__)


class _Target(NamedTuple):
    """Who is reminded of what."""

    content_type_id: int
    object_id: str
    recipient_id: Any


class _Key(NamedTuple):
    """What is unique within a rule."""

    target: _Target
    due_at: datetime


def plan_reminders(now: datetime | None = None) -> int:
    """Bring the planned reminders of every rule in line with the deadlines as they are now.

    Safe to run twice at once. A rule that fails is logged and does not silence the others.
    Returns the number of reminders that are newly planned.
    """
    now = now or clock.now()
    planned = 0
    for rule in all_rules():
        try:
            planned += plan_rule(rule, now)
        except Exception:
            logger.exception("The reminders of %s could not be planned.", rule.name)
    return planned


@transaction.atomic
def plan_rule(rule: ReminderRule, now: datetime) -> int:
    """Plan what is due in the future or was missed, and cancel what no longer fits a deadline.

    What announces a deadline is not planned once that has passed. A reminder that was cancelled
    because its deadline moved is planned again when the deadline moves back.
    """
    _one_planner_at_a_time(rule)
    wanted, deadlines = _wanted(rule, now)
    known = {
        _key(row): row
        for row in Reminder.objects.filter(
            rule=rule.name, state__in=[ReminderState.PLANNED, ReminderState.CANCELLED]
        )
    }
    _drop(
        [
            row
            for key, row in known.items()
            if key not in wanted and row.state == ReminderState.PLANNED
        ],
        deadlines,
        now,
    )
    new = []
    for key, row in sorted(wanted.items()):
        if row.offset.is_before and row.deadline <= now:
            continue
        if key in known:
            _refresh(known[key], row)
        else:
            new.append(row)
    if not new:
        return 0
    of_rule = Reminder.objects.filter(rule=rule.name)
    before = of_rule.count()
    Reminder.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return of_rule.count() - before


def _one_planner_at_a_time(rule: ReminderRule) -> None:
    """Wait for another planner of this rule, until the end of the transaction.

    The UNIQUE constraint already keeps rows single; this keeps a planner that read the deadlines
    earlier from cancelling what a later one has just planned. The lock is of the table that is
    written, so a rehearsal, which plans in a table of its own, holds up nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s::regclass::oid::bigint))",
            [f"reminders:{rule.name}", Reminder._meta.db_table],
        )


def _wanted(
    rule: ReminderRule, now: datetime
) -> tuple[dict[_Key, Reminder], dict[_Target, datetime]]:
    """Every occurrence that belongs to today's deadlines, and the deadline of each target."""
    configured = ReminderOffset.objects.filter(rule=rule.name, enabled=True)
    usual = tuple(row.offset for row in configured)
    wanted: dict[_Key, Reminder] = {}
    deadlines: dict[_Target, datetime] = {}
    for subject in rule.subjects(now):
        content_type = ContentType.objects.get_for_model(subject.obj)
        label = str(subject.obj)[:250]
        offsets = usual if subject.offsets is None else subject.offsets
        for recipient in subject.recipients:
            target = _Target(content_type.pk, str(subject.obj.pk), recipient.pk)
            deadlines[target] = subject.deadline
            for offset in offsets:
                if subject.since is None:
                    due_at: datetime | None = offset.due_at(subject.deadline)
                else:
                    due_at = offset.due_since(subject.deadline, subject.since)
                if due_at is None:
                    continue
                wanted[_Key(target, due_at)] = Reminder(
                    rule=rule.name,
                    content_type=content_type,
                    object_id=target.object_id,
                    about_label=label,
                    recipient_id=recipient.pk,
                    deadline=subject.deadline,
                    days=offset.days,
                    hours=offset.hours,
                    due_at=due_at,
                )
    return wanted, deadlines


def _key(row: Reminder) -> _Key:
    return _Key(_Target(row.content_type_id, row.object_id, row.recipient_id), row.due_at)


def _drop(rows: Iterable[Reminder], deadlines: dict[_Target, datetime], now: datetime) -> None:
    """Cancel planned rows that belong to no deadline any more; the rows stay, with the reason."""
    outcomes: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        current = deadlines.get(_key(row).target)
        state: str = ReminderState.CANCELLED
        if current is None and row.offset.is_before and row.deadline <= now:
            state, reason = ReminderState.SKIPPED, _("De termijn was al voorbij.")
        elif current is None:
            reason = _("Deze persoon moet hier niets meer voor doen.")
        elif current == row.deadline:
            reason = _("Dit tijdstip van herinneren geldt niet meer.")
        else:
            reason = _("De termijn is verplaatst.")
        outcomes.setdefault((state, reason), []).append(row.pk)
    for (state, reason), ids in outcomes.items():
        Reminder.objects.planned().filter(pk__in=ids).update(
            state=state, reason=reason, decided_at=now
        )


def _refresh(row: Reminder, wanted: Reminder) -> None:
    """Revive a cancelled row, or correct a planned one: another deadline, the same instant."""
    same = all(
        getattr(row, name) == getattr(wanted, name)
        for name in ("deadline", "days", "hours", "about_label")
    )
    if same and row.state == ReminderState.PLANNED:
        return
    Reminder.objects.filter(pk=row.pk, state=row.state).update(
        state=ReminderState.PLANNED,
        reason="",
        decided_at=None,
        deadline=wanted.deadline,
        days=wanted.days,
        hours=wanted.hours,
        about_label=wanted.about_label,
    )
