"""A PDF that only shows pages: nothing in it runs, opens something else or brings files along."""

from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from documents.uploads.stream import begins_as_a_page, is_also_a_zip, readable

_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToE",
    "/GoToR",
    "/Rendition",
    "/RichMediaExecute",
}
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_DEPTH = 40
# An invoice that a machine can read (Factur-X, Peppol) lies in its PDF as XML.
_HARMLESS_INSIDE = (".xml",)


def is_pdf(file: File) -> bool:
    """Whether it is a PDF from its first byte to its last, and nothing beside that.

    Raises:
        ValidationError: when it is locked, holds a script or an action, or brings files along.
    """
    # At byte 0: a file that starts as something else and is a PDF further on is both.
    file.seek(0)
    if file.read(5) != b"%PDF-" or begins_as_a_page(file) or is_also_a_zip(file):
        return False
    file.seek(0)
    try:
        with pikepdf.open(readable(file)) as pdf:
            encrypted, pages = pdf.is_encrypted, len(pdf.pages)
            if not encrypted:
                _refuse_active(pdf)
    except ValidationError:
        raise
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


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    """Every object is looked at, also one that nothing refers to."""
    for found in pdf.objects:
        _look(found, 0)


def _look(found: Any, depth: int) -> None:
    if isinstance(found, pikepdf.Array):
        if depth < _DEPTH:
            for one in found:
                _look_inside(one, depth)
        return
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return
    keys = set(found.keys())
    if keys & _ACTIVE_KEYS or ("/S" in keys and str(found["/S"]) in _ACTIONS):
        raise ValidationError(
            _(
                "Deze PDF bevat een script of een actie. Druk ze af als een nieuwe PDF (Afdrukken,"
                " Opslaan als PDF) en probeer opnieuw."
            ),
            code="active",
        )
    if "/EF" in keys and not _is_harmless_inside(found):
        raise ValidationError(
            _(
                "In deze PDF zitten andere bestanden. Sla ze op zonder die bestanden, of stuur elk"
                " bestand apart."
            ),
            code="embedded",
        )
    if depth < _DEPTH:
        for key in keys:
            _look_inside(found[key], depth)


def _look_inside(found: Any, depth: int) -> None:
    # What stands on its own is looked at on its own; else one would walk in circles.
    if isinstance(found, pikepdf.Object) and not found.is_indirect:
        _look(found, depth + 1)


def _is_harmless_inside(spec: Any) -> bool:
    names = [str(spec[key]) for key in ("/F", "/UF") if key in spec]
    return bool(names) and all(name.lower().endswith(_HARMLESS_INSIDE) for name in names)
