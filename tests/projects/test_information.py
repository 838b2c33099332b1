"""Further information: asked about named questions, answered beside the frozen text, and kept."""

import contextlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole
from accounts.typed_text import may_receive
from calls.models import FormQuestion, RequiredFrom
from common.lifecycle import TransitionRefused
from common.moments import BRUSSELS, end_of_day
from evaluations.services import finalise_advice, save_advice
from evaluations.services.information import information_readers
from notifications.models import OutboxMail, Reminder
from notifications.services import plan_reminders
from projects.frozen import items_of
from projects.lifecycle import InformationState
from projects.models import InformationItem, InformationRequest, Proposal
from projects.selectors import own_proposals, proposals_for_dashboard
from projects.services import (
    ask_information,
    save_answers_to_request,
    send_answers,
    withdraw_information_request,
)
from projects.services.information import Answer, Asked, NotAllSaved, default_due_on
from tests.accounts.factories import UserFactory
from tests.documents.factories import pdf_bytes
from tests.evaluations.factories import ADVICE, Case
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db

PROBLEM = Asked("D", "probleem", "Hoeveel riolen lopen over?")
TITLE = Asked("A", "title", "Waarom deze titel?")
PDF = pdf_bytes()


@pytest.fixture
def case(db: None) -> Case:
    return Case().accepted()


def ask(case: Case, *asked: Asked, by: User | None = None, **changes: Any) -> InformationRequest:
    return ask_information(
        **{
            "proposal": case.proposal,
            "asked": list(asked or (PROBLEM,)),
            "due_on": default_due_on(),
            "by": by or case.adviser,
            **changes,
        }
    )


def answers(request: InformationRequest, text: str = "Twaalf.") -> dict[int, Answer]:
    return {item.pk: Answer(text) for item in request.items.all()}


def send(request: InformationRequest, by: User, **changes: Any) -> InformationRequest:
    return send_answers(
        **{
            "request": request,
            "answers": answers(request),
            "by": by,
            "arrived_at": timezone.now(),
            **changes,
        }
    )


class TestAsking:
    def test_each_item_holds_the_frozen_text(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE, message=" Graag snel. ")
        version = case.proposal.latest_version
        assert (request.number, request.version, request.message) == (1, version, "Graag snel.")
        first, second = request.items.all()
        assert first.label == "Welk probleem?"
        assert first.frozen == version.content["sections"][2]["items"][0]
        assert (second.section_code, second.key, second.position) == ("A", "title", 2)

    def test_they_are_numbered(self, case: Case) -> None:
        assert [ask(case).number, ask(case).number] == [1, 2]

    @pytest.mark.parametrize(
        ("today", "due"),
        [
            (date(2026, 4, 27), date(2026, 5, 12)),  # over the first of May, a Friday
            (date(2026, 12, 18), date(2027, 1, 5)),  # over Christmas and New Year
        ],
    )
    def test_ten_working_days(self, time_machine: Any, today: date, due: date) -> None:
        time_machine.move_to(datetime.combine(today, datetime.min.time(), BRUSSELS), tick=False)
        assert default_due_on() == due

    def test_until_the_end_of_the_day(self, case: Case) -> None:
        request = ask(case)
        assert request.due_at == end_of_day(default_due_on())
        assert not request.is_late_at(request.due_at - timedelta(microseconds=1))
        assert request.is_late_at(request.due_at)

    def test_every_editor_gets_one_mail_without_the_question(self, case: Case) -> None:
        member(case.proposal, MemberRole.READER)
        ask(case)
        mail = OutboxMail.objects.get(kind="projects.information_asked")
        assert mail.address == case.member.email
        assert PROBLEM.question not in mail.text

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"asked": []}, "asked", "Kies minstens één vraag uit het voorstel."),
            (
                {"asked": [Asked("D", "probleem", " ")]},
                "asked",
                "Schrijf bij elke gekozen vraag wat u wilt weten.",
            ),
            (
                {"asked": [Asked("D", "bestaat-niet", "Wat?")]},
                "asked",
                "Deze vraag staat niet in de ingediende versie. Herlaad de pagina.",
            ),
            ({"due_on": date(2020, 1, 2)}, "due_on", "Kies een dag na vandaag."),
            (
                {"due_on": date(2099, 1, 1)},
                "due_on",
                "Kies een werkdag: geen weekend en geen feestdag.",
            ),
        ],
    )
    def test_what_is_refused(
        self, case: Case, changes: dict[str, Any], field: str, sentence: str
    ) -> None:
        with pytest.raises(ValidationError) as refusal:
            ask(case, **changes)
        assert refusal.value.message_dict == {field: [sentence]}

    def test_who_may(self, case: Case) -> None:
        ask(case, by=case.team)
        invited = Case().assigned()
        for proposal, person in (
            (case.proposal, case.leader),
            (case.proposal, case.member),
            (invited.proposal, invited.adviser),
            (invited.proposal, case.adviser),
        ):
            with pytest.raises(PermissionDenied):
                ask(case, proposal=proposal, by=person)

    def test_not_before_the_completeness_check(self) -> None:
        case = Case()
        with pytest.raises(TransitionRefused) as refusal:
            ask(case, by=case.team)
        assert refusal.value.messages == [
            "Bijkomende informatie vragen kan niet: de status is nu “Ingediend”."
        ]


class TestAnswering:
    def test_saved_and_not_sent(self, case: Case) -> None:
        request = ask(case)
        editor = member(case.proposal, MemberRole.EDITOR)
        save_answers_to_request(request=request, answers=answers(request, "Tien."), by=editor)
        item = InformationItem.objects.get()
        assert (item.answer, item.request.state) == ("Tien.", InformationState.OPEN)

    def test_sent_once(self, case: Case) -> None:
        request = ask(case)
        first = send(request, case.member)
        again = send(request, case.member, answers=answers(request, "Anders."))
        assert first.answered_at == again.answered_at
        assert InformationItem.objects.get().answer == "Twaalf."
        mails = OutboxMail.objects.filter(kind="evaluations.information_answered")
        assert list(mails.values_list("address", flat=True)) == [case.adviser.email]

    @pytest.mark.parametrize(("microseconds", "late"), [(-1, False), (0, True), (1, True)])
    def test_late_is_accepted_and_said(self, case: Case, microseconds: int, late: bool) -> None:
        request = ask(case)
        arrived_at = request.due_at + timedelta(microseconds=microseconds)
        answered = send(request, case.member, arrived_at=arrived_at)
        assert answered.answered_at == arrived_at
        assert answered.was_late is late

    def test_an_editor_cannot_send(self, case: Case) -> None:
        with pytest.raises(PermissionDenied):
            send(ask(case), member(case.proposal, MemberRole.EDITOR))

    def test_each_item_needs_an_answer_or_a_file(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, second = request.items.all()
        upload = SimpleUploadedFile("riolen.pdf", PDF, "application/pdf")
        with pytest.raises(ValidationError) as refusal:
            send(request, case.member, answers={first.pk: Answer("", file=upload)})
        assert refusal.value.message_dict == {
            f"answer_{second.pk}": ["Schrijf een antwoord of voeg een bestand toe."]
        }

    def test_a_bad_file_has_a_sentence_beside_it(self, case: Case) -> None:
        request = ask(case)
        item = request.items.get()
        upload = SimpleUploadedFile("riolen.pdf", b"MZ\x90 programma", "application/pdf")
        with pytest.raises(ValidationError) as refusal:
            save_answers_to_request(
                request=request, answers={item.pk: Answer("Zie bijlage.", upload)}, by=case.member
            )
        assert list(refusal.value.message_dict) == [f"file_{item.pk}"]

    def test_the_database_keeps_it(self, case: Case) -> None:
        send(ask(case), case.member)
        for change in (
            lambda: InformationItem.objects.update(answer="Anders"),
            lambda: InformationItem.objects.all().delete(),
            lambda: InformationRequest.objects.update(answered_at=timezone.now()),
            # Past Django, which would stop at the pause of the terms that belongs to the request.
            lambda: connection.cursor().execute("DELETE FROM projects_informationrequest"),
        ):
            with pytest.raises(InternalError), transaction.atomic():
                change()


class TestTwoEditors:
    """Each saves under the version from which he started, item by item."""

    def test_the_service_keeps_the_first_and_says_so(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, second = request.items.all()
        an = member(case.proposal, MemberRole.EDITOR, first_name="An", last_name="Eerst")
        save_answers_to_request(request=request, answers={first.pk: Answer("An", version=0)}, by=an)
        with pytest.raises(NotAllSaved) as refusal:
            save_answers_to_request(
                request=request,
                answers={first.pk: Answer("Bo", version=0), second.pk: Answer("Bo", version=0)},
                by=case.member,
            )
        assert refusal.value.clashed == [first.pk]
        (sentence,) = refusal.value.message_dict[f"answer_{first.pk}"]
        assert sentence.startswith("An Eerst wijzigde dit antwoord intussen (om ")
        rows = list(request.items.values_list("answer", "version", "updated_by"))
        assert rows == [("An", 1, an.pk), ("Bo", 1, case.member.pk)]

    def test_the_same_text_twice_is_no_clash(self, case: Case) -> None:
        request = ask(case)
        item = request.items.get()
        for _press in range(2):
            upload = SimpleUploadedFile("riolen.pdf", PDF, "application/pdf")
            save_answers_to_request(
                request=request,
                answers={item.pk: Answer("Tien.", upload, version=0)},
                by=case.member,
            )
        assert request.items.get().version == 1

    def test_another_file_is_not_written_over(self, case: Case) -> None:
        request = ask(case)
        item = request.items.get()
        for name in ("een.pdf", "twee.pdf"):
            upload = SimpleUploadedFile(name, PDF, "application/pdf")
            with contextlib.suppress(NotAllSaved):
                save_answers_to_request(
                    request=request,
                    answers={item.pk: Answer(None, upload, version=0)},
                    by=case.member,
                )
        stored = request.items.get().file
        assert stored is not None
        assert stored.name == "een.pdf"

    def test_the_page_shows_both_and_the_next_save_settles_it(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, second = request.items.all()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        an = signed_in(member(case.proposal, MemberRole.EDITOR, first_name="An", last_name="Eerst"))
        bo = signed_in(case.member)
        page_of_an, page_of_bo = open_page(an, url), open_page(bo, url)
        an.post(url, page_of_an | {f"answer_{first.pk}": "Tekst van An"})
        clash = bo.post(
            url,
            page_of_bo
            | {f"answer_{first.pk}": "Tekst van Bo", f"answer_{second.pk}": "Ook van Bo"},
        )
        assert clash.status_code == 422
        page = clash.content.decode()
        assert "Wat nu opgeslagen is" in page
        assert "<p>Tekst van An</p>" in page
        assert "Tekst van Bo</textarea>" in page
        assert list(request.items.values_list("answer", flat=True)) == [
            "Tekst van An",
            "Ook van Bo",
        ]
        again = typed_in(clash)
        assert again[f"answer_{first.pk}"] == "Tekst van Bo"
        assert bo.post(url, again).status_code == 302
        assert list(request.items.values_list("answer", flat=True)) == [
            "Tekst van Bo",
            "Ook van Bo",
        ]

    def test_what_one_did_not_touch_writes_over_nothing(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, second = request.items.all()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        an = signed_in(member(case.proposal, MemberRole.EDITOR))
        bo = signed_in(case.member)
        page_of_bo = open_page(bo, url)
        an.post(url, open_page(an, url) | {f"answer_{first.pk}": "Tekst van An"})
        answer = bo.post(url, page_of_bo | {f"answer_{second.pk}": "Tekst van Bo"})
        assert answer.status_code == 302
        assert list(request.items.values_list("answer", flat=True)) == [
            "Tekst van An",
            "Tekst van Bo",
        ]


class TestTooLate:
    """The page stood open while a colleague sent, or staff withdrew: nothing typed is lost."""

    @pytest.mark.parametrize(
        ("press", "reason"),
        [
            ("send", "Het antwoord is intussen verstuurd en ligt nu vast."),
            ("withdraw", "Deze vraag is intussen ingetrokken."),
        ],
    )
    def test_it_is_there_to_copy(self, case: Case, press: str, reason: str) -> None:
        request = ask(case)
        item = request.items.get()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        client = signed_in(case.member)
        typed = open_page(client, url) | {f"answer_{item.pk}": "Lang <verhaal>"}
        if press == "send":
            send(request, member(case.proposal))
        else:
            withdraw_information_request(request=request, by=case.adviser, reason="Gevonden.")
        upload = SimpleUploadedFile("riolen.pdf", PDF, "application/pdf")
        for button in ("save", "send"):
            upload.seek(0)
            answer = client.post(url, typed | {button: "yes", f"file_{item.pk}": upload})
            assert answer.status_code == 409
            page = answer.content.decode()
            assert reason in page
            assert "Wat u typte, niet opgeslagen" in page
            assert "readonly>Lang &lt;verhaal&gt;</textarea>" in page
            assert "Niet opgeslagen: riolen.pdf." in page

    def test_the_second_press_of_the_same_page_is_no_mistake(self, case: Case) -> None:
        item = ask(case).items.get()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        client = signed_in(case.member)
        typed = open_page(client, url) | {f"answer_{item.pk}": "Twaalf.", "send": "yes"}
        assert [client.post(url, typed).status_code for _press in range(2)] == [302, 302]

    def test_who_may_only_read_now(self, case: Case) -> None:
        item = ask(case).items.get()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        reader = signed_in(member(case.proposal, MemberRole.READER))
        answer = reader.post(url, {f"answer_{item.pk}": "Lang verhaal"})
        assert answer.status_code == 403
        assert "readonly>Lang verhaal</textarea>" in answer.content.decode()

    def test_who_may_not_send_keeps_the_text(self, case: Case) -> None:
        item = ask(case).items.get()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        client = signed_in(member(case.proposal, MemberRole.EDITOR))
        answer = client.post(
            url, open_page(client, url) | {f"answer_{item.pk}": "Twaalf.", "send": "yes"}
        )
        assert answer.status_code == 422
        assert "Alleen een indiener of beheerder" in answer.content.decode()
        item.refresh_from_db()
        assert (item.answer, item.request.state) == ("Twaalf.", InformationState.OPEN)


class TestARefusedFile:
    @pytest.mark.parametrize("content", [b"MZ\x90 programma", b""])
    @pytest.mark.parametrize("button", ["save", "send"])
    def test_the_texts_are_kept(self, case: Case, content: bytes, button: str) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, second = request.items.all()
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        client = signed_in(case.member)
        answer = client.post(
            url,
            open_page(client, url)
            | {
                f"answer_{first.pk}": "Zie bijlage.",
                f"file_{first.pk}": SimpleUploadedFile("riolen.pdf", content, "application/pdf"),
                f"answer_{second.pk}": "Daarom.",
                button: "yes",
            },
        )
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {f"file_{first.pk}"}
        assert list(request.items.values_list("answer", flat=True)) == ["Zie bijlage.", "Daarom."]
        request.refresh_from_db()
        assert request.state == InformationState.OPEN
        assert client.post(url, typed_in(answer) | {button: "yes"}).status_code == 302


def test_typed_text_outlives_the_session(case: Case) -> None:
    item = ask(case).items.get()
    url = reverse("projects:information", args=[case.proposal.reference, 1])
    answer = Client().post(url, {f"answer_{item.pk}": "Een lang verhaal over riolen."})
    assert answer.status_code == 200
    assert "U bent afgemeld, uw tekst is er nog" in answer.content.decode()
    reference = case.proposal.reference
    assert [
        may_receive(reverse(f"projects:{name}", args=arguments))
        for name, arguments in (
            ("information", [reference, 1]),
            ("assign", [reference, "D"]),
            ("partners", [reference]),
            ("partner_part", [reference, 1]),
            ("extensions", []),
        )
    ] == [True] * 5


def open_page(client: Client, url: str) -> dict[str, Any]:
    """What the open page would post, untouched."""
    return typed_in(client.get(url))


def typed_in(response: Any) -> dict[str, Any]:
    form = response.context["form"]
    return {box.html_name: box.value() for box in form if box.value() not in (None, False)}


class TestWithdrawing:
    def test_with_a_reason_that_the_applicant_reads(self, case: Case) -> None:
        request = ask(case)
        with pytest.raises(ValidationError) as refusal:
            withdraw_information_request(request=request, by=case.adviser, reason=" ")
        assert refusal.value.message_dict == {"reason": ["Schrijf waarom u de vraag intrekt."]}
        withdraw_information_request(request=request, by=case.adviser, reason="Al gevonden.")
        mail = OutboxMail.objects.get(kind="projects.information_withdrawn")
        assert "Al gevonden." not in mail.text
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        assert "Al gevonden." in signed_in(case.member).get(url).content.decode()
        with pytest.raises(TransitionRefused):
            send(request, case.member)

    def test_not_what_was_answered(self, case: Case) -> None:
        request = send(ask(case), case.member)
        with pytest.raises(TransitionRefused):
            withdraw_information_request(request=request, by=case.adviser, reason="Te laat.")


class TestAdvice:
    def test_it_waits_for_the_answer(self) -> None:
        case = Case().scored()
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        request = ask(case)
        with pytest.raises(TransitionRefused) as refusal:
            finalise_advice(proposal=case.proposal, by=case.adviser)
        assert refusal.value.messages == [
            "Vraag 1 om bijkomende informatie staat nog open. Wacht op het antwoord, of trek de "
            "vraag in."
        ]
        send(request, case.member)
        assert finalise_advice(proposal=case.proposal, by=case.adviser).finalised_at is not None


class TestAfterSelection:
    def test_the_portal_asks_what_is_still_needed(self) -> None:
        case = Case()
        FormQuestion.objects.filter(key="toelichting").update(required_from=RequiredFrom.SELECTION)
        case.notified()
        request = InformationRequest.objects.get()
        assert request.asked_by is None
        assert [item.key for item in request.items.all()] == ["toelichting"]
        assert [person.pk for person in information_readers(request)] == [
            case.team.pk,
            case.adviser.pk,
        ]

    def test_nothing_when_nothing_is_needed(self) -> None:
        Case().notified()
        assert InformationRequest.objects.count() == 0


class TestWhatTheApplicantSees:
    def test_the_state_and_the_next_step(self, case: Case) -> None:
        client = signed_in(case.member)
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        assert "In beoordeling" in client.get(case.proposal.get_absolute_url()).content.decode()
        request = ask(case)
        for page in (case.proposal.get_absolute_url(), reverse("dashboard:home")):
            text = client.get(page).content.decode()
            assert "Bijkomende informatie gevraagd" in text
            assert url in text
        send(request, case.member)
        text = client.get(case.proposal.get_absolute_url()).content.decode()
        assert "Bijkomende informatie gevraagd: beantwoord" not in text

    @pytest.mark.parametrize("count", [1, 4])
    def test_no_query_per_row(self, case: Case, count: int, django_assert_num_queries: Any) -> None:
        for _number in range(count):
            ask(case)
        (proposal,) = own_proposals(case.member, case.proposal.organisation)
        with django_assert_num_queries(0):
            assert proposal.state_for_applicant == "Bijkomende informatie gevraagd"
        (card,) = proposals_for_dashboard(own_proposals(case.member, case.proposal.organisation))
        assert card.next_step.text == ("Bijkomende informatie gevraagd: beantwoord vraag 1.")

    def test_fill_in_save_and_send(self, case: Case) -> None:
        request = ask(case)
        item = request.items.get()
        client = signed_in(case.member)
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        page = client.get(url).content.decode()
        assert PROBLEM.question in page
        assert case.adviser.last_name not in page
        upload = SimpleUploadedFile("riolen.pdf", PDF, "application/pdf")
        client.post(url, {f"answer_{item.pk}": "Zie bijlage.", f"file_{item.pk}": upload})
        page = client.get(url).content.decode()
        assert "Zie bijlage." in page
        assert "NOG NIET VERSTUURD" in page
        file_url = reverse(
            "projects:file", args=[case.proposal.reference, request.items.get().file_id]
        )
        assert signed_in(case.adviser).get(file_url).status_code == 404
        response = client.get(file_url)
        assert b"".join(response.streaming_content) == PDF
        page = client.post(
            url, {f"answer_{item.pk}": "Zie bijlage.", "send": "yes"}, follow=True
        ).content.decode()
        assert "Het antwoord ligt vast." in page
        response = signed_in(case.adviser).get(file_url)
        assert b"".join(response.streaming_content) == PDF

    def test_nothing_typed_is_lost(self, case: Case) -> None:
        request = ask(case, PROBLEM, TITLE)
        first, _second = request.items.all()
        client = signed_in(case.member)
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        answer = client.post(url, {f"answer_{first.pk}": "Lang verhaal", "send": "yes"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Lang verhaal" in page
        assert "Schrijf een antwoord of voeg een bestand toe." in page

    def test_others_do_not_know_of_it(self, case: Case) -> None:
        ask(case)
        url = reverse("projects:information", args=[case.proposal.reference, 1])
        assert signed_in(UserFactory()).get(url).status_code == 404
        reader = signed_in(member(case.proposal, MemberRole.READER))
        assert "Opslaan" not in reader.get(url).content.decode()
        assert reader.post(url, {}).status_code == 403


class TestWhatStaffSee:
    def test_ask_and_read(self, case: Case) -> None:
        client = signed_in(case.adviser)
        ref = case.proposal.reference
        url = reverse("evaluations:ask_information", args=[ref])
        page = client.get(url).content.decode()
        assert "Welk probleem?" in page
        number = next(
            place
            for place, (section, item) in enumerate(_items(case.proposal))
            if item["key"] == "probleem"
        )
        refused = client.post(
            url, {"due_on": f"{default_due_on():%Y-%m-%d}", f"question_{number}": "Hoeveel?"}
        )
        assert refused.status_code == 422
        assert "Vink dit aan, of wis uw vraag." in refused.content.decode()
        page = client.post(
            url,
            {
                "due_on": f"{default_due_on():%Y-%m-%d}",
                f"wanted_{number}": "on",
                f"question_{number}": "Hoeveel?",
            },
            follow=True,
        ).content.decode()
        assert "Hoeveel?" in page
        request = InformationRequest.objects.get()
        save_answers_to_request(
            request=request, answers=answers(request, "Nog niet zeker"), by=case.member
        )
        information = reverse("evaluations:information", args=[ref])
        assert "Nog niet zeker" not in client.get(information).content.decode()
        send(request, case.member)
        assert "Twaalf." in client.get(information).content.decode()
        assert information in client.get(reverse("evaluations:file", args=[ref])).content.decode()

    def test_withdraw(self, case: Case) -> None:
        ask(case)
        client = signed_in(case.team)
        url = reverse("evaluations:withdraw_information", args=[case.proposal.reference, 1])
        assert client.get(url).status_code == 200
        client.post(url, {"reason": "Niet meer nodig."})
        assert InformationRequest.objects.get().state == InformationState.WITHDRAWN
        assert client.get(url).status_code == 302

    def test_who_was_only_invited_reads_nothing(self) -> None:
        case = Case().assigned()
        ask(case, by=case.team)
        client = signed_in(case.adviser)
        for name in ("information", "ask_information"):
            url = reverse(f"evaluations:{name}", args=[case.proposal.reference])
            assert client.get(url).status_code == 302

    @pytest.mark.parametrize("count", [1, 6])
    def test_queries(self, case: Case, count: int, django_assert_max_num_queries: Any) -> None:
        for _number in range(count):
            ask(case, PROBLEM, TITLE)
        client = signed_in(case.team)
        with django_assert_max_num_queries(20):
            client.get(reverse("evaluations:information", args=[case.proposal.reference]))


class TestReminders:
    def test_the_applicant_and_who_asked(self, case: Case) -> None:
        request = ask(case, by=case.team)
        plan_reminders()
        planned = Reminder.objects.filter(rule="projects.information_due")
        assert set(planned.values_list("recipient", flat=True)) == {case.member.pk}
        assert [request.due_at - row.due_at for row in planned.order_by("due_at")] == [
            timedelta(days=3),
            timedelta(hours=12),
            timedelta(days=-1),
        ]
        staff = Reminder.objects.filter(rule="evaluations.information_due")
        assert set(staff.values_list("recipient", flat=True)) == {case.team.pk, case.adviser.pk}

    def test_not_once_it_was_answered(self, case: Case) -> None:
        request = ask(case)
        plan_reminders()
        send(request, case.member)
        plan_reminders()
        left = Reminder.objects.filter(rule__contains="information", state="planned")
        assert left.count() == 0


def _items(proposal: Proposal) -> list[Any]:
    version = proposal.latest_version
    assert version is not None
    return list(items_of(version.content))
