"""HTML to accessible PDF: tagged, PDF/UA-1 and PDF/A-3a in one file.

What makes it fast was measured: one stylesheet and font configuration per process, no garbage
collection while a document is laid out (WeasyPrint issue 1977), and after it only through what the
document left: what the process had before is set aside once. And room to call deep.
"""

import gc
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from common.data_stack import with_room
from documents.page_progress import Hears, pages_heard
from documents.printable import printable
from documents.registry import Enclosure

PRINT_CSS = "css/print.css"
# A host that exists nowhere (RFC 2606): relative addresses resolve to our own static files.
BASE_URL = "https://portal.invalid/"

# PDF/A-3a is WeasyPrint's variant; this adds the claim of PDF/UA-1 to the same metadata, with the
# description of its schema that PDF/A asks for (ISO 19005-3, 6.6.2.3).
_PDFUA = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 to which the document conforms\
</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
_END_OF_RDF = b"</rdf:RDF>"


class RefusedURLError(ValueError):
    """A document asked for something outside our own static files."""


class StaticFilesFetcher(URLFetcher):
    """Fetches data: addresses and our own static files; no network, no other file."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The content behind `url`.

        Raises:
            RefusedURLError: for any other address; WeasyPrint then leaves the image out.
        """
        if url.lower().startswith("data:"):
            return super().fetch(url, headers)
        path = static_path(url)
        if path is None:
            raise RefusedURLError(f"Refused: {url}")
        return URLFetcherResponse(url, path.read_bytes())


def static_path(url: str) -> Path | None:
    """The file of one of our static addresses, or None when it is not ours or not there."""
    prefix = BASE_URL.rstrip("/") + settings.STATIC_URL
    if not url.startswith(prefix):
        return None
    name = unquote(urlsplit(url).path.removeprefix(settings.STATIC_URL))
    try:  # both look-ups join safely
        if found := finders.find(name):
            return Path(str(found))
        # In production names in pages carry a hash; those exist only among the collected files.
        if settings.STATIC_ROOT and staticfiles_storage.exists(name):
            return Path(staticfiles_storage.path(name))
    except SuspiciousFileOperation:
        return None
    return None


@cache
def _shared_style() -> tuple[list[CSS], FontConfiguration]:
    """The print stylesheet and its fonts, parsed once per process."""
    fonts = FontConfiguration()
    path = finders.find(PRINT_CSS)
    if not path:
        return [], fonts
    base_url = f"{BASE_URL.rstrip('/')}{settings.STATIC_URL}{PRINT_CSS}"
    sheet = CSS(
        string=Path(str(path)).read_text(),
        base_url=base_url,
        url_fetcher=StaticFilesFetcher(),
        font_config=fonts,
    )
    # All of Django and WeasyPrint stays as long as the process. Going through it again after each
    # letter took a fifth of the letter's time.
    gc.collect()
    gc.freeze()
    return [sheet], fonts


def print_style() -> str:
    """The text of the print stylesheet; "" where it was not built."""
    path = finders.find(PRINT_CSS)
    return Path(str(path)).read_text() if path else ""


def render_pdf(template: str, context: dict[str, Any], target: Path) -> None:
    """Write the PDF of a template to `target`; its `<title>` and `<html lang>` become metadata."""
    html_to_pdf(render_to_string(template, context), target)


@with_room
def html_to_pdf(
    html: str,
    target: Path,
    step: Callable[[int], None] | None = None,
    *,
    enclosures: Sequence[Enclosure] = (),
    hears: Hears | None = None,
) -> None:
    """Write the PDF of a page; `step` hears the number of pages once they are laid out.

    `hears` is told each page before it is laid out; what it raises stops the work.
    What our fonts lack is spelled out (documents.printable).
    """
    stylesheets, fonts = _shared_style()
    with _no_garbage_collection():
        page = HTML(string=printable(html), base_url=BASE_URL, url_fetcher=StaticFilesFetcher())
        with pages_heard(hears):
            document = page.render(
                font_config=fonts,
                stylesheets=stylesheets,
                pdf_variant="pdf/a-3a",
            )
        if step is not None:
            step(len(document.pages))
        with warnings.catch_warnings():
            # WeasyPrint leaves the file of its colour profile to be closed by Python.
            warnings.simplefilter("ignore", ResourceWarning)
            document.write_pdf(
                str(target),
                finisher=_finish,
                pdf_variant="pdf/a-3a",
                attachments=[_attachment(enclosure) for enclosure in enclosures],
            )
        # Before the collection, or it goes through all of them and clears nothing away.
        del page, document


def _attachment(enclosure: Enclosure) -> Attachment:
    """Marked as the source of the pages; WeasyPrint calls its times UTC."""
    made_at = enclosure.made_at.astimezone(UTC)
    return Attachment(
        string=enclosure.content,
        name=enclosure.name,
        description=enclosure.description,
        created=made_at,
        modified=made_at,
        relationship="Source",
    )


def _finish(_document: Any, pdf: pydyf.PDF) -> None:
    """What WeasyPrint leaves out of an accessible document."""
    if "AF" in pdf.catalog:  # it names each file twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    elements = {
        item.reference: item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem"
    }
    _scope_headers(elements)
    _pair_terms(elements)
    _claim_pdfua(pdf)


def _claim_pdfua(pdf: pydyf.PDF) -> None:
    """In the one RDF block of the metadata: readers do not look at a second one."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            item.stream = [
                part.replace(_END_OF_RDF, _PDFUA + _END_OF_RDF, 1) for part in item.stream
            ]


def _pair_terms(elements: dict[bytes, pydyf.Dictionary]) -> None:
    """Make an item of each `<div>` in a `<dl>`: the term is its label, what follows its body.

    WeasyPrint makes a list item of the term and one of what is said about it, in a block that may
    not stand in a list (ISO 32000-1, 14.8.4.3.3).
    """
    for element in elements.values():
        group = elements.get(element["P"])
        if element["S"] != "/Div" or group is None or group["S"] != "/L":
            continue
        element["S"] = "/LI"
        for place, kid in enumerate(element["K"]):
            part = elements[kid]
            part["S"] = "/LBody" if place else "/Lbl"
            for inner in part["K"]:
                if inner in elements:
                    elements[inner]["S"] = "/NonStruct"


def _scope_headers(elements: dict[bytes, pydyf.Dictionary]) -> None:
    """Say of each header cell what it heads; WeasyPrint does not (its issue 2508)."""
    for element in elements.values():
        if element["S"] != "/TH":
            continue
        row = elements.get(element["P"])
        group = elements.get(row["P"]) if row else None
        scope = "/Column" if group and group["S"] == "/THead" else "/Row"
        element.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = scope


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        # Whatever came meanwhile is young still: what was there before need not be gone through.
        gc.collect(1)
