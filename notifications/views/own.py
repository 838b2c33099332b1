"""A person's own messages, how they come, and a calendar of one's own.

The link in a mail that stops a kind of message works without signing in, and shows a button: mail
programs and virus scanners open links.
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from common import clock
from common.views import service_errors
from notifications import calendars, selectors, services
from notifications.forms import ChoicesForm
from notifications.kinds import get_kind
from notifications.mails import portal_url
from notifications.services.limits import DIGEST_KIND, is_unreachable
from notifications.services.routing import read_stop_token
from notifications.views.paging import page_of


@require_safe
@login_required
def own_messages(request: HttpRequest) -> HttpResponse:
    """Everything that the portal told this person, by whatever way it came."""
    context = {
        "page_obj": page_of(
            request, selectors.messages_of(request.user), ["-created_at"], "-created_at"
        ),
        "comes_back": is_unreachable(request.user.email),  # type: ignore[union-attr]
    }
    return render(request, "notifications/messages.html", context)


@require_safe
@login_required
def message(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One message: what it says, why this person got it, and how it came."""
    mail = selectors.message_of(request.user, mail_id)
    if mail is None:
        raise Http404
    context = {
        "mail": mail,
        "kind": get_kind(mail.kind),
        "show_body": not mail.is_private,  # a personal link is in the mail alone
        "is_digest": mail.kind == DIGEST_KIND,
        "gathered": list(selectors.messages_of(request.user).filter(digest=mail)),
    }
    return render(request, "notifications/message.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """How each kind of message comes."""
    form = ChoicesForm(request.POST or None, user=request.user)
    if form.is_valid():
        with service_errors(form):
            services.choose_channels(actor=request.user, channels=form.channels)
        if form.is_valid():
            messages.success(request, _("Uw keuzes zijn opgeslagen."))
            return redirect("notifications:choices")
    context = {"form": form, "always": selectors.kinds_that_always_come(request.user)}
    return render(request, "notifications/choices.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail. Without CSRF token: a mail program posts here by itself (RFC 8058)."""
    found = read_stop_token(token)
    if found is None:
        return render(request, "notifications/stop_gone.html", status=404)
    if request.method == "POST":
        services.stop_by_link(token=token)
        return render(request, "notifications/stopped.html", {"kind": found[1]})
    return render(request, "notifications/stop.html", {"kind": found[1]})


@require_POST
@login_required
def address_works(request: HttpRequest) -> HttpResponse:
    """The person says that the own address works again."""
    services.trust_address(address=request.user.email, actor=request.user)  # type: ignore[union-attr]
    messages.success(request, _("We sturen u weer mails."))
    return redirect("notifications:messages")


@require_safe
@login_required
def own_calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of one's calendar; not for who looks at the portal as somebody else."""
    feed = selectors.calendar_of_person(request.user)
    is_owner = getattr(request.user, "viewed_by", None) is None
    context = {
        "feed": feed,
        "url": portal_url("notifications:calendar_feed", feed.secret) if feed and is_owner else "",
    }
    return render(request, "notifications/calendar.html", context)


@require_POST
@login_required
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """A new secret address; the old one stops."""
    services.renew_calendar(actor=request.user)
    messages.success(request, _("Uw agenda heeft een nieuw adres. Het vorige werkt niet meer."))
    return redirect("notifications:calendar")


@require_POST
@login_required
def calendar_stop(request: HttpRequest) -> HttpResponse:
    """No calendar any more."""
    services.stop_calendar(actor=request.user)
    messages.success(request, _("Uw agenda is gestopt. Het adres werkt niet meer."))
    return redirect("notifications:calendar")


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever knows the secret, as its owner may see it at this moment."""
    feed = selectors.calendar_at(secret)
    if feed is None:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        content = calendars.calendar_of(
            calendars.appointments_of(feed.user, clock.now()), feed.created_at
        )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="termijnen-pio.ics"',
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        },
    )
