"""Saving while somebody types, and two texts of one section."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole
from accounts.session import browser_key
from calls.models import FormQuestion, QuestionType
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db


def ask(proposal: Proposal, key: str, type: str, **kwargs: Any) -> FormQuestion:
    section = proposal.call.sections.get(code="D")
    return FormQuestion.objects.create(
        section=section, key=key, label=f"Vraag {key}", type=type, position=9, **kwargs
    )


def address(proposal: Proposal, code: str = "D") -> str:
    return reverse("projects:section", args=[proposal.reference, code])


@pytest.fixture
def client(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def bo(draft: Proposal) -> Client:
    return signed_in(member(draft, MemberRole.EDITOR, first_name="Bo", last_name="Claes"))


def page_of(client: Client, proposal: Proposal, code: str = "D") -> dict[str, str]:
    """The hidden fields of the section as this person opened it."""
    form = client.get(address(proposal, code)).context["form"]
    return {name: form[name].value() for name in ("version", "base")}


class Answer:
    """What the script reads."""

    def __init__(self, response: Any) -> None:
        assert response.status_code == 200
        page = response.content.decode()
        self.outcome = re.findall(r'data-autosave="(\w+)"', page)[0]
        self.version = "".join(re.findall(r'data-version="(\d+)"', page))
        self.base = "".join(re.findall(r'data-base="([^"]*)"', page)).replace("&quot;", '"')
        self.status = re.findall(r"<p data-status>(.*?)</p>", page)[0].strip()
        self.unsaved = re.findall(r'data-unsaved="([^"]*)"', page)


def autosave(
    client: Client, proposal: Proposal, data: dict[str, Any], code: str = "D", **known: Any
) -> Answer:
    known = {"version": 0, **known}
    return Answer(client.post(address(proposal, code), {**known, **data, "autosave": "yes"}))


class TestAutosave:
    def test_it_saves_as_a_press_does_and_says_when_and_who(
        self, editor: User, draft: Proposal, time_machine: Any
    ) -> None:
        time_machine.move_to("2027-03-01T13:02:00Z", tick=False)
        answer = autosave(signed_in(editor), draft, {"q_probleem": "Mijn tekst"})
        assert (answer.outcome, answer.version) == ("saved", "1")
        assert answer.status == "Opgeslagen om 14:02 door An Editor."
        assert draft.sections.get().answers["probleem"] == "Mijn tekst"

    def test_the_next_one_goes_on_from_the_version_that_came_back(
        self, client: Client, draft: Proposal
    ) -> None:
        first = autosave(client, draft, {"q_probleem": "Een"})
        second = autosave(client, draft, {"q_probleem": "Een twee"}, version=first.version)
        assert (second.outcome, second.version) == ("saved", "2")
        assert second.base == page_of(client, draft)["base"]

    def test_the_same_body_sent_twice_is_one_version(self, client: Client, draft: Proposal) -> None:
        """The answer got lost on its way: the page sends the same again."""
        autosave(client, draft, {"q_probleem": "Een"})
        again = autosave(client, draft, {"q_probleem": "Een"})
        assert (again.outcome, again.version) == ("saved", "1")

    def test_a_wrong_answer_does_not_hold_up_the_others(
        self, client: Client, draft: Proposal
    ) -> None:
        ask(draft, "aantal", QuestionType.NUMBER)
        first = autosave(client, draft, {"q_probleem": "Een", "q_aantal": "12"})
        second = autosave(
            client, draft, {"q_probleem": "Twee", "q_aantal": "veel"}, version=first.version
        )
        assert second.outcome == "saved"
        assert second.unsaved == ["id_q_aantal"]
        answers = draft.sections.get().answers
        assert (answers["probleem"], answers["aantal"]) == ("Twee", "12")

    def test_a_table_with_a_wrong_cell_stays_as_it_was(
        self, client: Client, draft: Proposal
    ) -> None:
        ask(
            draft,
            "tabel",
            QuestionType.TABLE,
            columns=[{"key": "n", "label": "N", "type": "number"}],
        )
        rows = {"q_tabel-TOTAL_FORMS": 1, "q_tabel-INITIAL_FORMS": 0}
        first = autosave(client, draft, {**rows, "q_tabel-0-n": "5"})
        second = autosave(
            client,
            draft,
            {**rows, "q_tabel-0-n": "vijf", "q_probleem": "Tekst"},
            version=first.version,
        )
        assert second.unsaved == ["id_q_tabel-0-n"]
        answers = draft.sections.get().answers
        assert (answers["tabel"], answers["probleem"]) == ([{"n": "5"}], "Tekst")

    def test_the_title_cannot_be_emptied_by_it(self, client: Client, draft: Proposal) -> None:
        title = draft.title
        answer = autosave(client, draft, {"title": "", "acronym": "ABC"}, "A")
        draft.refresh_from_db()
        assert answer.unsaved == ["id_title"]
        assert (draft.title, draft.acronym) == (title, "ABC")

    def test_partners_and_the_estimate(self, client: Client, draft: Proposal) -> None:
        partners = {
            "partners-TOTAL_FORMS": 2,
            "partners-INITIAL_FORMS": 0,
            "partners-0-name": "Stad B",
            "partners-1-role": "Zonder naam",
        }
        answer = autosave(client, draft, partners, "C")
        assert answer.unsaved == ["id_partners-1-name"]
        assert not draft.partners.exists()
        answer = autosave(client, draft, {**partners, "partners-1-name": "Stad C"}, "C", version=1)
        assert answer.unsaved == []
        assert [partner.name for partner in draft.partners.all()] == ["Stad B", "Stad C"]
        lines = {
            "raming-TOTAL_FORMS": 1,
            "raming-INITIAL_FORMS": 0,
            "raming-0-phase": "opdracht_ontwikkeling",
            "raming-0-description": "Prototype",
            "raming-0-amount": "1.000,50",
            "raming-0-vat_rate": "21",
            "own_budget_secured": "yes",
        }
        assert autosave(client, draft, lines, "J").outcome == "saved"
        draft.refresh_from_db()
        assert (str(draft.total_cost), draft.own_budget_secured) == ("1210.61", True)

    def test_a_file_is_never_part_of_it(self, client: Client, draft: Proposal) -> None:
        ask(draft, "plan", QuestionType.FILE)
        upload = SimpleUploadedFile("plan.png", b"\x89PNG\r\n\x1a\n")
        assert autosave(client, draft, {"q_plan": upload}).outcome == "saved"
        assert not draft.attachments.exists()

    def test_a_proposal_that_was_handed_in_meanwhile(self, client: Client, draft: Proposal) -> None:
        Proposal.objects.filter(pk=draft.pk).update(state=ProposalState.WITHDRAWN)
        answer = autosave(client, draft, {"q_probleem": "Te laat"})
        assert answer.outcome == "refused"
        assert "Uw tekst staat nog in deze browser." in answer.status
        assert not draft.sections.exists()

    def test_ten_million_characters_get_the_sentence_beside_the_field(
        self, client: Client, draft: Proposal
    ) -> None:
        text = "lang é " * 1_500_000
        response = client.post(address(draft), {"version": 0, "q_probleem": text})
        assert response.status_code == 200
        assert "Deze tekst is te lang" in response.context["form"].errors["q_probleem"][0]
        assert response.context["form"]["q_probleem"].value() == text

    def test_beyond_the_limit_a_page_says_how_to_go_on(
        self, client: Client, draft: Proposal, settings: Any
    ) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        response = client.post(address(draft), {"version": 0, "q_probleem": "x" * 2000})
        assert response.status_code == 413
        assert "uw tekst staat er nog" in response.content.decode()


class TestSignedOut:
    def test_the_script_hears_that_nobody_is_signed_in(self, draft: Proposal) -> None:
        response = Client().post(address(draft), {"q_probleem": "x", "autosave": "yes"})
        assert (response.status_code, response["Save-Outcome"]) == (204, "signed-out")

    def test_a_page_of_somebody_else_saves_nothing(self, client: Client, draft: Proposal) -> None:
        data = {"q_probleem": "x", "version": 0, "typed_by": browser_key(UserFactory())}
        response = client.post(address(draft), {**data, "autosave": "yes"})
        assert (response.status_code, response["Save-Outcome"]) == (204, "other-person")
        page = client.post(address(draft), data).content.decode()
        assert "Deze tekst is van iemand anders" in page
        assert not draft.sections.exists()


class TestClash:
    def test_an_autosave_that_clashes_writes_nothing(
        self, client: Client, bo: Client, draft: Proposal
    ) -> None:
        autosave(bo, draft, {"q_probleem": "De tekst van Bo"})
        answer = autosave(client, draft, {"q_probleem": "De tekst van An"})
        assert answer.outcome == "clash"
        assert answer.status.startswith("Bo Claes sloeg dit deel intussen op")
        assert draft.sections.get().answers["probleem"] == "De tekst van Bo"

    def test_two_tabs_of_one_person_clash_too(self, client: Client, draft: Proposal) -> None:
        autosave(client, draft, {"q_probleem": "Het ene venster"})
        answer = autosave(client, draft, {"q_probleem": "Het andere"})
        assert answer.outcome == "clash"
        assert answer.status.startswith("U sloeg dit deel in een ander venster op")

    @pytest.fixture
    def both(self, client: Client, bo: Client, draft: Proposal) -> Any:
        """Bo changed the first two answers while An had the page open; An posts all three."""
        for key in ("een", "twee", "drie", "vier"):
            ask(draft, key, QuestionType.TEXT)
        start = {f"q_{key}": "begin" for key in ("een", "twee", "drie", "vier")}
        autosave(client, draft, start)
        known = page_of(client, draft)
        bos = {**start, "q_een": "Bo een", "q_twee": "Bo twee"}
        assert autosave(bo, draft, bos, **known).outcome == "saved"
        mine = {**known, **start, "q_twee": "An twee", "q_drie": "An drie"}
        return mine, client.post(address(draft), mine)

    def test_what_one_of_both_changed_is_chosen_already(self, both: Any) -> None:
        _mine, response = both
        seen = {
            one.name: (one.by_me, one.by_them, one.keeps_theirs)
            for one in response.context["different"]
        }
        assert seen == {
            "q_een": (False, True, True),
            "q_twee": (True, True, False),
            "q_drie": (True, False, False),
        }
        assert {one.name for one in response.context["same"]} >= {"q_vier"}
        page = response.content.decode()
        for text in ("Bo een", "Bo twee", "An twee", "An drie", "Tekst van Bo Claes"):
            assert text in page

    def test_the_choice_per_answer_is_what_is_saved(
        self, client: Client, draft: Proposal, both: Any
    ) -> None:
        mine, response = both
        form = response.context["form"]
        choices = {
            f"kies-{one.name}": "theirs" if one.keeps_theirs else "mine"
            for one in response.context["different"]
        }
        settled = {
            **mine,
            **choices,
            "settling": "yes",
            "version": form["version"].value(),
            "q_twee": "An twee, en Bo twee",
        }
        assert client.post(address(draft), settled).status_code == 302
        answers = draft.sections.get().answers
        assert [answers[key] for key in ("een", "twee", "drie", "vier")] == [
            "Bo een",
            "An twee, en Bo twee",
            "An drie",
            "begin",
        ]

    def test_a_mistake_while_choosing_keeps_both_texts_and_the_choices(
        self, client: Client, draft: Proposal, both: Any
    ) -> None:
        mine, response = both
        settled = {
            **mine,
            "settling": "yes",
            "version": response.context["form"]["version"].value(),
            "kies-q_twee": "theirs",
            "q_drie": "a\0b",
        }
        again = client.post(address(draft), settled)
        assert again.templates[0].name == "projects/clash.html"
        chosen = {one.name: one.keeps_theirs for one in again.context["different"]}
        assert chosen["q_twee"] is True
        assert "een teken dat we niet kunnen opslaan" in again.content.decode()
        assert draft.sections.get().answers["drie"] == "begin"

    def test_a_wrong_answer_of_which_the_other_text_is_chosen_does_not_matter(
        self, client: Client, draft: Proposal, both: Any
    ) -> None:
        mine, response = both
        settled = {
            **mine,
            "settling": "yes",
            "version": response.context["form"]["version"].value(),
            "kies-q_een": "theirs",
            "kies-q_twee": "theirs",
            "q_twee": "a\0b",
        }
        assert client.post(address(draft), settled).status_code == 302
        assert draft.sections.get().answers["twee"] == "Bo twee"

    def test_a_third_save_meanwhile_asks_again(
        self, client: Client, bo: Client, draft: Proposal, both: Any
    ) -> None:
        mine, response = both
        known = page_of(bo, draft)
        again = {"q_een": "Bo nog eens", "q_twee": "Bo twee", "q_drie": "begin", "q_vier": "begin"}
        autosave(bo, draft, again, **known)
        settled = {
            **mine,
            "settling": "yes",
            "version": response.context["form"]["version"].value(),
        }
        once_more = client.post(address(draft), settled)
        assert once_more.status_code == 200
        assert "Bo nog eens" in once_more.content.decode()
        assert draft.sections.get().answers["een"] == "Bo nog eens"

    def test_another_row_while_choosing(self, client: Client, bo: Client, draft: Proposal) -> None:
        rows = {"partners-TOTAL_FORMS": 1, "partners-INITIAL_FORMS": 0, "partners-0-name": "Stad B"}
        autosave(bo, draft, rows, "C")
        mine = {**rows, "partners-0-name": "Stad A", "version": 0}
        assert client.post(address(draft, "C"), mine).status_code == 200
        more = {**mine, "version": 1, "settling": "yes", "add": "partners"}
        page = client.post(address(draft, "C"), more)
        assert page.templates[0].name == "projects/clash.html"
        assert 'name="partners-1-name"' in page.content.decode()
        assert "Stad B" in page.content.decode()

    def test_a_broken_base_means_that_both_changed(
        self, client: Client, bo: Client, draft: Proposal
    ) -> None:
        autosave(bo, draft, {"q_probleem": "Bo"})
        for base in ("", "[]", "{", "null", '{"q_probleem": 3}'):
            response = client.post(address(draft), {"version": 0, "base": base, "q_probleem": "An"})
            one = response.context["different"][0]
            assert (one.name, one.by_me, one.by_them) == ("q_probleem", True, True)
