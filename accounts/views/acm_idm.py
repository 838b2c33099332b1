"""To ACM/IDM and back: signing in, another organisation, linking an account.

What a person typed while signed out goes along in the session, beside the state of this one
sign-in, and is offered again afterwards (`accounts.views.typed_text.kept_text`).
"""

import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from mozilla_django_oidc.utils import (
    add_state_and_verifier_and_nonce_to_session,
    generate_code_challenge,
)

from accounts.models import ExternalIdentity, User
from accounts.oidc.backend import BACKEND, CLOCK_SKEW, AcmIdmBackend
from accounts.oidc.claims import Person, read_person
from accounts.oidc.provider import is_on, provider
from accounts.oidc.refusals import Refusal, SignInRefusedError
from accounts.selectors import SESSION_KEY
from accounts.services.acm_idm import SignedIn, link_identity, record_refusal, sign_in_person
from accounts.standing import came_from_acm_idm, remember_acm_idm
from accounts.step_up import ask_proof, is_fresh, remember_proof
from accounts.typed_text import FIELD, KEPT, unwrap
from accounts.views.profile import safe_next

STATES = "oidc_states"
"""Where the library keeps the sign-ins that are under way, by their state."""
MINUTES = 15
SIGN_IN, SWITCH, LINK, FRESH = "sign_in", "switch", "link", "fresh"
_EXTRA: dict[str, dict[str, str]] = {
    SIGN_IN: {},
    SWITCH: {"switch": "true"},
    LINK: {},
    FRESH: {"prompt": "login", "max_age": "0"},
}


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Go to ACM/IDM, with a state, a nonce and a PKCE challenge that are used once."""
    if not is_on():
        raise Http404
    purpose = request.POST.get("purpose", SIGN_IN)
    is_allowed = {
        SIGN_IN: True,
        SWITCH: came_from_acm_idm(request),
        FRESH: came_from_acm_idm(request),
        LINK: request.user.is_authenticated and not came_from_acm_idm(request),
    }
    if not is_allowed.get(purpose, False):
        raise Http404
    if purpose == LINK and not is_fresh(request):
        return ask_proof(request)  # whoever links an account takes it over for good
    typed = request.POST.get(FIELD, "") if unwrap(request.POST) else ""
    try:
        to = provider().authorization
    except SignInRefusedError as error:
        return _refuse(request, error, {"next": safe_next(request), FIELD: typed})
    state, nonce, verifier = get_random_string(32), get_random_string(32), get_random_string(64)
    asked = {
        "response_type": "code",
        "scope": settings.OIDC_RP_SCOPES,
        "client_id": settings.OIDC_RP_CLIENT_ID,
        "redirect_uri": _back(request),
        "state": state,
        "nonce": nonce,
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
        **_EXTRA[purpose],
    }
    if settings.OIDC_ACR_VALUES:
        asked["acr_values"] = " ".join(settings.OIDC_ACR_VALUES)
    add_state_and_verifier_and_nonce_to_session(request, state, asked, verifier)
    request.session[STATES][state] |= {
        "purpose": purpose,
        "next": safe_next(request),
        FIELD: typed,
        "user": request.user.pk,
    }
    request.session.modified = True
    separator = "&" if "?" in to else "?"
    return HttpResponseRedirect(f"{to}{separator}{urlencode(asked)}")


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Back from ACM/IDM. By its standard a GET that signs in; the state makes it work once."""
    if not is_on():
        raise Http404
    under_way = request.session.get(STATES, {})
    entry = under_way.pop(request.GET.get("state", ""), None)
    request.session.modified = True
    try:
        if entry is None or time.time() - entry["added_on"] > MINUTES * 60:
            raise SignInRefusedError(Refusal.STALE)
        person = read_person(_claims(request, entry))
        if entry["purpose"] == FRESH:
            _check_fresh(request, person, entry)
            remember_proof(request)
            return _go_on(request, entry)
        signed_in = _admit(request, person, entry)
    except SignInRefusedError as error:
        return _refuse(request, error, entry or {})
    return _welcome(request, signed_in, entry)


def end_session_url(request: HttpRequest) -> str:
    """Where the session at ACM/IDM ends, with the way back; empty when that is not known."""
    try:
        end = provider().end_session if is_on() else ""
    except SignInRefusedError:
        return ""
    if not end:
        return ""
    back = request.build_absolute_uri(resolve_url(settings.LOGOUT_REDIRECT_URL))
    query = {"client_id": settings.OIDC_RP_CLIENT_ID, "post_logout_redirect_uri": back}
    return f"{end}{'&' if '?' in end else '?'}{urlencode(query)}"


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("accounts:acm_idm_back"))


def _claims(request: HttpRequest, entry: dict[str, Any]) -> dict[str, Any]:
    if error := request.GET.get("error"):
        cancelled = error in {"access_denied", "user_cancelled"}
        raise SignInRefusedError(Refusal.CANCELLED if cancelled else Refusal.BY_PROVIDER)
    if not request.GET.get("code"):
        raise SignInRefusedError(Refusal.BY_PROVIDER)
    return AcmIdmBackend().claims_of(
        code=request.GET["code"],
        nonce=entry["nonce"],
        code_verifier=entry["code_verifier"],
        redirect_uri=_back(request),
    )


def _admit(request: HttpRequest, person: Person, entry: dict[str, Any]) -> SignedIn:
    """Who comes back must be who went, unless nobody was signed in."""
    if entry["purpose"] != SIGN_IN and request.user.pk != entry["user"]:
        raise SignInRefusedError(Refusal.OTHER_PERSON)
    if entry["purpose"] == LINK and isinstance(request.user, User):
        return link_identity(actor=request.user, person=person)
    return sign_in_person(person=person)


def _welcome(request: HttpRequest, signed_in: SignedIn, entry: dict[str, Any]) -> HttpResponse:
    organisation = signed_in.organisation
    # What stood in the session was of the organisation before; a new person starts empty anyway.
    request.session.pop(SESSION_KEY, None)
    login(request, signed_in.user, backend=BACKEND)
    organisation_id = organisation.pk if organisation else None
    remember_acm_idm(request, identity=signed_in.identity, organisation_id=organisation_id)
    if organisation_id:
        request.session[SESSION_KEY] = organisation_id
    if not signed_in.has_role:
        messages.warning(request, Refusal.NO_ROLE.label)
    elif entry["purpose"] == SWITCH and organisation:
        messages.success(request, _("U werkt nu voor %(name)s.") % {"name": organisation.name})
    elif entry["purpose"] == LINK:
        messages.success(
            request,
            _("Uw account is gekoppeld. Voortaan meldt u zich aan met ACM/IDM, zonder wachtwoord."),
        )
    return _go_on(request, entry)


def _check_fresh(request: HttpRequest, person: Person, entry: dict[str, Any]) -> None:
    """The same person, who proved it after being sent there."""
    known = ExternalIdentity.objects.filter(issuer=person.issuer, subject=person.subject).first()
    if known is None or known.user_id != request.user.pk:
        raise SignInRefusedError(Refusal.OTHER_PERSON)
    if person.authenticated_at < entry["added_on"] - CLOCK_SKEW:
        raise SignInRefusedError(Refusal.NOT_FRESH)


def _go_on(request: HttpRequest, entry: dict[str, Any]) -> HttpResponse:
    """To where the person was going, by way of the text that came along."""
    if entry[FIELD]:
        request.session[KEPT] = entry[FIELD]
        return redirect("accounts:kept_text")
    return HttpResponseRedirect(entry["next"])


def _refuse(request: HttpRequest, error: SignInRefusedError, entry: dict[str, Any]) -> HttpResponse:
    """Say why, offer to try again, and keep what was typed."""
    if "nonce" in entry:  # of a sign-in that began here: a visitor cannot fill the log
        record_refusal(refusal=error.refusal, about=error.about)
    response = render(
        request,
        "accounts/acm_idm_refused.html",
        {
            "sentence": error.refusal.label,
            "next": entry.get("next", ""),
            "typed_text": entry.get(FIELD, ""),
        },
        status=error.refusal.status,
    )
    add_never_cache_headers(response)
    return response
