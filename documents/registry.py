"""What documents there are. Apps register their declarations in AppConfig.ready().

from documents.registry import PdfDocument, register

register(PdfDocument(
    kind="reporting.yearly_report_pdf",
    label=_("Jaarverslag budget (PDF)"),
    template="documents/pdf/yearly_report.html",
    context=build_context,          # (params, progress) -> dict
    filename=lambda params: f"jaarverslag-{params['year']}.pdf",
    may_download=may_read_report,   # a policy or (user, job) -> bool
))
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from documents.spreadsheets import Workbook

Params = dict[str, Any]


class ProgressReport(Protocol):
    """How a declaration says how far it is: `progress(40, "Projecten ophalen")`."""

    def __call__(self, percent: int, message: str = "") -> None: ...


class MayDownload(Protocol):
    """Who may fetch the finished file: gets the user and the job (its `params` and `about`)."""

    def __call__(self, user: Any, job: Any, /) -> bool: ...


class UnknownKindError(LookupError):
    """Nobody registered this kind of document."""


@dataclass(frozen=True)
class Enclosure:
    """A file inside a PDF: what the pages show, for machines and for ever (PDF/A-3)."""

    name: str
    content: str
    description: str
    made_at: datetime


@dataclass(frozen=True)
class PdfDocument:
    """An accessible PDF made of a template.

    `context` is called in a worker, in one consistent view of the database, and never writes. Put
    only ids and plain values in params. It may raise ValidationError with a sentence when the
    document can not be made; that is not tried again. `enclosures` gets that same context.
    """

    kind: str
    label: Any
    template: str
    context: Callable[[Params, ProgressReport], dict[str, Any]]
    filename: Callable[[Params], str]
    may_download: MayDownload
    enclosures: Callable[[dict[str, Any]], list[Enclosure]] | None = None
    content_type: str = "application/pdf"


@dataclass(frozen=True)
class SpreadsheetDocument:
    """An XLSX workbook; the same rules as for PdfDocument hold for `workbook`."""

    kind: str
    label: Any
    workbook: Callable[[Params, ProgressReport], Workbook]
    filename: Callable[[Params], str]
    may_download: MayDownload
    content_type: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class PdfInArchive:
    """A PDF in an archive, made of a template; `name` is where it stands: `("PIO-1", "a.pdf")`."""

    name: tuple[str, ...]
    template: str
    context: dict[str, Any]
    enclosures: Sequence[Enclosure] = ()


@dataclass(frozen=True)
class FileInArchive:
    """A kept file in an archive, under the name that people know."""

    name: tuple[str, ...]
    path: Path
    left_out: str = ""
    """Why it may not be in it: then only its name is, with this sentence."""


@dataclass(frozen=True)
class SheetsInArchive:
    """A workbook in an archive."""

    name: tuple[str, ...]
    workbook: Workbook


@dataclass(frozen=True)
class TextInArchive:
    """A text in an archive, in UTF-8, such as CSV or JSON."""

    name: tuple[str, ...]
    text: str


PartOfArchive = PdfInArchive | FileInArchive | SheetsInArchive | TextInArchive


@dataclass(frozen=True)
class ArchiveDocument:
    """A ZIP of many files, made part by part in bounded memory.

    `parts` gives the keys of what goes in, such as numbers of files (plain text); `files` what one
    of them holds. Both are called in a worker and never write; `files` once per part, each time in
    a consistent view of its own, so that what may no longer be read is left out up to the last
    moment: no files, no part. The keys that did go in are kept in `Job.parts`, for `may_download`.
    Both may raise ValidationError with a sentence, as in PdfDocument.
    """

    kind: str
    label: Any
    parts: Callable[[Params], Sequence[str]]
    files: Callable[[Params, str], Iterable[PartOfArchive]]
    filename: Callable[[Params], str]
    may_download: MayDownload
    content_type: str = "application/zip"


Declaration = PdfDocument | SpreadsheetDocument | ArchiveDocument

_declarations: dict[str, Declaration] = {}


def register(declaration: Declaration) -> Declaration:
    """Make a kind of document known.

    Raises:
        ValueError: when the kind has no app prefix ("reporting.yearly_report") or exists already.
    """
    if "." not in declaration.kind:
        raise ValueError(f"Call it <app>.<name>, not {declaration.kind!r}.")
    known = _declarations.get(declaration.kind)
    if known is not None and known != declaration:
        raise ValueError(f"The document kind {declaration.kind!r} is registered twice.")
    _declarations[declaration.kind] = declaration
    return declaration


def unregister(kind: str) -> None:
    """Forget a kind; for tests."""
    _declarations.pop(kind, None)


def get(kind: str) -> Declaration:
    """The declaration of a kind.

    Raises:
        UnknownKindError: with the kinds that do exist.
    """
    try:
        return _declarations[kind]
    except KeyError:
        known = ", ".join(sorted(_declarations)) or "none"
        raise UnknownKindError(f"No document kind {kind!r}; registered: {known}.") from None


def all_declarations() -> list[Declaration]:
    """Every declaration, by kind."""
    return [_declarations[kind] for kind in sorted(_declarations)]
