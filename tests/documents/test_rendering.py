"""PDFs are accessible, and fetch nothing but our own static files."""

import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from documents.rendering import (
    RefusedURLError,
    StaticFilesFetcher,
    html_to_pdf,
    render_pdf,
    static_path,
)

PAGE = """<!doctype html><html lang="nl"><head><title>Proef – één</title></head><body>
<h1>Proef</h1>{}<table><caption>Bedragen</caption>
<thead><tr><th scope="col">Post</th><th scope="col">Bedrag</th></tr></thead>
<tbody><tr><th scope="row">Studie</th><td>€ 10,00</td></tr></tbody></table></body></html>"""


def text_of(path: Path) -> list[str]:
    return subprocess.run(
        ["pdftotext", path, "-"], capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_pdf_opens_and_says_its_language_title_and_conformance(tmp_path: Path) -> None:
    target = tmp_path / "proef.pdf"
    pages: list[int] = []
    html_to_pdf(PAGE.format(""), target, pages.append)
    assert pages == [1]
    with pikepdf.open(target) as pdf:
        assert str(pdf.Root.Lang) == "nl"
        assert str(pdf.docinfo.Title) == "Proef – één"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
    words = text_of(target)
    for word in ("Proef", "Bedragen", "Post", "Bedrag", "Studie", "10,00"):
        assert word in words


def test_each_header_cell_says_what_it_heads(tmp_path: Path) -> None:
    target = tmp_path / "proef.pdf"
    html_to_pdf(PAGE.format(""), target)
    with pikepdf.open(target) as pdf:
        scopes = [
            str(item.A.Scope)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
        ]
    assert sorted(scopes) == ["/Column", "/Column", "/Row"]


def test_a_template_is_rendered(tmp_path: Path) -> None:
    render_pdf("letter.html", {"name": "<b>Ann</b>"}, tmp_path / "brief.pdf")
    words = text_of(tmp_path / "brief.pdf")
    assert words[:2] == ["Beste", "<b>Ann</b>"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:8000/",
        "https://example.org/image.png",
        "ftp://example.org/x",
        "https://portal.invalid/beheer/",
        "https://portal.invalid/static/../pio_portal/settings/base.py",
        "https://portal.invalid/static/%2e%2e/pio_portal/settings/base.py",
        "https://portal.invalid/static/..%5Csettings/base.py",
        "https://portal.invalid.example.org/static/css/print.css",
        "https://portal.invalid/static//etc/hostname",
        "https://portal.invalid/static/does-not-exist.svg",
    ],
)
def test_no_network_and_no_other_files(url: str) -> None:
    with pytest.raises(RefusedURLError):
        StaticFilesFetcher().fetch(url)


def test_data_addresses_and_our_static_files_are_fetched() -> None:
    fetcher = StaticFilesFetcher()
    assert fetcher.fetch("data:text/plain,hallo").read() == b"hallo"
    assert b"<svg" in fetcher.fetch("https://portal.invalid/static/icons/favicon.svg").read()


def test_collected_files_with_a_hash_in_their_name_are_found(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "logo.abc123.svg").write_text("<svg/>")
    found = static_path("https://portal.invalid/static/logo.abc123.svg")
    assert found == tmp_path / "logo.abc123.svg"


def test_a_file_of_the_machine_does_not_end_up_in_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("zeer-geheim")
    link = f'<link rel="attachment" href="file://{secret}"><img src="file://{secret}" alt="x">'
    html_to_pdf(PAGE.format(link), tmp_path / "proef.pdf")
    with pikepdf.open(tmp_path / "proef.pdf") as pdf:
        assert dict(pdf.attachments) == {}
        streams = [o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream)]
    assert not any(b"zeer-geheim" in stream for stream in streams)
