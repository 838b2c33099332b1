"""The staff pages: who may, what the clock shows, reading and downloading, and taking away."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from calls.services import publish_call
from documents.services import store_file
from rehearsals import services
from rehearsals.lifecycle import RehearsalState
from rehearsals.models import ItemKind, Rehearsal, RehearsalItem
from rehearsals.selectors import board_at, named_moments, neighbours
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.rehearsals.factories import CLOSES_AT, OPENS_AT, playable_call, played

pytestmark = pytest.mark.django_db


def staff(role: StaffRole = StaffRole.TEAM_MEMBER) -> User:
    return UserFactory(roles=[role])


@pytest.fixture
def team(client: Client) -> User:
    person = staff()
    client.force_login(person)
    return person


# --- Asking --------------------------------------------------------------------------------------


def test_staff_ask_for_a_rehearsal_with_a_number_and_a_seed(client: Client, team: User) -> None:
    call = playable_call()
    page = reverse("rehearsals:of_call", args=[call.slug])
    assert "Speel de oproep" in client.get(page).content.decode()
    response = client.post(page, {"applicants": "12", "seed": "3"})
    rehearsal = Rehearsal.objects.get()
    assert response["Location"] == rehearsal.get_absolute_url()
    assert (rehearsal.applicants, rehearsal.seed, rehearsal.state, rehearsal.requested_by) == (
        12,
        3,
        RehearsalState.QUEUED,
        team,
    )
    assert "wacht op een vrije plaats" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"applicants": "51", "seed": "1"}, "Oefen met hoogstens 50 aanvragers."),
        ({"applicants": "0", "seed": "1"}, "Oefen met minstens 1 aanvrager."),
        ({"applicants": "veel", "seed": "1"}, "Schrijf een geheel getal, bijvoorbeeld 25."),
        ({"applicants": "9", "seed": "-1"}, "Schrijf een getal van 0 tot 999999."),
        ({"applicants": "9", "seed": "9" * 30}, "Schrijf een getal van 0 tot 999999."),
    ],
)
def test_bad_numbers_get_a_sentence_and_stay_typed(
    client: Client, team: User, values: dict[str, str], sentence: str
) -> None:
    page = reverse("rehearsals:of_call", args=[playable_call().slug])
    content = client.post(page, values).content.decode()
    assert sentence in content
    assert f'value="{values["applicants"]}"' in content
    assert Rehearsal.objects.count() == 0


def test_one_at_a_time(client: Client, team: User) -> None:
    call = playable_call()
    services.request_rehearsal(call=call, applicants=1, seed=1, by=team)
    with pytest.raises(ValidationError, match="wordt al geoefend"):
        services.request_rehearsal(call=call, applicants=1, seed=1, by=team)


def test_what_is_missing_is_said_instead_of_a_button(client: Client, team: User) -> None:
    call = playable_call()
    call.criteria.all().delete()
    content = client.get(reverse("rehearsals:of_call", args=[call.slug])).content.decode()
    assert "Zorg dat de gewichten van de criteria samen 100 zijn." in content
    assert "Speel de oproep" not in content
    with pytest.raises(ValidationError, match="criteria"):
        services.request_rehearsal(call=call, applicants=1, seed=1, by=team)


def test_a_published_call_is_not_rehearsed(client: Client, team: User) -> None:
    call = playable_call()
    publish_call(call=call, by=team)
    with pytest.raises(ValidationError, match="in opmaak"):
        services.request_rehearsal(call=call, applicants=1, seed=1, by=team)


@pytest.mark.parametrize(
    "role", [role for role in StaffRole if role not in {"pio_team_member", "programme_manager"}]
)
def test_other_staff_look_and_do_not_play(client: Client, role: StaffRole) -> None:
    rehearsal = played(playable_call())
    person = staff(role)
    client.force_login(person)
    page = client.get(rehearsal.get_absolute_url())
    assert page.status_code == 200
    assert "Verwijderen" not in page.content.decode()
    assert client.post(reverse("rehearsals:delete", args=[rehearsal.pk])).status_code == 403
    asked = client.post(
        reverse("rehearsals:of_call", args=[rehearsal.call.slug]), {"applicants": 1, "seed": 1}
    )
    assert asked.status_code == 403
    with pytest.raises(PermissionDenied):
        services.request_rehearsal(call=rehearsal.call, applicants=1, seed=1, by=person)
    assert Rehearsal.objects.get() == rehearsal


def test_nobody_else_sees_any_of_it(client: Client) -> None:
    rehearsal = played(playable_call())
    item = _document(rehearsal)
    client.force_login(MembershipFactory(role=MemberRole.MANAGER).user)
    for name, arguments in (
        ("of_call", [rehearsal.call.slug]),
        ("rehearsal", [rehearsal.pk]),
        ("status", [rehearsal.pk]),
        ("item", [rehearsal.pk, item.pk]),
        ("file", [rehearsal.pk, item.pk]),
    ):
        assert client.get(reverse(f"rehearsals:{name}", args=arguments)).status_code == 403


# --- The clock -----------------------------------------------------------------------------------


def test_the_clock_shows_what_had_happened_until_then(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    page = rehearsal.get_absolute_url()
    content = client.get(page, {"tot": "2027-03-01T10:30:00"}).content.decode()
    assert [n for n in range(4) if f">Mail {n}</a>" in content] == [0, 1]
    assert "1 maart 2027 om 10.30 uur" in content
    assert "Niets hiervan is echt" in content
    everything = client.get(page).content.decode()
    assert [n for n in range(4) if f">Mail {n}</a>" in everything] == [0, 1, 2, 3]


def test_a_date_that_cannot_be_read_gets_a_sentence(client: Client, team: User) -> None:
    page = played(playable_call()).get_absolute_url()
    content = client.get(page, {"tot": "gisteren"}).content.decode()
    assert "Schrijf een dag en uur, bijvoorbeeld 14/06/2026 10:00." in content
    assert 'value="gisteren"' in content


def test_filters_by_kind_and_person(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    _document(rehearsal)
    page = rehearsal.get_absolute_url()
    documents = client.get(page, {"soort": "document"}).content.decode()
    assert (">Mail 0</a>" in documents, ">Brief</a>" in documents) == (False, True)
    people = client.get(page, {"wie": "bea@"}).content.decode()
    assert (">Mail 0</a>" in people, ">Brief</a>" in people) == (True, False)


def test_next_previous_and_named_moments(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    near = neighbours(rehearsal, OPENS_AT + timedelta(minutes=90))
    assert (near.previous, near.following) == (
        OPENS_AT + timedelta(hours=1),
        OPENS_AT + timedelta(hours=2),
    )
    assert [(moment.label, moment.at) for moment in named_moments(rehearsal)][1:3] == [
        ("opening", OPENS_AT),
        ("sluiting", CLOSES_AT),
    ]
    content = client.get(rehearsal.get_absolute_url(), {"tot": "2027-03-01T10:30:00"}).content
    assert b"?tot=2027-03-01T11%3A00%3A00%2B01%3A00" in content or (
        b"?tot=2027-03-01T10%3A00%3A00%2B00%3A00" in content
    )


def test_the_board_counts_states_and_reminders_at_an_instant() -> None:
    rehearsal = played(playable_call(), items=0)
    hour = timedelta(hours=1)
    events = [
        ("proposal.started", "", "", 0),
        ("proposal.started", "", "", 1),
        ("proposal.submit", "draft", "submitted", 2),
        ("proposal.submit_refused", "", "", 3),
        ("proposal.mark_complete", "submitted", "complete", 4),
    ]
    RehearsalItem.objects.bulk_create(
        RehearsalItem(
            rehearsal=rehearsal,
            kind=ItemKind.EVENT,
            code=code,
            at=OPENS_AT + n * hour,
            known_at=OPENS_AT + n * hour,
            title=code,
            from_state=source,
            to_state=target,
        )
        for code, source, target, n in events
    )
    RehearsalItem.objects.create(
        rehearsal=rehearsal,
        kind=ItemKind.REMINDER,
        code="x",
        title="x",
        known_at=OPENS_AT,
        at=OPENS_AT + 5 * hour,
        settled_at=OPENS_AT + 3 * hour,
        outcome="cancelled",
    )
    early, late = (board_at(rehearsal, OPENS_AT + n * hour) for n in (2, 4))
    assert (early.drafts, early.received, early.late) == (1, 1, 0)
    assert (early.reminders["planned"], early.reminders["cancelled"]) == (1, 0)
    assert (late.drafts, late.received, late.late, late.states["complete"]) == (1, 1, 1, 1)
    assert (late.reminders["planned"], late.reminders["cancelled"]) == (0, 1)


def test_the_page_takes_as_many_queries_for_300_things_as_for_3(client: Client, team: User) -> None:
    counts = []
    for number in (3, 300):
        rehearsal = played(playable_call(), items=number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(rehearsal.get_absolute_url()).status_code == 200
        counts.append(len(captured))
        rehearsal.call.delete()
    assert counts[0] == counts[1] <= 16


# --- Reading -------------------------------------------------------------------------------------


def test_a_mail_is_read_as_text_and_as_html(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    mail = rehearsal.items.earliest("at")
    content = client.get(reverse("rehearsals:item", args=[rehearsal.pk, mail.pk])).content.decode()
    assert "<p>Opgemaakte tekst</p>" in content
    assert "<pre>Platte tekst</pre>" in content
    assert "Niets hiervan is echt" in content


def test_a_document_is_downloaded_by_staff(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    item = _document(rehearsal)
    page = client.get(reverse("rehearsals:item", args=[rehearsal.pk, item.pk])).content.decode()
    assert "oefening-brief.pdf" in page
    response: Any = client.get(reverse("rehearsals:file", args=[rehearsal.pk, item.pk]))
    assert b"".join(response.streaming_content) == b"%PDF-oefening"


def test_things_of_another_rehearsal_are_not_found(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    item = rehearsal.items.earliest("at")
    other = Rehearsal.objects.create(
        call=rehearsal.call, state=RehearsalState.DONE, requested_by=team
    )
    for name in ("item", "file"):
        url = reverse(f"rehearsals:{name}", args=[other.pk, item.pk])
        assert client.get(url).status_code == 404
    # A mail has no file.
    url = reverse("rehearsals:file", args=[rehearsal.pk, item.pk])
    assert client.get(url).status_code == 404


# --- Failing, again, and taking away -------------------------------------------------------------


def test_a_failed_rehearsal_says_why_and_plays_again(client: Client, team: User) -> None:
    rehearsal = Rehearsal.objects.create(
        call=playable_call(),
        state=RehearsalState.FAILED,
        error="Het spelen duurde te lang en werd gestopt.",
        requested_by=team,
    )
    content = client.get(rehearsal.get_absolute_url()).content.decode()
    assert "Het spelen duurde te lang en werd gestopt." in content
    client.post(reverse("rehearsals:again", args=[rehearsal.pk]))
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.error) == (RehearsalState.QUEUED, "")


def test_progress_is_followed_and_ends_with_the_page_anew(client: Client, team: User) -> None:
    rehearsal = services.request_rehearsal(call=playable_call(), applicants=1, seed=1, by=team)
    url = reverse("rehearsals:status", args=[rehearsal.pk])
    asked = {"HX-Request": "true"}
    assert client.get(url)["Location"] == rehearsal.get_absolute_url()
    assert "HX-Refresh" not in client.get(url, headers=asked).headers
    Rehearsal.objects.filter(pk=rehearsal.pk).update(state=RehearsalState.RUNNING)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(state=RehearsalState.DONE)
    assert client.get(url, headers=asked).headers["HX-Refresh"] == "true"


def test_a_dead_worker_is_found_and_a_living_one_is_left_alone(team: User) -> None:
    rehearsal = services.request_rehearsal(call=playable_call(), applicants=1, seed=1, by=team)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(
        state=RehearsalState.RUNNING, lease_until=timezone.now() + timedelta(seconds=30), attempt=1
    )
    assert services.sweep_rehearsals() == 0
    services.run_rehearsal(rehearsal_id=rehearsal.pk)  # a message that came twice
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.attempt) == (RehearsalState.RUNNING, 1)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert list(Rehearsal.objects.claimable()) == [rehearsal]


def test_deleting_asks_first(client: Client, team: User) -> None:
    rehearsal = played(playable_call())
    url = reverse("rehearsals:delete", args=[rehearsal.pk])
    assert "Wilt u deze oefening verwijderen?" in client.get(url).content.decode()
    assert Rehearsal.objects.count() == 1
    response = client.post(url)
    assert response["Location"] == reverse("rehearsals:of_call", args=[rehearsal.call.slug])
    assert (Rehearsal.objects.count(), RehearsalItem.objects.count()) == (0, 0)


def test_what_is_played_now_is_not_deleted(client: Client, team: User) -> None:
    rehearsal = services.request_rehearsal(call=playable_call(), applicants=1, seed=1, by=team)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(state=RehearsalState.RUNNING)
    with pytest.raises(ValidationError, match="wordt gespeeld"):
        services.delete_rehearsal(rehearsal=rehearsal, by=team)


def test_old_rehearsals_go_by_themselves(settings: Any) -> None:
    settings.REHEARSAL_KEPT_DAYS = 10
    rehearsal = played(playable_call())
    assert services.remove_old_rehearsals() == 0
    Rehearsal.objects.filter(pk=rehearsal.pk).update(
        requested_at=timezone.now() - timedelta(days=11)
    )
    assert services.remove_old_rehearsals() == 1
    assert Rehearsal.objects.count() == 0


def _document(rehearsal: Rehearsal) -> RehearsalItem:
    return RehearsalItem.objects.create(
        rehearsal=rehearsal,
        kind=ItemKind.DOCUMENT,
        code="evaluations.decision_letter",
        at=OPENS_AT,
        known_at=OPENS_AT,
        title="Brief",
        file=store_file(content=b"%PDF-oefening", name="oefening-brief.pdf"),
    )
