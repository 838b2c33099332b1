"""What beat and the services wake; each may run twice at once."""

from celery import shared_task

from notifications import services


@shared_task(name="notifications.plan_reminders")
def plan_reminders() -> None:
    services.plan_reminders()


@shared_task(name="notifications.send_due_reminders")
def send_due_reminders() -> None:
    services.send_due_reminders()


@shared_task(name="notifications.deliver_outbox")
def deliver_outbox() -> None:
    services.deliver_outbox()


@shared_task(name="notifications.send_digests")
def send_digests() -> None:
    services.send_digests()
