"""The structural check finds what it is there to find: each fault is made on purpose."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from documents.conformance import structural_faults, structure_of
from documents.rendering import html_to_pdf

PAGE = """<!doctype html><html lang="nl"><head><title>Proef</title></head><body>
<h1>Proef</h1><dl class="facts"><div><dt>Nummer</dt><dd>7</dd></div></dl>
<h2 id="deel">Deel</h2><p>Zie <a href="#deel">dit deel</a>.</p>
<p><img alt="Een vierkant" src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'
 width='9' height='9'%3E%3Crect width='9' height='9'/%3E%3C/svg%3E"></p>
<table><caption>Bedragen</caption><thead><tr><th scope="col">Post</th><th>Bedrag</th></tr></thead>
<tbody><tr><th scope="row">Studie</th><td>10</td></tr></tbody></table></body></html>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "proef.pdf"
    html_to_pdf(PAGE, target)
    return target


def first(pdf: pikepdf.Pdf, kind: str) -> Dictionary:
    return structure_of(pdf).of(kind)[0]


def _no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _not_marked(pdf: pikepdf.Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def _no_title(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo.Title


def _no_claim(pdf: pikepdf.Pdf) -> None:
    stream = pdf.Root.Metadata
    stream.write(stream.read_bytes().replace(b"<pdfuaid:part>1", b"<pdfuaid:part>2"))


def _no_scope(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "/TH").A.Scope


def _no_alternative(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "/Figure").Alt


def _skipped_heading(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/H2").S = Name.H3


def _unknown_kind(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/P").S = Name.Alinea


def _stray_item(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/L").S = Name.Div


def _uneven_table(pdf: pikepdf.Pdf) -> None:
    row = structure_of(pdf).of("/TR")[1]
    row.K = pikepdf.Array([row.K[0]])


def _silent_link(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj.Annots[0].Contents


def _outside_the_structure(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 5 5 re f")


def _no_font_file(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.FontDescriptor:
            for key in {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
                del item[key]


def test_what_the_portal_makes_passes(page: Path) -> None:
    assert structural_faults(page) == []


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (_no_language, "The document does not say its language."),
        (_not_marked, "The document is not marked as tagged."),
        (_no_title, "The document has no title."),
        (_no_claim, "The metadata claims ('3', 'A', '2') instead of PDF/A-3a and PDF/UA-1."),
        (_no_scope, "A header cell does not say what it heads."),
        (_no_alternative, "A figure has no alternative text."),
        (_skipped_heading, "A heading of level 3 follows one of level 1."),
        (_unknown_kind, "Readers do not know /Alinea."),
        (_stray_item, "/LI stands in /Div."),
        (_uneven_table, "A table has rows of [1, 2] columns."),
        (_silent_link, "Page 1: a link has no description."),
        (
            _outside_the_structure,
            "Page 1: something is neither content nor decoration (f).",
        ),
        (_no_font_file, "is not in the file."),
    ],
)
def test_a_fault_is_found(
    page: Path, tmp_path: Path, break_it: Callable[[pikepdf.Pdf], None], fault: str
) -> None:
    broken = tmp_path / "broken.pdf"
    with pikepdf.open(page) as pdf:
        break_it(pdf)
        pdf.save(broken)
    found = structural_faults(broken)
    assert found
    assert found[0].endswith(fault)
