"""Reading what a mail server reports of a mail that it could not deliver (RFC 3464).

The report comes to an address of which each mail has its own: `bounces+12-<signature>@…`. Servers
that answer to another address still return the headers of the mail, with its Message-ID.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_OWN = re.compile(r"\+(\d{1,18})-([0-9a-f]{20})@", re.IGNORECASE)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,190}>")
_DELIVERED_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True)
class Report:
    """One report. `key` identifies it, so that reading it twice counts once."""

    key: str
    mail_id: int | None
    message_id: str
    status: str
    is_temporary: bool
    text: str


def return_address(mail_id: int) -> str:
    """Where reports of this mail go; "" when MAIL_BOUNCE_ADDRESS is not set."""
    local, at, domain = settings.MAIL_BOUNCE_ADDRESS.partition("@")
    return f"{local}+{mail_id}-{_signature(mail_id)}@{domain}" if at else ""


def read_report(raw: bytes) -> Report | None:
    """What this message reports; None when it is no delivery report that can be read.

    "Delivered" and "relayed" are good news: no report. Never raises for a message, however broken.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        return _read(message, hashlib.sha256(raw).hexdigest())
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return None


def _read(message: EmailMessage, key: str) -> Report | None:
    if message.get_content_type() != "multipart/report":
        return None
    fields = next(_status_fields(message), None)
    if fields is None:
        return None
    action = str(fields.get("Action", "")).strip().lower()
    if action not in {"failed", "delayed"}:
        return None
    found = _ENHANCED.search(str(fields.get("Status", "")))
    diagnostic = " ".join(str(fields.get("Diagnostic-Code", "")).split())
    return Report(
        key=key,
        mail_id=_own_address(message),
        message_id=_returned_message_id(message),
        status=found[0] if found else "",
        is_temporary=action == "delayed",
        text=diagnostic.removeprefix("smtp;").strip(),
    )


def _status_fields(message: Message) -> Iterator[Message]:
    """The blocks of the delivery-status part that are about a recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            if isinstance(blocks, list):
                yield from (block for block in blocks if block.get("Action"))


def _own_address(message: Message) -> int | None:
    for name in _DELIVERED_TO:
        for value in message.get_all(name, []):
            for number, signature in _OWN.findall(str(value)):
                if constant_time_compare(signature.lower(), _signature(int(number))):
                    return int(number)
    return None


def _returned_message_id(message: Message) -> str:
    """The Message-ID of the mail that came back, whole or only its headers."""
    for part in message.walk():
        payload: Any = None
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            value = str(payload[0].get("Message-ID", "")) if payload else ""
        elif part.get_content_type() == "text/rfc822-headers":
            headers = BytesParser(policy=policy.compat32).parsebytes(
                part.get_payload(decode=True) or b""  # type: ignore[arg-type]
            )
            value = str(headers.get("Message-ID", ""))
        else:
            continue
        found = _MESSAGE_ID.search(value)
        if found:
            return found[0]
    return ""


def _signature(mail_id: int) -> str:
    return salted_hmac("notifications.bounces", str(mail_id), algorithm="sha256").hexdigest()[:20]
