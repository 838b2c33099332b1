"""Signing in and out, and one's password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.client_address import client_address
from accounts.demo import DEMO_ACCOUNTS
from accounts.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm, SignInForm
from accounts.known_browser import is_guarded, know
from accounts.models import User
from accounts.services.passwords import request_password_reset
from accounts.services.throttle import seconds_to_wait
from accounts.session import MODEL_BACKEND
from accounts.standing import came_from_acm_idm
from accounts.typed_text import unwrap, wrap
from accounts.views.acm_idm import end_session_url
from accounts.views.lock_out import refuse_for_now
from accounts.views.profile import safe_next
from accounts.views.second_factor import ask_second_factor
from accounts.views.typed_text import give_back


class SignInView(auth_views.LoginView):
    """By e-mail address and password; with one button per invented person in the demo."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in and reloads the page after it sees the carried text again."""
        if request.method == "POST" and request.user.is_authenticated:
            return give_back(request) or super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and is_guarded(request, request.POST.get("username", "")):
            return render(request, "accounts/guarded.html", status=429)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The password was right; who has a second step is not in yet."""
        asked = ask_second_factor(self.request, form.get_user(), to=self.get_success_url())
        if asked is not None:
            return asked
        response = super().form_valid(form)
        return give_back(self.request) or response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        carried = unwrap(self.request.POST)
        return super().get_context_data(
            **kwargs,
            demo_accounts=DEMO_ACCOUNTS if settings.DEMO_LOGIN else [],
            typed_text=wrap(carried) if carried else "",
            is_too_much=False,
        )


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented people of the demo; exists only where the demo is on."""
    if not settings.DEMO_LOGIN:
        raise Http404
    email = request.POST.get("email", "")
    if email not in {account.email for account in DEMO_ACCOUNTS}:
        raise Http404
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        messages.error(request, _("Deze voorbeeldpersoon bestaat nog niet. Laad de voorbeelddata."))
        return redirect("accounts:sign_in")
    asked = ask_second_factor(request, user, to=safe_next(request))
    if asked is not None:
        return asked
    login(request, user, backend=MODEL_BACKEND)
    return give_back(request) or HttpResponseRedirect(safe_next(request))


@require_POST
@login_required
def extend_session(request: HttpRequest) -> HttpResponse:
    """Stay signed in: each POST extends the session (`RollingSessionMiddleware`)."""
    return HttpResponse(status=204)


class SignOutView(auth_views.LogoutView):
    """By POST only, so that no link or picture can sign a person out; at ACM/IDM as well."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        elsewhere = end_session_url(request) if came_from_acm_idm(request) else ""
        response = super().post(request, *args, **kwargs)
        return HttpResponseRedirect(elsewhere) if elsewhere else response


def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; says the same whether or not the address is known."""
    form = PasswordResetForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        wait = seconds_to_wait(
            what="password_reset",
            allowed={
                f"person {email.strip().lower()}": settings.PASSWORD_RESETS_PER_PERSON,
                f"place {client_address(request)}": settings.PASSWORD_RESETS_PER_PLACE,
            },
        )
        if wait:
            return refuse_for_now(request, wait, "accounts/reset_too_often.html")
        request_password_reset(email=email)
        return redirect("accounts:password_reset_sent")
    return render(request, "accounts/password_reset.html", {"form": form})


@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_reset_sent.html")


class PasswordSetView(auth_views.PasswordResetConfirmView):
    """Choose a password through the link of the mail."""

    template_name = "accounts/password_set.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("accounts:sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        know(response, self.request, form.user.email)
        messages.success(self.request, _("Uw wachtwoord is opgeslagen. U kunt nu aanmelden."))
        return response


class PasswordChangeView(auth_views.PasswordChangeView):
    """Choose another password while signed in; other sessions of this person end."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Uw nieuwe wachtwoord is opgeslagen."))
        return response
