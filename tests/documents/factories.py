"""Kinds of documents that only tests know, and small real files."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import registry
from documents.registry import PdfDocument, SpreadsheetDocument
from documents.spreadsheets import Column, Kind, Sheet, Workbook

OOXML = "application/vnd.openxmlformats-officedocument."
ODT = "application/vnd.oasis.opendocument.text"


def anyone(user: Any, job: Any) -> bool:
    return True


def nobody(user: Any, job: Any) -> bool:
    return False


def letter(**changes: Any) -> PdfDocument:
    """A kind that needs no template of the portal: see tests/documents/templates."""
    return PdfDocument(
        **{
            "kind": "tests.letter",
            "label": "Proefbrief",
            "template": "letter.html",
            "context": lambda params, progress: {"name": params.get("name", "Ann")},
            "filename": lambda params: "brief.pdf",
            "may_download": anyone,
            **changes,
        }
    )


def table(**changes: Any) -> SpreadsheetDocument:
    def workbook(params: dict[str, Any], progress: Any) -> Workbook:
        progress(50, "Halverwege")
        rows = [["a", 1], ["b", 2]]
        columns = [Column("Naam"), Column("Aantal", Kind.INTEGER, total=True)]
        return Workbook("Proef", [Sheet("Blad", columns, rows)])

    return SpreadsheetDocument(
        **{
            "kind": "tests.table",
            "label": "Proeftabel",
            "workbook": workbook,
            "filename": lambda params: "tabel.xlsx",
            "may_download": anyone,
            **changes,
        }
    )


@contextmanager
def registered(*declarations: Any) -> Iterator[None]:
    for declaration in declarations:
        registry.register(declaration)
    try:
        yield
    finally:
        for declaration in declarations:
            registry.unregister(declaration.kind)


def pdf_bytes(**save: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out, **save)
    return out.getvalue()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_bytes(**extra: bytes) -> bytes:
    types = f'<Override ContentType="{OOXML}wordprocessingml.document.main+xml"/>'.encode()
    return zip_bytes({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **extra})


def odt_bytes(**extra: bytes) -> bytes:
    content = b"<office:document-content/>"
    return zip_bytes({"mimetype": ODT.encode(), "content.xml": content, **extra})


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-claimed")
