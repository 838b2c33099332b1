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
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from documents.spreadsheets import Workbook

if TYPE_CHECKING:
    from documents.models import StoredFile

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


class Standing(StrEnum):
    """Whether a document that was made counts, from the best answer to the worst."""

    CURRENT = "current"
    PENDING = "pending"
    """Made, and not told, sent or signed yet."""
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DESTROYED = "destroyed"
    """Its file was destroyed at the end of its term: nobody can say any more."""


@dataclass(frozen=True)
class Legal:
    """What makes of a PDF a document that counts in law.

    It is signed when a certificate is configured, carries a QR code to a page that verifies it, and
    is never purged. `number` is what people call it, plain text without personal data; "" says
    that this one does not count (a loose export). `standing` gets the params and the key of the
    job and looks whether that is still the one: whoever holds the paper reads the answer.
    """

    number: Callable[[Params], str]
    standing: Callable[[Params, UUID], Standing]


@dataclass(frozen=True)
class PdfDocument:
    """An accessible PDF made of a template.

    `context` is called in a worker, in one consistent view of the database, and never writes. Put
    only ids and plain values in params. It may raise ValidationError with a sentence when the
    document can not be made; that is not tried again. `enclosures` gets that same context.

    `passing` gives words that only tell when or for which click it was made, such as “Gemaakt op 3
    mei 2026 om 9.30 uur”: two documents that differ in nothing else are the same document, and the
    second is not made again.

    `kept_days`: after how many days the file is purged, None for the portal's usual time
    (documents.conf.kept_days). `never_purged` keeps it whatever the settings say; so does `legal`.
    """

    kind: str
    label: Any
    template: str
    context: Callable[[Params, ProgressReport], dict[str, Any]]
    filename: Callable[[Params], str]
    may_download: MayDownload
    enclosures: Callable[[dict[str, Any]], list[Enclosure]] | None = None
    passing: Callable[[dict[str, Any]], Sequence[str]] | None = None
    legal: Legal | None = None
    kept_days: int | None = None
    never_purged: Callable[[Params], bool] | None = None
    content_type: str = "application/pdf"


@dataclass(frozen=True)
class SpreadsheetDocument:
    """An XLSX workbook; the same rules as for PdfDocument hold for `workbook`."""

    kind: str
    label: Any
    workbook: Callable[[Params, ProgressReport], Workbook]
    filename: Callable[[Params], str]
    may_download: MayDownload
    kept_days: int | None = None
    never_purged: Callable[[Params], bool] | None = None
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
    stored: "StoredFile"
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
    kept_days: int | None = None
    never_purged: Callable[[Params], bool] | None = None
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


def legal_number(kind: str, params: Params) -> str:
    """The number of a document that counts in law; "" of every other."""
    declaration = _declarations.get(kind)
    if isinstance(declaration, PdfDocument) and declaration.legal is not None:
        return declaration.legal.number(params)
    return ""


def is_kept_for_ever(kind: str, params: Params) -> bool:
    """Whether the file is never purged. So is one of a kind that nobody registers any more."""
    declaration = _declarations.get(kind)
    if declaration is None or legal_number(kind, params):
        return True
    return declaration.never_purged is not None and declaration.never_purged(params)


def always(_params: Params) -> bool:
    """For `never_purged`: every document of this kind."""
    return True


def all_declarations() -> list[Declaration]:
    """Every declaration, by kind."""
    return [_declarations[kind] for kind in sorted(_declarations)]
