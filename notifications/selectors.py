"""What the staff pages and the demo mailbox read."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder

HORIZON = timedelta(days=30)
"""How far ahead the staff page looks."""


def reminders_for_staff(now: datetime) -> QuerySet[Reminder]:
    """Everything that was decided, and what is planned for the next 30 days."""
    return (
        Reminder.objects.filter(~Q(state=ReminderState.PLANNED) | Q(due_at__lte=now + HORIZON))
        .select_related("recipient", "mail")
        .defer("mail__text", "mail__html")
    )


def reminder_counts(now: datetime) -> dict[str, int]:
    """How many reminders of the staff page stand in each state."""
    rows = reminders_for_staff(now).order_by().values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows}
    return {state.value: found.get(state.value, 0) for state in ReminderState}


def mails_for_staff() -> QuerySet[OutboxMail]:
    """The whole outbox, without the bodies."""
    return OutboxMail.objects.for_people()


def mails_that_need_a_person() -> int:
    """How many mails failed, or may or may not have left."""
    return OutboxMail.objects.filter(state__in=[MailState.FAILED, MailState.UNCERTAIN]).count()


def mail_for_reading(mail_id: int) -> OutboxMail | None:
    """One mail with its bodies and the reminder that it came from."""
    return (
        OutboxMail.objects.select_related("recipient", "reminder", "content_type")
        .filter(pk=mail_id)
        .first()
    )


def mailbox_addresses() -> list[Any]:
    """Every address that got mail, with the number of mails; the busiest twenty."""
    return list(
        OutboxMail.objects.order_by()
        .values("address")
        .annotate(n=Count("pk"))
        .order_by("-n", "address")[:20]
    )
