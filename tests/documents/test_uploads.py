"""What people send is what it says it is, or it is refused with a sentence."""

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from pikepdf import Encryption
from PIL import Image

from documents.services import store_file, store_upload
from documents.services.files import readable_name
from documents.uploads import check_upload
from tests.accounts.factories import UserFactory
from tests.documents.factories import (
    OOXML,
    docx_bytes,
    odt_bytes,
    pdf_bytes,
    upload,
    zip_bytes,
)


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, kind)
    return out.getvalue()


def xlsx_bytes() -> bytes:
    types = f'<Override ContentType="{OOXML}spreadsheetml.sheet.main+xml"/>'.encode()
    return zip_bytes({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", pdf_bytes()),
        ("PLAN.PDF", pdf_bytes()),
        ("nota.docx", docx_bytes()),
        ("begroting.xlsx", xlsx_bytes()),
        ("nota.odt", odt_bytes()),
        ("foto.png", picture("PNG")),
        ("foto.jpg", picture("JPEG")),
        ("foto.jpeg", picture("JPEG")),
    ],
)
def test_real_files_are_accepted(name: str, content: bytes) -> None:
    check_upload(upload(name, content))


MISMATCH = "past niet bij de extensie"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("leeg.pdf", b"", "Dit bestand is leeg."),
        ("script.exe", b"MZ", "Dit soort bestand kan niet."),
        ("beeld.svg", b"<svg onload='x'/>", "Dit soort bestand kan niet."),
        ("pagina.html", b"<html>", "Dit soort bestand kan niet."),
        ("macro.docm", docx_bytes(), "Dit soort bestand kan niet."),
        ("plan.pdf.exe", pdf_bytes(), "Dit soort bestand kan niet."),
        ("zonder-extensie", pdf_bytes(), "Dit soort bestand kan niet."),
        ("plan.pdf", b"<html>" + pdf_bytes(), MISMATCH),
        ("plan.pdf", b"\n" + pdf_bytes(), MISMATCH),
        ("plan.pdf", b"%PDF-1.7 geen echte", MISMATCH),
        ("plan.pdf", docx_bytes(), MISMATCH),
        ("plan.pdf", pdf_bytes(encryption=Encryption(owner="a", user="b")), "is beveiligd"),
        ("plan.pdf", pdf_bytes(encryption=Encryption(owner="a", user="")), "is beveiligd"),
        ("nota.docx", pdf_bytes(), MISMATCH),
        ("nota.docx", xlsx_bytes(), MISMATCH),
        ("nota.docx", zip_bytes({"los.txt": b"x"}), MISMATCH),
        ("nota.docx", docx_bytes()[:-30], MISMATCH),
        ("nota.docx", docx_bytes(**{"word/vbaProject.bin": b"x"}), "bevat macro's"),
        ("nota.odt", odt_bytes(**{"Basic/Standard/Module1.xml": b"x"}), "bevat macro's"),
        ("nota.odt", odt_bytes(**{"Scripts/python/macro.py": b"x"}), "bevat macro's"),
        ("nota.odt", docx_bytes(), MISMATCH),
        ("nota.odt", zip_bytes({"content.xml": b"x"}), MISMATCH),
        ("foto.png", picture("JPEG"), MISMATCH),
        ("foto.png", b"\x89PNG\r\n\x1a\n", MISMATCH),
        ("foto.jpg", b"GIF89a", MISMATCH),
    ],
)
def test_other_files_are_refused_with_a_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_upload(upload(name, content))
    assert sentence in refusal.value.messages[0]


def test_the_limit_is_the_last_size_that_is_accepted(settings: Any) -> None:
    content = pdf_bytes()
    settings.DOCUMENT_MAX_UPLOAD_BYTES = len(content)
    check_upload(upload("plan.pdf", content))
    settings.DOCUMENT_MAX_UPLOAD_BYTES = len(content) - 1
    with pytest.raises(ValidationError, match="te groot"):
        check_upload(upload("plan.pdf", content))


def test_a_zip_bomb_is_refused_without_unpacking_all_of_it(settings: Any) -> None:
    settings.DOCUMENT_MAX_UNPACKED_BYTES = 1_000_000
    with pytest.raises(ValidationError, match="uitgepakt te groot"):
        check_upload(upload("nota.docx", docx_bytes(**{"word/media/x": b"0" * 2_000_000})))


def test_a_zip_that_lies_about_its_size_is_refused(settings: Any) -> None:
    settings.DOCUMENT_MAX_UNPACKED_BYTES = 1_000_000
    size = (2_000_000).to_bytes(4, "little")
    lying = docx_bytes(**{"word/media/x": b"0" * 2_000_000}).replace(size, b"\x01\x00\x00\x00")
    with pytest.raises(ValidationError):
        check_upload(upload("nota.docx", lying))


@pytest.mark.django_db
def test_an_upload_is_kept_under_a_random_name_with_the_type_that_was_found() -> None:
    user = UserFactory()
    content = pdf_bytes()
    stored = store_upload(uploaded=upload("Ons plan.pdf", content), created_by=user)
    assert (stored.name, stored.content_type, stored.size) == (
        "Ons plan.pdf",
        "application/pdf",
        len(content),
    )
    assert stored.read() == content
    assert stored.created_by == user
    assert "plan" not in stored.storage_name


@pytest.mark.django_db
def test_a_large_upload_on_disk_is_kept_too() -> None:
    content = pdf_bytes()
    with TemporaryUploadedFile("groot.pdf", "application/pdf", len(content), None) as uploaded:
        uploaded.write(content)
        stored = store_upload(uploaded=uploaded, created_by=None)
    assert stored.read() == content


@pytest.mark.django_db
def test_an_empty_file_is_not_kept(settings: Any) -> None:
    with pytest.raises(ValidationError):
        store_file(content=b"", name="leeg.txt")
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\map\\plan.pdf", "plan.pdf"),
        ("een\r\nkop: x.pdf", "een kop- x.pdf"),
        ("", "bestand"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_file_name_is_readable_and_harmless(name: str, shown: str) -> None:
    assert readable_name(name) == shown
