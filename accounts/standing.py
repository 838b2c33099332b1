"""On what a session stands: looked at in every request, so that rights end when they are taken.

A session keeps no right itself. What it remembers (the organisation chosen at ACM/IDM) is compared
with what is stored now; when that is gone, nobody is signed in, and the pages ask to sign in.
"""

from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import ExternalIdentity, User
from accounts.oidc.provider import is_on

ACM_IDM = "acm_idm"
"""In the session of who came through ACM/IDM: ids of the identity and of the organisation."""


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
    if chosen is None:
        user.acting_for = 0
        return user
    if (
        not is_on()
        or not ExternalIdentity.objects.filter(pk=chosen["identity"], user=user).exists()
    ):
        return AnonymousUser()
    user.acting_for = chosen["organisation"]
    return user
