"""What is decided about a mail at the moment it would leave: not now, not by mail, or not any more.

In the short transaction that takes the mail, so two workers cannot both find room for one more.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formatting import format_moment
from common.moments import local_day, start_of_day
from notifications import hours
from notifications.kinds import get_kind
from notifications.lifecycle import MailState
from notifications.models import OutboxMail, UnreachableAddress
from notifications.services.routing import reason_it_lapsed

logger = logging.getLogger(__name__)

COMES_BACK = gettext_lazy("Mails aan dit adres komen terug. De ontvanger leest dit in het portaal.")
DIGEST_KIND = "notifications.digest"
ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""A mail that waited longer is asked again whether it is still needed."""


def lock_person(person_id: int) -> None:
    """One at a time per person, until the end of the transaction: the maximum and the digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s::regclass::oid::bigint))",
            [f"mails:{person_id}", OutboxMail._meta.db_table],
        )


def turn_aside(mail: OutboxMail, now: datetime) -> bool:
    """Put a mail that should not leave now where it belongs; returns whether it did.

    The row is locked. Legal notices and urgent reminders pass all limits; nothing passes the
    question whether it is still needed.
    """
    lapsed = _lapsed(mail, now) if now - mail.created_at > ASKED_AGAIN_AFTER else ""
    if lapsed:
        return _put(mail, MailState.LAPSED, lapsed)
    if mail.passes_limits:
        return False
    morning = hours.quiet_until(now)
    if morning is not None:
        note = _("Stille uren: vertrekt na %(moment)s.") % {"moment": format_moment(morning)}
        return _put(mail, MailState.QUEUED, note, morning)
    if mail.recipient_id is None or get_kind(mail.kind) is None:
        return False
    if is_unreachable(mail.address):
        return _put(mail, MailState.PORTAL, str(COMES_BACK))
    if mail.kind != DIGEST_KIND and _had_enough(mail, now):
        note = _("Meer dan %(n)d mails op één dag: dit komt in de samenvatting.")
        return _put(
            mail,
            MailState.DIGEST,
            note % {"n": settings.MAIL_MAX_PER_DAY},
            hours.next_digest(now),
        )
    return False


def is_unreachable(address: str) -> bool:
    """Whether mails to this address come back."""
    return UnreachableAddress.objects.filter(
        address=address.lower(), trusted_at__isnull=True
    ).exists()


def _had_enough(mail: OutboxMail, now: datetime) -> bool:
    assert mail.recipient_id is not None
    lock_person(mail.recipient_id)
    today = start_of_day(local_day(now))
    had = OutboxMail.objects.handed_over_since(today).filter(
        recipient_id=mail.recipient_id, passes_limits=False
    )
    return had.exclude(kind=DIGEST_KIND).count() >= settings.MAIL_MAX_PER_DAY


def _lapsed(mail: OutboxMail, now: datetime) -> str:
    """A rule that fails loses no mail: then it leaves as it was written."""
    try:
        return reason_it_lapsed(mail, now)
    except Exception:
        logger.exception("Whether mail %s is still needed could not be asked.", mail.pk)
        return ""


def _put(
    mail: OutboxMail, state: MailState, note: str, next_try_at: datetime | None = None
) -> bool:
    mail.state = state
    mail.note = note[:300]
    mail.next_try_at = next_try_at or mail.next_try_at
    mail.save(update_fields=["state", "note", "next_try_at"])
    return True
