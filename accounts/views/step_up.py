"""Proving again who one is, and going on with what one was doing."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.forms import StepUpForm
from accounts.requests import SignedInRequest
from accounts.services.second_factor import check_code, device_of
from accounts.standing import came_from_acm_idm
from accounts.step_up import proof_page, remember_proof
from accounts.typed_text import FIELD, unwrap
from accounts.views.profile import local_address
from accounts.views.second_factor import too_soon, wait_sentence
from accounts.views.typed_text import offer


@login_required
def step_up(request: SignedInRequest) -> HttpResponse:
    """A password, or a code of the app; wrong passwords count for the lock-out."""
    wanted = local_address(request, request.POST.get("next") or request.GET.get("next", ""))
    text = unwrap(request.POST)
    typed = request.POST.get(FIELD, "") if text else ""
    if came_from_acm_idm(request) or request.method != "POST":
        return proof_page(request, wanted=wanted, typed=typed)
    form = StepUpForm(request.POST, with_code=device_of(request.user) is not None)
    wait = _check(request, form) if form.is_valid() else 0
    if not form.is_valid():
        return too_soon(proof_page(request, wanted=wanted, typed=typed, form=form), wait)
    remember_proof(request)
    if text is not None:
        return offer(request, text, is_proven=True)
    return HttpResponseRedirect(wanted) if wanted else redirect("dashboard:home")


def _check(request: SignedInRequest, form: StepUpForm) -> int:
    """Put what is wrong on the form; gives the seconds that the next try must wait."""
    given: Any = form.cleaned_data["proof"]
    if form.with_code:
        proof = check_code(user=request.user, code=given)
        if proof.device is None:
            form.add_error("proof", wait_sentence(proof.wait))
        return proof.wait
    if not _is_password(request, given):
        form.add_error("proof", _("Dit wachtwoord is niet juist."))
    return 0


def _is_password(request: HttpRequest, given: str) -> bool:
    email = request.user.email  # type: ignore[union-attr]
    found = authenticate(request, username=email, password=given)
    return found is not None and found.pk == request.user.pk
