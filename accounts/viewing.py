"""The session of an administrator who sees the portal as somebody else.

Read-only, for at most half an hour, never of another administrator. Who looks stays known:
`user.viewed_by`. The rights of both are looked at in every request.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policies import is_administrator, may_be_viewed
from common import clock

VIEWING = "viewing"
MINUTES = 30
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
STILL_ALLOWED = frozenset({"accounts:stop_viewing", "accounts:sign_out", "set_language"})
READ_ONLY = _(
    "U bekijkt het portaal als iemand anders. U kunt alles lezen wat deze persoon leest, "
    "maar niets wijzigen."
)


def remember_viewing(request: HttpRequest, person: User) -> None:
    """From the next request on the portal is that of this person."""
    ends_at = clock.now().timestamp() + MINUTES * 60
    request.session[VIEWING] = {"person": person.pk, "ends_at": ends_at}


def forget_viewing(request: HttpRequest) -> None:
    """From the next request on everybody is who he or she is."""
    request.session.pop(VIEWING, None)


def viewed_person(request: HttpRequest, administrator: User) -> User | None:
    """As whom this administrator looks now; None when nobody, or no longer."""
    viewing: Any = request.session.get(VIEWING)
    if not viewing or clock.now().timestamp() >= viewing["ends_at"]:
        return None
    person = User.objects.filter(pk=viewing["person"], is_active=True).first()
    if person is None or not is_administrator.test(administrator) or not may_be_viewed.test(person):
        return None
    person.viewed_by = administrator
    return person


class ReadOnlyViewingMiddleware:
    """Refuse every method that may change something while one looks as somebody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Raises PermissionDenied: with the sentence why."""
        if request.method in SAFE or VIEWING not in request.session:
            return
        match = request.resolver_match
        if match and match.view_name in STILL_ALLOWED:
            return
        if getattr(request.user, "viewed_by", None) is not None:
            raise PermissionDenied(READ_ONLY)
