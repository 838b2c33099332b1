"""The form as a version: fixed at publication, changed on copies, published over the live rows."""

from copy import deepcopy
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import StaffRole
from audit.selectors import timeline
from calls.definition import definition_of, pending_change, sections_of
from calls.differences import differences
from calls.models import (
    Call,
    FormQuestion,
    FormSection,
    FormVersion,
    QuestionType,
    RequiredFrom,
    SectionKind,
)
from calls.services import (
    delete_part,
    discard_form_change,
    form_differences,
    move_call,
    move_part,
    publish_call,
    publish_form_change,
    save_part,
    start_form_change,
)
from documents.models import Job
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory, add_question

REASON = "De jury vraagt dit."


@pytest.fixture
def team(db: None) -> Any:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def call(db: None) -> Call:
    return CallFactory()


def refusal(act: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.messages


def copy_of(change: FormVersion, key: str) -> FormQuestion:
    return FormQuestion.objects.select_related("section__change").get(
        section__change=change, key=key
    )


def labels(holder: Call | FormVersion) -> list[tuple[str, list[str]]]:
    return [(s.code, [q.label for q in s.questions.all()]) for s in sections_of(holder)]


class TestPublishingACall:
    def draft(self) -> Call:
        return CallFactory(state="concept", window__opens=5)

    def test_fixes_version_1(self, team: Any) -> None:
        call = self.draft()
        publish_call(call=call, by=team)
        [version] = call.form_versions.all()
        assert (version.number, version.definition, version.differences) == (
            1,
            definition_of(sections_of(call)),
            [],
        )
        assert version.published_at is not None

    def test_again_refreshes_it_while_nobody_began(self, team: Any) -> None:
        call = self.draft()
        publish_call(call=call, by=team)
        move_call(call=call, step="back_to_concept", by=team)
        add_question(call, "D", "Nog iets?")
        publish_call(call=call, by=team)
        [version] = call.form_versions.all()
        assert (version.number, version.definition) == (1, definition_of(sections_of(call)))

    def test_again_makes_a_version_2_when_somebody_began(self, team: Any) -> None:
        call = self.draft()
        publish_call(call=call, by=team)
        Call.objects.filter(pk=call.pk).update(last_proposal_number=1)
        move_call(call=call, step="back_to_concept", by=team)
        add_question(call, "D", "Nog iets?")
        call.refresh_from_db()
        publish_call(call=call, by=team)
        latest = call.form_versions.get(number=2)
        assert (latest.reason, latest.differences) == (
            "De oproep is opnieuw gepubliceerd.",
            ["Nieuwe vraag in deel D: “Nog iets?” (verplicht bij het indienen)."],
        )

    def test_a_question_with_answers_keeps_its_type_in_a_call_that_went_back(
        self, team: Any
    ) -> None:
        call = self.draft()
        Call.objects.filter(pk=call.pk).update(last_proposal_number=1)
        question = FormQuestion.objects.get(section__call=call, key="probleem")
        question.type, question.max_length = QuestionType.NUMBER, None
        assert refusal(lambda: save_part(part=question, by=team)) == [
            "De soort van een bestaande vraag blijft: er zijn antwoorden op. Verwijder de vraag en"
            " voeg een nieuwe toe."
        ]

    def test_locks_the_form(self, call: Call, team: Any) -> None:
        question = FormQuestion.objects.get(section__call=call, key="probleem")
        assert refusal(lambda: save_part(part=question, by=team)) == [
            "Deze oproep is niet meer in opmaak en kan niet gewijzigd worden. Zet ze eerst terug"
            " naar opmaak. Dat kan zolang geen enkele ronde geopend is."
        ]

    def test_no_way_back_while_a_change_waits(self, team: Any) -> None:
        call = self.draft()
        publish_call(call=call, by=team)
        start_form_change(call=call, by=team)
        assert refusal(lambda: move_call(call=call, step="back_to_concept", by=team)) == [
            "Er loopt een wijziging van het formulier. Publiceer of verwerp die eerst."
        ]


class TestStarting:
    def test_copies_the_form_with_its_conditions(self, call: Call, team: Any) -> None:
        first = add_question(call, "D", "Zeker?", type=QuestionType.YES_NO)
        add_question(call, "K", "Waarom?", visible_if=first, visible_if_value="nee")
        change = start_form_change(call=call, by=team)
        assert labels(change) == labels(call)
        copy = FormQuestion.objects.get(section__change=change, label="Waarom?")
        assert copy.visible_if == FormQuestion.objects.get(section__change=change, label="Zeker?")
        assert form_differences(change) == []
        assert (change.number, change.published_at) == (2, None)

    def test_keeps_what_applied_as_version_1_of_an_older_call(self, call: Call, team: Any) -> None:
        assert not call.form_versions.exists()
        start_form_change(call=call, by=team)
        first = call.form_versions.get(number=1)
        assert first.definition == definition_of(sections_of(call))

    def test_once_at_a_time(self, call: Call, team: Any) -> None:
        start_form_change(call=call, by=team)
        assert refusal(lambda: start_form_change(call=call, by=team)) == [
            "Er loopt al een wijziging van dit formulier."
        ]

    def test_not_in_concept_nor_after_the_last_closing(self, team: Any) -> None:
        concept = CallFactory(state="concept")
        closed = CallFactory(window__opens=-60, window__closes=-1)
        assert [
            refusal(lambda one=one: start_form_change(call=one, by=team))
            for one in (concept, closed)
        ] == [
            ["Deze oproep is in opmaak: wijzig het formulier zelf."],
            ["Niemand kan nog indienen voor deze oproep: het formulier ligt voorgoed vast."],
        ]

    def test_not_by_an_adviser(self, call: Call) -> None:
        with pytest.raises(PermissionDenied):
            start_form_change(call=call, by=UserFactory(roles=[StaffRole.ADVISER]))


class TestEditingAChange:
    def test_what_answers_hang_on_stays(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        question = copy_of(change, "probleem")
        question.type, question.max_length = QuestionType.NUMBER, None
        section = change.sections.get(code="D")
        section.code = "Q"
        moved = copy_of(change, "toelichting")
        moved.section = change.sections.get(code="K")
        other_kind = change.sections.get(code="K")
        other_kind.kind = SectionKind.GENERAL
        assert [
            refusal(lambda part=part: save_part(part=part, by=team))
            for part in (question, section, moved, other_kind)
        ] == [
            [
                "De soort van een bestaande vraag blijft: er zijn antwoorden op. Verwijder de vraag"
                " en voeg een nieuwe toe."
            ],
            ["De letter van een bestaand deel blijft: er wordt naar verwezen."],
            ["Een bestaande vraag blijft in haar deel: daar staan de antwoorden."],
            ["De soort van een bestaand deel blijft: er zijn antwoorden op."],
        ]

    def test_a_screen_of_its_own_stays(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        budget = change.sections.get(kind=SectionKind.BUDGET)
        assert refusal(lambda: delete_part(part=budget, by=team)) == [
            "Dit deel kan niet meer weg: aanvragers hebben er misschien al iets ingevuld."
        ]

    def test_a_new_section_takes_no_letter_that_is_in_use(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        delete_part(part=change.sections.get(code="D"), by=team)
        new = FormSection(change=change, code="D", title="Anders")
        assert refusal(lambda: save_part(part=new, by=team)) == [
            "Deze letter is van een deel dat nu in het formulier staat. Kies een andere."
        ]

    def test_not_after_it_was_discarded(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        question = copy_of(change, "probleem")
        discard_form_change(change=change, by=team)
        sentence = ["Deze wijziging van het formulier is al gepubliceerd of verworpen."]
        assert refusal(lambda: save_part(part=question, by=team)) == sentence
        assert refusal(lambda: discard_form_change(change=change, by=team)) == sentence
        assert pending_change(call) is None
        assert not FormSection.objects.filter(call=None).exists()


class TestPublishingAChange:
    def publish(self, change: FormVersion, team: Any) -> FormVersion:
        return publish_form_change(change=change, reason=REASON, by=team)

    def test_live_rows_stay_and_say_the_new_thing(self, call: Call, team: Any) -> None:
        live = FormQuestion.objects.get(section__call=call, key="probleem")
        change = start_form_change(call=call, by=team)
        copy = copy_of(change, "probleem")
        copy.label, copy.max_length, copy.help_text = "Welke nood?", 500, "Kort."
        copy.required_from = RequiredFrom.COMPLETENESS
        save_part(part=copy, by=team)
        published = self.publish(change, team)
        assert published.differences == [
            "De vraag “Welk probleem?” luidt nu: “Welke nood?”.",
            "“Welke nood?”: u mag nu hoogstens 500 tekens schrijven in plaats van 4.000.",
            "“Welke nood?” is nu: mag later, uiterlijk bij het aanvullen (vroeger: verplicht bij"
            " het indienen).",
            "“Welke nood?” heeft nu uitleg.",
        ]
        live.refresh_from_db()
        assert (live.label, live.max_length, live.required_from) == (
            "Welke nood?",
            500,
            RequiredFrom.COMPLETENESS,
        )
        assert published.definition == definition_of(sections_of(call))
        assert not FormSection.objects.filter(call=None).exists()

    def test_new_and_dropped_parts_and_conditions(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        need = change.sections.get(code="D")
        asked = save_part(
            part=FormQuestion(section=need, key="zeker", label="Zeker?", type=QuestionType.YES_NO),
            by=team,
        )
        new = save_part(part=FormSection(change=change, code="M", title="Meer"), by=team)
        save_part(
            part=FormQuestion(
                section=new,
                key="waarom",
                label="Waarom?",
                type=QuestionType.TEXT,
                max_length=100,
                visible_if=asked,
                visible_if_value="nee",
            ),
            by=team,
        )
        delete_part(part=copy_of(change, "toelichting"), by=team)
        move_part(part=new, by=team, up=True)
        published = self.publish(change, team)
        assert published.differences == [
            "Nieuw: deel M “Meer”.",
            "De vraag “Toelichting” in deel D is verwijderd.",
            "Nieuwe vraag in deel D: “Zeker?” (verplicht bij het indienen).",
            "Nieuwe vraag in deel M: “Waarom?” (verplicht bij het indienen).",
        ]
        assert labels(call) == [
            ("A", []),
            ("C", []),
            ("D", ["Welk probleem?", "Zeker?"]),
            ("J", []),
            ("K", ["De gegevens zijn juist."]),
            ("M", ["Waarom?"]),
            ("L", []),
        ]
        why = FormQuestion.objects.get(section__call=call, key="waarom")
        assert why.visible_if == FormQuestion.objects.get(section__call=call, key="zeker")

    def test_a_second_change_starts_from_the_first(self, call: Call, team: Any) -> None:
        for number, label in ((2, "Twee?"), (3, "Drie?")):
            change = start_form_change(call=call, by=team)
            copy = copy_of(change, "probleem")
            copy.label = label
            save_part(part=copy, by=team)
            assert self.publish(change, team).number == number
        assert call.form_versions.get(number=3).differences == [
            "De vraag “Twee?” luidt nu: “Drie?”."
        ]

    def test_asks_a_reason_and_a_difference(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        assert refusal(lambda: publish_form_change(change=change, reason=" ", by=team)) == [
            "Schrijf waarom u het formulier wijzigt."
        ]
        assert refusal(lambda: self.publish(change, team)) == [
            "Er is nog niets gewijzigd aan het formulier."
        ]

    def test_not_after_the_last_closing(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        delete_part(part=copy_of(change, "toelichting"), by=team)
        call.rounds.update(closes_at=call.rounds.get().opens_at.replace(year=2100))
        call.rounds.update(opens_at="2020-01-01T00:00Z", closes_at="2020-02-01T00:00Z")
        assert refusal(lambda: self.publish(change, team)) == [
            "Niemand kan nog indienen voor deze oproep: het formulier ligt voorgoed vast."
        ]
        assert FormQuestion.objects.filter(section__call=call, key="toelichting").exists()

    def test_not_an_empty_form(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        for code in "DK":
            delete_part(part=change.sections.get(code=code), by=team)
        assert refusal(lambda: self.publish(change, team)) == [
            "Het formulier heeft geen enkele vraag meer."
        ]

    def test_leaves_a_trace_and_makes_the_blank_form_again(self, call: Call, team: Any) -> None:
        change = start_form_change(call=call, by=team)
        delete_part(part=copy_of(change, "toelichting"), by=team)
        self.publish(change, team)
        event = timeline(call).filter(action="call.form_changed").get()
        assert (event.label, event.comment, event.actor) == (
            "Formulier gewijzigd: versie 2",
            REASON,
            team,
        )
        assert Job.objects.about(call).filter(kind="calls.blank_form").count() == 1

    def test_a_dropped_key_is_not_used_again(self, call: Call, team: Any, client: Client) -> None:
        change = start_form_change(call=call, by=team)
        delete_part(part=copy_of(change, "toelichting"), by=team)
        self.publish(change, team)
        change = start_form_change(call=call, by=team)
        client.force_login(team)
        client.post(
            reverse("calls:part_add", args=[call.slug, "vragen"]),
            {
                "section": change.sections.get(code="D").pk,
                "label": "Toelichting",
                "type": "number",
                "required_from": "never",
            },
        )
        assert FormQuestion.objects.get(section__change=change, label="Toelichting").key == (
            "toelichting_2"
        )


class TestTheScreens:
    def url(self, name: str, call: Call, *args: Any) -> str:
        return reverse(f"calls:{name}", args=[call.slug, *args])

    def test_from_start_to_publication(self, client: Client, call: Call, team: Any) -> None:
        client.force_login(team)
        assert "Formulier wijzigen" in client.get(self.url("form_builder", call)).content.decode()
        started = client.post(self.url("form_change", call))
        assert started.headers["Location"] == self.url("form_change", call)
        change = pending_change(call)
        assert change is not None
        builder = client.get(self.url("form_change", call))
        assert builder.context["sections"] == list(change.sections.order_by("position"))
        copy = copy_of(change, "toelichting")
        gone = client.post(self.url("part_delete", call, "vragen", copy.pk))
        assert gone.headers["Location"] == self.url("form_change", call)
        page = client.get(self.url("form_change_publish", call))
        assert page.context["differences"] == ["De vraag “Toelichting” in deel D is verwijderd."]
        refused = client.post(self.url("form_change_publish", call), {"reason": ""})
        assert refused.context["form"].errors["reason"] == [
            "Schrijf waarom u het formulier wijzigt."
        ]
        client.post(self.url("form_change_publish", call), {"reason": REASON})
        history = client.get(self.url("form_builder", call))
        assert [v.number for v in history.context["versions"]] == [2, 1]
        assert REASON in history.content.decode()

    def test_discarding_asks_first(self, client: Client, call: Call, team: Any) -> None:
        start_form_change(call=call, by=team)
        client.force_login(team)
        client.get(self.url("form_change_discard", call))
        assert pending_change(call) is not None
        client.post(self.url("form_change_discard", call))
        assert pending_change(call) is None

    @pytest.mark.parametrize("name", ["form_change", "form_change_publish", "form_change_discard"])
    def test_without_a_change_one_is_sent_to_the_form(
        self, client: Client, call: Call, team: Any, name: str
    ) -> None:
        client.force_login(team)
        answer = client.get(self.url(name, call))
        assert answer.headers["Location"] == self.url("form_builder", call)

    def test_live_parts_are_out_of_reach_while_a_change_runs(
        self, client: Client, call: Call, team: Any
    ) -> None:
        live = FormQuestion.objects.get(section__call=call, key="probleem")
        start_form_change(call=call, by=team)
        client.force_login(team)
        assert client.get(self.url("part_edit", call, "vragen", live.pk)).status_code == 404

    def test_an_adviser_reads_only(self, client: Client, call: Call, team: Any) -> None:
        start_form_change(call=call, by=team)
        client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
        assert client.get(self.url("form_change", call)).context["may_edit"] is False
        assert client.get(self.url("form_change_publish", call)).status_code == 403
        assert client.post(self.url("form_change", call)).status_code == 403


# --- The difference function ----------------------------------------------------------------------

patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(alphabet="abcdé 1", max_size=12)
names = texts.map(lambda text: f"x{text}")


@st.composite
def questions(draw: Any, number: int) -> dict[str, Any]:
    type_ = draw(st.sampled_from(QuestionType.values))
    return {
        "id": number,
        "key": f"k{number}",
        "label": draw(names),
        "help_text": draw(texts),
        "type": type_,
        "required_from": draw(st.sampled_from(RequiredFrom.values)),
        "max_length": draw(st.none() | st.integers(1, 9999)),
        "choices": draw(st.lists(names, unique=True, max_size=3)),
        "columns": [
            {"key": f"c{n}", "label": label, "type": "text"}
            for n, label in enumerate(draw(st.lists(names, unique=True, max_size=3)))
        ],
        "visible_if": draw(
            st.none()
            | st.builds(
                lambda n, value: {"id": n, "type": "yes_no", "label": f"V{n}", "value": value},
                st.integers(1, 3),
                st.sampled_from(["ja", "nee"]),
            )
        ),
    }


@st.composite
def definitions(draw: Any) -> dict[str, Any]:
    sections = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        count = draw(st.integers(0, 3))
        sections.append(
            {
                "id": number,
                "code": "ABC"[number - 1],
                "title": draw(names),
                "intro": draw(texts),
                "kind": draw(st.sampled_from(SectionKind.values)),
                "questions": [draw(questions(number * 10 + n)) for n in range(count)],
            }
        )
    return {"sections": sections}


@patient
@given(definitions())
def test_equal_forms_do_not_differ(form: dict[str, Any]) -> None:
    assert differences(form, deepcopy(form)) == []


@patient
@given(definitions(), definitions())
def test_different_forms_give_at_least_one_sentence(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert bool(differences(old, new)) is (old != new)


QUESTION_CHANGES: dict[str, Any] = {
    "key": "other",
    "label": "Anders",
    "help_text": "Andere uitleg",
    "type": "date",
    "required_from": "selection",
    "max_length": 12345,
    "choices": ["nieuw"],
    "columns": [{"key": "nieuw", "label": "Nieuw", "type": "text"}],
    "visible_if": {"id": 99, "type": "declaration", "label": "V", "value": "ja"},
}


@patient
@given(definitions(), st.sampled_from(sorted(QUESTION_CHANGES)), st.data())
def test_each_property_of_a_question_is_told(form: dict[str, Any], name: str, data: Any) -> None:
    with_questions = [s for s in form["sections"] if s["questions"]]
    if not with_questions:
        return
    section = data.draw(st.sampled_from(with_questions))
    question = data.draw(st.sampled_from(section["questions"]))
    new = deepcopy(form)
    for part in new["sections"]:
        for other in part["questions"]:
            if other["id"] == question["id"]:
                other[name] = QUESTION_CHANGES[name]
    assert bool(differences(form, new)) is (question[name] != QUESTION_CHANGES[name])


def one(**changes: Any) -> dict[str, Any]:
    question = {
        "id": 1,
        "key": "a",
        "label": "Waarom?",
        "help_text": "",
        "type": "choice",
        "required_from": "never",
        "max_length": None,
        "choices": ["A", "B"],
        "columns": [],
        "visible_if": None,
        **changes,
    }
    section = {"id": 1, "code": "D", "title": "Nood", "intro": "", "kind": "questions"}
    return {"sections": [{**section, "questions": [question]}]}


CONDITION = {"id": 7, "type": "yes_no", "label": "Zeker?", "value": "ja"}


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ({}, {"max_length": 500}, ["“Waarom?”: u mag nu hoogstens 500 tekens schrijven."]),
        (
            {"max_length": 4000},
            {"max_length": 6000},
            ["“Waarom?”: u mag nu 6.000 tekens schrijven in plaats van 4.000."],
        ),
        ({"max_length": 5}, {}, ["“Waarom?” heeft geen hoogste aantal tekens meer."]),
        ({}, {"choices": ["A", "B", "C"]}, ["Nieuw antwoord bij “Waarom?”: “C”."]),
        ({}, {"choices": ["A"]}, ["Bij “Waarom?” kunt u “B” niet meer kiezen."]),
        (
            {},
            {"choices": ["B", "A"]},
            ["De antwoorden bij “Waarom?” staan in een andere volgorde."],
        ),
        ({"help_text": "a"}, {"help_text": "b"}, ["De uitleg bij “Waarom?” is herschreven."]),
        ({"help_text": "a"}, {}, ["De uitleg bij “Waarom?” is verwijderd."]),
        (
            {},
            {"visible_if": CONDITION},
            ["“Waarom?” staat nu onder een voorwaarde. Alleen als u bij “Zeker?” “Ja” antwoordde."],
        ),
        ({"visible_if": CONDITION}, {}, ["“Waarom?” staat nu altijd in het formulier."]),
        ({"visible_if": CONDITION}, {"visible_if": {**CONDITION, "label": "Anders?"}}, []),
        ({}, {"type": "date"}, ["Op “Waarom?” antwoordt u nu anders: datum."]),
    ],
)
def test_the_sentences(old: dict[str, Any], new: dict[str, Any], sentences: list[str]) -> None:
    assert differences(one(**old), one(**new)) == sentences


def test_the_sentences_of_tables_and_sections() -> None:
    def column(key: str, label: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "label": label, "type": "text", **more}

    old = one(columns=[column("a", "Risico"), column("b", "Kans"), column("c", "Prijs")])
    new = one(columns=[column("c", "Kost"), column("d", "Wie"), column("a", "Risico", type="date")])
    new["sections"][0].update(title="Behoefte", intro="Lees dit.", kind="partners")
    assert differences(old, new) == [
        "Deel D “Nood” heet nu D “Behoefte”.",
        "Deel D “Behoefte” heeft nu een inleiding.",
        "Deel D “Behoefte” bevat nu: Partners.",
        "In de tabel “Waarom?” heet “Prijs” nu “Kost”.",
        "Nieuwe kolom in de tabel “Waarom?”: “Wie”.",
        "In de tabel “Waarom?” is de kolom “Risico” gewijzigd.",
        "In de tabel “Waarom?” is de kolom “Kans” verwijderd.",
        "De kolommen van de tabel “Waarom?” staan in een andere volgorde.",
    ]
