"""A talk for the calendar of the applicant (RFC 5545), and the deadlines of an adviser."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common.moments import end_of_day
from evaluations.models import Assignment
from evaluations.reminders import open_assignments
from notifications.calendars import Appointment
from notifications.services import portal_url

LENGTH = timedelta(hours=1)


def talk_calendar(
    *, reference: str, planned_at: datetime, place: str, plans: Sequence[datetime]
) -> bytes:
    """The file with one event of an hour; a new moment moves what a calendar program has.

    `plans` is when the talk was planned and moved: the same plan gives the same file, a later one
    a higher SEQUENCE.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//PIO Portal//{host}//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"feedback-{reference}@{host}")
    event.add("dtstamp", plans[-1].astimezone(UTC))
    event.add("sequence", len(plans) - 1)
    event.add("dtstart", planned_at.astimezone(UTC))
    event.add("dtend", (planned_at + LENGTH).astimezone(UTC))
    event.add("summary", _("Feedbackgesprek over %(reference)s") % {"reference": reference})
    event.add("location", place)
    event.add("url", portal_url("evaluations:decision", reference))
    calendar.add_component(event)
    return calendar.to_ical()


def advice_deadlines(user: Any, now: datetime) -> Iterator[Appointment]:
    """Until when `user` advises on the files that are assigned and not done; two queries."""
    for row in open_assignments(Assignment.objects.visible_to(user).active().filter(adviser=user)):
        yield Appointment(
            f"advies-{row.pk}",
            _("Advies over %(reference)s afwerken") % {"reference": row.proposal.reference},
            end_of_day(row.last_day),
            portal_url("evaluations:file", row.proposal.reference),
        )
