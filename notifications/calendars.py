"""A person's own deadlines as iCalendar (RFC 5545); the rooms above say which there are.

Only a number, what is asked and the day: the address is secret, yet a calendar program copies what
it reads to servers that are not ours. The rest stands behind the link, after signing in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common.formatting import format_deadline

LAST_HOUR = timedelta(hours=1)
DAYS_BACK = timedelta(days=31)
"""How long a deadline that was missed stays in the calendar."""


@dataclass(frozen=True)
class Appointment:
    """One deadline: `key` stays the same when the day moves; `until` is exclusive."""

    key: str
    summary: str
    until: datetime
    url: str


Source = Callable[[Any, datetime], Iterable[Appointment]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add what `source` answers for a person and an instant, in a bounded number of queries.

    It starts from what that person may see at this moment, so the calendar ends with the rights.
    """
    if source not in _sources:
        _sources.append(source)


def appointments_of(user: Any, now: datetime) -> list[Appointment]:
    """Every deadline of this person from a month ago on, the soonest first."""
    found = (one for source in _sources for one in source(user, now))
    return sorted(
        (one for one in found if one.until > now - DAYS_BACK), key=lambda one: (one.until, one.key)
    )


def calendar_of(appointments: Iterable[Appointment], stamp: datetime) -> bytes:
    """The calendar file, UTF-8. The event is the last hour: midnight would stand a day late.

    `stamp` is when the calendar began, so that the same deadlines give the same file.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//PIO Portal//{host}//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Mijn termijnen in PIO Portal"))
    for one in appointments:
        event = Event()
        event.add("uid", f"{one.key}@{host}")
        event.add("dtstamp", stamp.astimezone(UTC))
        event.add("dtstart", (one.until - LAST_HOUR).astimezone(UTC))
        event.add("dtend", one.until.astimezone(UTC))
        event.add("summary", one.summary)
        event.add(
            "description",
            _("Tot %(until)s, Belgische tijd.") % {"until": format_deadline(one.until)},
        )
        event.add("url", one.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()
