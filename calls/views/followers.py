"""Following by mail: ask, confirm, stop. A link in a mail never does anything by itself.

Mail programs and virus scanners open the links of a mail; so each link shows a button.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_address
from calls import services
from calls.models import Call, CallFollower
from calls.public_forms import FollowForm
from common.views import service_errors


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Ask to follow one call, or all."""
    call = get_object_or_404(Call.objects.public(), slug=slug) if slug else None
    person = request.user if request.user.is_authenticated else None
    form = FollowForm(request.POST or None, initial={"email": person.email if person else ""})
    if form.is_valid():
        email = form.cleaned_data["email"]
        with service_errors(form):
            if not form.is_from_a_robot:
                services.ask_to_follow(
                    call=call, email=email, place=client_address(request) or "", by=person
                )
        if form.is_valid():
            is_own = person is not None and person.email.lower() == email.lower()
            messages.success(
                request,
                _("U volgt %(what)s. Elke mail heeft een link om te stoppen.")
                % {"what": call.reference if call else _("alle oproepen")}
                if is_own
                else _(
                    "Kijk in uw mailbox. We stuurden een mail met een link. Pas als u daar"
                    " bevestigt, krijgt u onze berichten. Volgt u al, dan verandert er niets."
                ),
            )
            return redirect(call or "calls:list")
    return render(request, "calls/follow.html", {"call": call, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the first mail."""
    follower = _follower(token)
    if follower is None:
        return _gone(request)
    if request.method == "POST":
        try:
            services.confirm_follower(token=token)
        except CallFollower.DoesNotExist:
            return _gone(request)
        messages.success(request, _("Bevestigd. U krijgt vanaf nu mails."))
        return redirect(follower.call or "calls:list")
    return render(request, "calls/follow_confirm.html", {"follower": follower})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in every mail to a follower.

    Without CSRF token: a mail program posts here by itself when its reader presses "uitschrijven"
    (RFC 8058). Only who knows the token can, and it does nothing but stop the mails.
    """
    if request.method == "POST":
        services.stop_following(token=token)
        return render(request, "calls/follow_stopped.html")
    follower = _follower(token)
    if follower is None:
        return _gone(request)
    return render(request, "calls/follow_stop.html", {"follower": follower})


def _follower(token: str) -> CallFollower | None:
    return CallFollower.objects.select_related("call").filter(token=token).first()


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "calls/follow_gone.html", status=404)
