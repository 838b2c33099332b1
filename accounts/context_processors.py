"""What every page knows about the session of the person who reads it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.oidc.provider import is_on
from accounts.session import browser_key, seconds_left
from accounts.standing import came_from_acm_idm


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """`signed_in`: whose browser it is and when the session ends; None for a visitor.

    `acm_idm`: whether people may sign in there, and whether this session came from there.
    """
    acm_idm = {"on": is_on(), "here": is_on() and came_from_acm_idm(request)}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"signed_in": None, "acm_idm": acm_idm}
    return {
        "acm_idm": acm_idm,
        "signed_in": {
            "key": browser_key(user),
            "seconds": seconds_left(request),
            "warn": settings.SESSION_WARN_SECONDS,
        },
    }
