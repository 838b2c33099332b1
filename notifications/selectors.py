"""What the staff pages, a person's own pages and the demo mailbox read."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from common.hidden import not_about
from notifications.kinds import Audience, MailKind, all_kinds
from notifications.lifecycle import MailState, ReminderState
from notifications.models import (
    Bounce,
    CalendarFeed,
    MailPreference,
    OutboxMail,
    Reminder,
    UnreachableAddress,
)

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


def bounces_for_staff(user: Any) -> QuerySet[Bounce]:
    """What came back of the mails that `user` may read."""
    return Bounce.objects.visible_to(user).select_related("mail").defer("mail__text", "mail__html")


def unreachable_addresses() -> list[UnreachableAddress]:
    """The addresses that are out of use now, the newest first; the first hundred."""
    return list(UnreachableAddress.objects.filter(trusted_at__isnull=True)[:100])


def messages_of(user: Any) -> QuerySet[OutboxMail]:
    """Everything that this person was told, without the bodies."""
    return OutboxMail.objects.of_person(user).for_people()


def message_of(user: Any, mail_id: int) -> OutboxMail | None:
    """One of the person's own messages with its bodies."""
    return OutboxMail.objects.of_person(user).filter(pk=mail_id).first()


def kinds_for(user: Any) -> list[MailKind]:
    """The kinds that this person may get as member of staff, of an organisation, or both."""
    wanted = {Audience.EVERYBODY}
    if user.is_programme_staff:
        wanted.add(Audience.STAFF)
    if user.own_memberships or not user.is_programme_staff:
        wanted.add(Audience.APPLICANT)
    return [kind for kind in all_kinds() if kind.group and kind.audience in wanted]


def choices_of(user: Any) -> list[tuple[MailKind, str]]:
    """Every kind that this person may choose about, with the channel that holds now; one query."""
    chosen = dict(MailPreference.objects.visible_to(user).values_list("kind", "channel"))
    return [(kind, chosen.get(kind.code, kind.channel)) for kind in kinds_for(user) if kind.is_free]


def kinds_that_always_come(user: Any) -> list[MailKind]:
    """Those that nobody can switch off, each with the reason."""
    return [kind for kind in kinds_for(user) if not kind.is_free]


def calendar_of_person(user: Any) -> CalendarFeed | None:
    """The calendar of this person, when there is one."""
    return CalendarFeed.objects.filter(user=user).first()


def calendar_at(secret: str) -> CalendarFeed | None:
    """The calendar with this address; None for an unknown one and for a closed account."""
    feeds = CalendarFeed.objects.filter(secret=secret, user__is_active=True)
    return feeds.select_related("user").first()
