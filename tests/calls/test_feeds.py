"""Atom and iCalendar: whole, stable, exact over the clock changes, and safe with any text."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call, CallQuestion, ClosingMove, SubmissionRound
from calls.services import publish_answer
from common import clock
from common.moments import BRUSSELS, end_of_day, start_of_day
from tests.accounts.factories import UserFactory
from tests.calls.factories import BareCallFactory, CallFactory, RoundFactory

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = "<script>alert(1)</script> & \x08\x0b\ud7ff ]]> \"'\nBEGIN:VEVENT\r\nX-EVIL:1"
NOW = datetime(2026, 5, 1, 12, tzinfo=BRUSSELS)


def atom(client: Client, name: str, *args: str) -> ET.Element:
    response = client.get(reverse(f"calls:{name}", args=args))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 - our own answer


def entries(feed: ET.Element, *names: str) -> list[tuple[str, ...]]:
    return [
        tuple(entry.findtext(f"{ATOM}{name}") or "" for name in names)
        for entry in feed.iter(f"{ATOM}entry")
    ]


def ical(client: Client, name: str = "calendar", *args: str) -> Calendar:
    response = client.get(reverse(f"calls:{name}", args=args))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def event(calendar: Calendar, uid: str) -> Any:
    (one,) = [e for e in calendar.walk("VEVENT") if str(e["UID"]).startswith(f"{uid}@")]
    return one


def published(call: Call, question: str, answer: str = "Ja.") -> CallQuestion:
    asked = CallQuestion.objects.create(
        call=call, question=question, asker_email="geheim@voorbeeld.test"
    )
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    publish_answer(question=asked, text=question, answer=answer, by=staff)
    return asked


def moved(one: SubmissionRound, becomes: datetime) -> ClosingMove:
    move = ClosingMove.objects.create(
        round=one,
        was=one.closes_at,
        becomes=becomes,
        reason="Storing.",
        moved_by=UserFactory(roles=[StaffRole.TEAM_MEMBER]),
    )
    SubmissionRound.objects.filter(pk=one.pk).update(closes_at=becomes)
    return move


# --- Atom ----------------------------------------------------------------------------------------


def test_the_feed_has_every_public_call_with_an_identifier_that_stays(client: Client) -> None:
    call = CallFactory(title="Water", summary="Zuiver.")
    CallFactory(title="Geheim", state=CallState.CONCEPT)
    before = atom(client, "feed")
    assert entries(before, "title", "summary") == [(f"{call.reference} – Water", "Zuiver.")]
    assert before.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"

    Call.objects.filter(pk=call.pk).update(slug="ander-adres", title="Nat")
    assert entries(atom(client, "feed"), "id") == entries(before, "id")
    assert entries(before, "id")[0][0].endswith(f",2026:oproep/{call.pk}")


def test_what_changes_comes_first_with_a_later_date(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as machine:
        old, new = CallFactory(title="Oud"), CallFactory(title="Nieuw")
        dates = dict(entries(atom(client, "feed"), "title", "updated"))
        machine.move_to(NOW + timedelta(hours=1))
        moved(old.rounds.get(), old.rounds.get().closes_at + timedelta(days=1))
        after = entries(atom(client, "feed"), "title", "updated")
        assert after == [
            (f"{old.reference} – Oud", "2026-05-01T11:00:00+00:00"),
            (f"{new.reference} – Nieuw", dates[f"{new.reference} – Nieuw"]),
        ]


def test_the_news_of_a_call_is_its_answers_and_moved_closings(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as machine:
        call = CallFactory()
        published(call, "Mag een vzw?", "Ja, soms.")
        machine.move_to(NOW + timedelta(hours=1))
        moved(call.rounds.get(), end_of_day(date(2026, 7, 1)))
        published(CallFactory(), "Over een andere oproep")
        CallQuestion.objects.create(call=call, question="Nog niet gepubliceerd")

    feed = atom(client, "news_feed", call.slug)
    assert entries(feed, "title") == [
        ("Sluiting verplaatst naar 1 juli 2026, 24.00 uur",),
        ("Vraag: Mag een vzw?",),
    ]
    assert b"geheim@" not in client.get(reverse("calls:news_feed", args=[call.slug])).content


def test_an_empty_feed_does_not_seem_to_change(client: Client) -> None:
    call = CallFactory()
    for name, args in (("news_feed", [call.slug]), ("feed", [])):
        url = reverse(f"calls:{name}", args=args)
        if name == "feed":
            Call.objects.update(state=CallState.CONCEPT)
        with time_machine.travel(NOW, tick=False) as machine:
            first = client.get(url).content
            machine.move_to(NOW + timedelta(days=1))
            assert client.get(url).content == first


def test_any_text_stays_text_in_a_feed(client: Client) -> None:
    call = CallFactory(title=NASTY[:100], summary=NASTY)
    published(call, NASTY, NASTY)
    for feed in (atom(client, "feed"), atom(client, "news_feed", call.slug)):
        ((summary,),) = entries(feed, "summary")
        assert "<script>alert(1)</script> &" in summary
        assert not {"\x08", "\x0b"} & set(summary)
        assert not list(feed.iter("script"))


def test_feeds_are_dutch_for_every_reader(client: Client) -> None:
    client.cookies["django_language"] = "en"
    assert "Oproepen" in (atom(client, "feed").findtext(f"{ATOM}title") or "")


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN])
@pytest.mark.parametrize("name", ["news_feed", "call_calendar"])
@pytest.mark.parametrize("role", [None, StaffRole.TEAM_MEMBER])
def test_there_is_no_feed_of_a_draft(
    client: Client, state: CallState, name: str, role: StaffRole | None
) -> None:
    if role:
        client.force_login(UserFactory(roles=[role]))
    call = CallFactory(state=state)
    assert client.get(reverse(f"calls:{name}", args=[call.slug])).status_code == 404
    assert call.reference.encode() not in client.get(reverse("calls:calendar")).content


def test_pages_name_their_feeds(client: Client) -> None:
    call = CallFactory()
    link = '<link rel="alternate" type="application/atom+xml" href="%s"'
    assert link % reverse("calls:feed") in client.get(reverse("calls:list")).content.decode()
    page = client.get(call.get_absolute_url()).content.decode()
    assert link % reverse("calls:news_feed", args=[call.slug]) in page


# --- iCalendar -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_day", "starts", "ends"),
    [
        # 24.00 uur of the day is shown as the last hour of that same day
        (date(2026, 6, 14), "2026-06-14 23:00+02:00", "2026-06-15 00:00+02:00"),
        (date(2026, 3, 28), "2026-03-28 23:00+01:00", "2026-03-29 00:00+01:00"),
        (date(2026, 3, 29), "2026-03-29 23:00+02:00", "2026-03-30 00:00+02:00"),
        (date(2026, 10, 25), "2026-10-25 23:00+01:00", "2026-10-26 00:00+01:00"),
    ],
)
def test_a_closing_is_the_last_hour_in_brussels_time(
    client: Client, last_day: date, starts: str, ends: str
) -> None:
    one = RoundFactory(
        call=BareCallFactory(),
        opens_at=start_of_day(date(2026, 1, 5)),
        closes_at=end_of_day(last_day),
    )
    calendar = ical(client, "call_calendar", one.call.slug)
    closing = event(calendar, f"sluiting-{one.pk}")
    assert closing["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert closing.start == datetime.fromisoformat(starts)
    assert closing.end == datetime.fromisoformat(ends)
    assert "24.00 uur" in closing["SUMMARY"]
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Brussels"]
    assert event(calendar, f"opening-{one.pk}").start == start_of_day(date(2026, 1, 5))


@pytest.mark.parametrize("hour", [0, 1])
def test_in_the_hour_that_comes_twice_the_moment_is_given_in_utc(client: Client, hour: int) -> None:
    closes = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    one = RoundFactory(
        call=BareCallFactory(), opens_at=start_of_day(date(2026, 9, 1)), closes_at=closes
    )
    closing = event(ical(client, "call_calendar", one.call.slug), f"sluiting-{one.pk}")
    assert closing.end == closes
    assert closing["DTEND"].to_ical() == closes.strftime("%Y%m%dT%H%M%SZ").encode()


def test_identifiers_stay_and_the_sequence_grows_when_a_closing_moves(client: Client) -> None:
    call = CallFactory()
    one = call.rounds.get()

    def closing() -> Any:
        return event(ical(client, "call_calendar", call.slug), f"sluiting-{one.pk}")

    with time_machine.travel(clock.now(), tick=False) as machine:
        before, again = closing(), closing()
        assert before.to_ical() == again.to_ical()
        machine.shift(timedelta(hours=1))
        moved(one, one.closes_at + timedelta(days=7))
        after = closing()
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    assert after.end - before.end == timedelta(days=7)


def test_the_calendar_of_all_calls_has_rounds_and_public_milestones(client: Client) -> None:
    first, second = CallFactory(), CallFactory(window__opens=5)
    CallFactory(state=CallState.CONCEPT)
    shown = first.milestones.create(label="Infosessie", at=clock.now())
    first.milestones.create(label="Interne jury", at=clock.now(), is_public=False)
    uids = {str(e["UID"]).split("@")[0] for e in ical(client).walk("VEVENT")}
    assert uids == {
        f"mijlpaal-{shown.pk}",
        *(
            f"{what}-{c.rounds.get().pk}"
            for c in (first, second)
            for what in ("opening", "sluiting")
        ),
    }


def test_a_text_cannot_add_a_line_to_a_calendar(client: Client) -> None:
    call = CallFactory(reference="PIO-1", title=NASTY[:100])
    call.milestones.create(label=NASTY[:100], at=clock.now())
    content = client.get(reverse("calls:call_calendar", args=[call.slug])).content.decode()
    assert [line for line in content.splitlines() if line.startswith("X-EVIL")] == []
    assert content.splitlines().count("BEGIN:VEVENT") == 3


def test_the_file_has_a_name(client: Client) -> None:
    call = CallFactory()
    response = client.get(reverse("calls:call_calendar", args=[call.slug]))
    assert response["Content-Disposition"] == f'attachment; filename="{call.slug}.ics"'


@pytest.mark.parametrize("name", ["feed", "calendar"])
def test_the_number_of_queries_does_not_grow(client: Client, name: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"calls:{name}")).status_code == 200
        return len(queries)

    def add(number: int) -> None:
        calls = Call.objects.bulk_create(BareCallFactory.build_batch(number))
        SubmissionRound.objects.bulk_create(
            SubmissionRound(call=c, opens_at=NOW, closes_at=NOW + timedelta(days=9)) for c in calls
        )

    add(3)
    few = count()
    add(297)
    assert count() == few
