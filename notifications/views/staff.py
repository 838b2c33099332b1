"""Staff see what will be sent, what was sent, what waits, what came back, and why."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.views import sentences, staff_required
from notifications import selectors
from notifications.filters import BounceFilter, MailFilter, ReminderFilter
from notifications.lifecycle import ReminderState
from notifications.models import OutboxMail, UnreachableAddress
from notifications.policies import may_resend, may_see_messages, may_trust_addresses
from notifications.services import resend_mail, trust_address
from notifications.views.paging import page_of

REMINDER_ORDERS = ["due_at", "-due_at", "about_label", "-about_label"]
BOUNCE_ORDERS = ["-at", "at", "address", "-address"]
MAIL_ORDERS = ["-created_at", "created_at", "address", "-address", "subject", "-subject"]


@require_safe
@staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """Reminders: planned for the next 30 days unless another state is chosen."""
    may_see_messages.check(request.user)
    now = clock.now()
    chosen = request.GET.copy()
    chosen.setdefault("state", ReminderState.PLANNED)
    found = ReminderFilter(chosen, selectors.reminders_for_staff(request.user, now))
    planned = chosen["state"] == ReminderState.PLANNED
    default = "due_at" if planned else "-due_at"
    context = {
        "filter": found,
        "page_obj": page_of(request, found.qs, REMINDER_ORDERS, default),
        "default_order": default,
        "counts": selectors.reminder_counts(request.user, now),
        "tabs": _tabs(request.user, active="reminders"),
        "export_url": _export_url("herinneringen", chosen),
    }
    return render(request, "notifications/overview.html", context)


@require_safe
@staff_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail, before and after it leaves."""
    may_see_messages.check(request.user)
    found = MailFilter(request.GET, selectors.mails_for_staff(request.user))
    context = {
        "filter": found,
        "page_obj": page_of(request, found.qs, MAIL_ORDERS, "-created_at"),
        "tabs": _tabs(request.user, active="outbox"),
        "export_url": _export_url("mails", request.GET),
        "held": selectors.mails_that_need_a_person(request.user)["held"],
    }
    return render(request, "notifications/outbox.html", context)


@require_safe
@staff_required
def mail_detail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail as the person reads it, and what became of it."""
    may_see_messages.check(request.user)
    mail = _mail_or_404(request.user, mail_id)
    context = {
        "mail": mail,
        "reminder": getattr(mail, "reminder", None),
        "can_resend": mail.can_be_resent and may_resend.test(request.user, mail),
        "show_body": not mail.is_private,
        "bounces": mail.bounces.all()[:20],
    }
    return render(request, "notifications/mail_detail.html", context)


@require_POST
@staff_required
def mail_resend(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Send a failed or uncertain mail again."""
    may_see_messages.check(request.user)
    mail = _mail_or_404(request.user, mail_id)
    may_resend.check(request.user, mail)
    try:
        resend_mail(mail_id=mail_id, actor=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De mail staat klaar en vertrekt binnen een minuut."))
    return redirect("notifications:mail", mail_id)


@require_safe
@staff_required
def addresses(request: HttpRequest) -> HttpResponse:
    """Addresses that do not work, and every mail that came back."""
    may_see_messages.check(request.user)
    found = BounceFilter(request.GET, selectors.bounces_for_staff(request.user))
    context = {
        "filter": found,
        "page_obj": page_of(request, found.qs, BOUNCE_ORDERS, "-at"),
        "unreachable": selectors.unreachable_addresses(),
        "can_trust": may_trust_addresses.test(request.user),
        "tabs": _tabs(request.user, active="addresses"),
        "export_url": _export_url("teruggekomen", request.GET),
    }
    return render(request, "notifications/addresses.html", context)


@require_POST
@staff_required
def address_trust(request: HttpRequest, pk: int) -> HttpResponse:
    """Use an address again: it works, or its owner has another one now."""
    may_see_messages.check(request.user)
    may_trust_addresses.check(request.user)
    row = get_object_or_404(UnreachableAddress, pk=pk)
    if trust_address(address=row.address, actor=request.user):
        messages.success(request, _("We sturen weer mails aan %(a)s.") % {"a": row.address})
    return redirect("notifications:addresses")


def _mail_or_404(user: Any, mail_id: int) -> OutboxMail:
    mail = selectors.mail_for_staff(user, mail_id)
    if mail is None:
        raise Http404
    return mail


def _export_url(name: str, chosen: QueryDict) -> str:
    """The list as it is filtered, as a file. The address belongs to a room above: by name."""
    return f"{reverse('dashboard:mail_export', args=[name])}?{chosen.urlencode()}"


def _tabs(user: Any, *, active: str) -> list[dict[str, Any]]:
    attention = selectors.mails_that_need_a_person(user)["broken"]
    return [
        {
            "label": _("Herinneringen"),
            "url": reverse("notifications:overview"),
            "active": active == "reminders",
            "count": None,
        },
        {
            "label": _("Mails"),
            "url": reverse("notifications:outbox"),
            "active": active == "outbox",
            "count": _("%(n)d na te kijken") % {"n": attention} if attention else None,
        },
        {
            "label": _("Adressen"),
            "url": reverse("notifications:addresses"),
            "active": active == "addresses",
            "count": len(selectors.unreachable_addresses()) or None,
        },
    ]
