"""A form that changes while people work on a draft: nobody loses a word, everybody is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from calls.models import Call, FormQuestion, FormSection, FormVersion, QuestionType
from calls.services import (
    delete_part,
    publish_form_change,
    save_part,
    start_form_change,
)
from notifications.models import OutboxMail
from projects.draft import load_draft
from projects.models import Proposal, SectionAnswers
from projects.services import (
    acknowledge_form,
    add_attachment,
    save_answers,
    start_proposal,
    submit_proposal,
)
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory, add_question
from tests.documents.factories import pdf_bytes
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory, complete_draft

pytestmark = pytest.mark.django_db
REASON = "De jury vraagt dit."


@pytest.fixture
def team() -> Any:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def proposal() -> Proposal:
    return complete_draft()


@pytest.fixture
def user(proposal: Proposal) -> User:
    return member(proposal)


def change_form(call: Call, team: Any, *acts: Callable[[FormVersion], Any]) -> FormVersion:
    change = start_form_change(call=call, by=team)
    for act in acts:
        act(change)
    return publish_form_change(change=change, reason=REASON, by=team)


def copy_of(change: FormVersion, key: str) -> FormQuestion:
    return FormQuestion.objects.get(section__change=change, key=key)


def drop(key: str, team: Any) -> Callable[[FormVersion], None]:
    return lambda change: delete_part(part=copy_of(change, key), by=team)


def drop_section(code: str, team: Any) -> Callable[[FormVersion], None]:
    return lambda change: delete_part(part=change.sections.get(code=code), by=team)


def alter(key: str, team: Any, **values: Any) -> Callable[[FormVersion], None]:
    def act(change: FormVersion) -> None:
        question = copy_of(change, key)
        for name, value in values.items():
            setattr(question, name, value)
        save_part(part=question, by=team)

    return act


def add(code: str, label: str, team: Any, **values: Any) -> Callable[[FormVersion], None]:
    def act(change: FormVersion) -> None:
        question = FormQuestion(
            section=change.sections.get(code=code),
            label=label,
            **{"key": "nieuw", "type": QuestionType.TEXT, "max_length": 100, **values},
        )
        save_part(part=question, by=team)

    return act


def again(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


class TestWhatHappensToADraft:
    def test_answers_stay_also_to_a_question_that_goes(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        section = proposal.call.sections.get(code="D")
        save_answers(
            proposal=proposal,
            section=section,
            answers={"probleem": "Water", "toelichting": "Veel"},
            version=1,
            by=user,
        )
        change_form(
            proposal.call,
            team,
            drop("toelichting", team),
            alter("probleem", team, label="Welke nood?"),
            add("D", "Nog iets?", team),
        )
        draft = load_draft(again(proposal))
        answers = SectionAnswers.objects.get(proposal=proposal, section=section).answers
        assert answers == {"probleem": "Water", "toelichting": "Veel"}
        assert [gap.sentence for gap in draft.missing] == ["Beantwoord: Nog iets?"]
        signed_in(user).post(
            reverse("projects:section", args=[proposal.reference, "D"]),
            {
                "version": 2,
                "form_version": 2,
                "asked": "probleem nieuw",
                "q_probleem": "Water",
                "q_nieuw": "Meer",
            },
        )
        answers = SectionAnswers.objects.get(proposal=proposal, section=section).answers
        assert answers == {"probleem": "Water", "toelichting": "Veel", "nieuw": "Meer"}

    def test_files_of_a_question_that_goes_become_general(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        question = add_question(proposal.call, "D", "Bewijs", key="bewijs", type=QuestionType.FILE)
        for name, description, content in (
            ("1.pdf", "", pdf_bytes()),
            ("2.pdf", "Brief", pdf_bytes(linearize=True)),
        ):
            add_attachment(
                proposal=proposal,
                uploaded=SimpleUploadedFile(name, content),
                question=question,
                description=description,
                by=user,
            )
        change_form(proposal.call, team, drop("bewijs", team))
        assert list(proposal.attachments.order_by("pk").values_list("question", "description")) == [
            (None, "Bewijs"),
            (None, "Brief"),
        ]

    def test_a_section_with_answers_is_retired_and_one_without_goes(
        self, proposal: Proposal, team: Any
    ) -> None:
        section = proposal.call.sections.get(code="D")
        version = change_form(proposal.call, team, drop_section("D", team))
        section.refresh_from_db()
        assert (section.call, section.change) == (None, version)
        assert SectionAnswers.objects.get(section=section).answers["probleem"] != ""
        assert [s.code for s in load_draft(again(proposal)).sections] == ["A", "C", "J", "K", "L"]

        other = CallFactory()
        pk = other.sections.get(code="D").pk
        change_form(other, team, drop_section("D", team))
        assert not FormSection.objects.filter(pk=pk).exists()

    def test_what_was_handed_in_stays_as_it_was(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        version = submit_proposal(proposal=proposal, by=user, arrived_at=timezone.now())
        before = version.content
        change_form(proposal.call, team, drop_section("D", team))
        version.refresh_from_db()
        assert version.content == before
        page = signed_in(user).get(reverse("projects:version", args=[proposal.reference, 1]))
        assert "De riolen lopen over." in page.content.decode()

    def test_a_text_over_a_smaller_limit_must_be_shortened_first(
        self, proposal: Proposal, team: Any
    ) -> None:
        change_form(proposal.call, team, alter("probleem", team, max_length=5))
        draft = load_draft(again(proposal))
        assert [gap.sentence for gap in draft.missing] == ["Kort in met 16 tekens: Welk probleem?"]

    def test_an_answer_that_can_no_longer_be_chosen_is_chosen_again(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        add_question(
            proposal.call,
            "D",
            "Soort?",
            key="soort",
            type=QuestionType.CHOICE,
            choices=["A", "B"],
            required_from="never",
        )
        section = proposal.call.sections.get(code="D")
        answers = {"probleem": "x", "toelichting": "", "soort": "B"}
        save_answers(proposal=proposal, section=section, answers=answers, version=1, by=user)
        change_form(proposal.call, team, alter("soort", team, choices=["A", "C"]))
        assert [gap.sentence for gap in load_draft(again(proposal)).missing] == [
            "Kies opnieuw: Soort? (“B” bestaat niet meer)"
        ]

    def test_text_of_a_column_that_went_is_shown_until_it_is_saved(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        columns = [
            {"key": "risico", "label": "Risico", "type": "text"},
            {"key": "wie", "label": "Wie", "type": "text"},
        ]
        add_question(
            proposal.call,
            "D",
            "Risico’s",
            key="risicos",
            type=QuestionType.TABLE,
            columns=columns,
            required_from="never",
        )
        section = proposal.call.sections.get(code="D")
        rows = [{"risico": "Brand", "wie": "An"}, {"risico": "Water", "wie": "Jan"}]
        answers = {"probleem": "x", "toelichting": "", "risicos": rows}
        save_answers(proposal=proposal, section=section, answers=answers, version=1, by=user)
        change_form(proposal.call, team, alter("risicos", team, columns=columns[:1]))
        page = signed_in(user).get(reverse("projects:section", args=[proposal.reference, "D"]))
        assert [(one.label, one.text) for one in page.context["form"].leftovers] == [
            ("Risico’s", "An\nJan")
        ]


class TestBeingTold:
    def test_every_editor_of_a_draft_gets_one_mail(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        colleague = member(proposal, MemberRole.EDITOR)
        member(proposal, MemberRole.READER)
        handed_in = ProposalFactory(call=proposal.call, submitted=True)
        MembershipFactory(organisation=handed_in.organisation, role=MemberRole.MANAGER)
        elsewhere = ProposalFactory()
        MembershipFactory(organisation=elsewhere.organisation, role=MemberRole.MANAGER)
        change_form(proposal.call, team, drop("toelichting", team))
        mails = OutboxMail.objects.filter(kind="projects.form_changed").order_by("pk")
        assert [mail.recipient for mail in mails] == [user, colleague]
        mail = mails[0]
        assert mail.subject == (
            f"NOG NIET INGEDIEND: het formulier van {proposal.reference} is gewijzigd"
        )
        for text in (
            "- De vraag “Toelichting” in deel D is verwijderd.",
            f"Waarom? {REASON}",
            "**nog niet ingediend**",
            reverse("projects:proposal", args=[proposal.reference]),
        ):
            assert text in mail.text
        assert "De riolen lopen over." not in mail.text

    def test_the_notice_stands_on_each_page_until_it_is_read(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        client = signed_in(user)
        pages = [
            reverse("projects:proposal", args=[proposal.reference]),
            reverse("projects:section", args=[proposal.reference, "D"]),
            reverse("projects:section", args=[proposal.reference, "L"]),
            reverse("projects:check", args=[proposal.reference]),
        ]
        sentence = "De vraag “Toelichting” in deel D is verwijderd."

        def seen() -> list[int]:
            return [client.get(page).content.decode().count(sentence) for page in pages]

        assert seen() == [0, 0, 0, 0]
        change_form(proposal.call, team, drop("toelichting", team))
        assert seen() == [1, 1, 1, 1]
        read = client.post(
            reverse("projects:form_read", args=[proposal.reference]),
            {"version": "2", "next": pages[1]},
        )
        assert read.headers["Location"] == pages[1]
        assert seen() == [0, 0, 0, 0]
        assert again(proposal).known_form_version == 2

    def test_two_changes_are_both_told(self, proposal: Proposal, team: Any) -> None:
        change_form(proposal.call, team, drop("toelichting", team))
        change_form(proposal.call, team, add("D", "Nog iets?", team))
        draft = load_draft(again(proposal))
        assert [change.number for change in draft.form_changes] == [2, 3]

    def test_a_new_draft_knows_the_present_form(self, team: Any) -> None:
        call = CallFactory()
        change_form(call, team, drop("toelichting", team))
        membership = MembershipFactory(role=MemberRole.EDITOR)
        begun = start_proposal(
            call=call, organisation=membership.organisation, title="Een", by=membership.user
        )
        assert (begun.known_form_version, load_draft(begun).form_changes) == (2, [])

    def test_a_reader_reads_it_without_a_button(self, proposal: Proposal, team: Any) -> None:
        change_form(proposal.call, team, drop("toelichting", team))
        client = signed_in(member(proposal, MemberRole.READER))
        page = client.get(reverse("projects:section", args=[proposal.reference, "D"]))
        html = page.content.decode()
        assert ("Het formulier is gewijzigd" in html, "Gelezen" in html) == (True, False)

    def test_the_service_judges(self, proposal: Proposal, user: User) -> None:
        with pytest.raises(PermissionDenied):
            acknowledge_form(proposal=proposal, number=1, by=member(proposal, MemberRole.READER))
        with pytest.raises(ValidationError):
            acknowledge_form(proposal=proposal, number=2, by=user)
        submit_proposal(proposal=proposal, by=user, arrived_at=timezone.now())
        with pytest.raises(ValidationError):
            acknowledge_form(proposal=proposal, number=1, by=user)

    @pytest.mark.parametrize("typed", ["", "x", "9" * 40, "-1", "２"])
    def test_nonsense_in_the_notice_changes_nothing(
        self, proposal: Proposal, user: User, typed: str
    ) -> None:
        answer = signed_in(user).post(
            reverse("projects:form_read", args=[proposal.reference]),
            {"version": typed, "next": "https://elders.example/"},
        )
        assert answer.headers["Location"] == proposal.get_absolute_url()
        assert again(proposal).known_form_version == 1


class TestASaveFromAnOlderPage:
    """The page was made before the change, and is sent after it."""

    def post(self, client: Client, proposal: Proposal, **data: Any) -> Any:
        return client.post(
            reverse("projects:section", args=[proposal.reference, "D"]),
            {"version": 1, "form_version": 1, "asked": "probleem toelichting", **data},
        )

    def test_text_of_a_question_that_went_comes_back_to_copy(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        change_form(proposal.call, team, drop("toelichting", team), add("D", "Nog iets?", team))
        client = signed_in(user)
        page = self.post(client, proposal, q_probleem="Nieuw", q_toelichting="Uren werk")
        form = page.context["form"]
        assert form.non_field_errors() == [
            "Het formulier is gewijzigd terwijl u schreef, en er is nog niets opgeslagen."
            " Bovenaan staat uw tekst die geen vak meer heeft. Kopieer wat u nodig hebt en sla dan"
            " opnieuw op."
        ]
        assert [(one.label, one.text) for one in form.leftovers] == [("Toelichting", "Uren werk")]
        assert form["q_probleem"].value() == "Nieuw"
        assert (form["form_version"].value(), form["asked"].value()) == ("2", "probleem nieuw")
        html = page.content.decode()
        assert "Uren werk</textarea>" in html
        assert proposal.sections.get(section__code="D").answers["probleem"] != "Nieuw"

        saved = client.post(
            reverse("projects:section", args=[proposal.reference, "D"]),
            {
                "version": 1,
                "form_version": "2",
                "asked": "probleem nieuw",
                "q_probleem": "Nieuw",
                "q_nieuw": "Uren werk",
                "vervallen:Toelichting": "Uren werk",
            },
        )
        assert saved.status_code == 302
        assert proposal.sections.get(section__code="D").answers == {
            "probleem": "Nieuw",
            "toelichting": "",
            "nieuw": "Uren werk",
        }

    def test_it_comes_along_when_the_next_save_fails_too(
        self, proposal: Proposal, user: User
    ) -> None:
        page = signed_in(user).post(
            reverse("projects:section", args=[proposal.reference, "D"]),
            {"version": 1, "q_probleem": "x" * 4001, "vervallen:Toelichting": "Uren werk"},
        )
        assert [(one.label, one.text) for one in page.context["form"].leftovers] == [
            ("Toelichting", "Uren werk")
        ]

    def test_nothing_typed_there_is_nothing_to_copy(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        change_form(proposal.call, team, drop("toelichting", team))
        saved = self.post(signed_in(user), proposal, q_probleem="Nieuw", q_toelichting="")
        assert saved.status_code == 302
        assert proposal.sections.get(section__code="D").answers["probleem"] == "Nieuw"

    def test_a_smaller_limit_gives_back_the_whole_text(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        change_form(proposal.call, team, alter("probleem", team, max_length=5))
        page = self.post(signed_in(user), proposal, q_probleem="Veel langer", q_toelichting="b")
        form = page.context["form"]
        assert form["q_probleem"].value() == "Veel langer"
        assert form.errors["q_probleem"][0].startswith("Deze tekst is te lang: 11 tekens")
        assert form.non_field_errors() == [
            "Het formulier is gewijzigd terwijl u schreef, en er is nog niets opgeslagen. Kijk de"
            " vakken hieronder na."
        ]

    def test_a_choice_that_went_is_named(self, proposal: Proposal, user: User, team: Any) -> None:
        add_question(
            proposal.call,
            "D",
            "Soort?",
            key="soort",
            type=QuestionType.CHOICE,
            choices=["A", "B"],
        )
        change_form(proposal.call, team, alter("soort", team, choices=["A", "C"]))
        page = self.post(
            signed_in(user),
            proposal,
            asked="probleem toelichting soort",
            q_probleem="x",
            q_soort="B",
        )
        form = page.context["form"]
        assert [(one.label, one.text) for one in form.leftovers] == [("Soort?", "B")]

    def test_a_table_that_went_is_shown_cell_by_cell(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        add_question(
            proposal.call,
            "D",
            "Risico’s",
            key="risicos",
            type=QuestionType.TABLE,
            columns=[{"key": "risico", "label": "Risico", "type": "text"}],
        )
        change_form(proposal.call, team, drop("risicos", team))
        table = {
            "q_risicos-TOTAL_FORMS": "2",
            "q_risicos-INITIAL_FORMS": "0",
            "q_risicos-0-risico": "Brand",
            "q_risicos-1-risico": "Water",
            "q_risicos-1-DELETE": "",
        }
        page = self.post(
            signed_in(user),
            proposal,
            asked="probleem toelichting risicos",
            q_probleem="x",
            **table,
        )
        assert [(one.label, one.text) for one in page.context["form"].leftovers] == [
            ("Risico’s", "Brand\nWater")
        ]

    def test_a_new_table_does_not_disturb_the_save(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        change_form(
            proposal.call,
            team,
            add(
                "D",
                "Risico’s",
                team,
                type=QuestionType.TABLE,
                max_length=None,
                columns=[{"key": "risico", "label": "Risico", "type": "text"}],
            ),
        )
        saved = self.post(signed_in(user), proposal, q_probleem="Nieuw", q_toelichting="")
        assert saved.status_code == 302
        assert proposal.sections.get(section__code="D").answers == {
            "probleem": "Nieuw",
            "toelichting": "",
            "nieuw": [],
        }

    def test_another_row_keeps_the_text_too(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        add_question(
            proposal.call,
            "D",
            "Risico’s",
            key="risicos",
            type=QuestionType.TABLE,
            columns=[{"key": "risico", "label": "Risico", "type": "text"}],
        )
        change_form(proposal.call, team, drop("toelichting", team))
        page = self.post(
            signed_in(user),
            proposal,
            asked="probleem toelichting risicos",
            q_toelichting="Uren werk",
            add="q_risicos",
            **{"q_risicos-TOTAL_FORMS": "1", "q_risicos-INITIAL_FORMS": "0"},
        )
        assert [one.text for one in page.context["form"].leftovers] == ["Uren werk"]

    def test_a_section_that_went_gives_its_text_back(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        change_form(proposal.call, team, drop_section("D", team))
        page = self.post(signed_in(user), proposal, q_probleem="Uren werk", q_toelichting="")
        assert page.status_code == 409
        assert [(one.label, one.text) for one in page.context["leftovers"]] == [
            ("Welk probleem?", "Uren werk")
        ]

    def test_a_save_that_waited_for_the_change_is_refused(
        self, proposal: Proposal, user: User, team: Any
    ) -> None:
        section = proposal.call.sections.get(code="D")
        change_form(proposal.call, team, drop_section("D", team))
        with pytest.raises(ValidationError) as refused:
            save_answers(proposal=proposal, section=section, answers={}, version=1, by=user)
        assert refused.value.messages == ["Dit deel hoort niet bij dit formulier."]

    @pytest.mark.parametrize("typed", ["", "x", "9" * 5000, "-3", "\0", "99"])
    def test_nonsense_for_a_version_does_no_harm(
        self, proposal: Proposal, user: User, typed: str
    ) -> None:
        answer = self.post(signed_in(user), proposal, form_version=typed, q_probleem="Nieuw")
        assert answer.status_code in {200, 302}


class TestPreview:
    def pages(self, client: Client, call: Call, name: str) -> dict[str, Any]:
        sections = call.sections.order_by("position").values_list("code", flat=True)
        return {
            code: client.get(reverse(f"projects:{name}", args=[call.slug, code]))
            for code in sections
        }

    def test_each_section_of_a_draft_call(self, client: Client, team: Any) -> None:
        call = CallFactory(state="concept", window__opens=5)
        client.force_login(team)
        pages = self.pages(client, call, "preview")
        assert {code: page.status_code for code, page in pages.items()} == dict.fromkeys(
            "ACDJKL", 200
        )
        assert [
            code for code, page in pages.items() if "er wordt niets opgeslagen" in str(page.content)
        ] == [*"ACDJKL"]
        assert 'name="q_probleem"' in pages["D"].content.decode()
        assert "hx-post" not in pages["J"].content.decode().split("<main")[-1]

    def test_the_change_and_not_the_form_that_applies(self, client: Client, team: Any) -> None:
        call = CallFactory()
        change = start_form_change(call=call, by=team)
        alter("probleem", team, label="Welke nood?")(change)
        client.force_login(team)
        html = [
            client.get(reverse(f"projects:{name}", args=[call.slug, "D"])).content.decode()
            for name in ("preview", "preview_change")
        ]
        assert ["Welke nood?" in page for page in html] == [False, True]

    def test_trying_saves_nothing_and_says_what_an_applicant_would_read(
        self, client: Client, team: Any
    ) -> None:
        call = CallFactory(state="concept", window__opens=5)
        client.force_login(team)
        url = reverse("projects:preview", args=[call.slug, "D"])
        before = Proposal.objects.count()
        page = client.post(url, {"q_probleem": "x" * 4001})
        assert page.context["form"].errors["q_probleem"][0].startswith("Deze tekst is te lang")
        page = client.post(url, {"q_probleem": "Goed"})
        assert page.context["is_fine"] is True
        assert Proposal.objects.count() == before
        assert not SectionAnswers.objects.exists()

    def test_a_row_is_added_without_script(self, client: Client, team: Any) -> None:
        call = CallFactory(state="concept", window__opens=5)
        client.force_login(team)
        page = client.post(
            reverse("projects:preview", args=[call.slug, "C"]),
            {"partners-TOTAL_FORMS": "1", "partners-INITIAL_FORMS": "0", "add": "partners"},
        )
        [table] = page.context["form"].tables.values()
        assert len(table.forms) == 2

    def test_not_for_an_authority_and_not_without_a_change(
        self, client: Client, team: Any, proposal: Proposal, user: User
    ) -> None:
        url = reverse("projects:preview", args=[proposal.call.slug, "D"])
        assert signed_in(user).get(url).status_code == 403
        client.force_login(team)
        missing = [
            client.get(reverse(f"projects:{name}", args=[proposal.call.slug, code])).status_code
            for name, code in (("preview_change", "D"), ("preview", "Z"))
        ]
        assert missing == [404, 404]


def test_the_pages_cost_the_same_with_many_versions_and_conditions(
    proposal: Proposal, user: User, team: Any
) -> None:
    client = signed_in(user)
    pages = [
        reverse("projects:proposal", args=[proposal.reference]),
        reverse("projects:section", args=[proposal.reference, "D"]),
        reverse("projects:check", args=[proposal.reference]),
    ]

    def counts() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                client.get(page)
            found.append(len(captured))
        return found

    change_form(proposal.call, team, add("D", "Zeker?", team, type="yes_no", max_length=None))
    few = counts()
    sure = FormQuestion.objects.get(section__call=proposal.call, key="nieuw")
    section = proposal.call.sections.get(code="D")
    FormQuestion.objects.bulk_create(
        FormQuestion(
            section=section,
            key=f"v{n}",
            label=f"Vraag {n}",
            type=QuestionType.TEXT,
            max_length=10,
            position=n,
            visible_if=sure,
            visible_if_value="ja",
        )
        for n in range(5, 305)
    )
    FormVersion.objects.bulk_create(
        FormVersion(
            call=proposal.call, number=n, published_at=timezone.now(), differences=["Anders."]
        )
        for n in range(3, 30)
    )
    assert counts() == few
