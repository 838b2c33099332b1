"""What every page knows about the session of the person who reads it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.session import browser_key, seconds_left


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """`signed_in`: whose browser it is and when the session ends; None for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"signed_in": None}
    return {
        "signed_in": {
            "key": browser_key(user),
            "seconds": seconds_left(request),
            "warn": settings.SESSION_WARN_SECONDS,
        }
    }
