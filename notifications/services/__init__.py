"""Every write of the engine. Domains use `queue_mail`; the tasks and the staff page the rest."""

from notifications.mails import portal_url
from notifications.services.delivery import deliver_outbox
from notifications.services.offsets import seed_offsets
from notifications.services.outbox import (
    cancel_mails,
    queue_mail,
    release_mails,
    resend_mail,
)
from notifications.services.planning import plan_reminders
from notifications.services.sending import send_due_reminders

__all__ = [
    "cancel_mails",
    "deliver_outbox",
    "plan_reminders",
    "portal_url",
    "queue_mail",
    "release_mails",
    "resend_mail",
    "seed_offsets",
    "send_due_reminders",
]
