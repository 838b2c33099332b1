"""What people may send: allow-listed types whose content is what the extension says."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import filetype
import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from common.formatting import format_size
from documents import conf

ALLOWED_LABEL = "PDF, DOCX, XLSX, ODT, PNG, JPG"
_SNIFF = 8192
_MAX_MEMBERS = 5000
_OOXML = "application/vnd.openxmlformats-officedocument."
_MACROS = ("basic/", "scripts/")
_ODT = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True)
class Format:
    """One allowed type: how it is served, and what its content must be."""

    content_type: str
    is_genuine: Callable[[File], bool]


def check_upload(uploaded: File) -> None:
    """Do nothing when the file may be kept.

    Raises:
        ValidationError: with a sentence that says what is wrong and what to do.
    """
    name = uploaded.name or ""
    size = uploaded.size or 0
    limit = conf.max_upload_bytes()
    if size == 0:
        raise ValidationError(_("Dit bestand is leeg. Kies een ander bestand."), code="empty")
    if size > limit:
        raise ValidationError(
            _("Dit bestand is te groot (%(size)s). Een bestand mag hoogstens %(limit)s zijn.")
            % {"size": format_size(size), "limit": format_size(limit)},
            code="size",
        )
    kind = FORMATS.get(extension_of(name))
    if kind is None:
        raise ValidationError(
            _("Dit soort bestand kan niet. Toegelaten zijn: %(allowed)s.")
            % {"allowed": ALLOWED_LABEL},
            code="type",
        )
    uploaded.seek(0)
    try:
        genuine = kind.is_genuine(uploaded)
    finally:
        uploaded.seek(0)
    if not genuine:
        raise ValidationError(
            _(
                "De inhoud van dit bestand past niet bij de extensie .%(extension)s, of het bestand"
                " is beschadigd. Sla het opnieuw op in het juiste formaat."
            )
            % {"extension": extension_of(name)},
            code="content",
        )


def content_type_of(name: str) -> str:
    """The type under which a checked file is served."""
    known = FORMATS.get(extension_of(name))
    return known.content_type if known else "application/octet-stream"


def extension_of(name: str) -> str:
    """`plan.PDF` gives `pdf`."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_pdf(file: File) -> bool:
    # At byte 0: a file that starts as something else and is a PDF further on is both.
    if file.read(5) != b"%PDF-":
        return False
    file.seek(0)
    try:
        with pikepdf.open(_readable(file)) as pdf:
            encrypted, pages = pdf.is_encrypted, len(pdf.pages)
    except pikepdf.PasswordError:
        encrypted, pages = True, 1
    except Exception:  # pikepdf has many ways to say that it can't read this
        return False
    if encrypted:
        raise ValidationError(
            _("Deze PDF is beveiligd. Sla het bestand op zonder wachtwoord en probeer opnieuw."),
            code="encrypted",
        )
    return pages > 0


def _office(member: str, content_type: str = "", mimetype: str = "") -> Callable[[File], bool]:
    """A zip with the main part of its kind, no macros, and a bounded size when unpacked."""

    def is_genuine(file: File) -> bool:
        if file.read(4) != b"PK\x03\x04":
            return False
        file.seek(0)
        try:
            with zipfile.ZipFile(_readable(file)) as archive:
                return _inspect(archive, member, content_type, mimetype)
        except ValidationError:
            raise
        except Exception:  # a damaged archive fails in many ways: zip, zlib, a missing member
            return False

    return is_genuine


def _inspect(archive: zipfile.ZipFile, member: str, content_type: str, mimetype: str) -> bool:
    members = archive.infolist()
    names = {info.filename for info in members}
    if (
        len(members) > _MAX_MEMBERS
        or unpacked_size(archive, conf.max_unpacked_bytes()) > conf.max_unpacked_bytes()
    ):
        raise ValidationError(
            _("Dit bestand is uitgepakt te groot. Sla het opnieuw op of splits het."), code="bomb"
        )
    if any(info.flag_bits & 0x1 for info in members):
        raise ValidationError(
            _("Dit bestand is beveiligd. Sla het op zonder wachtwoord en probeer opnieuw."),
            code="encrypted",
        )
    lowered = {name.lower() for name in names}
    # Office keeps Basic in its own folder, and any other language in Scripts.
    if any(name.endswith("vbaproject.bin") or name.startswith(_MACROS) for name in lowered):
        raise ValidationError(
            _("Dit bestand bevat macro's. Sla het op zonder macro's en probeer opnieuw."),
            code="macro",
        )
    if member not in names:
        return False
    if content_type:
        return content_type.encode() in archive.read("[Content_Types].xml")
    return archive.read("mimetype").strip() == mimetype.encode()


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


def _image(mime: str, ending: bytes) -> Callable[[File], bool]:
    """The right first bytes, and an end: a picture that was cut off or padded is refused."""

    def is_genuine(file: File) -> bool:
        head = file.read(_SNIFF)
        if filetype.guess_mime(head) != mime:
            return False
        file.seek(max((file.size or 0) - _SNIFF, 0))
        return ending in file.read(_SNIFF)

    return is_genuine


def _readable(file: File) -> Any:
    """The underlying stream, for libraries that want a real file object."""
    return getattr(file, "file", None) or file


_png = Format("image/png", _image("image/png", b"IEND"))
_jpg = Format("image/jpeg", _image("image/jpeg", b"\xff\xd9"))

FORMATS: dict[str, Format] = {
    "pdf": Format("application/pdf", _is_pdf),
    "docx": Format(
        f"{_OOXML}wordprocessingml.document",
        _office("word/document.xml", f"{_OOXML}wordprocessingml.document.main+xml"),
    ),
    "xlsx": Format(
        f"{_OOXML}spreadsheetml.sheet",
        _office("xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet.main+xml"),
    ),
    "odt": Format(_ODT, _office("content.xml", mimetype=_ODT)),
    "png": _png,
    "jpg": _jpg,
    "jpeg": _jpg,
}
