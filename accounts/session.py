"""How long a person stays signed in, and by what a browser knows whose text it keeps.

Each POST counts as activity and starts the time again (`SESSION_MINUTES`); a GET writes nothing, so
it does not. The instant at which the session ends stands in the session itself: Django's own
`get_expiry_date` counts from the present, whatever the row in the database says.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from common import clock

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
"""In a session of a local account."""
ENDS_AT = "ends_at"
ONCE_PER = 30
"""Seconds in which a session is written at most once, however often somebody posts."""


def browser_key(user: Any) -> str:
    """A value that stands for this person in a browser and tells nothing about who it is."""
    return salted_hmac("accounts.browser_key", str(user.pk), algorithm="sha256").hexdigest()[:32]


def seconds_left(request: HttpRequest) -> int | None:
    """Seconds until this session ends; None when nobody is signed in or it is not known."""
    ends_at = request.session.get(ENDS_AT) if request.user.is_authenticated else None
    if not isinstance(ends_at, int | float):
        return None
    return max(0, int(ends_at - clock.now().timestamp()))


def extend(request: HttpRequest) -> bool:
    """Start the time again, unless that was done a moment ago; says whether it was."""
    left = seconds_left(request)
    if left is not None and left >= settings.SESSION_COOKIE_AGE - ONCE_PER:
        return False
    request.session[ENDS_AT] = clock.now().timestamp() + settings.SESSION_COOKIE_AGE
    return True
