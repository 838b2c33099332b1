"""Writing a mail into the outbox, in the transaction of the act that causes it."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import current_app
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from common import clock
from notifications.kinds import MailKind, get_kind
from notifications.lifecycle import MAIL_LIFECYCLE, MailState
from notifications.mails import render_mail
from notifications.models import OutboxMail, OutboxMailQuerySet
from notifications.services.routing import Route, route, stop_address, why_sentence

logger = logging.getLogger(__name__)
DELIVER_TASK = "notifications.deliver_outbox"


def queue_mail(
    *,
    kind: str,
    to: AbstractBaseUser | str,
    template: str,
    context: Mapping[str, Any] | None = None,
    about: models.Model | None = None,
    dedupe_key: str | None = None,
    is_private: bool = False,
    unsubscribe_url: str = "",
    hold: bool = False,
    deadline: datetime | None = None,
) -> OutboxMail | None:
    """Write one mail to one person; it leaves once the caller's transaction has been committed.

    A person with an account may have chosen to get this kind in the daily digest or only in the
    portal; then it waits there. Quiet hours and the maximum per day are applied when it leaves.

    kind: a stable code, "projects.receipt", declared as a `MailKind` by the app.
    to: a person, or an address without account.
    template: the source, "projects/mail/receipt.md"; see `notifications.mails`. Beside `context` it
        knows `greeting` ("Beste An Peeters,"), `recipient`, `contact_email` and `site_url`.
    about: the object that the mail is about.
    dedupe_key: at most one mail is ever written with this key.
    is_private: the mail holds a personal link (password, invitation); staff do not see its body.
    unsubscribe_url: where a POST without anything more stops mails like this one; mail programs
        show it as a button (RFC 8058).
    hold: the mail stays until `release_mails`; staff read it in the outbox before it leaves.
    deadline: of a reminder; when it is near, the mail waits for no digest and no morning.

    Returns None when nothing was written: a mail with this key exists, or the account is closed.

    Raises:
        ValidationError: when the address is not one e-mail address.
        TemplateDoesNotExist, ValueError: when the source is missing or has no subject line.
    """
    recipient = to if isinstance(to, AbstractBaseUser) else None
    if recipient is not None and not recipient.is_active:
        return None
    address = to if isinstance(to, str) else str(to.email)  # type: ignore[attr-defined]
    _check_address(address)
    name = str(recipient) if recipient is not None else ""
    rendered = render_mail(
        template,
        {
            "recipient": recipient,
            "greeting": _("Beste %(name)s,") % {"name": name} if name else _("Beste,"),
            **(context or {}),
        },
    )
    declared = get_kind(kind)
    way = _way(declared, recipient, deadline, hold=hold, is_private=is_private)
    fields: dict[str, Any] = {
        "kind": kind,
        "recipient_id": getattr(recipient, "pk", None),
        "address": address,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "is_private": is_private,
        "unsubscribe_url": unsubscribe_url or stop_address(declared, recipient),
        "why": why_sentence(declared)[:300],
        "state": way.state,
        "note": way.note,
        "passes_limits": way.passes_limits,
    }
    if way.next_try_at is not None:
        fields["next_try_at"] = way.next_try_at
    if about is not None:
        fields["content_type"] = ContentType.objects.get_for_model(about)
        fields["object_id"] = str(about.pk)
    if dedupe_key is None:
        mail, created = OutboxMail.objects.create(**fields), True
    else:
        mail, created = OutboxMail.objects.get_or_create(dedupe_key=dedupe_key, defaults=fields)
    if not created:
        return None
    if way.state == MailState.QUEUED:
        wake_deliverer()
    return mail


def _way(
    kind: MailKind | None,
    recipient: AbstractBaseUser | None,
    deadline: datetime | None,
    *,
    hold: bool,
    is_private: bool,
) -> Route:
    if hold:
        return Route(MailState.HELD, passes_limits=kind is not None and not kind.is_free)
    if is_private:  # a personal link is worth nothing in a digest
        return Route(passes_limits=True)
    return route(kind, recipient, clock.now(), deadline=deadline)


def release_mails(mails: OutboxMailQuerySet) -> int:
    """Let held mails leave as they were written; returns how many.

    Part of the act of the domain that held them: it checks who may, records it, and tells the
    applicant nothing before its own transaction is committed.
    """
    released = mails.held().update(state=MailState.QUEUED, next_try_at=clock.now())
    if released:
        wake_deliverer()
    return released


def cancel_mails(mails: OutboxMailQuerySet) -> int:
    """Held mails that will never leave; returns how many. They stay in the outbox, to be read."""
    return mails.held().update(state=MailState.CANCELLED)


def resend_mail(*, mail_id: int, actor: AbstractBaseUser) -> OutboxMail:
    """Send a failed or uncertain mail again: a person has judged that a second copy does no harm.

    The copy has the same Message-ID, so most mail programs show it once.

    Raises:
        TransitionRefused: when the mail is on its way or has left.
        PermissionDenied: when `actor` may not.
    """
    with transaction.atomic():
        mail = OutboxMail.objects.get(pk=mail_id)
        mail.attempts = 0
        mail.error = ""
        mail.next_try_at = clock.now()
        MAIL_LIFECYCLE.perform(
            mail, "resend", actor=actor, save=["attempts", "error", "next_try_at"]
        )
        wake_deliverer()
    return mail


def wake_deliverer() -> None:
    """Wake the mail worker after the commit; once, however many mails the transaction wrote."""
    waiting = [hook[1] for hook in connection.run_on_commit]
    if _send_wake_up not in waiting:
        transaction.on_commit(_send_wake_up)


def _send_wake_up() -> None:
    """Tell the worker. Without a broker the mail still leaves: the beat looks every 30 seconds."""
    try:
        current_app.send_task(DELIVER_TASK)
    except (OperationalError, OSError) as error:
        logger.warning("No broker to wake the mail worker; the sweep delivers: %s", error)


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError(
            _("“%(address)s” is geen geldig e-mailadres.") % {"address": address}
        ) from error
