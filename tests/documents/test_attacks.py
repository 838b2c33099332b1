"""What is made to harm is refused with a sentence, or kept as something that no browser opens."""

import ast
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory
from openpyxl.chart import BarChart
from pikepdf import Array, Dictionary, Name

from documents.downloads import serve
from documents.services import store_upload
from documents.uploads import check_upload
from tests.accounts.factories import UserFactory
from tests.documents.attacks import (
    HARMLESS,
    Attack,
    active_pdf,
    attacks,
    pdf_with_file,
    relation,
    xlsx_bytes,
)
from tests.documents.factories import docx_bytes, odt_bytes, pdf_bytes, upload

LIMIT = 600_000
ALL = list(attacks(LIMIT))
KEPT = [attack for attack in ALL if attack.refused == HARMLESS]


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 90
    assert len({attack.what + attack.name for attack in ALL}) == len(ALL)


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.what)
def test_an_attack_is_refused_with_a_sentence_or_does_no_harm(
    attack: Attack, settings: Any
) -> None:
    settings.DOCUMENT_MAX_UPLOAD_BYTES = LIMIT
    settings.DOCUMENT_MAX_UNPACKED_BYTES = 1_000_000
    if attack.refused == HARMLESS:
        check_upload(upload(attack.name, attack.content))
        return
    with pytest.raises(ValidationError) as refusal:
        check_upload(upload(attack.name, attack.content))
    assert refusal.value.code == attack.refused
    assert re.fullmatch(r"[A-Z].+\.", refusal.value.messages[0])


def asked_by(user: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user, request.session = user, {}  # type: ignore[assignment]
    return request


@pytest.mark.django_db
def test_what_is_kept_is_an_attachment_that_no_browser_opens(settings: Any) -> None:
    by = UserFactory()
    for attack in KEPT:
        stored = store_upload(uploaded=upload(attack.name, attack.content), created_by=by)
        answer = serve(asked_by(by), stored)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert not re.search(r'[\x00-\x1f\u202e/\\:<>"|?*]|^(?i:con|nul)\b', stored.name)
        assert stored.name.endswith(".pdf")
        assert len(stored.name) <= 200
        assert stored.path.resolve().is_relative_to(settings.MEDIA_ROOT.resolve())
        assert b"".join(answer) == attack.content  # type: ignore[arg-type]
        answer.file_to_stream.close()  # type: ignore[attr-defined]


ROOT = Path(settings.BASE_DIR)
FIELDS = ROOT / "documents/upload_fields.py"
INTERESTING = re.compile(r"FileField|ImageField|FilePathField|StoredFile|adopt|store_file")
NOT_KEPT = {"common/pages.py"}
"""The style page of developers: its form always refuses."""


def _called(tree: ast.AST) -> set[str]:
    """What a module calls or inherits from: `forms.FileField` as "FileField"."""
    used = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            used += node.bases
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in used}


def test_no_file_comes_in_but_through_the_checked_fields() -> None:
    """A field of another kind, a column that keeps files by itself, a row made past the check.

    That each field says beside itself what is wrong, tests/portal/test_bad_input.py tries on every
    page that has one.
    """
    apps = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    found, makes_rows, keeps = set(), set(), set()
    for path in (path for app in apps for path in (ROOT / app).rglob("*.py")):
        if path == FIELDS or "migrations" in path.parts:
            continue
        text = path.read_text()
        if not INTERESTING.search(text):
            continue
        name, called = path.relative_to(ROOT).as_posix(), _called(ast.parse(text))
        if called & {"FileField", "ImageField", "FilePathField"}:
            found.add(name)
        if {"StoredFile", "adopt"} & called and not name.startswith("demo/"):
            makes_rows.add(name)
        if "store_file" in called and not name.startswith("demo/"):
            keeps.add(name)
    assert found == NOT_KEPT
    assert makes_rows == {"documents/services/files.py", "documents/services/running.py"}
    # What the portal made itself: `store_upload` is the door for what people send.
    assert keeps == {
        "documents/services/files.py",
        "payments/services/orders.py",
        "rehearsals/services/running.py",
    }


def _workbook_with_chart() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["kost", 3])
    book.active["C1"] = "=SUM(B1:B9)"
    book.active.add_chart(BarChart(), "E1")
    book.active["A2"].hyperlink = "https://www.vlaanderen.be/"
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("begroting.xlsx", _workbook_with_chart()),
        ("nota.docx", docx_bytes(**{"word/embeddings/Book1.xlsx": xlsx_bytes()})),
        ("nota.docx", docx_bytes(**{"word/_rels/a.rels": relation("hyperlink", "https://a.be")})),
        (
            "nota.docx",
            docx_bytes(**{"word/_rels/a.rels": relation("attachedTemplate", "file:///C:\\a.dotx")}),
        ),
        ("nota.docx", docx_bytes(**{"word/a.xml": b"<w:t>macroEnabled vbaProject DDE</w:t>"})),
        ("nota.odt", odt_bytes(**{"styles.xml": b"<office:scripts/>"})),
        ("factuur.pdf", pdf_with_file("factur-x.xml", b"<Invoice/>")),
        ("plan.pdf", active_pdf("/OpenAction", Array([0, Name.Fit]))),
        ("plan.pdf", active_pdf("/AA", Dictionary())),
        ("plan.pdf", pdf_bytes() + b"\r\n\0"),
    ],
)
def test_what_people_really_send_is_accepted(name: str, content: bytes) -> None:
    check_upload(upload(name, content))
