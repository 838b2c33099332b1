"""Calls as iCalendar (RFC 5545): when they open and close, and their public milestones."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from calls.models import Call, Milestone, SubmissionRound
from calls.news import plain_text
from common.formatting import format_deadline, format_moment
from common.moments import BRUSSELS
from notifications.services import portal_url

LAST_HOUR = timedelta(hours=1)


def calendar_of(calls: Iterable[Call], *, name: str) -> bytes:
    """The calendar file of these calls (`selectors.calls_for_calendar`), UTF-8.

    Identifiers stay, and SEQUENCE grows with every change of a call, so that a calendar program
    moves what it has instead of adding it again.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//PIO Portal//{_host()}//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _one_line(name))
    calendar.add("x-wr-timezone", str(BRUSSELS))
    for call in calls:
        for event in _events(call):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _events(call: Call) -> Iterator[Event]:
    for one in call.rounds.all():
        yield _opening(call, one)
        yield _closing(call, one)
    for milestone in call.milestones.all():
        if milestone.is_public:
            yield _milestone(call, milestone)


def _opening(call: Call, one: SubmissionRound) -> Event:
    words = _("%(reference)s opent: u kunt indienen") % {"reference": call.reference}
    event = _event(call, f"opening-{one.pk}", words)
    event.add("dtstart", _local(one.opens_at))
    event.add(
        "description",
        _("Indienen kan vanaf %(moment)s, Belgische tijd.")
        % {"moment": format_moment(one.opens_at)},
    )
    return event


def _closing(call: Call, one: SubmissionRound) -> Event:
    """The last hour: midnight itself would stand a day late in a calendar."""
    until = format_deadline(one.closes_at)
    event = _event(
        call,
        f"sluiting-{one.pk}",
        _("%(reference)s sluit: indienen tot %(until)s")
        % {"reference": call.reference, "until": until},
    )
    event.add("dtstart", _local(one.closes_at - LAST_HOUR))
    event.add("dtend", _local(one.closes_at))
    event.add(
        "description",
        _("Dit is het laatste uur. Indienen kan tot %(until)s, Belgische tijd.") % {"until": until},
    )
    return event


def _milestone(call: Call, milestone: Milestone) -> Event:
    event = _event(call, f"mijlpaal-{milestone.pk}", f"{call.reference}: {milestone.label}")
    event.add("dtstart", _local(milestone.at))
    return event


def _event(call: Call, key: str, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{key}@{_host()}")
    event.add("dtstamp", call.last_changed)  # type: ignore[attr-defined]
    event.add("last-modified", call.last_changed)  # type: ignore[attr-defined]
    event.add("sequence", call.change_count)  # type: ignore[attr-defined]
    event.add("summary", _one_line(summary))
    event.add("url", portal_url("calls:detail", call.slug))
    event.add("transp", "TRANSPARENT")
    return event


def _local(instant: datetime) -> datetime:
    """Brussels time; UTC in the hour that the clock shows twice, which a local time cannot tell."""
    local = instant.astimezone(BRUSSELS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return instant.astimezone(UTC)
    return local


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
