"""Questions with a condition or another moment, as an applicant meets them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole
from calls.models import Call, FormQuestion, QuestionType, RequiredFrom
from projects.content import proposal_content, section_content
from projects.draft import Draft, load_draft
from projects.lifecycle import ProposalState
from projects.models import Proposal, SectionAnswers
from projects.services import add_attachment, save_answers, submit_proposal
from tests.calls.factories import CallFactory, add_question
from tests.documents.factories import pdf_bytes
from tests.projects.conftest import member, signed_in
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    """D asks a yes/no, then why, then (in K) who; each depends on the one before."""
    call = CallFactory()
    sure = add_question(call, "D", "Zeker?", key="zeker", type=QuestionType.YES_NO)
    add_question(call, "D", "Waarom niet?", key="waarom", visible_if=sure, visible_if_value="nee")
    add_question(call, "K", "Door wie?", key="wie", visible_if=sure, visible_if_value="nee")
    return call


@pytest.fixture
def proposal(call: Call) -> Proposal:
    return complete_draft(call=call)


@pytest.fixture
def user(proposal: Proposal) -> User:
    return member(proposal)


def answer(proposal: Proposal, code: str, **answers: Any) -> Draft:
    """Put these answers beside those that stand there."""
    section = proposal.call.sections.get(code=code)
    saved = SectionAnswers.objects.get(proposal=proposal, section=section)
    saved.answers = {**saved.answers, **answers}
    saved.save()
    return load_draft(Proposal.objects.get(pk=proposal.pk))


def shown(draft: Draft) -> list[str]:
    return [q.key for s in draft.sections for q in draft.questions(s) if draft.is_shown(q)]


def missing(draft: Draft) -> list[str]:
    return [gap.sentence for gap in draft.missing]


class TestTheRule:
    def test_without_an_answer_the_dependants_are_hidden(self, proposal: Proposal) -> None:
        draft = load_draft(proposal)
        assert shown(draft) == ["probleem", "toelichting", "zeker", "waarheid"]
        assert missing(draft) == ["Beantwoord: Zeker?"]

    def test_the_answer_makes_them_appear_and_needed(self, proposal: Proposal) -> None:
        draft = answer(proposal, "D", zeker=False)
        assert missing(draft) == ["Beantwoord: Waarom niet?", "Beantwoord: Door wie?"]
        assert [(p.answered, p.total) for p in map(draft.progress, draft.sections)] == [
            (6, 6),
            (0, 0),
            (2, 3),
            (2, 2),
            (1, 2),
            (0, 0),
        ]

    def test_the_other_answer_does_not(self, proposal: Proposal) -> None:
        draft = answer(proposal, "D", zeker=True)
        assert (missing(draft), draft.overall.total) == ([], 11)

    def test_who_depends_on_a_hidden_question_is_hidden(self, proposal: Proposal) -> None:
        call = proposal.call
        why = FormQuestion.objects.get(section__call=call, key="waarom")
        why.type, why.choices = QuestionType.CHOICE, ["A", "B"]
        why.save()
        add_question(call, "K", "Nog?", key="nog", visible_if=why, visible_if_value="A")
        draft = answer(proposal, "D", zeker=True, waarom="A")
        assert shown(draft) == ["probleem", "toelichting", "zeker", "waarheid"]
        draft = answer(proposal, "D", zeker=False)
        assert shown(draft)[-1] == "nog"

    def test_a_declaration_and_a_choice_count_too(self, proposal: Proposal) -> None:
        call = proposal.call
        tick = FormQuestion.objects.get(section__call=call, key="waarheid")
        add_question(call, "K", "Nog?", key="nog", visible_if=tick, visible_if_value="ja")
        assert shown(load_draft(Proposal.objects.get(pk=proposal.pk)))[-1] == "nog"
        assert shown(answer(proposal, "K", waarheid=False))[-1] == "waarheid"

    def test_a_circle_made_by_hand_harms_nobody(self, proposal: Proposal) -> None:
        sure = FormQuestion.objects.get(section__call=proposal.call, key="zeker")
        why = FormQuestion.objects.get(section__call=proposal.call, key="waarom")
        FormQuestion.objects.filter(pk=sure.pk).update(visible_if=why, visible_if_value="x")
        assert "zeker" not in shown(load_draft(Proposal.objects.get(pk=proposal.pk)))


class TestNothingIsLost:
    def test_what_was_typed_stays_and_is_not_handed_in(
        self, proposal: Proposal, user: User
    ) -> None:
        answer(proposal, "D", zeker=True, waarom="Te duur")
        draft = answer(proposal, "K", wie="De raad")
        sentences = [warning.sentence for warning in draft.warnings]
        assert sentences == [
            "“Waarom niet?”: uw antwoord blijft bewaard maar wordt niet ingediend. Alleen als u"
            " bij “Zeker?” “Nee” antwoordde.",
            "“Door wie?”: uw antwoord blijft bewaard maar wordt niet ingediend. Alleen als u bij"
            " “Zeker?” “Nee” antwoordde.",
        ]
        page = signed_in(user).get(reverse("projects:check", args=[proposal.reference]))
        assert page.content.decode().count("wordt niet ingediend") == 2
        version = submit_proposal(proposal=proposal, by=user, arrived_at=timezone.now())
        keys = {
            section["code"]: [item["key"] for item in section["items"]]
            for section in version.content["sections"]
            if section["kind"] == "questions"
        }
        assert keys == {"D": ["probleem", "toelichting", "zeker"], "K": ["waarheid"]}
        saved = proposal.sections.get(section__code="D")
        assert saved.answers["waarom"] == "Te duur"

    def test_a_file_of_a_hidden_question_is_not_handed_in(
        self, proposal: Proposal, user: User
    ) -> None:
        sure = FormQuestion.objects.get(section__call=proposal.call, key="zeker")
        file_question = add_question(
            proposal.call,
            "D",
            "Bewijs",
            key="bewijs",
            type=QuestionType.FILE,
            visible_if=sure,
            visible_if_value="nee",
        )
        add_attachment(
            proposal=proposal,
            uploaded=SimpleUploadedFile("b.pdf", pdf_bytes()),
            question=file_question,
            by=user,
        )
        draft = answer(proposal, "D", zeker=True)

        def frozen(one: Draft) -> list[str]:
            content = proposal_content(
                one,
                version=1,
                arrived_at=timezone.now(),
                submitted_by="An",
                submission_round=None,
            )
            return [attachment["name"] for attachment in content["attachments"]]

        assert frozen(draft) == []
        assert [w.sentence for w in draft.warnings if "Bewijs" in w.sentence] != []
        assert frozen(answer(proposal, "D", zeker=False)) == ["b.pdf"]

    def test_saving_a_page_keeps_the_answer_it_did_not_show(
        self, proposal: Proposal, user: User
    ) -> None:
        answer(proposal, "D", zeker=True)
        answer(proposal, "K", wie="De raad")
        page = signed_in(user).get(reverse("projects:section", args=[proposal.reference, "K"]))
        form = page.context["form"]
        assert form.initial["asked"] == "waarheid"
        assert 'name="q_wie"' not in page.content.decode()
        signed_in(user).post(
            page.request["PATH_INFO"], {"version": 1, "asked": "waarheid", "q_waarheid": ""}
        )
        saved = proposal.sections.get(section__code="K")
        assert saved.answers == {"waarheid": False, "wie": "De raad"}

    def test_nor_when_the_question_appeared_while_the_page_was_open(
        self, proposal: Proposal, user: User
    ) -> None:
        answer(proposal, "K", wie="De raad")
        answer(proposal, "D", zeker=False)  # a colleague, in another section
        signed_in(user).post(
            reverse("projects:section", args=[proposal.reference, "K"]),
            {"version": 1, "asked": "waarheid", "q_waarheid": "on"},
        )
        assert proposal.sections.get(section__code="K").answers["wie"] == "De raad"

    def test_what_was_typed_while_it_disappeared_is_kept(
        self, proposal: Proposal, user: User
    ) -> None:
        answer(proposal, "D", zeker=True)
        signed_in(user).post(
            reverse("projects:section", args=[proposal.reference, "K"]),
            {"version": 1, "asked": "waarheid wie", "q_waarheid": "on", "q_wie": "De raad"},
        )
        assert proposal.sections.get(section__code="K").answers["wie"] == "De raad"

    def test_colleagues_see_it_when_they_compare(self, proposal: Proposal) -> None:
        draft = answer(proposal, "D", zeker=True, waarom="Te duur")
        section = draft.section("D")
        assert section is not None
        views = [section_content(draft, section, as_written=flag) for flag in (False, True)]
        assert [[item["key"] for item in view["items"]] for view in views] == [
            ["probleem", "toelichting", "zeker"],
            ["probleem", "toelichting", "zeker", "waarom"],
        ]


class TestThePage:
    def test_the_words_stand_beside_the_box_for_who_has_no_script(
        self, proposal: Proposal, user: User
    ) -> None:
        page = signed_in(user).get(reverse("projects:section", args=[proposal.reference, "D"]))
        html = page.content.decode()
        assert html.count("Alleen als u bij “Zeker?” “Nee” antwoordde.") == 1
        assert 'data-visible-if="q_zeker" data-visible-value="no"' in html
        assert "js/conditions.js" in html

    def test_a_question_on_another_section_comes_and_goes_on_the_server(
        self, proposal: Proposal, user: User
    ) -> None:
        client = signed_in(user)
        url = reverse("projects:section", args=[proposal.reference, "K"])
        seen = []
        for sure in (True, False):
            answer(proposal, "D", zeker=sure)
            seen.append("q_wie" in client.get(url).context["form"].fields)
        assert seen == [False, True]

    def test_a_reader_sees_the_questions_that_apply(self, proposal: Proposal) -> None:
        answer(proposal, "D", zeker=True, waarom="Te duur")
        reader = member(proposal, MemberRole.READER)
        page = signed_in(reader).get(reverse("projects:section", args=[proposal.reference, "D"]))
        assert "Te duur" not in page.content.decode()


class TestMoments:
    @pytest.fixture
    def later(self, call: Call) -> None:
        add_question(
            call, "D", "Beslissing?", key="beslissing", required_from=RequiredFrom.COMPLETENESS
        )
        add_question(call, "D", "Rekening?", key="iban", required_from=RequiredFrom.SELECTION)

    def incomplete(self, proposal: Proposal) -> Proposal:
        # By hand: the completeness check stands in a room above.
        now = timezone.now()
        values = {
            "submitted_at": now,
            "round": proposal.call.rounds.get(),
            "correction_until": now + timedelta(days=5),
        }
        for state in (ProposalState.SUBMITTED, ProposalState.INCOMPLETE):
            Proposal.objects.filter(pk=proposal.pk).update(state=state, **values)
        return Proposal.objects.get(pk=proposal.pk)

    @pytest.mark.usefixtures("later")
    def test_the_first_time_it_is_only_announced(self, proposal: Proposal, user: User) -> None:
        draft = answer(proposal, "D", zeker=True)
        assert (missing(draft), [gap.sentence for gap in draft.later]) == (
            [],
            ["Beantwoord: Beslissing?"],
        )
        page = signed_in(user).get(reverse("projects:check", args=[proposal.reference]))
        assert "Mag later, uiterlijk bij het aanvullen" in page.content.decode()
        assert submit_proposal(proposal=proposal, by=user, arrived_at=timezone.now()).number == 1

    @pytest.mark.usefixtures("later")
    def test_when_completing_it_is_needed(self, proposal: Proposal, user: User) -> None:
        answer(proposal, "D", zeker=True)
        current = self.incomplete(proposal)
        draft = load_draft(current)
        assert (missing(draft), draft.later) == (["Beantwoord: Beslissing?"], [])
        with pytest.raises(ValidationError) as refused:
            submit_proposal(proposal=current, by=user, arrived_at=timezone.now())
        assert refused.value.messages == ["Beantwoord: Beslissing?"]

    @pytest.mark.usefixtures("later")
    def test_after_the_selection_never_blocks_and_can_be_asked_for(
        self, proposal: Proposal
    ) -> None:
        answer(proposal, "D", zeker=True)
        draft = load_draft(self.incomplete(proposal))
        assert [q.key for q in draft.unanswered_from(RequiredFrom.SELECTION)] == ["iban"]
        assert missing(draft) == ["Beantwoord: Beslissing?"]
        draft = answer(proposal, "D", iban="BE68")
        assert draft.unanswered_from(RequiredFrom.SELECTION) == []

    @pytest.mark.usefixtures("later")
    def test_a_hidden_question_is_not_asked_for_later(self, proposal: Proposal) -> None:
        sure = FormQuestion.objects.get(section__call=proposal.call, key="zeker")
        FormQuestion.objects.filter(key__in=["beslissing", "iban"]).update(
            visible_if=sure, visible_if_value="nee"
        )
        draft = answer(proposal, "D", zeker=True)
        assert (draft.later, draft.unanswered_from(RequiredFrom.SELECTION)) == ([], [])

    @pytest.mark.usefixtures("later")
    def test_the_marker_says_when(self, proposal: Proposal, user: User) -> None:
        client = signed_in(user)
        url = reverse("projects:section", args=[proposal.reference, "D"])

        def markers() -> dict[str, str]:
            fields = client.get(url).context["form"].fields
            return {
                name.removeprefix("q_"): str(field.marker)
                for name, field in fields.items()
                if name.startswith("q_")
            }

        first = markers()
        assert first == {
            "probleem": "nodig om in te dienen",
            "toelichting": "niet verplicht",
            "zeker": "nodig om in te dienen",
            "waarom": "nodig om in te dienen",
            "beslissing": "mag later, uiterlijk bij het aanvullen",
            "iban": "pas nodig na de selectie",
        }
        self.incomplete(proposal)
        assert markers() == {**first, "beslissing": "nodig om in te dienen"}


def test_a_save_of_a_page_without_hidden_fields_still_works(proposal: Proposal, user: User) -> None:
    """A page from before this release was open in somebody's browser."""
    signed_in(user).post(
        reverse("projects:section", args=[proposal.reference, "D"]),
        {"version": 1, "q_probleem": "Nood", "q_zeker": "no", "q_waarom": "Te duur"},
    )
    assert proposal.sections.get(section__code="D").answers == {
        "probleem": "Nood",
        "toelichting": "",
        "zeker": False,
        "waarom": "Te duur",
    }


def test_the_service_keeps_what_it_is_given(proposal: Proposal, user: User) -> None:
    section = proposal.call.sections.get(code="D")
    saved = save_answers(
        proposal=proposal, section=section, answers={"waarom": "x"}, version=1, by=user
    )
    assert saved.version == 2
