"""What the staff pages and the demo mailbox read."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from common.hidden import not_about
from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder

HORIZON = timedelta(days=30)
"""How far ahead the staff page looks."""


def reminders_for_staff(user: Any, now: datetime) -> QuerySet[Reminder]:
    """Everything that was decided, and what is planned for the next 30 days, as `user` may know."""
    return (
        Reminder.objects.filter(not_about(user))
        .filter(~Q(state=ReminderState.PLANNED) | Q(due_at__lte=now + HORIZON))
        .select_related("recipient", "mail")
        .defer("mail__text", "mail__html")
    )


def reminder_counts(user: Any, now: datetime) -> dict[str, int]:
    """How many reminders of the staff page stand in each state."""
    rows = reminders_for_staff(user, now).order_by().values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows}
    return {state.value: found.get(state.value, 0) for state in ReminderState}


def mails_for_staff(user: Any) -> QuerySet[OutboxMail]:
    """The outbox as `user` may read it, without the bodies."""
    return OutboxMail.objects.visible_to(user).for_people()


def mails_that_need_a_person(user: Any) -> dict[str, int]:
    """How many mails failed or may or may not have left (`broken`), and how many are `held`."""
    broken = [MailState.FAILED, MailState.UNCERTAIN]
    return OutboxMail.objects.visible_to(user).aggregate(
        broken=Count("pk", filter=Q(state__in=broken)),
        held=Count("pk", filter=Q(state=MailState.HELD)),
    )


def mail_for_staff(user: Any, mail_id: int) -> OutboxMail | None:
    """One mail with its bodies and the reminder that it came from."""
    return (
        OutboxMail.objects.visible_to(user)
        .select_related("recipient", "reminder", "content_type")
        .filter(pk=mail_id)
        .first()
    )


def mailbox_mails() -> QuerySet[OutboxMail]:
    """What arrives in the mailbox of the demo: nothing that is held or was cancelled."""
    return OutboxMail.objects.on_their_way().for_people()


def mailbox_mail(mail_id: int) -> OutboxMail | None:
    """One of them with its bodies."""
    return OutboxMail.objects.on_their_way().filter(pk=mail_id).first()


def mailbox_addresses() -> list[Any]:
    """Every address that got mail, with the number of mails; the busiest twenty."""
    return list(
        OutboxMail.objects.on_their_way()
        .order_by()
        .values("address")
        .annotate(n=Count("pk"))
        .order_by("-n", "address")[:20]
    )
