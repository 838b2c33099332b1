"""Every write of the engine. Domains use `queue_mail`; the tasks and the pages the rest."""

from notifications.mails import portal_url
from notifications.services.bounces import note_report, trust_address
from notifications.services.choices import (
    choose_channels,
    renew_calendar,
    stop_by_link,
    stop_calendar,
)
from notifications.services.delivery import deliver_outbox
from notifications.services.digest import send_digests
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
    "choose_channels",
    "deliver_outbox",
    "note_report",
    "plan_reminders",
    "portal_url",
    "queue_mail",
    "release_mails",
    "renew_calendar",
    "resend_mail",
    "seed_offsets",
    "send_digests",
    "send_due_reminders",
    "stop_by_link",
    "stop_calendar",
    "trust_address",
]
