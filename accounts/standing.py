"""On what a session stands: looked at in every request, so that rights end when they are taken.

A session keeps no right itself. What it remembers (the organisation chosen at ACM/IDM) is compared
with what is stored now; when that is gone, nobody is signed in, and the pages ask to sign in.
"""

from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import ExternalIdentity, User
from accounts.oidc.provider import is_on
from accounts.services.second_factor import must_have_second_factor
from accounts.viewing import viewed_person

ACM_IDM = "acm_idm"
"""In the session of who came through ACM/IDM: ids of the identity and of the organisation."""

SECOND_FACTOR = "second_factor"
"""In the session of who gave a code: the number of the app that made it."""


def remember_second_factor(request: HttpRequest, device_id: int) -> None:
    """The session stands on this app from now on: it ends when the app is taken away."""
    request.session[SECOND_FACTOR] = device_id


def remember_acm_idm(
    request: HttpRequest, *, identity: ExternalIdentity, organisation_id: int | None
) -> None:
    """Bind the session to who and what was chosen at ACM/IDM."""
    request.session[ACM_IDM] = {"identity": identity.pk, "organisation": organisation_id or 0}


def came_from_acm_idm(request: HttpRequest) -> bool:
    return ACM_IDM in request.session


def standing_user(request: HttpRequest) -> User | AnonymousUser:
    """Who is signed in, with the rights that this session may use."""
    user = get_user(request)
    if not isinstance(user, User):
        return AnonymousUser()
    chosen: Any = request.session.get(ACM_IDM)
    user.acting_for = chosen["organisation"] if chosen else 0
    stands = _stands_on_acm_idm(user, chosen) if chosen else _stands_locally(request, user)
    if not stands:
        return AnonymousUser()
    return viewed_person(request, user) or user


def _stands_on_acm_idm(user: User, chosen: Any) -> bool:
    """ACM/IDM is on and still knows this account."""
    identities = ExternalIdentity.objects.filter(pk=chosen["identity"], user=user)
    return is_on() and identities.exists()


def _stands_locally(request: HttpRequest, user: User) -> bool:
    """The app that gave the second step is still there; staff came in with one."""
    device_id = request.session.get(SECOND_FACTOR)
    if device_id is None:
        return not must_have_second_factor(user)
    return TOTPDevice.objects.filter(pk=device_id, user=user, confirmed=True).exists()
