"""Files with a draft: replace, describe, limits, and what is refused beside its field."""

import io
import zipfile
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from calls.models import QuestionType
from common import clock
from documents.models import StoredFile
from projects.models import Attachment, Proposal
from projects.services import (
    add_attachment,
    remove_attachment,
    replace_attachment,
    submit_proposal,
)
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in
from tests.projects.test_sections import ask, png

pytestmark = pytest.mark.django_db

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def office(main: str = WORD, **more: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types>{main}</Types>")
        archive.writestr("word/document.xml", "<w/>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/").replace("_bin", ".bin"), content)
    return held.getvalue()


def pdf(password: str = "") -> bytes:
    held = io.BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    encryption = pikepdf.Encryption(owner="x", user=password) if password else None
    made.save(held, encryption=encryption) if encryption else made.save(held)
    return held.getvalue()


ADVICE = {
    "macro": "Dit bestand bevat macro's. Sla het op zonder macro's en probeer opnieuw.",
    "bomb": "Dit bestand is uitgepakt te groot. Sla het opnieuw op of splits het.",
    "locked": "Deze PDF is beveiligd. Sla het bestand op zonder wachtwoord en probeer opnieuw.",
    "empty": "Dit bestand is leeg. Kies een ander bestand.",
    "type": "Dit soort bestand kan niet. Toegelaten zijn: PDF, DOCX, XLSX, ODT, PNG, JPG.",
    "pdf": (
        "De inhoud van dit bestand past niet bij de extensie .pdf, of het bestand is beschadigd. "
        "Sla het opnieuw op in het juiste formaat."
    ),
    "docx": (
        "De inhoud van dit bestand past niet bij de extensie .docx, of het bestand is beschadigd. "
        "Sla het opnieuw op in het juiste formaat."
    ),
}


def hostile() -> list[Any]:
    macro_type = "application/vnd.ms-word.document.macroEnabled.main+xml"
    files = {
        "an exe named pdf": ("factuur.pdf", b"MZ\x90\x00" + b"\0" * 100, "pdf"),
        "an exe": ("factuur.exe", b"MZ\x90\x00", "type"),
        "a docm": ("macro.docm", office(macro_type), "type"),
        "a docm named docx": ("macro.docx", office(word__vbaProject_bin=b"x"), "macro"),
        "a docm by its type alone": ("macro.docx", office(macro_type), "macro"),
        "a zip bomb": ("bom.docx", office(word__media=b"0" * 3_000_000), "bomb"),
        "an encrypted pdf": ("geheim.pdf", pdf("geheim"), "locked"),
        "zero bytes": ("leeg.pdf", b"", "empty"),
        "a pdf that was cut off": ("half.pdf", b"%PDF-1.7\n", "pdf"),
    }
    return [pytest.param(*values, id=name) for name, values in files.items()]


@pytest.fixture(autouse=True)
def _small_limit(settings: Any) -> None:
    settings.DOCUMENT_MAX_UNPACKED_BYTES = 1_000_000


def page(proposal: Proposal, code: str = "L") -> str:
    return reverse("projects:section", args=[proposal.reference, code])


class TestHostileFiles:
    @pytest.mark.parametrize(("name", "content", "advice"), hostile())
    def test_among_the_attachments(
        self, draft: Proposal, editor: User, name: str, content: bytes, advice: str
    ) -> None:
        data = {
            "action": "add",
            "file": SimpleUploadedFile(name, content),
            "description": "Mijn “omschrijving” 🚀",
            "is_confidential": "on",
        }
        response = signed_in(editor).post(page(draft), data)
        assert response.status_code == 200
        assert response.context["upload_form"].errors == {"file": [ADVICE[advice]]}
        html = response.content.decode()
        assert 'value="Mijn “omschrijving” 🚀"' in html
        assert 'aria-describedby="id_file' in html or 'id="id_file_error' in html
        assert not draft.attachments.exists()
        assert not StoredFile.objects.exists()

    @pytest.mark.parametrize(("name", "content", "advice"), hostile())
    def test_as_the_answer_to_a_question(
        self, draft: Proposal, editor: User, name: str, content: bytes, advice: str
    ) -> None:
        ask(draft, "plan", QuestionType.FILE)
        data = {
            "version": 0,
            "q_plan": SimpleUploadedFile(name, content),
            "q_probleem": "Blijft staan",
        }
        response = signed_in(editor).post(page(draft, "D"), data)
        assert response.status_code == 200
        assert response.context["form"].errors == {"q_plan": [ADVICE[advice]]}
        assert "Blijft staan" in response.content.decode()
        assert not StoredFile.objects.exists()

    @pytest.mark.parametrize(("name", "content", "advice"), hostile())
    def test_in_the_place_of_another(
        self, draft: Proposal, editor: User, name: str, content: bytes, advice: str
    ) -> None:
        attachment = add_attachment(proposal=draft, uploaded=png("plan.png"), by=editor)
        field = f"vervang-{attachment.pk}-file"
        data = {"action": "replace", "attachment": attachment.pk}
        response = signed_in(editor).post(
            page(draft), {**data, field: SimpleUploadedFile(name, content)}
        )
        assert response.status_code == 200
        assert response.context["rows"][0]["replace"].errors == {"file": [ADVICE[advice]]}
        assert draft.attachments.get().file == attachment.file

    def test_a_genuine_file_of_each_office_kind_passes(self, draft: Proposal, editor: User) -> None:
        client = signed_in(editor)
        for name, content in [("a.docx", office()), ("b.pdf", pdf())]:
            data = {"action": "add", "file": SimpleUploadedFile(name, content)}
            assert client.post(page(draft), data).status_code == 302
        assert [one.file.name for one in draft.attachments.all()] == ["a.docx", "b.pdf"]


class TestReplacing:
    def test_the_new_file_stands_in_its_place_with_the_same_words(
        self, draft: Proposal, editor: User
    ) -> None:
        first = add_attachment(
            proposal=draft, uploaded=png("een.png"), by=editor, description="Het plan"
        )
        add_attachment(proposal=draft, uploaded=png("twee.png", b"2"), by=editor)
        field = f"vervang-{first.pk}-file"
        data = {"action": "replace", "attachment": first.pk, field: png("drie.png", b"3")}
        assert signed_in(editor).post(page(draft), data).status_code == 302
        assert [(one.file.name, one.description) for one in draft.attachments.all()] == [
            ("drie.png", "Het plan"),
            ("twee.png", ""),
        ]

    def test_a_version_keeps_the_old_file(self, ready: Proposal) -> None:
        user = member(ready)
        attachment = add_attachment(proposal=ready, uploaded=png("een.png"), by=user)
        old = attachment.file_id
        version = submit_proposal(proposal=ready, by=user, arrived_at=clock.now())
        with pytest.raises(ValidationError):
            replace_attachment(attachment=attachment, uploaded=png("twee.png", b"2"), by=user)
        Attachment.objects.filter(pk=attachment.pk).delete()
        assert [one["id"] for one in version.content["attachments"]] == [str(old)]
        file = signed_in(user).get(reverse("projects:file", args=[ready.reference, old]))
        assert b"".join(file.streaming_content).startswith(b"\x89PNG")

    def test_a_file_that_waits_for_the_scanner_stops_no_submission(
        self, ready: Proposal, settings: Any
    ) -> None:
        settings.CLAMD_ADDRESS = "127.0.0.1:9"
        user = member(ready)
        attachment = add_attachment(proposal=ready, uploaded=png("een.png"), by=user)
        page_of_files = signed_in(user).get(page(ready)).content.decode()
        assert "U hoeft niet te wachten om verder te werken of in te dienen." in page_of_files
        version = submit_proposal(proposal=ready, by=user, arrived_at=clock.now())
        assert [one["name"] for one in version.content["attachments"]] == ["een.png"]
        # Who sent it reads it; a colleague and staff get a page that says why not yet.
        file = reverse("projects:file", args=[ready.reference, attachment.file_id])
        mine = signed_in(user).get(file)
        assert b"".join(mine.streaming_content).startswith(b"\x89PNG")
        for other in (member(ready), UserFactory(roles=[StaffRole.TEAM_MEMBER])):
            answer = signed_in(other).get(file)
            assert answer.status_code == 409
            assert "wordt nog nagekeken op virussen" in answer.content.decode()

    def test_the_same_file_and_a_file_that_is_gone(self, draft: Proposal, editor: User) -> None:
        attachment = add_attachment(proposal=draft, uploaded=png("een.png"), by=editor)
        with pytest.raises(ValidationError) as refusal:
            replace_attachment(attachment=attachment, uploaded=png("twee.png"), by=editor)
        assert refusal.value.message_dict == {"file": ["Dit bestand hebt u al toegevoegd."]}
        key = attachment.pk
        remove_attachment(attachment=attachment, by=editor)
        attachment.pk = key
        with pytest.raises(ValidationError) as refusal:
            replace_attachment(attachment=attachment, uploaded=png("x.png", b"x"), by=editor)
        assert refusal.value.message_dict == {"file": ["Deze bijlage is intussen verwijderd."]}

    def test_without_a_file(self, draft: Proposal, editor: User) -> None:
        attachment = add_attachment(proposal=draft, uploaded=png("een.png"), by=editor)
        response = signed_in(editor).post(
            page(draft), {"action": "replace", "attachment": attachment.pk}
        )
        assert response.context["rows"][0]["replace"].errors == {"file": ["Kies een bestand."]}


class TestShown:
    def test_limits_order_and_checksum(self, draft: Proposal, editor: User, settings: Any) -> None:
        settings.PROPOSAL_MAX_ATTACHMENTS = 3
        attachment = add_attachment(proposal=draft, uploaded=png("een.png"), by=editor)
        html = signed_in(editor).get(page(draft)).content.decode()
        assert "U hebt 1 van hoogstens 3 bijlagen." in html
        assert "hoogstens 20,0 MB" in html or "hoogstens 20 MB" in html
        assert f"<code>{attachment.file.sha256[:12]}…</code>" in html
        assert f'<code class="text-break">{attachment.file.sha256}</code>' in html

    def test_a_description_that_is_too_long_is_kept_in_its_field(
        self, draft: Proposal, editor: User
    ) -> None:
        attachment = add_attachment(proposal=draft, uploaded=png("een.png"), by=editor)
        field = f"bijlage-{attachment.pk}-description"
        data = {"action": "describe", "attachment": attachment.pk, field: "x" * 201}
        response = signed_in(editor).post(page(draft), data)
        assert response.status_code == 200
        assert list(response.context["rows"][0]["form"].errors) == ["description"]
        assert "x" * 201 in response.content.decode()
