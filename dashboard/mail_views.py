"""What was sent, held, skipped and refused, as a file: the three lists of the staff pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common import clock
from common.views import staff_required
from documents.csv_files import csv_response
from documents.spreadsheets import INTEGER, MOMENT, TEXT, Column, Sheet
from notifications import selectors
from notifications.filters import BounceFilter, MailFilter, ReminderFilter
from notifications.models import Bounce, OutboxMail, Reminder
from notifications.policies import may_see_messages

LARGEST_EXPORT = 20_000
"""Rows of one file; who wants more chooses a shorter period."""


@dataclass(frozen=True)
class MailList:
    """One list: where it stands, how it is filtered and found, and its columns."""

    label: Any
    page: str
    filter: type[django_filters.FilterSet]
    find: Callable[[Any], QuerySet[Any]]
    columns: Sequence[Column]
    cells: Callable[[Any], list[Any]]


def _reminder_cells(row: Reminder) -> list[Any]:
    mail = row.mail
    return [
        row.due_at,
        row.rule_label,
        str(row.offset),
        row.about_label,
        str(row.recipient),
        row.deadline,
        row.get_state_display(),
        row.decided_at,
        row.reason,
        mail.get_state_display() if mail else "",
        mail.note if mail else "",
    ]


def _mail_cells(row: OutboxMail) -> list[Any]:
    return [
        row.created_at,
        row.kind_label,
        row.subject,
        row.address,
        row.get_state_display(),
        row.sent_at,
        row.attempts,
        row.why,
        row.note,
        row.error,
    ]


def _bounce_cells(row: Bounce) -> list[Any]:
    subject = row.mail.subject if row.mail else ""
    return [row.at, row.address, subject, row.get_kind_display(), row.status, row.text]


def _text(label: Any) -> Column:
    return Column(label, TEXT)


LISTS: dict[str, MailList] = {
    "herinneringen": MailList(
        label=gettext_lazy("Herinneringen"),
        page="notifications:overview",
        filter=ReminderFilter,
        find=lambda user: selectors.reminders_for_staff(user, clock.now()),
        columns=[
            Column(gettext_lazy("Moment"), MOMENT),
            _text(gettext_lazy("Soort")),
            _text(gettext_lazy("Tijdstip")),
            _text(gettext_lazy("Gaat over")),
            _text(gettext_lazy("Ontvanger")),
            Column(gettext_lazy("Termijn"), MOMENT),
            _text(gettext_lazy("Status")),
            Column(gettext_lazy("Beslist op"), MOMENT),
            _text(gettext_lazy("Reden")),
            _text(gettext_lazy("Mail")),
            _text(gettext_lazy("Toelichting")),
        ],
        cells=_reminder_cells,
    ),
    "mails": MailList(
        label=gettext_lazy("Mails"),
        page="notifications:outbox",
        filter=MailFilter,
        find=selectors.mails_for_staff,
        columns=[
            Column(gettext_lazy("Gemaakt op"), MOMENT),
            _text(gettext_lazy("Soort")),
            _text(gettext_lazy("Onderwerp")),
            _text(gettext_lazy("Aan")),
            _text(gettext_lazy("Status")),
            Column(gettext_lazy("Verzonden op"), MOMENT),
            Column(gettext_lazy("Pogingen"), INTEGER),
            _text(gettext_lazy("Waarom")),
            _text(gettext_lazy("Toelichting")),
            _text(gettext_lazy("Laatste fout")),
        ],
        cells=_mail_cells,
    ),
    "teruggekomen": MailList(
        label=gettext_lazy("Teruggekomen mails"),
        page="notifications:addresses",
        filter=BounceFilter,
        find=selectors.bounces_for_staff,
        columns=[
            Column(gettext_lazy("Op"), MOMENT),
            _text(gettext_lazy("Adres")),
            _text(gettext_lazy("Mail")),
            _text(gettext_lazy("Soort")),
            _text(gettext_lazy("Code")),
            _text(gettext_lazy("Antwoord van de mailserver")),
        ],
        cells=_bounce_cells,
    ),
}


@staff_required
@require_safe
def mail_export(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list as it is filtered on the screen, all its pages, as CSV."""
    may_see_messages.check(request.user)
    if name not in LISTS:
        raise Http404
    wanted = LISTS[name]
    back = f"{reverse(wanted.page)}?{request.GET.urlencode()}"
    found = wanted.filter(request.GET, wanted.find(request.user))
    if not found.is_valid():  # the page says what is wrong
        return redirect(back)
    rows = list(found.qs[: LARGEST_EXPORT + 1])
    if len(rows) > LARGEST_EXPORT:
        messages.error(
            request, _("Een bestand bevat hoogstens 20.000 rijen. Kies een kortere periode.")
        )
        return redirect(back)
    sheet = Sheet(str(wanted.label), wanted.columns, [wanted.cells(row) for row in rows])
    return csv_response(sheet, f"{name}-{clock.now():%Y-%m-%d}.csv")
