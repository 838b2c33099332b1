"""DOCX, XLSX and ODT: a zip with the main part of its kind, and nothing in it that acts.

No macros, no objects of other programs, no DDE, no templates or parts that are fetched from another
machine, no entities in the XML, and a bounded size when unpacked.
"""

import io
import re
import zipfile
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from documents import conf
from documents.uploads.stream import readable

OOXML = "application/vnd.openxmlformats-officedocument."
ODT = "application/vnd.oasis.opendocument.text"
_MAX_MEMBERS = 5000
_CHUNK = 1 << 20
_OVERLAP = 256
_END = 22 + 76
"""Bytes of the last record of a zip, and of the one that large zips have before it."""
_WHOLE = 20_000_000
"""Parts up to so many bytes are also read as a whole, for words that are cut in pieces."""

# Office keeps Basic in its own folder, and any other language in Scripts.
_MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/", "xl/dialogsheets/")
_MACRO_ENDS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
_ACTIVE_ENDS = (
    *(".exe", ".dll", ".com", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf"),
    *(".hta", ".jar", ".lnk", ".msi", ".html", ".htm", ".svgz", ".class"),
)
# A chart carries its figures along as a workbook: that is no object of another program.
_PACKAGES = (".xlsx", ".docx", ".pptx")
_OLE = b"\xd0\xcf\x11\xe0"

_ENTITIES = re.compile(
    rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C\0T|E\0N\0T\0I)|\0<\0!\0(?:D\0O\0C\0T|E\0N\0T\0I)"
)
# In the tables of a package: which parts it has, and of what type.
_MACRO_PARTS = re.compile(
    rb"macroEnabled|relationships/(?:vbaProject|xlMacrosheet)|vnd\.ms-office\.vbaProject",
    re.IGNORECASE,
)
_MACRO_WORDS = re.compile(
    rb"<script:event-listener\b|href=\"vnd\.sun\.star\.script:", re.IGNORECASE
)
_DDE_WORDS = re.compile(
    rb"<(?:\w+:)?ddeLink\b|<text:dde-connection\b|<office:dde-source\b|<table:dde-link\b"
)
_OLE_WORDS = re.compile(rb"<(?:\w+:)?(?:oleLink|oleObject|OLEObject)\b|<draw:object-ole\b")
_FIELD = re.compile(
    rb"<(?:\w+:)?instrText[^>]*>([^<]*)</|<(?:\w+:)?fldSimple[^>]*\binstr=\"([^\"]*)\"",
)
_DDE_FIELD = re.compile(rb"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_FAR_FIELD = re.compile(
    rb"\bINCLUDE(?:TEXT|PICTURE)\b[^<]{0,20}(?:https?:|ftp:|\\\\)", re.IGNORECASE
)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_FETCHED = re.compile(
    rb"relationships/(?:attachedTemplate|oleObject|frame|subDocument|externalLinkPath|"
    rb"externalLink|package|control|aFChunk)\"",
    re.IGNORECASE,
)
# Another machine: an address, or a folder on a server; a folder on one's own disk is none.
_FAR = re.compile(rb"Target=\"(?:https?:|ftp:|mhtml:|file:/*\\\\|file:////|\\\\|//)", re.IGNORECASE)
_FAR_ODF = re.compile(
    rb"<(?:text:section-source|draw:object|draw:floating-frame|draw:plugin|draw:applet|meta:template)\b"
    rb"[^>]*xlink:href=\"(?:https?:|ftp:|\\\\|//|file:////|file://[^/])",
    re.IGNORECASE,
)


def ooxml(member: str, content_type: str) -> Callable[[File], bool]:
    """The check for a type of Microsoft Office, by its main part."""

    def has_main_part(archive: zipfile.ZipFile) -> bool:
        return content_type.encode() in archive.read("[Content_Types].xml")

    return lambda file: _is_office(file, member, has_main_part)


def is_odt(file: File) -> bool:
    """Whether it is a text of LibreOffice."""
    return _is_office(
        file, "content.xml", lambda archive: archive.read("mimetype").strip() == ODT.encode()
    )


def _is_office(file: File, member: str, has_main_part: Callable[[zipfile.ZipFile], bool]) -> bool:
    file.seek(0)
    head = file.read(1024)
    if not head.startswith(b"PK\x03\x04") or b"%PDF-" in head:
        return False
    file.seek(0)
    try:
        with zipfile.ZipFile(readable(file)) as archive:
            _inspect(archive)
            return (
                _is_plain(archive, file.size or 0)
                and member in archive.namelist()
                and has_main_part(archive)
            )
    except ValidationError:
        raise
    except Exception:  # a damaged archive fails in many ways: zip, zlib, a missing member
        return False


def _is_plain(archive: zipfile.ZipFile, size: int) -> bool:
    """Begins with its first member, ends with its own table, and each name once and inside."""
    members = archive.infolist()
    names = [info.filename for info in members]
    return (
        min(info.header_offset for info in members) == 0
        and not archive.comment
        and archive.start_dir + _table_size(members) + _END >= size
        and len({name.lower() for name in names}) == len(names)
        and not any(_leaves(name) for name in names)
    )


def _table_size(members: list[zipfile.ZipInfo]) -> int:
    return sum(
        46 + len(info.orig_filename.encode()) + len(info.extra) + len(info.comment)
        for info in members
    )


def _leaves(name: str) -> bool:
    return (
        name.startswith(("/", "\\")) or "\\" in name or ":" in name[:3] or ".." in name.split("/")
    )


def _inspect(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    limit = conf.max_unpacked_bytes()
    if len(members) > _MAX_MEMBERS or unpacked_size(archive, limit) > limit:
        raise ValidationError(
            _("Dit bestand is uitgepakt te groot. Sla het opnieuw op of splits het."), code="bomb"
        )
    if any(info.flag_bits & 0x1 for info in members):
        raise ValidationError(
            _("Dit bestand is beveiligd. Sla het op zonder wachtwoord en probeer opnieuw."),
            code="encrypted",
        )
    _refuse_names([info.filename.lower() for info in members])
    for info in members:
        if not info.is_dir():
            _look(archive, info)


def _refuse_names(names: list[str]) -> None:
    if any(name.endswith(_MACRO_ENDS) or name.startswith(_MACRO_FOLDERS) for name in names):
        _refuse_macros()
    for name in names:
        embedded = "/embeddings/" in f"/{name}" and not name.endswith("/")
        if "/activex/" in f"/{name}" or name.endswith(_ACTIVE_ENDS):
            _refuse_objects()
        if embedded and not name.endswith(_PACKAGES):
            _refuse_objects()


def _look(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    name = info.filename.lower()
    with archive.open(info) as part:
        start = part.read(4)
    if start == _OLE:
        _refuse_objects()
    if start.startswith(b"PK\x03\x04"):
        if not name.endswith(_PACKAGES):
            _refuse_objects()
        _look_in_package(archive, info)
    elif name.endswith((".xml", ".rels", ".rdf", ".vml")):
        _look_in_xml(archive, info)


def _look_in_package(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """The names and the table of types are enough: nobody unpacks it here."""
    with zipfile.ZipFile(io.BytesIO(archive.read(info))) as inner:
        _refuse_names([one.lower() for one in inner.namelist()])
        with inner.open("[Content_Types].xml") as types:
            if _MACRO_PARTS.search(types.read(_CHUNK)):
                _refuse_macros()


def _look_in_xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    name = info.filename.lower()
    whole = b""
    with archive.open(info) as part:
        before = b""
        while chunk := part.read(_CHUNK):
            _refuse_words(before + chunk)
            before = chunk[-_OVERLAP:]
            if len(whole) < _WHOLE:
                whole += chunk
    if name.endswith((".rels", "[content_types].xml")):
        if _MACRO_PARTS.search(whole):
            _refuse_macros()
        _refuse_relations(whole)
    fields = b"".join(b"".join(found) for found in _FIELD.findall(whole))
    if _DDE_FIELD.search(fields):
        _refuse_dde()
    if _FAR_FIELD.search(fields) or _FAR_ODF.search(whole):
        _refuse_far()


def _refuse_words(text: bytes) -> None:
    if _ENTITIES.search(text):
        raise ValidationError(
            _(
                "In dit bestand staan verwijzingen die een tekstverwerker nooit schrijft."
                " Sla het opnieuw op in Word of LibreOffice."
            ),
            code="entities",
        )
    if _MACRO_WORDS.search(text):
        _refuse_macros()
    if _DDE_WORDS.search(text):
        _refuse_dde()
    if _OLE_WORDS.search(text):
        _refuse_objects()


def _refuse_relations(text: bytes) -> None:
    for relation in _RELATION.findall(text):
        if b"External" in relation and _FETCHED.search(relation) and _FAR.search(relation):
            _refuse_far()


def _refuse_macros() -> None:
    raise ValidationError(
        _("Dit bestand bevat macro's. Sla het op zonder macro's en probeer opnieuw."), code="macro"
    )


def _refuse_objects() -> None:
    raise ValidationError(
        _(
            "In dit bestand zit een object van een ander programma. Haal het eruit, of sla het"
            " bestand op als PDF."
        ),
        code="object",
    )


def _refuse_dde() -> None:
    raise ValidationError(
        _(
            "In dit bestand zit een koppeling die een ander programma start (DDE). Verwijder ze, of"
            " sla het bestand op als PDF."
        ),
        code="dde",
    )


def _refuse_far() -> None:
    raise ValidationError(
        _(
            "Dit bestand haalt een sjabloon of een onderdeel op van een ander adres. Verwijder die"
            " koppeling, of sla het bestand op als PDF."
        ),
        code="external",
    )


def unpacked_size(archive: zipfile.ZipFile, limit: int) -> int:
    """Counted by unpacking, member by member, and stopped at the limit: the headers may lie."""
    total = sum(info.file_size for info in archive.infolist())
    if total > limit:
        return total
    total = 0
    for info in archive.infolist():
        if info.flag_bits & 0x1:
            continue
        with archive.open(info) as part:
            while chunk := part.read(1 << 16):
                total += len(chunk)
                if total > limit:
                    return total
    return total
