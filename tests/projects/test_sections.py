"""Filling in a section: each type of question, clumsy and hostile input, two people at once."""

import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole
from calls.models import FormQuestion, QuestionType
from projects.models import Proposal, SectionAnswers
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15"
    b"\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def ask(proposal: Proposal, key: str, type: str, **kwargs: Any) -> FormQuestion:
    section = proposal.call.sections.get(code="D")
    return FormQuestion.objects.create(
        section=section, key=key, label=f"Vraag {key}", type=type, position=9, **kwargs
    )


def png(name: str, more: bytes = b"") -> SimpleUploadedFile:
    """A picture as it is uploaded; `more` makes another content of it."""
    chunk = len(more).to_bytes(4, "big") + b"tEXt" + more + zlib.crc32(b"tEXt" + more).to_bytes(4)
    return SimpleUploadedFile(name, PNG[:-12] + chunk + PNG[-12:])


def address(proposal: Proposal, code: str = "D") -> str:
    return reverse("projects:section", args=[proposal.reference, code])


def post(
    client: Client, proposal: Proposal, data: dict[str, Any], code: str = "D", version: int = 0
) -> Any:
    return client.post(address(proposal, code), {"version": version, **data})


@pytest.fixture
def client(editor: User) -> Client:
    return signed_in(editor)


class TestTypes:
    """What is typed comes back canonical in the database and Dutch on the screen."""

    @pytest.mark.parametrize(
        ("type", "typed", "stored", "shown"),
        [
            (
                QuestionType.TEXT,
                "  Een “slim” idee –\r\nzin 2 🚀 ",
                "Een “slim” idee –\nzin 2 🚀",
                None,
            ),
            (QuestionType.TEXT, "", "", None),
            (QuestionType.CHOICE, "Rood", "Rood", None),
            (QuestionType.CHOICE, "", "", None),
            (QuestionType.YES_NO, "yes", True, None),
            (QuestionType.YES_NO, "no", False, None),
            (QuestionType.YES_NO, "", None, None),
            (QuestionType.NUMBER, "1.234,50", "1234.5", "1234,5"),
            (QuestionType.NUMBER, "1234.5", "1234.5", "1234,5"),
            (QuestionType.NUMBER, "-0", "0", "0"),
            (QuestionType.MONEY, "1.234,56", "1234.56", "1.234,56"),
            (QuestionType.MONEY, "1234,5", "1234.50", "1.234,50"),
            (QuestionType.DATE, "14/06/2026", "2026-06-14", "2026-06-14"),
            (QuestionType.DATE, "2026-06-14", "2026-06-14", "2026-06-14"),
            (QuestionType.DATE, "14.06.2026", "2026-06-14", "2026-06-14"),
            (QuestionType.DECLARATION, "on", True, None),
            (QuestionType.DECLARATION, "", False, None),
        ],
    )
    def test_round_trip(
        self, client: Client, draft: Proposal, type: str, typed: str, stored: Any, shown: Any
    ) -> None:
        ask(draft, "x", type, choices=["Rood", "Blauw"], max_length=100)
        assert post(client, draft, {"q_x": typed}).status_code == 302
        assert draft.sections.get().answers["x"] == stored
        page = client.get(address(draft)).content.decode()
        if shown:
            assert f'value="{shown}"' in page

    def test_a_table_keeps_its_rows_and_drops_empty_ones(
        self, client: Client, draft: Proposal
    ) -> None:
        columns = [
            {"key": "wat", "label": "Wat", "type": "text"},
            {"key": "hoeveel", "label": "Hoeveel", "type": "money"},
            {"key": "wanneer", "label": "Wanneer", "type": "date"},
            {"key": "kans", "label": "Kans", "type": "choice", "choices": ["Laag", "Hoog"]},
        ]
        ask(draft, "tabel", QuestionType.TABLE, columns=columns)
        rows = {
            "q_tabel-TOTAL_FORMS": 3,
            "q_tabel-INITIAL_FORMS": 0,
            "q_tabel-0-wat": "Eerste",
            "q_tabel-0-hoeveel": "1.000,00",
            "q_tabel-0-wanneer": "01/02/2027",
            "q_tabel-0-kans": "Hoog",
            "q_tabel-1-wat": "",
            "q_tabel-2-wat": "Weg ermee",
            "q_tabel-2-DELETE": "on",
        }
        assert post(client, draft, rows).status_code == 302
        assert draft.sections.get().answers["tabel"] == [
            {"wat": "Eerste", "hoeveel": "1000.00", "wanneer": "2027-02-01", "kans": "Hoog"}
        ]
        page = client.get(address(draft)).content.decode()
        assert 'value="1.000,00"' in page
        assert "Eerste" in page

    def test_a_file_answers_its_question(self, client: Client, draft: Proposal) -> None:
        ask(draft, "plan", QuestionType.FILE)
        upload = SimpleUploadedFile("plan.png", PNG)
        assert post(client, draft, {"q_plan": upload}).status_code == 302
        attachment = draft.attachments.get()
        assert attachment.question is not None
        assert attachment.question.key == "plan"
        assert "plan.png" in client.get(address(draft)).content.decode()

    def test_a_file_is_kept_even_when_another_answer_is_wrong(
        self, client: Client, draft: Proposal
    ) -> None:
        ask(draft, "plan", QuestionType.FILE)
        ask(draft, "aantal", QuestionType.NUMBER)
        response = post(
            client, draft, {"q_plan": SimpleUploadedFile("plan.png", PNG), "q_aantal": "veel"}
        )
        assert response.status_code == 200
        assert draft.attachments.count() == 1
        assert "plan.png" in response.content.decode()


class TestBadInput:
    """A sentence beside the field, what was typed is still there, nothing is saved, never a 500."""

    @pytest.mark.parametrize(
        ("type", "typed", "sentence"),
        [
            (QuestionType.TEXT, "x" * 101, "Deze tekst is te lang: 101 tekens, en er mogen er 100"),
            (QuestionType.TEXT, "a\0b", "een teken dat we niet kunnen opslaan"),
            (QuestionType.CHOICE, "Paars", "Kies een antwoord uit de lijst."),
            (QuestionType.YES_NO, "misschien", "Kies ja of nee."),
            (QuestionType.NUMBER, "veel", "Schrijf een getal, bijvoorbeeld 12 of 1.234,5."),
            (QuestionType.NUMBER, "NaN", "Schrijf een getal"),
            (QuestionType.NUMBER, "1e9", "Schrijf een getal"),
            (QuestionType.NUMBER, "9" * 400, "Schrijf een getal"),
            (QuestionType.MONEY, "1,2,3", "Schrijf een bedrag in euro"),
            (QuestionType.MONEY, "12,345", "hoogstens twee cijfers na de komma"),
            (QuestionType.MONEY, "-5", "Een bedrag is niet negatief."),
            (QuestionType.MONEY, "9" * 30, "Schrijf een bedrag in euro"),
            (QuestionType.DATE, "gisteren", "Schrijf een datum, bijvoorbeeld 14/06/2026."),
            (QuestionType.DATE, "31/02/2026", "Schrijf een datum"),
        ],
    )
    def test_the_sentence_stands_beside_the_field(
        self, client: Client, draft: Proposal, type: str, typed: str, sentence: str
    ) -> None:
        ask(draft, "x", type, choices=["Rood", "Blauw"], max_length=100)
        response = post(client, draft, {"q_x": typed, "q_probleem": "Mijn lange tekst"})
        assert response.status_code == 200
        page = response.content.decode()
        assert sentence in page
        assert "Mijn lange tekst" in page
        assert response.context["form"].errors.keys() == {"q_x"}
        assert not SectionAnswers.objects.exists()

    def test_a_line_end_counts_once(self, client: Client, draft: Proposal) -> None:
        ask(draft, "x", QuestionType.TEXT, max_length=5)
        assert post(client, draft, {"q_x": "ab\r\ncd"}).status_code == 302
        assert draft.sections.get().answers["x"] == "ab\ncd"

    def test_a_program_named_pdf_is_refused(self, client: Client, draft: Proposal) -> None:
        ask(draft, "plan", QuestionType.FILE)
        upload = SimpleUploadedFile("plan.pdf", b"MZ\x90\x00 this is a program")
        response = post(client, draft, {"q_plan": upload, "q_probleem": "Blijft staan"})
        page = response.content.decode()
        assert "past niet bij de extensie .pdf" in page
        assert "Blijft staan" in page
        assert not draft.attachments.exists()

    @pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
    def test_a_broken_version_number_is_no_500(
        self, client: Client, draft: Proposal, version: str
    ) -> None:
        response = client.post(address(draft), {"version": version, "q_probleem": "Tekst"})
        assert response.status_code in {200, 302}

    @pytest.mark.parametrize("data", [{}, {"raming-TOTAL_FORMS": "x"}, {"add": "raming"}])
    def test_a_broken_table_is_no_500(
        self, client: Client, draft: Proposal, data: dict[str, str]
    ) -> None:
        assert post(client, draft, data, code="J").status_code == 200

    def test_a_wrong_kbo_number_of_a_partner(self, client: Client, draft: Proposal) -> None:
        rows = {
            "partners-TOTAL_FORMS": 1,
            "partners-INITIAL_FORMS": 0,
            "partners-0-name": "Stad B",
            "partners-0-kbo": "0207.509.032",
        }
        page = post(client, draft, rows, code="C").content.decode()
        assert "Dit is geen geldig ondernemingsnummer." in page
        assert "Stad B" in page
        rows["partners-0-kbo"] = "BE 0207.509.031"
        assert post(client, draft, rows, code="C").status_code == 302
        assert draft.partners.get().kbo == "0207509031"

    def test_a_partner_without_a_name(self, client: Client, draft: Proposal) -> None:
        rows = {
            "partners-TOTAL_FORMS": 1,
            "partners-INITIAL_FORMS": 0,
            "partners-0-role": "Testplaats",
        }
        page = post(client, draft, rows, code="C").content.decode()
        assert "Schrijf de naam van de partner, of maak de rij leeg." in page


class TestRowsWithoutScript:
    def test_a_row_more_keeps_what_was_typed_and_judges_nothing(
        self, client: Client, draft: Proposal
    ) -> None:
        rows = {
            "raming-TOTAL_FORMS": 1,
            "raming-INITIAL_FORMS": 0,
            "raming-0-description": "Prototype",
            "raming-0-amount": "geen bedrag",
            "add": "raming",
        }
        response = post(client, draft, rows, code="J")
        page = response.content.decode()
        assert 'name="raming-1-description"' in page
        assert 'value="geen bedrag"' in page
        assert "Schrijf een bedrag" not in page
        assert not draft.cost_lines.exists()

    def test_a_row_less(self, client: Client, draft: Proposal) -> None:
        rows = {
            "raming-TOTAL_FORMS": 2,
            "raming-INITIAL_FORMS": 0,
            "raming-0-description": "Blijft",
            "raming-0-amount": "10",
            "raming-1-description": "Gaat",
            "raming-1-amount": "20",
            "remove": "raming-1",
        }
        page = post(client, draft, rows, code="J").content.decode()
        assert '<input type="hidden" name="raming-1-DELETE" value="on"' in page


class TestEstimate:
    ROWS = {
        "raming-TOTAL_FORMS": 1,
        "raming-INITIAL_FORMS": 0,
        "raming-0-phase": "opdracht_ontwikkeling",
        "raming-0-description": "Prototype",
        "raming-0-amount": "2.600.000",
        "raming-0-vat_rate": "0",
    }

    def test_the_partial_computes_and_saves_nothing(self, client: Client, draft: Proposal) -> None:
        url = reverse("projects:estimate", args=[draft.reference, "J"])
        page = client.post(url, self.ROWS).content.decode()
        assert "50\N{NO-BREAK SPACE}% van €\N{NO-BREAK SPACE}2.600.000,00" in page
        assert "U vraagt het richtbedrag: €\N{NO-BREAK SPACE}1.000.000,00." in page
        assert "U komt boven het richtbedrag" in page
        assert not draft.cost_lines.exists()

    def test_with_a_reason_one_asks_the_whole_share(self, client: Client, draft: Proposal) -> None:
        assert (
            post(
                client, draft, {**self.ROWS, "ceiling_reason": "Drie steden samen."}, "J"
            ).status_code
            == 302
        )
        draft.refresh_from_db()
        assert str(draft.requested_amount) == "1300000.00"

    def test_recalculating_saves_nothing(self, client: Client, draft: Proposal) -> None:
        response = post(client, draft, {**self.ROWS, "recalculate": "yes"}, "J")
        assert response.context["estimate"].requested == 1_000_000
        assert not draft.cost_lines.exists()


class TestTwoPeople:
    def test_both_texts_are_shown_and_the_person_chooses(
        self, client: Client, draft: Proposal
    ) -> None:
        other = signed_in(member(draft, MemberRole.EDITOR, first_name="Bo", last_name="Claes"))
        assert post(other, draft, {"q_probleem": "De tekst van Bo"}).status_code == 302
        response = post(client, draft, {"q_probleem": "De tekst van An"})
        page = response.content.decode()
        assert response.status_code == 200
        assert "De tekst van Bo" in page
        assert "De tekst van An" in page
        assert "Bo Claes sloeg dit deel op" in page
        assert draft.sections.get().answers["probleem"] == "De tekst van Bo"
        version = response.context["form"]["version"].value()
        chosen = post(client, draft, {"q_probleem": "De tekst van An"}, version=version)
        assert chosen.status_code == 302
        assert draft.sections.get().answers["probleem"] == "De tekst van An"

    def test_the_page_says_who_saved_when(self, client: Client, draft: Proposal) -> None:
        post(client, draft, {"q_probleem": "Tekst"})
        assert "door An Editor" in client.get(address(draft)).content.decode()


class TestAttachments:
    def add(self, client: Client, draft: Proposal, **data: Any) -> Any:
        content = {"action": "add", "file": SimpleUploadedFile("a.png", PNG), **data}
        return client.post(address(draft, "L"), content)

    def test_add_describe_download_and_remove(self, client: Client, draft: Proposal) -> None:
        assert self.add(client, draft, description="Plan").status_code == 302
        attachment = draft.attachments.get()
        client.post(
            address(draft, "L"),
            {
                "action": "describe",
                "attachment": attachment.pk,
                f"bijlage-{attachment.pk}-description": "Beter plan",
                f"bijlage-{attachment.pk}-is_confidential": "on",
            },
        )
        attachment.refresh_from_db()
        assert (attachment.description, attachment.is_confidential) == ("Beter plan", True)
        url = reverse("projects:file", args=[draft.reference, attachment.file_id])
        assert b"".join(client.get(url)) == PNG
        client.post(address(draft, "L"), {"action": "remove", "attachment": attachment.pk})
        assert not draft.attachments.exists()
        assert client.get(url).status_code == 404

    def test_the_same_file_twice_is_refused(self, client: Client, draft: Proposal) -> None:
        self.add(client, draft)
        page = self.add(client, draft).content.decode()
        assert "Dit bestand hebt u al toegevoegd." in page
        assert draft.attachments.count() == 1

    def test_no_more_than_the_limit(self, client: Client, draft: Proposal, settings: Any) -> None:
        settings.PROPOSAL_MAX_ATTACHMENTS = 1
        self.add(client, draft)
        response = self.add(client, draft, file=SimpleUploadedFile("b.png", PNG + b" "))
        assert "U hebt al 1 bijlagen. Verwijder er eerst een." in response.content.decode()

    def test_somebody_elses_file_is_not_removed(self, client: Client, draft: Proposal) -> None:
        for key in ("999999", "x", "", "9" * 40):
            data = {"action": "remove", "attachment": key}
            assert client.post(address(draft, "L"), data).status_code == 404
