"""Sending what is due: each reminder at most once, and only while it is still needed."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from common import clock
from common.formatting import describe_deadline, format_moment
from notifications import hours
from notifications.lifecycle import ReminderState
from notifications.models import Reminder
from notifications.registry import ReminderRule, get_rule
from notifications.services.outbox import queue_mail
from notifications.services.planning import plan_rule
from notifications.services.routing import reason_not_to_send, same_group

logger = logging.getLogger(__name__)

NIGHT = "Stille uren"


def send_due_reminders(now: datetime | None = None, *, at_any_hour: bool = False) -> int:
    """Write the mails of the reminders that are due. Returns how many.

    In the quiet hours only those whose deadline is near; the others are decided in the morning, so
    that nobody who is done by then gets one. `at_any_hour` knows no night (a rehearsal).

    Safe to run in several workers at once, and after any downtime: of several missed reminders of
    one person about one object only the latest is sent. Each is decided in a transaction of its
    own, which marks the row and writes its mail together.
    """
    now = now or clock.now()
    only_urgent = not at_any_hour and _hold_for_the_night(now)
    rules = _up_to_date_rules(now)
    broken: list[int] = []
    sent = 0
    while True:
        with transaction.atomic():
            reminder = _claim(now, list(rules), broken, only_urgent=only_urgent)
            if reminder is None:
                return sent
            try:
                with transaction.atomic():
                    sent += _decide(reminder, rules[reminder.rule], now)
            except Exception:
                logger.exception("Reminder %s could not be sent.", reminder.pk)
                broken.append(reminder.pk)
                Reminder.objects.filter(pk=reminder.pk).update(
                    reason=_("Er ging iets mis bij het opstellen; we proberen het opnieuw.")
                )


def _up_to_date_rules(now: datetime) -> dict[str, ReminderRule]:
    """The rules with something due, planned anew so that a date that just moved counts."""
    rules = {}
    for name in (
        Reminder.objects.due(now).order_by("rule").values_list("rule", flat=True).distinct()
    ):
        rule = get_rule(name)
        if rule is None:
            continue
        try:
            plan_rule(rule, now)
        except Exception:
            logger.exception("The reminders of %s could not be planned.", name)
            continue
        rules[name] = rule
    return rules


def _hold_for_the_night(now: datetime) -> bool:
    """Whether it is night; then the rows that wait for the morning say so."""
    ends_at = hours.quiet_until(now)
    if ends_at is None:
        return False
    waiting = Reminder.objects.due(now).difference(Reminder.objects.due(now).urgent(now))
    Reminder.objects.planned().filter(pk__in=waiting.values("pk")).exclude(
        reason__startswith=NIGHT
    ).update(reason=f"{NIGHT}: vertrekt na {format_moment(ends_at)}.")
    return True


def _claim(
    now: datetime, rules: list[str], broken: list[int], *, only_urgent: bool
) -> Reminder | None:
    """Lock the latest due reminder of some person and object that no other worker holds.

    Locking only the latest of a group, and never an earlier one, keeps two workers from each
    sending one of two missed reminders.
    """
    later = Reminder.objects.due(now).filter(
        rule=OuterRef("rule"),
        content_type=OuterRef("content_type"),
        object_id=OuterRef("object_id"),
        recipient=OuterRef("recipient"),
        due_at__gt=OuterRef("due_at"),
    )
    due = Reminder.objects.due(now)
    if only_urgent:
        due = due.urgent(now)
    return (
        due.filter(~Exists(later), rule__in=rules)
        .exclude(pk__in=broken)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("recipient", "content_type")
        .order_by("due_at", "pk")
        .first()
    )


def _decide(reminder: Reminder, rule: ReminderRule, now: datetime) -> int:
    """Send or skip; the row is locked. Returns 1 when a mail was written."""
    same_group(reminder).due(now).update(
        state=ReminderState.SKIPPED,
        reason=_("Te laat: een latere herinnering kwam in de plaats."),
        decided_at=now,
    )
    reason = reason_not_to_send(reminder, rule, now)
    if reason:
        reminder.state = ReminderState.SKIPPED
        reminder.reason = reason[:300]
    else:
        reminder.state = ReminderState.SENT
        reminder.reason = ""
        reminder.mail = queue_mail(
            kind=rule.name,
            to=reminder.recipient,
            template=rule.template,
            context={
                "deadline": reminder.deadline,
                "time_left": describe_deadline(reminder.deadline, now).relative,
                **rule.context(reminder.about, reminder.recipient, reminder.deadline),
            },
            about=reminder.about,
            dedupe_key=f"reminder:{reminder.pk}",
            deadline=reminder.deadline,
        )
    reminder.decided_at = now
    reminder.save(update_fields=["state", "reason", "mail", "decided_at"])
    return int(reminder.mail is not None)
