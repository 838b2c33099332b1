"""The second step of signing in, and setting it up.

Between the password and the code nobody is signed in: the session only remembers whose turn it is,
for ten minutes. The secret of an app that is being set up travels signed in the page itself.
"""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.forms import CodeForm, SetUpForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services.second_factor import (
    app_address,
    check_code,
    device_of,
    must_have_second_factor,
    new_key,
    readable_key,
    renew_codes,
    set_up,
    spare_codes_left,
    take_off,
)
from accounts.session import MODEL_BACKEND
from accounts.standing import came_from_acm_idm, remember_second_factor
from accounts.typed_text import FIELD, KEPT, unwrap
from common import clock
from common.views import sentences, service_errors

PENDING = "second_factor_pending"
MINUTES = 10
_KEY_SALT, _CODES_SALT = "accounts.second_factor_key", "accounts.spare_codes"


def ask_second_factor(request: HttpRequest, user: User, *, to: str) -> HttpResponse | None:
    """After a right password: the way to the second step; None when this person has none."""
    has_one = device_of(user) is not None
    if not has_one and not must_have_second_factor(user):
        return None
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": clock.now().timestamp(),
        "next": to,
        FIELD: request.POST.get(FIELD, "") if unwrap(request.POST) else "",
    }
    return redirect("accounts:second_factor" if has_one else "accounts:second_factor_set_up")


def enter(request: HttpRequest) -> HttpResponse:
    """The code of the app, or a spare code."""
    user = _pending(request)
    if user is None:
        return _begin_again(request)
    form = CodeForm(request.POST or None)
    wait = 0
    if form.is_valid():
        proof = check_code(user=user, code=form.cleaned_data["code"])
        wait = proof.wait
        if proof.device is not None:
            return HttpResponseRedirect(_complete(request, user, proof.device.pk))
        form.add_error("code", wait_sentence(wait))
    response = render(request, "accounts/second_factor.html", {"form": form})
    return too_soon(response, wait)


def wait_sentence(wait: int) -> str:
    """Why a code was not accepted."""
    if not wait:
        return _("Deze code klopt niet of is al gebruikt. Wacht op de volgende code van de app.")
    return ngettext(
        "Er is een verkeerde code ingevuld. Probeer opnieuw over %(seconds)d seconde.",
        "Er is een verkeerde code ingevuld. Probeer opnieuw over %(seconds)d seconden.",
        wait,
    ) % {"seconds": wait}


def too_soon(response: HttpResponse, wait: int) -> HttpResponse:
    """Tell a program too when it may try again."""
    if wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
    return response


def set_up_app(request: HttpRequest) -> HttpResponse:
    """Connect an app: a QR code, the same in letters, and the first code as proof.

    For who is signed in, and for staff between the password and the first use.
    """
    pending = _pending(request)
    user = request.user if isinstance(request.user, User) else pending
    if user is None or came_from_acm_idm(request):
        return _begin_again(request)
    if user is pending and device_of(user) is not None:
        return redirect("accounts:second_factor")
    form = SetUpForm(request.POST or None)
    key = _signed_key(request, user) or new_key()
    if form.is_valid():
        with service_errors(form):
            device, codes = set_up(user=user, key=key, code=form.cleaned_data["code"])
    if form.is_valid():
        to = _complete(request, user, device.pk)
        return _show_codes(request, codes, to=to)
    context = {
        "form": form,
        "is_new": user is pending,
        "key": readable_key(key),
        "signed_key": signing.dumps({"user": user.pk, "key": key}, salt=_KEY_SALT),
        "picture": mark_safe(
            segno.make(app_address(user, key), error="m").svg_inline(
                scale=5, light="#fff", title=_("QR-code voor uw app"), svgclass=None, lineclass=None
            )
        ),
    }
    response = render(request, "accounts/second_factor_set_up.html", context)
    add_never_cache_headers(response)
    return response


@login_required
def manage(request: SignedInRequest) -> HttpResponse:
    """New spare codes, or no second step any more; a code shows that it is really this person."""
    if came_from_acm_idm(request):
        return redirect("accounts:profile")
    if device_of(request.user) is None:
        return redirect("accounts:second_factor_set_up")
    form = CodeForm(request.POST or None)
    wait = 0
    if form.is_valid():
        proof = check_code(user=request.user, code=form.cleaned_data["code"])
        wait = proof.wait
        if proof.device is None:
            form.add_error("code", wait_sentence(wait))
    if form.is_valid():
        if request.POST.get("act") == "codes":
            codes = renew_codes(actor=request.user)
            return _show_codes(request, codes, to=_profile())
        try:
            take_off(actor=request.user)
        except ValidationError as error:
            form.add_error(None, sentences(error))
        else:
            keep_this_session(request)
            messages.success(request, _("De tweede stap staat uit."))
            return redirect("accounts:profile")
    context = {
        "form": form,
        "codes_left": spare_codes_left(request.user),
        "is_required": must_have_second_factor(request.user),
    }
    return too_soon(render(request, "accounts/second_factor_manage.html", context), wait)


@require_POST
def codes_file(request: HttpRequest) -> HttpResponse:
    """The spare codes that a page just showed, as a text file."""
    try:
        codes = signing.loads(request.POST.get("codes", ""), salt=_CODES_SALT, max_age=3600)
    except signing.BadSignature:
        return redirect("accounts:profile")
    title = _("Reservecodes voor het PIO Portal; elke code werkt één keer")
    response = HttpResponse(
        "\r\n".join([title, "", *codes, ""]), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="pio-reservecodes.txt"'
    add_never_cache_headers(response)
    return response


def keep_this_session(request: HttpRequest) -> None:
    """After the sessions of this person were ended: this one goes on."""
    assert isinstance(request.user, User)
    update_session_auth_hash(request, User.objects.get(pk=request.user.pk))


def _pending(request: HttpRequest) -> User | None:
    """Who gave the right password in this session a moment ago."""
    waiting: Any = request.session.get(PENDING)
    if not waiting or clock.now().timestamp() - waiting["at"] > MINUTES * 60:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user and constant_time_compare(waiting["hash"], user.get_session_auth_hash()):
        return user
    return None


def _begin_again(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Meld u eerst aan met uw e-mailadres en wachtwoord."))
    return redirect("accounts:sign_in")


def _complete(request: HttpRequest, user: User, device_id: int) -> str:
    """Sign in, or go on in this session; gives the address to go to."""
    waiting: Any = request.session.pop(PENDING, None)
    if isinstance(request.user, User) and request.user.pk == user.pk:
        keep_this_session(request)
        remember_second_factor(request, device_id)
        return _profile()
    login(request, User.objects.get(pk=user.pk), backend=MODEL_BACKEND)
    remember_second_factor(request, device_id)
    if waiting[FIELD]:
        request.session[KEPT] = waiting[FIELD]
        return redirect("accounts:kept_text")["Location"]
    return str(waiting["next"])


def _profile() -> str:
    return redirect("accounts:profile")["Location"]


def _signed_key(request: HttpRequest, user: User) -> str:
    try:
        found = signing.loads(request.POST.get("key", ""), salt=_KEY_SALT, max_age=3600)
    except signing.BadSignature:
        return ""
    return str(found["key"]) if found["user"] == user.pk else ""


def _show_codes(request: HttpRequest, codes: list[str], *, to: str) -> HttpResponse:
    """Shown this once."""
    context = {"codes": codes, "to": to, "signed_codes": signing.dumps(codes, salt=_CODES_SALT)}
    response = render(request, "accounts/spare_codes.html", context)
    add_never_cache_headers(response)
    return response
