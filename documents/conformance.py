"""What must be so of every PDF that the portal makes: the structure that PDF/UA-1 asks for.

veraPDF is no Python program, so these are the rules that a machine can check and a renderer can
break (ISO 14289-1 chapter 7, Matterhorn Protocol 1.1), as far as WeasyPrint's output has them. Used
by tests and by `make bench-pdf`; whether an alternative text or a heading is a *good* one, only a
person sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

_HEADINGS = tuple(f"/H{level}" for level in range(1, 7))
# ISO 32000-1, 14.8.4: what a reader knows without a role map.
_STANDARD = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2
H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference
BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form
"""
_KNOWN = frozenset(f"/{name}" for name in _STANDARD.split())
_PARENTS = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/TFoot": {"/Table"},
    "/LI": {"/L"},
    "/LBody": {"/LI"},
}
_SHOWS = frozenset("Tj TJ ' \" Do S s f F f* B B* b b* sh".split())  # noqa: SIM905
"""Operators that put something on the page."""
_FONT_FILES = {"/FontFile", "/FontFile2", "/FontFile3"}


@dataclass
class Structure:
    """What was found in the tree of a document."""

    elements: list[tuple[str, str, Dictionary]] = field(default_factory=list)
    """Kind, kind of the parent, and the element, in reading order."""

    def of(self, kind: str) -> list[Dictionary]:
        return [element for found, _parent, element in self.elements if found == kind]

    @property
    def heading_levels(self) -> list[int]:
        return [int(kind[2]) for kind, _p, _e in self.elements if kind in _HEADINGS]


def structural_faults(path: Path) -> list[str]:
    """Each fault as a sentence, for developers; empty when the document passes."""
    with pikepdf.open(path) as pdf:
        return [*_document(pdf), *_metadata(pdf), *_tree(pdf), *_pages(pdf), *_fonts(pdf)]


def structure_of(pdf: pikepdf.Pdf) -> Structure:
    """The structure tree, flattened in reading order."""
    found = Structure()
    root = pdf.Root.get("/StructTreeRoot")
    if root is not None:
        for child in _children(root):
            _walk(child, "/StructTreeRoot", found)
    return found


def _children(element: Any) -> Iterator[Dictionary]:
    kids = element.get("/K")
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid


def _walk(element: Dictionary, parent: str, found: Structure) -> None:
    kind = str(element.S)
    found.elements.append((kind, parent, element))
    for child in _children(element):
        _walk(child, kind, found)


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    if not str(root.get("/Lang", "")):
        yield "The document does not say its language."
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "The document is not marked as tagged."
    if "/StructTreeRoot" not in root:
        yield "The document has no structure tree."
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "A reader would show the file name instead of the title."
    if not root.get("/OutputIntents"):
        yield "There is no output intent, which PDF/A asks for."
    if pdf.is_encrypted:
        yield "The document is encrypted."


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    title = str(pdf.docinfo.get("/Title", "")).strip()
    if not title:
        yield "The document has no title."
    if "/Metadata" not in pdf.Root:
        yield "There is no XMP metadata."
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        if str(xmp.get("dc:title", "")).strip() != title:
            yield "The title in the metadata is another one."
        claims = (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance"), xmp.get("pdfuaid:part"))
        if claims != ("3", "A", "1"):
            yield f"The metadata claims {claims} instead of PDF/A-3a and PDF/UA-1."


def _tree(pdf: pikepdf.Pdf) -> Iterator[str]:
    found = structure_of(pdf)
    root: Any = pdf.Root
    roles = root.get("/StructTreeRoot", {}).get("/RoleMap", {})
    for kind, parent, element in found.elements:
        if kind not in _KNOWN and kind not in roles:
            yield f"Readers do not know {kind}."
        if kind in _PARENTS and parent not in _PARENTS[kind]:
            yield f"{kind} stands in {parent}."
        if kind == "/TH" and _scope(element) not in {"/Row", "/Column", "/Both"}:
            yield "A header cell does not say what it heads."
        if kind in {"/Figure", "/Formula"} and not _spoken(element):
            yield f"A {kind[1:].lower()} has no alternative text."
    yield from _headings(pdf, found.heading_levels)
    for table in found.of("/Table"):
        widths = {_width(row) for row in _rows(table)}
        if len(widths) > 1:
            yield f"A table has rows of {sorted(widths)} columns."


def _headings(pdf: pikepdf.Pdf, levels: list[int]) -> Iterator[str]:
    if levels.count(1) != 1:
        yield f"There are {levels.count(1)} headings of level 1."
    for before, level in zip([0, *levels], levels, strict=False):
        if level > before + 1:
            yield f"A heading of level {level} follows one of level {before}."
    with pdf.open_outline() as outline:
        if _count(outline.root) != len(levels):
            yield f"{len(levels)} headings, but {_count(outline.root)} bookmarks."


def _count(items: Any) -> int:
    return sum(1 + _count(item.children) for item in items)


def _attributes(element: Dictionary) -> Iterator[Dictionary]:
    attributes = element.get("/A")
    for one in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(one, Dictionary):
            yield one


def _scope(element: Dictionary) -> str:
    return next((str(a.Scope) for a in _attributes(element) if "/Scope" in a), "")


def _spoken(element: Dictionary) -> str:
    return str(element.get("/Alt", element.get("/ActualText", ""))).strip()


def _rows(element: Dictionary) -> Iterator[Dictionary]:
    for child in _children(element):
        if child.S == Name.TR:
            yield child
        elif str(child.S) in {"/THead", "/TBody", "/TFoot"}:
            yield from _rows(child)


def _width(row: Dictionary) -> int:
    return sum(
        next((int(a.ColSpan) for a in _attributes(cell) if "/ColSpan" in a), 1)
        for cell in _children(row)
    )


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        if page.obj.get("/Tabs") != Name.S:
            yield f"Page {number}: Tab does not follow the structure."
        for annotation in page.obj.get("/Annots", []):
            if annotation.get("/Subtype") == Name.Link:
                if "/StructParent" not in annotation:
                    yield f"Page {number}: a link stands outside the structure."
                if not str(annotation.get("/Contents", "")).strip():
                    yield f"Page {number}: a link has no description."
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in {"BDC", "BMC"}:
                depth += 1
            elif operator == "EMC":
                depth -= 1
            elif operator in _SHOWS and depth == 0:
                yield f"Page {number}: something is neither content nor decoration ({operator})."
                break


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        if not isinstance(item, Dictionary):
            continue
        kind, inside = item.get("/Type"), set(item.keys())
        if kind == Name.FontDescriptor and not inside & _FONT_FILES:
            yield f"The font {item.get('/FontName')} is not in the file."
        if kind == Name.Font and item.get("/Subtype") == Name.Type0 and "/ToUnicode" not in inside:
            yield f"The text in {item.get('/BaseFont')} can not be copied."
