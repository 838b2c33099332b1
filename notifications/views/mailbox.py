"""The demo has a mailbox that everybody reads."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications import selectors
from notifications.filters import MailboxFilter
from notifications.views.paging import page_of


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail of the demo, newest first, for whoever tries the portal out."""
    _only_in_the_demo()
    found = MailboxFilter(request.GET, selectors.mailbox_mails())
    context = {
        "filter": found,
        "page_obj": page_of(request, found.qs, ["-created_at"], "-created_at"),
        "addresses": selectors.mailbox_addresses(),
    }
    return render(request, "notifications/mailbox.html", context)


@require_safe
def mailbox_detail(request: HttpRequest, mail_id: int) -> HttpResponse:
    _only_in_the_demo()
    mail = selectors.mailbox_mail(mail_id)
    if mail is None:
        raise Http404
    return render(request, "notifications/mailbox_detail.html", {"mail": mail})


def _only_in_the_demo() -> None:
    if not settings.DEMO_LOGIN:
        raise Http404
