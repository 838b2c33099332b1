"""What mail servers said no to: at once, or later in a report (RFC 3464).

Only "this address does not work" counts against an address. A full mailbox passes, and a refusal of
the message itself (a filter, our reputation) is no fault of the address.
"""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from common import clock
from notifications.models import Bounce, OutboxMail, UnreachableAddress
from notifications.policies import may_trust_addresses
from notifications.reports import Report

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
COUNTED_FOR = timedelta(days=90)
"""An address that failed long ago and worked since is not held to it."""


def kind_of(code: int, status: str, *, of_address: bool = True) -> Bounce.Kind:
    """What a refusal says, by its enhanced status (RFC 3463) or else by the SMTP code.

    x.1.* is the address and x.2.1 a mailbox that is closed; x.7.* is policy. `of_address`: the
    server refused the recipient, not the message.
    """
    if status:
        if status.startswith("4"):
            return Bounce.Kind.TEMPORARY
        subject, detail = status.split(".")[1:]
        # 5.1.7 and 5.1.8 are about the sender's address: ours.
        if (subject == "1" and detail not in {"7", "8"}) or (subject, detail) == ("2", "1"):
            return Bounce.Kind.PERMANENT
        if subject == "2":
            return Bounce.Kind.TEMPORARY
        return Bounce.Kind.POLICY
    if code < 500:
        return Bounce.Kind.TEMPORARY
    return Bounce.Kind.PERMANENT if of_address and code in {550, 551, 553} else Bounce.Kind.POLICY


def note_refusal(mail: OutboxMail, code: int, answer: Any, *, of_address: bool = True) -> Bounce:
    """Keep the server's no to this mail; the outbox decides by itself whether to try again."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    found = _STATUS.search(text)
    status = found[1] if found else ""
    return _keep(
        mail, kind_of(code, status, of_address=of_address), status or str(code), f"{code} {text}"
    )


@transaction.atomic
def note_report(report: Report) -> Bounce | None:
    """Keep what a report says of one of our mails; None when it is of none, or was read before.

    The mail is found by the signed address that it was sent from, or by its Message-ID. Nobody
    else knows those, so nobody can give somebody's address a bad name.
    """
    mail = _mail_of(report)
    if mail is None or mail.bounces.filter(report=report.key).exists():
        return None
    return _keep(
        mail,
        kind_of(0 if report.is_temporary else 550, report.status),
        report.status or ("4.0.0" if report.is_temporary else "5.0.0"),
        report.text,
        report.key,
    )


def trust_address(*, address: str, actor: Any) -> bool:
    """Use an address again: its owner or the staff say that it works. False when it was in use.

    Raises:
        PermissionDenied: when it is not one's own address and one is not of the staff.
    """
    if str(getattr(actor, "email", "")).lower() != address.lower():
        may_trust_addresses.check(actor)
    changed = UnreachableAddress.objects.filter(
        address=address.lower(), trusted_at__isnull=True
    ).update(trusted_at=clock.now(), trusted_by=actor)
    return bool(changed)


def _mail_of(report: Report) -> OutboxMail | None:
    if report.mail_id is not None:
        return OutboxMail.objects.filter(pk=report.mail_id).first()
    if report.message_id:
        return OutboxMail.objects.filter(message_id=report.message_id).first()
    return None


@transaction.atomic
def _keep(mail: OutboxMail, kind: Bounce.Kind, status: str, text: str, report: str = "") -> Bounce:
    bounce = Bounce.objects.create(
        mail=mail,
        address=mail.address,
        kind=kind,
        status=status[:20],
        text=" ".join(text.split())[:500],
        report=report,
    )
    if kind == Bounce.Kind.PERMANENT:
        _mark(mail.address.lower())
    return bounce


def _mark(address: str) -> None:
    """Take the address out of use after so many permanent refusals since it was last trusted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"at:{address}"])
    known = UnreachableAddress.objects.filter(address=address)
    if known.filter(trusted_at__isnull=True).exists():
        return
    since = clock.now() - COUNTED_FOR
    trusted = known.order_by("-trusted_at").values_list("trusted_at", flat=True).first()
    count = Bounce.objects.filter(
        address__iexact=address,
        kind=Bounce.Kind.PERMANENT,
        at__gt=max(since, trusted) if trusted else since,
    ).count()
    if count >= settings.MAIL_BOUNCE_LIMIT:
        UnreachableAddress.objects.create(address=address, bounces=count)
