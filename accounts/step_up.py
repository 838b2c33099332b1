"""A fresh proof of who one is, before what cannot be taken back (pio_portal/step_up.py)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from accounts.forms import StepUpForm
from accounts.models import User
from accounts.services.second_factor import device_of
from accounts.standing import came_from_acm_idm
from accounts.typed_text import FIELD, typed_in, unwrap, wrap
from common import clock

PROVEN_AT = "proven_at"


def remember_proof(request: HttpRequest) -> None:
    """The person has just shown who it is."""
    request.session[PROVEN_AT] = clock.now().timestamp()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is young enough, or none is asked here (settings.STEP_UP)."""
    if not settings.STEP_UP:
        return True
    age = clock.now().timestamp() - request.session.get(PROVEN_AT, 0)
    return 0 <= age <= settings.STEP_UP_MINUTES * 60


class StepUpMiddleware:
    """Answer with the page that asks for a proof, before a view of the table is called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Only for who is signed in: others are asked to sign in by the view itself."""
        match = request.resolver_match
        methods = settings.STEP_UP_VIEWS.get(match.view_name if match else "", frozenset())
        if request.method not in methods or is_fresh(request):
            return None
        return ask_proof(request) if request.user.is_authenticated else None


def ask_proof(request: HttpRequest) -> HttpResponse:
    """The page that asks for a proof and keeps what was typed; nothing was done yet."""
    address = request.get_full_path()
    if getattr(request, "htmx", False):
        asked = f"{reverse('accounts:step_up')}?{urlencode({'next': address})}"
        return HttpResponse(status=204, headers={"HX-Redirect": asked})
    if request.method != "POST":
        return redirect(f"{reverse('accounts:step_up')}?{urlencode({'next': address})}")
    text = typed_in(request)
    return proof_page(request, wanted=address, typed=wrap(text) if text else "")


def proof_page(
    request: HttpRequest,
    *,
    wanted: str,
    typed: str = "",
    form: StepUpForm | None = None,
) -> HttpResponse:
    """Asks for the password, a code of the app, or ACM/IDM: what this session came with."""
    assert isinstance(request.user, User)
    by_acm_idm = came_from_acm_idm(request)
    form = form or StepUpForm(with_code=device_of(request.user) is not None)
    response = render(
        request,
        "accounts/step_up.html",
        {
            "form": None if by_acm_idm else form,
            "next": wanted,
            "typed_text": typed,
            "text": unwrap({FIELD: typed}),
            "minutes": settings.STEP_UP_MINUTES,
        },
    )
    add_never_cache_headers(response)
    return response


def _remember_sign_in(request: HttpRequest | None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        remember_proof(request)


user_logged_in.connect(_remember_sign_in, dispatch_uid="accounts.step_up")
