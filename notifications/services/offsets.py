"""The configuration of reminders: first filled from the defaults, then in the hands of staff."""

from typing import Any

from notifications.models import ReminderOffset
from notifications.registry import all_rules


def seed_offsets(**_: Any) -> None:
    """Add each rule's default offsets that were never there (listener of `post_migrate`).

    Rows cannot be removed or changed, only switched off, so what staff decided stays decided.
    """
    ReminderOffset.objects.bulk_create(
        [
            ReminderOffset(rule=rule.name, days=offset.days, hours=offset.hours)
            for rule in all_rules()
            for offset in rule.default_offsets
        ],
        ignore_conflicts=True,
    )
