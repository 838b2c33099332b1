"""Handing the outbox to the mail server, each mail at most once.

No mail server lets us commit "accepted" and "sent" in one transaction, so one must choose: a crash
between the two either sends twice or maybe not at all. We choose at most once. A reminder or a
decision that arrives twice makes people doubt which one counts, and for a mail that may not have
arrived we can do better than guess: it is shown to staff as "onzeker", with a button.

- A row is committed as "sending" before the first byte goes to the server.
- The server's yes makes it "sent". Its no is certain too: try later, then "failed".
- Anything between (the line broke while the message was going over, the worker died) makes it
  "uncertain". Nothing but a person's decision sends it again, then with the same Message-ID.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from notifications.lifecycle import MailState
from notifications.mails import compose
from notifications.models import OutboxMail
from notifications.services.bounces import note_refusal
from notifications.services.limits import turn_aside

logger = logging.getLogger(__name__)

INTERRUPTED_AFTER = timedelta(minutes=15)
SERVER_TIMEOUT = 30  # seconds per answer of the mail server, far under INTERRUPTED_AFTER
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
"""The wait after the first, second, … refusal; after the last one the mail has failed."""


def deliver_outbox() -> int:
    """Send what waits; safe to run in several workers at once. Returns how many the server took.

    When the server cannot be reached nothing is claimed: that is no fault of the mails, so it uses
    up none of their attempts.
    """
    give_up_interrupted(clock.now())
    sent = 0
    while OutboxMail.objects.ready(clock.now()).exists():
        try:
            with _server() as server:
                sent += _deliver_over(server)
        except _ServerUnreachable as error:
            logger.warning("The mail server cannot be reached: %s", error.__cause__)
            OutboxMail.objects.ready(clock.now()).update(
                error=_("De mailserver is niet bereikbaar: %(error)s") % {"error": error.__cause__}
            )
            break
    return sent


def give_up_interrupted(now: datetime) -> int:
    """Mark what a dead worker left in "sending": whether it was sent, nobody knows."""
    return OutboxMail.objects.filter(
        state=MailState.SENDING, claimed_at__lt=now - INTERRUPTED_AFTER
    ).update(
        state=MailState.UNCERTAIN,
        error=_("De verzending is onderbroken. Misschien is de mail toch vertrokken."),
    )


class _ServerUnreachable(Exception):
    """No connection, or the server did not let us in: no mail was handed over."""


@contextmanager
def _server() -> Iterator[Any]:
    server = get_connection(timeout=settings.EMAIL_TIMEOUT or SERVER_TIMEOUT)
    try:
        server.open()
    except (OSError, SMTPException, UnicodeError) as error:  # UnicodeError: of a password
        _close(server)
        raise _ServerUnreachable from error
    try:
        yield server
    finally:
        _close(server)


def _close(server: Any) -> None:
    with suppress(OSError, SMTPException):
        server.close()


def _deliver_over(server: Any) -> int:
    """Send over one connection until the outbox is empty or the server says anything but yes."""
    sent = 0
    while (mail := _claim(clock.now())) is not None:
        try:
            server.send_messages([compose(mail)])
        except SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            note_refusal(mail, code, answer)
            _refused(mail, error, for_good=500 <= code < 600)
        except SMTPResponseException as error:
            note_refusal(mail, error.smtp_code, error.smtp_error, of_address=False)
            _refused(mail, error)
        except (OSError, SMTPException) as error:
            _settle(mail, MailState.UNCERTAIN, error=_describe(error))
            logger.warning("Mail %s may or may not have left: %s", mail.pk, type(error).__name__)
        except Exception as error:  # the message could not be made: nothing was handed over
            logger.exception("Mail %s could not be composed.", mail.pk)
            _settle(mail, MailState.FAILED, error=_describe(error))
        else:
            _settle(mail, MailState.SENT, sent_at=clock.now(), error="")
            sent += 1
            continue
        break  # after a refusal the connection may be in any state: take a new one
    return sent


def _claim(now: datetime) -> OutboxMail | None:
    """Take the oldest waiting mail; committed on return, so that no crash can send it twice.

    What should not leave now is put where it belongs, with the reason, and the next one is taken.
    """
    while True:
        with transaction.atomic(durable=True):
            mail = (
                OutboxMail.objects.ready(now)
                .select_for_update(of=("self",), skip_locked=True)
                .select_related("recipient")
                .order_by("next_try_at", "pk")
                .first()
            )
            if mail is None:
                return None
            if turn_aside(mail, now):
                continue
            mail.state = MailState.SENDING
            mail.claimed_at = now
            mail.attempts += 1
            mail.note = ""
            mail.save(update_fields=["state", "claimed_at", "attempts", "note"])
            return mail


def _refused(mail: OutboxMail, error: Exception, *, for_good: bool = False) -> None:
    """A certain no: plan another attempt, or stop after the last one or a permanent refusal."""
    if for_good or mail.attempts > len(BACK_OFF):
        _settle(mail, MailState.FAILED, error=_describe(error))
        logger.warning("Mail %s was refused for good.", mail.pk)
        return
    wait = BACK_OFF[mail.attempts - 1]
    _settle(mail, MailState.QUEUED, error=_describe(error), next_try_at=clock.now() + wait)


def _settle(mail: OutboxMail, state: MailState, **fields: Any) -> None:
    """Write the outcome. "Sent" is the truth even when we had already called it uncertain."""
    before = [MailState.SENDING]
    if state == MailState.SENT:
        before.append(MailState.UNCERTAIN)
    OutboxMail.objects.filter(pk=mail.pk, state__in=before).update(state=state, **fields)


def _describe(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        answer = error.smtp_error
        words = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return f"{error.smtp_code} {words}"
    return f"{type(error).__name__}: {error}"
