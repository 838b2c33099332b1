"""The daily digest: everything that waits for one person in one mail, once per working day."""

import logging
from datetime import datetime

from django.db import transaction

from common import clock
from common.moments import local_day
from notifications import hours
from notifications.lifecycle import MailState
from notifications.mails import portal_url
from notifications.models import OutboxMail
from notifications.services.limits import COMES_BACK, DIGEST_KIND, is_unreachable, lock_person
from notifications.services.outbox import queue_mail
from notifications.services.routing import reason_it_lapsed

logger = logging.getLogger(__name__)


def send_digests(now: datetime | None = None) -> int:
    """Write the digest of everybody for whom something waits. Returns how many.

    Safe to run in several workers at once: one digest per person per day, and what is in it is
    marked in the transaction that writes it. What is no longer needed is left out; when nothing
    remains there is no digest. Outside working days, and before the hour, it does nothing.
    """
    now = now or clock.now()
    if not hours.is_digest_time(now):
        return 0
    waiting = OutboxMail.objects.for_a_digest(now).order_by("recipient_id")
    sent = 0
    for person_id in waiting.values_list("recipient_id", flat=True).distinct():
        try:
            sent += _send_digest(person_id, now)
        except Exception:
            logger.exception("The digest of person %s could not be written.", person_id)
    return sent


@transaction.atomic
def _send_digest(person_id: int, now: datetime) -> bool:
    lock_person(person_id)
    key = f"digest:{person_id}:{local_day(now).isoformat()}"
    if OutboxMail.objects.filter(dedupe_key=key).exists():
        return False
    mails = [
        mail
        for mail in OutboxMail.objects.for_a_digest(now)
        .filter(recipient_id=person_id)
        .select_for_update(of=("self",))
        .select_related("recipient", "reminder", "reminder__recipient")
        .order_by("created_at", "pk")
        if not _lapse(mail, now)
    ]
    if not mails:
        return False
    waiting = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails])
    if is_unreachable(mails[0].recipient.email):  # type: ignore[union-attr]
        waiting.update(state=MailState.PORTAL, note=str(COMES_BACK))
        return False
    digest = queue_mail(
        kind=DIGEST_KIND,
        to=mails[0].recipient,  # type: ignore[arg-type]
        template="notifications/mail/digest.md",
        context={
            "mails": [
                {"subject": mail.subject, "url": portal_url("notifications:message", mail.pk)}
                for mail in mails
            ],
            "choices_url": portal_url("notifications:choices"),
        },
        dedupe_key=key,
        # Its lines may be about files that a member of staff may not know of.
        is_private=True,
    )
    waiting.update(state=MailState.DIGESTED, digest=digest)
    return True


def _lapse(mail: OutboxMail, now: datetime) -> bool:
    """Leave out what is no longer needed, with the reason."""
    reason = reason_it_lapsed(mail, now)
    if reason:
        OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.LAPSED, note=reason[:300])
    return bool(reason)
