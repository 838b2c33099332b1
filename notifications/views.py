"""Staff see what will be sent, what was sent, and why something was not; the demo has a mailbox."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.views import sentences, staff_required
from notifications import selectors
from notifications.filters import MailboxFilter, MailFilter, ReminderFilter
from notifications.lifecycle import ReminderState
from notifications.models import OutboxMail
from notifications.policies import may_resend, may_see_messages
from notifications.services import resend_mail

PAGE_SIZE = 50
REMINDER_ORDERS = ["due_at", "-due_at", "about_label", "-about_label"]
MAIL_ORDERS = ["-created_at", "created_at", "address", "-address", "subject", "-subject"]


@require_GET
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
        "page_obj": _page(request, found.qs, REMINDER_ORDERS, default),
        "default_order": default,
        "counts": selectors.reminder_counts(request.user, now),
        "tabs": _tabs(request.user, active="reminders"),
    }
    return render(request, "notifications/overview.html", context)


@require_GET
@staff_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail, before and after it leaves."""
    may_see_messages.check(request.user)
    found = MailFilter(request.GET, selectors.mails_for_staff(request.user))
    context = {
        "filter": found,
        "page_obj": _page(request, found.qs, MAIL_ORDERS, "-created_at"),
        "tabs": _tabs(request.user, active="outbox"),
        "held": selectors.mails_that_need_a_person(request.user)["held"],
    }
    return render(request, "notifications/outbox.html", context)


@require_GET
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


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail of the demo, newest first, for whoever tries the portal out."""
    _only_in_the_demo()
    found = MailboxFilter(request.GET, selectors.mailbox_mails())
    context = {
        "filter": found,
        "page_obj": _page(request, found.qs, ["-created_at"], "-created_at"),
        "addresses": selectors.mailbox_addresses(),
    }
    return render(request, "notifications/mailbox.html", context)


@require_GET
def mailbox_detail(request: HttpRequest, mail_id: int) -> HttpResponse:
    _only_in_the_demo()
    mail = selectors.mailbox_mail(mail_id)
    if mail is None:
        raise Http404
    return render(request, "notifications/mailbox_detail.html", {"mail": mail})


def _only_in_the_demo() -> None:
    if not settings.DEMO_LOGIN:
        raise Http404


def _mail_or_404(user: Any, mail_id: int) -> OutboxMail:
    mail = selectors.mail_for_staff(user, mail_id)
    if mail is None:
        raise Http404
    return mail


def _page(request: HttpRequest, rows: QuerySet[Any], orders: list[str], default: str) -> Page[Any]:
    """The asked page in the asked order, with the key last so that no row shows twice."""
    order = request.GET.get("sort", default)
    if order not in orders:
        order = default
    tie = "-pk" if order.startswith("-") else "pk"
    return Paginator(rows.order_by(order, tie), PAGE_SIZE).get_page(request.GET.get("page"))


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
    ]
