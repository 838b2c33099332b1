"""Finding a call: words, phase, kind of organisation and year; and what its page tells."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import OrganisationType
from calls.lifecycle import CallState
from calls.models import Call, CallQuestion, SubmissionRound
from common import clock
from common.moments import BRUSSELS, end_of_day, start_of_day
from tests.calls.factories import BareCallFactory, CallFactory, RoundFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
AUTUMN_NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def found(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("calls:list"), query)
    assert page.status_code == 200
    return sorted(call.title for call in page.context["page_obj"])


def test_words_are_found_in_title_summary_and_translation_in_any_order(client: Client) -> None:
    BareCallFactory(title="Water zuiveren", summary="Met de zon.")
    BareCallFactory(title="Zon op daken", title_en="Solar roofs", summary="Stroom")
    BareCallFactory(title="Zonnig water", state=CallState.CONCEPT)

    assert found(client, q="zon") == ["Water zuiveren", "Zon op daken"]
    assert found(client, q="zon water") == ["Water zuiveren"]
    assert found(client, q="SOLAR") == ["Zon op daken"]
    assert found(client, q="100%") == []


def test_an_empty_list_of_kinds_means_every_kind(client: Client) -> None:
    BareCallFactory(title="Voor iedereen")
    BareCallFactory(title="Voor ziekenhuizen", eligible_types=[OrganisationType.HOSPITAL])
    BareCallFactory(
        title="Lokaal", eligible_types=[OrganisationType.OCMW, OrganisationType.MUNICIPALITY]
    )
    assert found(client, soort="hospital") == ["Voor iedereen", "Voor ziekenhuizen"]
    assert found(client, soort="ocmw") == ["Lokaal", "Voor iedereen"]
    assert found(client, soort="police_zone") == ["Voor iedereen"]


def test_a_call_that_closes_at_24_00_of_new_years_eve_closes_in_the_old_year(
    client: Client,
) -> None:
    for title, last in [("Oud", date(2025, 12, 31)), ("Nieuw", date(2026, 1, 1))]:
        RoundFactory(
            call=BareCallFactory(title=title),
            opens_at=start_of_day(date(2025, 6, 1)),
            closes_at=end_of_day(last),
        )
    form = client.get(reverse("calls:list")).context["form"]
    years = [value for value, _label in form.fields["jaar"].choices]
    assert years == ["", "2026", "2025"]
    assert found(client, jaar="2025") == ["Oud"]
    assert found(client, jaar="2026") == ["Nieuw"]


def test_filters_work_together(client: Client) -> None:
    CallFactory(title="Open water", content=False)
    CallFactory(title="Gesloten water", content=False, window__closes=-1)
    CallFactory(title="Open lucht", content=False)
    assert found(client, q="water", fase="open") == ["Open water"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "%" * 300},
        {"q": "' OR 1=1 --"},
        {"fase": "concept"},
        {"fase": "\x00"},
        {"soort": "[]"},
        {"jaar": "9" * 50},
        {"jaar": "²"},
        {"page": "-1"},
        {"page": "\x00"},
    ],
)
def test_a_strange_address_shows_a_page_and_no_draft(client: Client, query: dict[str, str]) -> None:
    CallFactory(title="Geheim", state=CallState.CONCEPT)
    assert "Geheim" not in found(client, **query)


def test_nothing_found_gives_advice(client: Client) -> None:
    assert "Er zijn nog geen oproepen" in client.get(reverse("calls:list")).content.decode()
    CallFactory(content=False)
    page = client.get(reverse("calls:list"), {"q": "onvindbaar"}).content.decode()
    assert "Geen oproepen gevonden" in page
    assert "Toon alle oproepen" in page


def test_pages_keep_the_filters_and_say_how_many(client: Client) -> None:
    Call.objects.bulk_create(BareCallFactory.build_batch(45, title="Water"))
    BareCallFactory(title="Lucht")
    page = client.get(reverse("calls:list"), {"q": "water", "page": "2"})
    assert page.context["page_obj"].paginator.count == 45
    body = page.content.decode()
    assert "21 tot 40 van 45 resultaten" in body
    assert "?q=water&amp;page=3" in body


@pytest.mark.parametrize("query", [{}, {"q": "test", "fase": "open", "soort": "ocmw"}])
def test_the_number_of_queries_does_not_grow_with_the_calls(
    client: Client, query: dict[str, str]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("calls:list"), query).status_code == 200
        return len(queries)

    now = clock.now()

    def add(number: int) -> None:
        calls = Call.objects.bulk_create(BareCallFactory.build_batch(number))
        SubmissionRound.objects.bulk_create(
            SubmissionRound(
                call=call, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1)
            )
            for call in calls
        )

    add(3)
    few = count()
    add(297)
    assert count() == few


# --- The page of a call --------------------------------------------------------------------------


@time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=BRUSSELS), tick=False)
@pytest.mark.parametrize(
    ("closes", "words", "exact"),
    [
        (end_of_day(date(2026, 6, 14)), "14 juni 2026 om 24.00 uur", "2026-06-14T22:00:00Z"),
        (end_of_day(date(2026, 12, 31)), "31 december 2026 om 24.00 uur", "2026-12-31T23:00:00Z"),
        # The hour that the clock shows twice: the exact moment tells which one.
        (AUTUMN_NIGHT, "25 oktober 2026 om 02.30 uur", "2026-10-25T00:30:00Z"),
        (AUTUMN_NIGHT + HOUR, "25 oktober 2026 om 02.30 uur", "2026-10-25T01:30:00Z"),
    ],
)
def test_a_closing_is_spelled_out_with_its_time_zone_and_exact_for_programs(
    client: Client, closes: datetime, words: str, exact: str
) -> None:
    call = CallFactory(window=False)
    RoundFactory(call=call, opens_at=start_of_day(date(2026, 4, 1)), closes_at=closes)
    page = client.get(call.get_absolute_url()).content.decode()
    assert f'uiterlijk <time datetime="{exact}">{words}, Belgische tijd</time>' in page


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, False), (1, "1 minuut na"), (15, "15 minuten na")]
)
def test_grace_is_told_in_words(client: Client, minutes: int, expected: Any) -> None:
    call = CallFactory()
    call.rounds.update(grace_minutes=minutes)
    page = client.get(call.get_absolute_url()).content.decode()
    assert ("de sluiting aankomt, telt nog mee" in page) == bool(expected)
    if expected:
        assert expected in page


def test_only_public_milestones_are_shown(client: Client) -> None:
    call = CallFactory()
    call.milestones.create(label="Infosessie", at=clock.now())
    call.milestones.create(label="Interne jury", at=clock.now(), is_public=False)
    page = client.get(call.get_absolute_url()).content.decode()
    assert "Infosessie" in page
    assert "Interne jury" not in page


def test_the_page_names_the_kinds_that_may_apply(client: Client) -> None:
    call = CallFactory(eligible_types=[OrganisationType.HOSPITAL, "vroeger-soort"])
    page = client.get(call.get_absolute_url()).content.decode()
    assert "<li>Ziekenhuis</li>" in page
    assert "vroeger-soort" not in page


def test_the_page_leads_to_everything_about_the_call(client: Client) -> None:
    call = CallFactory()
    call.self_test_questions.create(question="Past het?", reason="Nee.")
    page = client.get(call.get_absolute_url()).content.decode()
    for name in (
        "self_test",
        "blank_form",
        "ask_question",
        "follow",
        "news_feed",
        "call_calendar",
    ):
        assert f'href="{reverse(f"calls:{name}", args=[call.slug])}"' in page, name


def test_the_number_of_queries_of_a_page_does_not_grow(client: Client) -> None:
    call = CallFactory()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(call.get_absolute_url()).status_code == 200
        return len(queries)

    def add(number: int) -> None:
        CallQuestion.objects.bulk_create(
            CallQuestion(call=call, question="V?", answer="A.", published_at=clock.now())
            for _ in range(number)
        )

    add(3)
    few = count()
    add(297)
    assert count() == few
