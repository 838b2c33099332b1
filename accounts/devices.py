"""Where a person is signed in: noted at each sign-in, shown on the own page, ended from there."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.client_address import client_address
from accounts.models import SignedInDevice, User
from audit.services import record
from common import clock

DEVICE = "device"
"""In the session: the number of its row here."""
SEEN = "device_seen"
"""In the session: under which key, and when (seconds since 1970), its row was last written."""
ONCE_PER = timedelta(minutes=5)
"""A row is written at most once in this time; until then it may outlive its session that long."""

# The first that fits: what calls itself Edge calls itself Chrome and Safari too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """Browser and system in two words, without versions.

    >>> describe("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    """
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("onbekend toestel")


def devices_of(user: User) -> list[SignedInDevice]:
    """Where this person is signed in now, the last active first."""
    return list(SignedInDevice.objects.filter(user=user, ends_at__gt=clock.now()))


@transaction.atomic
def end_device(*, actor: User, pk: int) -> bool:
    """End one session of one's own; False when it is not there (any more)."""
    found = SignedInDevice.objects.select_for_update().filter(user=actor, pk=pk).first()
    if found is None:
        return False
    Session.objects.filter(session_key=found.session_key).delete()
    found.delete()
    record(actor=actor, action="user.session_ended", label="Eén toestel afgemeld", about=actor)
    return True


def seen(request: HttpRequest) -> None:
    """This session goes on: its key may be another one since it was last written."""
    pk, now, key = request.session.get(DEVICE), clock.now(), request.session.session_key or ""
    noted_key, noted_at = request.session.get(SEEN, ("", 0.0))
    if not pk or (noted_key == key and now.timestamp() - noted_at < ONCE_PER.total_seconds()):
        return
    SignedInDevice.objects.filter(pk=pk).update(session_key=key, seen_at=now, ends_at=now + _age())
    request.session[SEEN] = [key, now.timestamp()]


def forget_others(*, actor: User, but: Any) -> None:
    """After all other sessions were ended: their rows go too."""
    SignedInDevice.objects.filter(user=actor).exclude(pk=but).delete()


def _age() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE) + ONCE_PER


def _note(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is None or not hasattr(request, "session"):
        return
    now = clock.now()
    SignedInDevice.objects.filter(ends_at__lt=now).delete()
    row = SignedInDevice.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        device=describe(request.headers.get("User-Agent", ""))[:60],
        address=client_address(request),
        ends_at=now + _age(),
    )
    request.session[DEVICE] = row.pk
    request.session[SEEN] = [row.session_key, now.timestamp()]


def _forget(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        SignedInDevice.objects.filter(pk=request.session.get(DEVICE, 0)).delete()


user_logged_in.connect(_note, dispatch_uid="accounts.devices.note")
user_logged_out.connect(_forget, dispatch_uid="accounts.devices.forget")
