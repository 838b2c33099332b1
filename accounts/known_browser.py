"""Guessing one account slowly, from many places: only browsers that know the account go on trying.

The lock-out of django-axes counts per account and place, so that nobody locks a colleague out from
elsewhere. Who guesses from a thousand places is stopped here: when an account saw more failed
passwords in a day than SIGN_IN_ACCOUNT_LIMIT, a password counts only in a browser in which that
account signed in before. So whoever attacks shuts nobody out: the owner goes on in the own browser,
and elsewhere chooses a new password by mail, which makes that browser known. Addresses without an
account are treated alike, so that nobody learns which have one.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import Attempt
from common import clock

COOKIE = "bekende_browser"
MONTHS = 6
MOST = 5
"""Accounts that one browser keeps: several people may share it."""
WHAT = "password"
WINDOW = timedelta(days=1)
_SALT = "accounts.known_browser"


def is_guarded(request: HttpRequest, email: str) -> bool:
    """Whether a password for this account does not count in this browser now."""
    failures = Attempt.objects.filter(
        what=WHAT, key=_digest(email), at__gt=clock.now() - WINDOW
    ).count()
    return failures >= settings.SIGN_IN_ACCOUNT_LIMIT and _digest(email) not in _known(request)


def know(response: HttpResponse, request: HttpRequest, email: str) -> None:
    """Let this browser know the account from now on. It tells nobody which account that is."""
    digest = _digest(email)
    known = [digest, *(one for one in _known(request) if one != digest)][:MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=_SALT),
        max_age=MONTHS * 30 * 24 * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[str]:
    try:
        found: list[str] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=MONTHS * 30 * 24 * 3600
        )
    except signing.BadSignature:
        return []
    return found


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()


def _count_failure(credentials: dict[str, Any], **_: Any) -> None:
    email = credentials.get("username") or credentials.get("email")
    if isinstance(email, str) and email:
        Attempt.objects.filter(what=WHAT, at__lt=clock.now() - WINDOW).delete()
        Attempt.objects.create(what=WHAT, key=_digest(email[:254]))


def _mark(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None:
        request.__dict__["signed_in_email"] = user.email


user_login_failed.connect(_count_failure, dispatch_uid="accounts.known_browser.failed")
user_logged_in.connect(_mark, dispatch_uid="accounts.known_browser.signed_in")
