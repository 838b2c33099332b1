"""Questions and answers: everybody asks, the team answers, nobody's name becomes public."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CallState
from calls.models import Call, CallFollower, CallQuestion
from calls.services import answer_privately, ask_question, dismiss_question, publish_answer
from calls.services.questions import PER_ADDRESS, PER_PLACE
from calls.tasks import forget_old_traces
from common import clock
from common.moments import BRUSSELS
from notifications.models import OutboxMail
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory

pytestmark = pytest.mark.django_db

EMAIL = "ann@voorbeeld.test"
NOW = datetime(2026, 6, 1, 10, tzinfo=BRUSSELS)
XSS = "<img src=x onerror=alert(1)> [klik](javascript:alert(1))"


@pytest.fixture
def call() -> Call:
    call: Call = CallFactory()
    return call


@pytest.fixture
def staff() -> User:
    user: User = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    return user


def asked(call: Call, question: str = "Mag een vzw?", **fields: Any) -> CallQuestion:
    return CallQuestion.objects.create(
        call=call, question=question, **{"asker_email": EMAIL, **fields}
    )


def mails(kind: str) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind=f"calls.{kind}").order_by("pk"))


def ask_url(call: Call) -> str:
    return reverse("calls:ask_question", args=[call.slug])


def page_of(call: Call, **query: str) -> str:
    page = Client().get(reverse("calls:questions", args=[call.slug]), query)
    assert page.status_code == 200
    return page.content.decode()


# --- Asking --------------------------------------------------------------------------------------


def test_a_question_reaches_the_team_and_is_not_public_yet(client: Client, call: Call) -> None:
    page = client.post(
        ask_url(call), {"question": "Mag een vzw indienen?", "email": EMAIL.upper()}, follow=True
    )
    assert "We mailen u het antwoord." in page.content.decode()
    question = CallQuestion.objects.get()
    assert (question.question, question.asker_email) == ("Mag een vzw indienen?", EMAIL)
    assert "Mag een vzw" not in page_of(call)

    (to_team,), (to_asker,) = mails("question_asked"), mails("question_received")
    assert (to_team.address, to_asker.address) == (call.contact_email, EMAIL)
    assert reverse("calls:answer", args=[call.slug, question.pk]) in to_team.text
    for mail in (to_team, to_asker):  # no words of strangers in our mails
        assert "vzw" not in mail.text + mail.html


def test_a_question_without_address_gets_no_receipt(client: Client, call: Call) -> None:
    client.post(ask_url(call), {"question": "Mag een vzw?"})
    assert CallQuestion.objects.get().asker_email == ""
    assert [mail.kind for mail in OutboxMail.objects.all()] == ["calls.question_asked"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"question": "", "email": EMAIL}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"question": "nul \x00"}, "question"),
        ({"question": "Mag het?", "email": "geen adres"}, "email"),
        ({"question": "Mag het?", "email": "a@b.test\r\nBcc: c@d.test"}, "email"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    client: Client, call: Call, typed: dict[str, str], field: str
) -> None:
    page = client.post(ask_url(call), typed)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["question"].value() == typed["question"]
    assert CallQuestion.objects.count() == OutboxMail.objects.count() == 0


def test_a_robot_is_thanked_and_forgotten(client: Client, call: Call) -> None:
    answer = client.post(ask_url(call), {"question": "Buy!", "website": "https://x.test"})
    assert answer.status_code == 302
    assert CallQuestion.objects.count() == OutboxMail.objects.count() == 0


@time_machine.travel(NOW, tick=False)
def test_one_place_asks_a_number_of_questions_an_hour(client: Client, call: Call) -> None:
    for n in range(PER_PLACE):
        assert client.post(ask_url(call), {"question": f"Vraag {n}"}).status_code == 302
    page = client.post(ask_url(call), {"question": "Nog één"})
    (sentence,) = page.context["form"].non_field_errors()
    assert sentence.startswith("Van hieruit kwamen net te veel vragen.")
    assert page.context["form"]["question"].value() == "Nog één"
    assert CallQuestion.objects.count() == PER_PLACE
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1), tick=False):
        assert client.post(ask_url(call), {"question": "Later"}).status_code == 302


def test_one_mailbox_gets_few_receipts_whoever_types_its_address(call: Call) -> None:
    for n in range(PER_ADDRESS + 2):
        ask_question(call=call, question="Vraag", email=EMAIL, place=f"10.0.0.{n}")
    assert CallQuestion.objects.count() == PER_ADDRESS + 2
    assert len(mails("question_received")) == PER_ADDRESS


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN])
def test_nobody_asks_or_reads_about_a_draft(
    client: Client, call: Call, staff: User, state: CallState
) -> None:
    Call.objects.filter(pk=call.pk).update(state=state)
    assert client.get(reverse("calls:questions", args=[call.slug])).status_code == 404
    client.force_login(staff)
    assert client.post(ask_url(call), {"question": "Mag het?"}).status_code == 404


# --- Answering -----------------------------------------------------------------------------------


def answer(client: Client, question: CallQuestion, do: str, /, **typed: str) -> Any:
    url = reverse("calls:answer", args=[question.call.slug, question.pk])
    return client.post(
        url, {"question": question.question, "answer": "Ja.", "doe": do, **typed}, follow=True
    )


def test_publishing_takes_names_out_and_tells_the_asker(
    client: Client, call: Call, staff: User
) -> None:
    client.force_login(staff)
    question = asked(call, "Ik ben An van Gent. Mag een vzw?")
    answer(client, question, "publiceer", question="Mag een vzw?", answer="Ja, **soms**.")

    page = page_of(call)
    assert "Mag een vzw?" in page
    assert "<strong>soms</strong>" in page
    assert f'id="vraag-{question.pk}"' in page
    for secret in ("An van Gent", EMAIL, staff.email, str(staff)):
        assert secret not in page
    assert "Mag een vzw?" in client.get(call.get_absolute_url()).content.decode()

    (mail,) = mails("question_answered")
    assert mail.address == EMAIL
    assert f"#vraag-{question.pk}" in mail.text
    question.refresh_from_db()
    assert question.answered_by == staff
    events = AuditEvent.objects.about(call).filter(action="call.question_published")
    assert [event.actor for event in events] == [staff]


def test_pressing_twice_publishes_and_mails_once_and_a_correction_is_told(
    call: Call, staff: User
) -> None:
    question = asked(call)
    for _ in range(2):
        publish_answer(question=question, text="Mag een vzw?", answer="Ja.", by=staff)
    assert len(mails("question_answered")) == 1
    publish_answer(question=question, text="Mag een vzw?", answer="Nee.", by=staff)
    assert len(mails("question_answered")) == 2
    assert "Nee." in page_of(call)


def test_followers_hear_of_an_answer_only_when_asked(call: Call, staff: User) -> None:
    now = clock.now()
    for email, of in ((EMAIL, call), ("volger@voorbeeld.test", call), ("alles@x.test", None)):
        CallFollower.objects.create(call=of, email=email, confirmed_at=now)
    CallFollower.objects.create(call=call, email="onbevestigd@x.test")

    publish_answer(question=asked(call), text="A?", answer="Ja.", by=staff)
    assert mails("question_published") == []
    publish_answer(question=asked(call), text="B?", answer="Ja.", by=staff, tell=True)
    (mail,) = mails("question_published")  # the asker reads it in the answer
    assert mail.address == "volger@voorbeeld.test"
    assert mail.unsubscribe_url


def test_a_private_answer_reaches_only_the_asker(client: Client, call: Call, staff: User) -> None:
    client.force_login(staff)
    question = asked(call)
    answer(client, question, "privaat", answer="Voor u: ja.")
    (mail,) = mails("question_answered")
    assert (mail.address, mail.is_private) == (EMAIL, True)
    assert "Voor u: ja." in mail.text
    assert "Voor u" not in page_of(call)
    answer(client, question, "privaat", answer="Voor u: ja.")
    assert len(mails("question_answered")) == 1


def test_a_private_answer_needs_an_address(client: Client, call: Call, staff: User) -> None:
    client.force_login(staff)
    page = answer(client, asked(call, asker_email=""), "privaat", answer="Ja.")
    (sentence,) = page.context["form"].non_field_errors()
    assert sentence.startswith("De vraagsteller gaf geen e-mailadres.")
    assert page.context["form"]["answer"].value() == "Ja."


def test_what_is_set_aside_tells_nobody_and_can_still_be_answered(
    client: Client, call: Call, staff: User
) -> None:
    client.force_login(staff)
    question = asked(call)
    answer(client, question, "opzij", answer="")
    question.refresh_from_db()
    assert question.dismissed_at is not None
    assert not OutboxMail.objects.exists()

    publish_answer(question=question, text="A?", answer="Ja.", by=staff)
    question.refresh_from_db()
    assert question.dismissed_at is None
    with pytest.raises(ValidationError, match="al beantwoord"):
        dismiss_question(question=question, by=staff)


def test_each_question_stands_under_one_status(client: Client, call: Call, staff: User) -> None:
    client.force_login(staff)
    waiting, shown, private, aside = (asked(call, text) for text in ("W", "S", "P", "A"))
    publish_answer(question=shown, text="S", answer="Ja.", by=staff)
    answer_privately(question=private, answer="Ja.", by=staff)
    dismiss_question(question=aside, by=staff)
    asked(CallFactory(), "Elders")
    url = reverse("calls:staff_questions", args=[call.slug])
    for status, expected in (
        ("", waiting),
        ("open", waiting),
        ("gepubliceerd", shown),
        ("privaat", private),
        ("opzij", aside),
        ("\x00", waiting),
    ):
        page = client.get(url, {"toon": status})
        assert list(page.context["page_obj"]) == [expected], status
        assert [tab["count"] for tab in page.context["tabs"]] == [1, 1, 1, 1]
    assert (
        "(1 te beantwoorden)"
        in client.get(reverse("calls:staff_detail", args=[call.slug])).content.decode()
    )


def test_an_adviser_reads_the_questions_and_answers_none(client: Client, call: Call) -> None:
    question, adviser = asked(call), UserFactory(roles=[StaffRole.ADVISER])
    client.force_login(adviser)
    page = client.get(reverse("calls:staff_questions", args=[call.slug])).content.decode()
    assert "Mag een vzw?" in page
    assert EMAIL not in page
    url = reverse("calls:answer", args=[call.slug, question.pk])
    assert client.get(url).status_code == client.post(url, {"doe": "opzij"}).status_code == 403
    for act in (
        lambda: publish_answer(question=question, text="A", answer="B", by=adviser),
        lambda: answer_privately(question=question, answer="B", by=adviser),
        lambda: dismiss_question(question=question, by=adviser),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_authority_sees_no_list_of_open_questions(client: Client, call: Call) -> None:
    client.force_login(MembershipFactory().user)
    assert client.get(reverse("calls:staff_questions", args=[call.slug])).status_code == 403


def test_a_question_of_another_call_is_not_reached(client: Client, call: Call, staff: User) -> None:
    client.force_login(staff)
    question = asked(CallFactory())
    url = reverse("calls:answer", args=[call.slug, question.pk])
    assert client.get(url).status_code == 404


# --- Reading -------------------------------------------------------------------------------------


def test_searching_finds_words_in_question_and_answer(call: Call, staff: User) -> None:
    for text, words in (("Mag een vzw?", "Ja."), ("Telt btw mee?", "Nee, vzw of niet.")):
        publish_answer(question=asked(call), text=text, answer=words, by=staff)

    def found(words: str) -> list[bool]:
        page = page_of(call, q=words)
        return ["Mag een vzw?" in page, "Telt btw mee?" in page]

    assert found("vzw") == [True, True]
    assert found("vzw btw") == [False, True]
    assert found("VZW mag") == [True, False]
    assert "Geen vraag gevonden" in page_of(call, q="onvindbaar")
    assert found("\x00") == [True, True]  # cannot be searched for: a sentence beside the field


def test_texts_of_strangers_stay_text(call: Call, staff: User) -> None:
    publish_answer(question=asked(call), text=XSS, answer=XSS, by=staff)
    for page in (page_of(call), Client().get(call.get_absolute_url()).content.decode()):
        assert "<img" not in page
        assert 'href="javascript' not in page
    assert "<img" not in mails("question_answered")[0].html


def test_the_address_of_who_asked_is_forgotten_after_a_year(call: Call) -> None:
    now = clock.now()
    asked(call, asked_at=now - timedelta(days=366))
    asked(call, asked_at=now - timedelta(days=364))
    forget_old_traces()
    kept = CallQuestion.objects.order_by("asked_at").values_list("asker_email", flat=True)
    assert list(kept) == ["", EMAIL]
