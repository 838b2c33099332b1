"""The outbox, reminders, what came back, and what each person chose."""

from notifications.models.bounces import Bounce, UnreachableAddress
from notifications.models.mails import OutboxMail, OutboxMailQuerySet, new_message_id
from notifications.models.people import CalendarFeed, MailPreference
from notifications.models.reminders import Reminder, ReminderOffset, ReminderQuerySet

__all__ = [
    "Bounce",
    "CalendarFeed",
    "MailPreference",
    "OutboxMail",
    "OutboxMailQuerySet",
    "Reminder",
    "ReminderOffset",
    "ReminderQuerySet",
    "UnreachableAddress",
    "new_message_id",
]
