"""A person's own page and the organisation that he or she acts for."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import devices
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.selectors import SESSION_KEY, viewings_of
from accounts.services.profile import end_other_sessions, update_profile
from accounts.services.second_factor import device_of


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Show and change one's own contact data."""
    person = get_object_or_404(
        User, email=request.user.email
    )  # a refused form must not alter the header
    form = ProfileForm(request.POST or None, instance=person)
    if form.is_valid():
        update_profile(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Uw gegevens zijn opgeslagen."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "devices": devices.devices_of(request.user),
        "this_device": request.session.get(devices.DEVICE),
        "has_second_factor": device_of(request.user) is not None,
        "viewings": viewings_of(request.user),
    }
    return render(request, "accounts/profile.html", context)


@require_POST
@login_required
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    """End one's sessions on other devices; this one goes on."""
    end_other_sessions(actor=request.user)
    devices.forget_others(actor=request.user, but=request.session.get(devices.DEVICE))
    update_session_auth_hash(request, User.objects.get(pk=request.user.pk))
    messages.success(request, _("U bent overal elders afgemeld."))
    return redirect("accounts:profile")


@require_POST
@login_required
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one's session on another device."""
    if not devices.end_device(actor=request.user, pk=pk):
        raise Http404
    messages.success(request, _("Dat toestel is afgemeld."))
    return redirect("accounts:profile")


@require_POST
@login_required
def choose_organisation(request: SignedInRequest) -> HttpResponse:
    """Act for another of one's own organisations, for the rest of this session."""
    wanted = request.POST.get("organisation", "")
    chosen = next(
        (own for own in request.user.own_memberships if str(own.organisation_id) == wanted), None
    )
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = chosen.organisation_id
    messages.success(request, _("U werkt nu voor %(name)s.") % {"name": chosen.organisation.name})
    return HttpResponseRedirect(safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """The page a person came from or wants, when it is one of ours; else the own start page."""
    wanted = local_address(request, request.POST.get("next", ""))
    return wanted or resolve_url(settings.LOGIN_REDIRECT_URL)


def local_address(request: HttpRequest, wanted: str) -> str:
    """The address when it is one of ours, else nothing."""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""
