"""What people may send: allow-listed types whose content is what the extension says.

Every file that comes in passes here, once in the form that says what is wrong beside the field and
once more in the service that keeps it (`documents.services.store_upload`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from common.formatting import format_size
from documents import conf
from documents.uploads.office import OOXML, is_odt, ooxml, unpacked_size
from documents.uploads.pdf import is_pdf
from documents.uploads.pictures import is_jpeg, is_png

__all__ = [
    "ALLOWED_LABEL",
    "FORMATS",
    "Format",
    "check_upload",
    "content_type_of",
    "extension_of",
    "unpacked_size",
]

ALLOWED_LABEL = "PDF, DOCX, XLSX, ODT, PNG, JPG"


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


_jpg = Format("image/jpeg", is_jpeg)

FORMATS: dict[str, Format] = {
    "pdf": Format("application/pdf", is_pdf),
    "docx": Format(
        f"{OOXML}wordprocessingml.document",
        ooxml("word/document.xml", f"{OOXML}wordprocessingml.document.main+xml"),
    ),
    "xlsx": Format(
        f"{OOXML}spreadsheetml.sheet",
        ooxml("xl/workbook.xml", f"{OOXML}spreadsheetml.sheet.main+xml"),
    ),
    "odt": Format("application/vnd.oasis.opendocument.text", is_odt),
    "png": Format("image/png", is_png),
    "jpg": _jpg,
    "jpeg": _jpg,
}
