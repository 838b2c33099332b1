"""A talk for the calendar of the applicant, as iCalendar (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common import clock
from notifications.services import portal_url

LENGTH = timedelta(hours=1)


def talk_calendar(*, reference: str, planned_at: datetime, place: str) -> bytes:
    """The file with one event of an hour; a new moment moves what a calendar program has."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//PIO Portal//{host}//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"feedback-{reference}@{host}")
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", planned_at.astimezone(UTC))
    event.add("dtend", (planned_at + LENGTH).astimezone(UTC))
    event.add("summary", _("Feedbackgesprek over %(reference)s") % {"reference": reference})
    event.add("location", place)
    event.add("url", portal_url("evaluations:decision", reference))
    calendar.add_component(event)
    return calendar.to_ical()
