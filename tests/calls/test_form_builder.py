"""Building the form: conditions, moments, and what the builder refuses in plain words."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from calls.definition import sections_of
from calls.documents import blank_form_context
from calls.forms import QuestionForm
from calls.models import Call, FormQuestion, FormSection, QuestionType, RequiredFrom, SectionKind
from calls.required import MOMENTS, Stage
from calls.services import delete_part, move_part, save_part
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory, add_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def call() -> Call:
    return CallFactory(state="concept", window__opens=5)


def refusal(act: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.messages


def depend(question: FormQuestion, other: FormQuestion, value: str, by: Any) -> FormQuestion:
    question.visible_if, question.visible_if_value = other, value
    save_part(part=question, by=by)
    return question


class TestMoments:
    def test_the_table_knows_every_moment(self) -> None:
        assert set(MOMENTS) == set(RequiredFrom)

    def test_what_blocks_when(self) -> None:
        assert {moment: set(MOMENTS[moment].blocks) for moment in RequiredFrom} == {
            RequiredFrom.NEVER: set(),
            RequiredFrom.SUBMISSION: {Stage.FIRST, Stage.COMPLETING},
            RequiredFrom.COMPLETENESS: {Stage.COMPLETING},
            RequiredFrom.SELECTION: set(),
        }

    def test_the_words_stand_on_the_blank_form_in_the_pdf_and_in_the_builder(
        self, client: Client, call: Call, team: Any
    ) -> None:
        add_question(call, "D", "Beslissing?", required_from=RequiredFrom.COMPLETENESS)
        add_question(call, "D", "Rekening?", required_from=RequiredFrom.SELECTION)
        client.force_login(team)
        pages = {
            name: client.get(reverse(f"calls:{name}", args=[call.slug])).content.decode()
            for name in ("blank_form", "form_builder")
        }
        pages["pdf"] = render_to_string(
            "calls/pdf/blank_form.html", blank_form_context({"call": call.pk}, lambda _n: None)
        )
        words = (
            "erplicht bij het indienen",
            "iet verplicht",
            "ag later, uiterlijk bij het aanvullen",
            "as nodig na de selectie",
        )
        assert {name: [w for w in words if w not in page] for name, page in pages.items()} == {
            name: [] for name in pages
        }


class TestConditions:
    def test_on_a_choice_a_yes_no_and_a_declaration(self, call: Call, team: Any) -> None:
        choice = add_question(call, "D", "Soort?", type=QuestionType.CHOICE, choices=["A", "B"])
        yes_no = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
        tick = add_question(call, "D", "Gelezen", type=QuestionType.DECLARATION)
        words = [
            depend(add_question(call, "K", f"Waarom {n}?"), other, value, team).condition
            for n, (other, value) in enumerate([(choice, "B"), (yes_no, "nee"), (tick, "ja")])
        ]
        assert words == [
            "Alleen als u bij “Soort?” “B” antwoordde.",
            "Alleen als u bij “Zeker?” “Nee” antwoordde.",
            "Alleen als u “Gelezen” aanvinkte.",
        ]

    def test_not_on_a_text(self, call: Call, team: Any) -> None:
        text = call.sections.get(code="D").questions.get(key="probleem")
        tick = call.sections.get(code="K").questions.get(key="waarheid")
        assert refusal(lambda: depend(tick, text, "ja", team)) == [
            "“De gegevens zijn juist.” kan niet afhangen van “Welk probleem?”: kies een vraag met"
            " een lijst, een ja/nee-vraag of een verklaring."
        ]

    def test_not_on_a_later_question(self, call: Call, team: Any) -> None:
        tick = call.sections.get(code="K").questions.get(key="waarheid")
        text = call.sections.get(code="D").questions.get(key="probleem")
        assert refusal(lambda: depend(text, tick, "ja", team)) == [
            "“De gegevens zijn juist.” staat na “Welk probleem?”. Een voorwaarde kijkt naar een"
            " vraag die eerder in het formulier staat."
        ]
        text.refresh_from_db()
        assert text.visible_if is None

    def test_not_on_an_answer_that_does_not_exist(self, call: Call, team: Any) -> None:
        yes_no = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
        why = add_question(call, "D", "Waarom?")
        assert refusal(lambda: depend(why, yes_no, "misschien", team)) == [
            "“Waarom?” hangt af van het antwoord “misschien” op “Zeker?”, maar dat antwoord"
            " bestaat niet."
        ]

    def test_not_in_a_circle(self, call: Call, team: Any) -> None:
        first = add_question(call, "D", "Een?", type=QuestionType.YES_NO)
        second = depend(
            add_question(call, "D", "Twee?", type=QuestionType.YES_NO), first, "ja", team
        )
        assert refusal(lambda: depend(first, second, "ja", team)) == [
            "“Een?” en “Twee?” hangen van elkaar af. Kies een andere voorwaarde."
        ]

    def test_a_question_does_not_depend_on_itself(self, call: Call, team: Any) -> None:
        only = add_question(call, "D", "Een?", type=QuestionType.YES_NO)
        assert refusal(lambda: depend(only, only, "ja", team)) == [
            "“Een?” en “Een?” hangen van elkaar af. Kies een andere voorwaarde."
        ]

    def test_a_question_does_not_move_before_its_condition(self, call: Call, team: Any) -> None:
        first = add_question(call, "D", "Een?", type=QuestionType.YES_NO)
        second = depend(add_question(call, "D", "Twee?"), first, "ja", team)
        assert refusal(lambda: move_part(part=second, by=team, up=True)) == [
            "“Een?” staat na “Twee?”. Een voorwaarde kijkt naar een vraag die eerder in het"
            " formulier staat."
        ]
        second.refresh_from_db()
        assert second.position == first.position + 1

    def test_nor_a_section(self, call: Call, team: Any) -> None:
        first = add_question(call, "D", "Een?", type=QuestionType.YES_NO)
        depend(add_question(call, "K", "Twee?"), first, "ja", team)
        need = call.sections.get(code="D")
        move_part(part=need, by=team, up=False)  # below the estimate: still before K
        assert refusal(lambda: move_part(part=need, by=team, up=False)) == [
            "“Een?” staat na “Twee?”. Een voorwaarde kijkt naar een vraag die eerder in het"
            " formulier staat."
        ]

    def test_a_question_on_which_others_depend_stays(self, call: Call, team: Any) -> None:
        first = add_question(call, "D", "Een?", type=QuestionType.YES_NO)
        second = depend(add_question(call, "K", "Twee?"), first, "ja", team)
        sentence = (
            "Dit kan niet weg: van het antwoord hangt af of “Twee?” getoond wordt. Wijzig eerst"
            " die voorwaarde."
        )
        assert refusal(lambda: delete_part(part=first, by=team)) == [sentence]
        need = call.sections.get(code="D")
        assert refusal(lambda: delete_part(part=need, by=team)) == [sentence]
        delete_part(part=second, by=team)
        delete_part(part=need, by=team)
        assert not FormSection.objects.filter(pk=need.pk).exists()

    def test_an_answer_on_which_others_depend_stays(self, call: Call, team: Any) -> None:
        choice = add_question(call, "D", "Soort?", type=QuestionType.CHOICE, choices=["A", "B"])
        depend(add_question(call, "D", "Waarom?"), choice, "B", team)
        choice.choices = ["A", "C"]
        assert refusal(lambda: save_part(part=choice, by=team)) == [
            "“Waarom?” hangt af van het antwoord “B” op “Soort?”, maar dat antwoord bestaat niet."
        ]


class TestSections:
    def test_a_screen_of_its_own_comes_once(self, call: Call, team: Any) -> None:
        second = FormSection(call=call, code="Z", title="Nog eens", kind=SectionKind.BUDGET)
        assert refusal(lambda: save_part(part=second, by=team)) == [
            "Het formulier heeft al een deel van deze soort: J. Raming."
        ]

    def test_a_section_with_questions_stays_one_of_questions(self, call: Call, team: Any) -> None:
        call.sections.get(kind=SectionKind.PARTNERS).delete()
        need = call.sections.get(code="D")
        need.kind = SectionKind.PARTNERS
        assert refusal(lambda: save_part(part=need, by=team)) == [
            "Dit deel heeft vragen. Verwijder die eerst, of laat de soort staan."
        ]

    def test_a_question_goes_to_the_end_of_another_section(self, call: Call, team: Any) -> None:
        moved = call.sections.get(code="D").questions.get(key="probleem")
        moved.section = call.sections.get(code="K")
        save_part(part=moved, by=team)
        assert [q.label for q in moved.section.questions.order_by("position")] == [
            "De gegevens zijn juist.",
            "Welk probleem?",
        ]

    def test_a_reader_of_the_programme_builds_nothing(self, call: Call) -> None:
        adviser = UserFactory(roles=[StaffRole.ADVISER])
        with pytest.raises(PermissionDenied):
            save_part(part=call.sections.get(code="D"), by=adviser)


class TestTheScreen:
    def form(self, call: Call, question: FormQuestion, **data: Any) -> QuestionForm:
        values = {
            "section": question.section_id,
            "label": question.label,
            "type": question.type,
            "required_from": question.required_from,
            "max_length": question.max_length,
            "choices": "",
            "columns": "",
            **data,
        }
        return QuestionForm(values, instance=question, holder=call)

    def test_only_earlier_questions_with_fixed_answers_are_offered(self, call: Call) -> None:
        first = add_question(call, "D", "Soort?", type=QuestionType.CHOICE, choices=["A", "B"])
        own = add_question(call, "D", "Waarom?")
        add_question(call, "D", "Later?", type=QuestionType.YES_NO)
        offered = QuestionForm(instance=own, holder=call).fields["visible_if"].widget.choices
        assert offered == [
            ("", "Altijd tonen"),
            (
                "Soort?",
                [
                    (f"{first.pk}:A", "“Soort?” is “A”"),
                    (f"{first.pk}:B", "“Soort?” is “B”"),
                ],
            ),
        ]

    def test_a_condition_is_chosen_and_taken_away(self, call: Call) -> None:
        first = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
        own = add_question(call, "D", "Waarom?")
        form = self.form(call, own, visible_if=f"{first.pk}:nee")
        assert form.is_valid(), form.errors
        assert (own.visible_if, own.visible_if_value) == (first, "nee")
        form = self.form(call, own, visible_if="")
        assert form.is_valid(), form.errors
        assert (own.visible_if, own.visible_if_value) == (None, "")

    def test_a_question_of_elsewhere_is_refused_beside_the_field(self, call: Call) -> None:
        own = add_question(call, "D", "Waarom?")
        other = add_question(CallFactory(), "D", "Zeker?", type=QuestionType.YES_NO)
        form = self.form(call, own, visible_if=f"{other.pk}:ja")
        assert form.errors["visible_if"] == ["Kies een vraag uit dit formulier."]

    def test_what_the_service_refuses_stands_beside_the_field_with_all_that_was_typed(
        self, client: Client, call: Call, team: Any
    ) -> None:
        later = add_question(call, "K", "Zeker?", type=QuestionType.YES_NO)
        own = call.sections.get(code="D").questions.get(key="probleem")
        client.force_login(team)
        answer = client.post(
            reverse("calls:part_edit", args=[call.slug, "vragen", own.pk]),
            {
                "section": own.section_id,
                "label": "Anders gezegd",
                "type": "text",
                "required_from": "selection",
                "max_length": 10,
                "visible_if": f"{later.pk}:ja",
            },
        )
        form = answer.context["form"]
        assert form.errors["visible_if"] == [
            "“Zeker?” staat na “Anders gezegd”. Een voorwaarde kijkt naar een vraag die eerder in"
            " het formulier staat."
        ]
        assert form["label"].value() == "Anders gezegd"
        assert form["visible_if"].value() == f"{later.pk}:ja"
        assert f'value="{later.pk}:ja" selected' in answer.content.decode()

    @pytest.mark.parametrize("typed", ["x", "9" * 30 + ":ja", ":", "\0:ja"])
    def test_nonsense_is_no_condition(self, call: Call, typed: str) -> None:
        own = add_question(call, "D", "Waarom?")
        form = self.form(call, own, visible_if=typed)
        assert form.is_valid() is (typed == ":")

    def test_the_builder_costs_the_same_with_300_questions(
        self, client: Client, call: Call, team: Any
    ) -> None:
        client.force_login(team)
        url = reverse("calls:form_builder", args=[call.slug])
        first = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
        client.get(url)

        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            return len(captured)

        few = count()
        section = call.sections.get(code="K")
        FormQuestion.objects.bulk_create(
            FormQuestion(
                section=section,
                key=f"v{n}",
                label=f"Vraag {n}",
                type=QuestionType.TEXT,
                max_length=10,
                position=n,
                visible_if=first,
                visible_if_value="ja",
            )
            for n in range(2, 302)
        )
        assert count() == few


def test_the_blank_form_prints_the_condition(client: Client) -> None:
    call = CallFactory()
    first = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
    add_question(call, "D", "Waarom?", visible_if=first, visible_if_value="nee")
    page = client.get(reverse("calls:blank_form", args=[call.slug])).content.decode()
    assert page.count("Alleen als u bij “Zeker?” “Nee” antwoordde.") == 1
    context = blank_form_context({"call": call.pk}, lambda _n: None)
    html = render_to_string("calls/pdf/blank_form.html", context)
    assert html.count("Alleen als u bij “Zeker?” “Nee” antwoordde.") == 1
    assert [q.label for s in sections_of(call) for q in s.questions.all()][-2:] == [
        "Waarom?",
        "De gegevens zijn juist.",
    ]
