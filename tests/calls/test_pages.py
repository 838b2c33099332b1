"""The public pages of calls, and who sees what."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call
from calls.services import create_call
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import BareCallFactory, CallFactory

pytestmark = pytest.mark.django_db

NOBODY_YET = [CallState.CONCEPT, CallState.WITHDRAWN]


def test_the_list_filters_by_phase(client):
    open_now = CallFactory(title="Open oproep")
    planned = CallFactory(title="Geplande oproep", window__opens=5)
    closed = CallFactory(title="Gesloten oproep", window__closes=-1)

    def titles(phase: str) -> set[str]:
        page = client.get(reverse("calls:list"), {"fase": phase})
        return {call.title for call in page.context["page_obj"]}

    assert titles("") == {open_now.title, planned.title, closed.title}
    assert titles("open") == {open_now.title}
    assert titles("planned") == {planned.title}
    assert titles("closed") == {closed.title}
    assert titles("concept") == titles("")  # drafts are no public phase


@pytest.mark.parametrize("state", NOBODY_YET)
@pytest.mark.parametrize("name", ["detail", "blank_form", "blank_form_pdf"])
def test_a_visitor_cannot_know_of_a_call_that_is_not_public(client, state, name):
    call = CallFactory(state=state)

    assert client.get(reverse(f"calls:{name}", args=[call.slug])).status_code == 404
    assert call.title not in client.get(reverse("calls:list")).content.decode()


def test_staff_reads_a_draft_call_as_a_visitor_would(client):
    call = CallFactory(state=CallState.CONCEPT)
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))

    page = client.get(reverse("calls:detail", args=[call.slug]))

    assert page.status_code == 200
    assert "Nog niet publiek" in page.content.decode()


def test_the_page_tells_the_deadline_as_24_00_and_names_the_time_zone(client):
    call = CallFactory(window=False)
    from common.moments import end_of_day, start_of_day

    day = timezone.localdate() + timedelta(days=20)
    call.rounds.create(
        number=1, opens_at=start_of_day(timezone.localdate()), closes_at=end_of_day(day)
    )

    page = client.get(reverse("calls:detail", args=[call.slug])).content.decode()

    assert "24.00 uur" in page
    assert "Belgische tijd" in page


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"window__opens": 5}, "planned"),
        ({"window__closes": -1}, "closed"),
        ({}, "sign_in"),
    ],
)
def test_a_visitor_reads_how_to_start_or_why_not(client, window, expected):
    call = CallFactory(**window)

    assert client.get(reverse("calls:detail", args=[call.slug])).context["start"] == expected


def test_starting_needs_an_organisation(client):
    call = CallFactory()
    client.force_login(UserFactory())
    page = client.get(reverse("calls:detail", args=[call.slug]))
    assert page.context["start"] == "no_organisation"

    client.force_login(MembershipFactory().user)
    page = client.get(reverse("calls:detail", args=[call.slug]))
    assert page.context["start"] == "start"
    assert reverse("projects:start", args=[call.slug]) in page.content.decode()


def test_an_english_reader_sees_the_translation_marked_as_one(client):
    call = CallFactory(title_en="Spring call", summary_en="A call in spring.")
    client.cookies["django_language"] = "en"

    page = client.get(reverse("calls:detail", args=[call.slug])).content.decode()

    assert "Spring call" in page
    assert call.is_shown_translated is False  # outside the request: Dutch
    assert '<span lang="en">Spring call</span>' in page


def test_the_blank_form_shows_every_question_before_signing_in(client):
    maker = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    call = create_call(reference="PIO-2027-1", title="Oproep", by=maker)
    Call.objects.filter(pk=call.pk).update(state=CallState.CONCEPT)
    client.force_login(maker)

    page = client.get(reverse("calls:blank_form", args=[call.slug])).content.decode()

    from calls.models import FormQuestion

    for label in FormQuestion.objects.filter(section__call=call).values_list("label", flat=True):
        assert label.replace("'", "&#x27;") in page


@pytest.mark.parametrize("name", ["calls:list", "home"])
def test_the_number_of_queries_does_not_grow(
    client: Client, name: str, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name)).status_code == 200
        return len(queries)

    for _ in range(3):
        CallFactory(content=False)
    few = count()
    now = timezone.now()
    calls = Call.objects.bulk_create(BareCallFactory.build_batch(297))
    from calls.models import SubmissionRound

    SubmissionRound.objects.bulk_create(
        SubmissionRound(
            call=call,
            number=1,
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=1),
        )
        for call in calls
    )
    assert count() == few
