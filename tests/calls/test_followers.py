"""Following by mail: only who confirms, never twice, always with a way out."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.roles import StaffRole
from calls import selectors
from calls.lifecycle import CallState
from calls.models import Call, CallFollower, PublicPost
from calls.services import (
    announce_openings,
    ask_to_follow,
    confirm_follower,
    move_call,
    stop_following,
)
from calls.services.followers import PER_ADDRESS, PER_PLACE
from calls.tasks import forget_old_traces
from common import clock
from common.moments import BRUSSELS
from notifications.mails import compose
from notifications.models import OutboxMail
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory, RoundFactory

pytestmark = pytest.mark.django_db

EMAIL = "ann@voorbeeld.test"
NOW = datetime(2026, 6, 1, 10, tzinfo=BRUSSELS)


def follower(call: Call | None, email: str = EMAIL, **fields: Any) -> CallFollower:
    return CallFollower.objects.create(
        call=call, email=email, **{"confirmed_at": clock.now(), **fields}
    )


def mails(kind: str) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind=f"calls.{kind}").order_by("pk"))


# --- Asking and confirming -----------------------------------------------------------------------


def test_an_address_follows_only_after_its_owner_pressed_the_button(client: Client) -> None:
    call = CallFactory()
    client.post(reverse("calls:follow", args=[call.slug]), {"email": " Ann@Voorbeeld.test "})

    (mail,) = mails("confirm_follower")
    assert (mail.address, mail.is_private) == (EMAIL, True)
    link = re.search(r"/volgen/[\w-]+/bevestigen/", mail.text)
    assert link is not None
    assert list(selectors.confirmed_followers(call)) == []

    page = client.get(link.group())  # what a mail scanner does
    assert page.status_code == 200
    assert list(selectors.confirmed_followers(call)) == []

    assert client.post(link.group()).status_code == 302
    assert [f.email for f in selectors.confirmed_followers(call)] == [EMAIL]
    first = CallFollower.objects.get().confirmed_at
    client.post(link.group())
    assert CallFollower.objects.get().confirmed_at == first


def test_the_answer_does_not_tell_who_follows_already(client: Client) -> None:
    call = CallFactory()
    follower(call)
    url = reverse("calls:follow", args=[call.slug])

    def answer(email: str) -> str:
        page = Client().post(url, {"email": email}, follow=True).content.decode()
        return re.sub(r"\b\w{64}\b", "", page)  # the CSRF tokens

    assert answer(EMAIL) == answer("nieuw@voorbeeld.test")
    assert [mail.address for mail in mails("confirm_follower")] == ["nieuw@voorbeeld.test"]


def test_a_robot_that_fills_in_the_hidden_field_hears_nothing_and_does_nothing(
    client: Client,
) -> None:
    url = reverse("calls:follow_all")
    assert client.post(url, {"email": EMAIL, "website": "https://x.test"}).status_code == 302
    assert CallFollower.objects.count() == OutboxMail.objects.count() == 0


@pytest.mark.parametrize(
    "email",
    ["", "geen adres", "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "x" * 300 + "@b.test"],
)
def test_what_is_not_one_address_is_refused_beside_the_field(client: Client, email: str) -> None:
    page = client.post(reverse("calls:follow_all"), {"email": email})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["email"]
    assert CallFollower.objects.count() == OutboxMail.objects.count() == 0


def test_a_person_with_an_account_follows_with_the_own_address_at_once(client: Client) -> None:
    call, person = CallFactory(), UserFactory()
    client.force_login(person)
    url = reverse("calls:follow", args=[call.slug])
    assert client.get(url).context["form"].initial == {"email": person.email}

    client.post(url, {"email": person.email})
    assert [f.email for f in selectors.confirmed_followers(call)] == [person.email]

    client.post(url, {"email": EMAIL})  # somebody else's address: that one has to confirm
    assert [f.email for f in selectors.confirmed_followers(call)] == [person.email]
    assert [mail.address for mail in mails("confirm_follower")] == [EMAIL]


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN])
@pytest.mark.parametrize("role", [None, StaffRole.TEAM_MEMBER])
def test_nobody_follows_a_call_that_is_not_public(
    client: Client, state: CallState, role: StaffRole | None
) -> None:
    if role:
        client.force_login(UserFactory(roles=[role]))
    call = CallFactory(state=state)
    url = reverse("calls:follow", args=[call.slug])
    assert client.post(url, {"email": EMAIL}).status_code == 404
    assert not CallFollower.objects.exists()


def test_one_mailbox_gets_few_confirmations_whoever_asks() -> None:
    for n in range(PER_ADDRESS + 2):
        ask_to_follow(call=CallFactory(), email=EMAIL, place=f"10.0.0.{n}")
    assert len(mails("confirm_follower")) == PER_ADDRESS


@time_machine.travel(NOW, tick=False)
def test_one_place_asks_a_number_of_times_an_hour(client: Client) -> None:
    call = CallFactory()
    url = reverse("calls:follow", args=[call.slug])
    for n in range(PER_PLACE):
        assert client.post(url, {"email": f"p{n}@voorbeeld.test"}).status_code == 302

    page = client.post(url, {"email": EMAIL})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == [
        "Van hieruit kwamen net te veel aanvragen. Probeer het over een uur opnieuw."
    ]
    assert client.post(url, {"email": EMAIL}, REMOTE_ADDR="10.9.9.9").status_code == 302
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1), tick=False):
        assert client.post(url, {"email": EMAIL}).status_code == 302


def test_the_counts_hold_no_address() -> None:
    ask_to_follow(call=None, email=EMAIL, place="10.1.2.3")
    assert {len(sender) for sender in PublicPost.objects.values_list("sender", flat=True)} == {64}


# --- Stopping ------------------------------------------------------------------------------------


def test_a_link_to_stop_shows_a_button_and_the_button_forgets_the_address(client: Client) -> None:
    one = follower(CallFactory())
    other = follower(None)
    url = reverse("calls:stop_following", args=[one.token])

    assert client.get(url).status_code == 200
    assert CallFollower.objects.count() == 2
    assert client.post(url).status_code == 200
    assert list(CallFollower.objects.all()) == [other]
    assert client.post(url).status_code == 200  # pressed twice
    assert client.get(url).status_code == 404


def test_a_mail_program_stops_the_mails_by_itself() -> None:
    """RFC 8058: a POST from nowhere, without cookies or CSRF token."""
    one = follower(CallFactory())
    announce_openings()
    (mail,) = mails("opened")
    message = compose(mail)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message.extra_headers["List-Unsubscribe"]
    path = reverse("calls:stop_following", args=[one.token])
    assert address.startswith("<http")
    assert address.endswith(f"{path}>")

    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not CallFollower.objects.exists()


@pytest.mark.parametrize("name", ["confirm_following", "stop_following"])
def test_an_unknown_link_is_a_page_with_the_next_step(client: Client, name: str) -> None:
    page = client.get(reverse(f"calls:{name}", args=["bestaat-niet"]))
    assert page.status_code == 404
    assert "Deze link werkt niet meer" in page.content.decode()


def test_confirming_after_stopping_brings_nothing_back() -> None:
    one = follower(None, confirmed_at=None)
    stop_following(token=one.token)
    with pytest.raises(CallFollower.DoesNotExist):
        confirm_follower(token=one.token)


# --- What followers hear -------------------------------------------------------------------------


def test_who_follows_the_call_and_all_calls_hears_it_once() -> None:
    call, other_call = CallFactory(), CallFactory(window__opens=3)
    of_call = follower(call)
    follower(None)
    of_all = follower(None, "alles@voorbeeld.test")
    follower(other_call, "ander@voorbeeld.test")
    follower(call, "onbevestigd@voorbeeld.test", confirmed_at=None)

    assert list(selectors.confirmed_followers(call)) == [of_all, of_call]
    assert announce_openings() == 2
    by_address = {mail.address: mail for mail in mails("opened")}
    assert set(by_address) == {EMAIL, of_all.email}
    assert of_call.token in by_address[EMAIL].text
    assert announce_openings() == 0


def test_an_opening_is_told_at_its_moment_and_after_downtime_unless_the_round_has_closed() -> None:
    with time_machine.travel(NOW, tick=False) as machine:
        call = CallFactory(window=False)
        follower(call)
        opens = NOW + timedelta(days=2)
        late = RoundFactory(call=call, opens_at=opens, closes_at=opens + timedelta(days=10))
        short = RoundFactory(call=call, opens_at=opens, closes_at=opens + timedelta(days=1))

        machine.move_to(opens - timedelta(seconds=1))
        assert announce_openings() == 0
        machine.move_to(opens + timedelta(days=3))  # the portal stood still
        assert announce_openings() == 1
        late.refresh_from_db()
        short.refresh_from_db()
        assert (late.opening_announced_at, short.opening_announced_at) == (clock.now(), None)
        assert "tot **13 juni 2026, 10.00 uur**, Belgische tijd" in mails("opened")[0].text


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN, CallState.ASSESSMENT])
def test_only_a_published_call_is_announced(state: CallState) -> None:
    follower(None)
    RoundFactory(call=CallFactory(state=state, window=False))
    assert announce_openings() == 0


def published(call: Call) -> None:
    staff = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    move_call(call=call, step="publish", by=staff)


def test_publication_is_told_once_to_who_follows_all_calls() -> None:
    call = CallFactory(state=CallState.CONCEPT, window__opens=5)
    follower(None)
    follower(CallFactory(), "ander@voorbeeld.test")
    published(call)
    assert [mail.address for mail in mails("published")] == [EMAIL]

    move_call(call=call, step="back_to_concept", by=UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    published(call)
    assert len(mails("published")) == 1


def test_a_call_that_is_open_when_published_is_told_of_once() -> None:
    follower(None)
    published(CallFactory(state=CallState.CONCEPT))
    announce_openings()
    assert (len(mails("published")), len(mails("opened"))) == (0, 1)


def test_a_title_cannot_add_a_header_or_a_link_to_a_mail() -> None:
    call = CallFactory(title="Titel [klik](https://kwaad.test)\r\nBcc: x@kwaad.test")
    follower(call)
    announce_openings()
    (mail,) = mails("opened")
    assert "\n" not in mail.subject
    assert "https://kwaad.test" not in re.findall(r'href="([^"]+)"', mail.html)


# --- Forgetting ----------------------------------------------------------------------------------


def test_an_address_that_nobody_confirmed_is_forgotten_after_a_week() -> None:
    with time_machine.travel(NOW, tick=False) as machine:
        ask_to_follow(call=None, email=EMAIL, place="10.0.0.1")
        confirmed = follower(None, "ja@voorbeeld.test")

        machine.move_to(NOW + timedelta(days=7))
        forget_old_traces()
        assert CallFollower.objects.count() == 2
        machine.move_to(NOW + timedelta(days=7, seconds=1))
        forget_old_traces()
        assert list(CallFollower.objects.all()) == [confirmed]
        assert not PublicPost.objects.exists()


def test_a_place_that_asks_too_often_gets_a_sentence() -> None:
    for n in range(PER_PLACE):
        ask_to_follow(call=None, email=f"p{n}@voorbeeld.test", place="10.0.0.1")
    with pytest.raises(ValidationError, match="te veel aanvragen"):
        ask_to_follow(call=None, email=EMAIL, place="10.0.0.1")
