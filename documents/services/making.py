"""Making the file of a claimed job: a PDF, a spreadsheet or an archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.database import consistent_view
from documents import registry, signing, storage
from documents.archives import Archive
from documents.models import Job
from documents.page_progress import Hears, LaidOut
from documents.progress import Heartbeat
from documents.registry import ProgressReport
from documents.services.content import mark_of_page, mark_of_workbook, same_file
from documents.services.legal import Issue, issue_of, with_control
from documents.spreadsheets import write_workbook

PAGES_TOLD = 10
"""Progress is told per so many pages."""


@dataclass(frozen=True)
class Made:
    """The finished file, or None when a file with the same content exists already.

    `parts` are the keys of what is in an archive; `content_hash` is "" of what is always made anew.
    """

    path: Path | None
    parts: Sequence[str] = ()
    content_hash: str = ""
    issue: Issue | None = None


class PageToPrint(NamedTuple):
    """What a PDF is laid out from; it needs no database any more."""

    html: str
    enclosures: list[registry.Enclosure]
    passing: Sequence[str] = ()


def page_of(job: Job, progress: ProgressReport, mark: str = "") -> PageToPrint | None:
    """The page of a PDF document, from one consistent view of the database; None of another kind.

    `mark` stands at the top of every page: what this document is not. A document that is an example
    by itself says so in its own context, as `document_mark`.
    """
    declaration = registry.get(job.kind)
    if not isinstance(declaration, registry.PdfDocument):
        return None
    with consistent_view():
        context = declaration.context(job.params, progress)
        marked = {**context, "document_mark": mark or context.get("document_mark", "")}
        return PageToPrint(
            render_to_string(declaration.template, marked),
            declaration.enclosures(context) if declaration.enclosures else [],
            declaration.passing(context) if declaration.passing else (),
        )


def make(job: Job, work_dir: Path, heartbeat: Heartbeat) -> Made:
    """Make what the job asks, below `work_dir`.

    Raises:
        ValidationError: with a sentence, when it can not be made; trying again has no use.
        JobLost: when somebody stopped the job, between two pages or parts.
    """
    declaration = registry.get(job.kind)
    target = work_dir / "document.part"
    heartbeat(1, _("Gegevens verzamelen"))
    if isinstance(declaration, registry.SpreadsheetDocument):
        return _sheets(declaration, job, target, heartbeat)
    if isinstance(declaration, registry.ArchiveDocument):
        return Made(target, _pack(declaration, job, target, heartbeat))
    return _pages(job, target, heartbeat)


def _sheets(
    declaration: registry.SpreadsheetDocument, job: Job, target: Path, heartbeat: Heartbeat
) -> Made:
    with consistent_view():
        workbook = declaration.workbook(job.params, heartbeat.within(1, 90))
        mark = mark_of_workbook(job, workbook)
        if same_file(job.kind, mark) is not None:
            return Made(None, content_hash=mark)
        heartbeat(90, _("Bladen wegschrijven"))
        write_workbook(workbook, target, target.parent)
    return Made(target, content_hash=mark)


def _pages(job: Job, target: Path, heartbeat: Heartbeat) -> Made:
    page = page_of(job, heartbeat.within(1, 50))
    assert page is not None
    number = registry.legal_number(job.kind, job.params)
    signer = signing.signer_mark() if number else ""
    mark = mark_of_page(job, page.html, page.enclosures, passing=page.passing, signer=signer)
    issue, html = None, page.html
    if number:
        issue = issue_of(number, mark, kind=job.kind, is_signed=bool(signer))
        html = with_control(html, issue)
    if same_file(job.kind, mark) is not None:
        return Made(None, content_hash=mark, issue=issue)
    heartbeat(50, _("Pagina's opmaken"))
    # Here, because importing WeasyPrint takes as long as the rest of Django's start-up, and only
    # workers need it.
    from documents.rendering import html_to_pdf

    html_to_pdf(
        html,
        target,
        lambda pages: heartbeat(85, _("%(pages)s pagina's wegschrijven") % {"pages": pages}),
        enclosures=page.enclosures,
        hears=_tell_pages(heartbeat.within(50, 85)),
    )
    if signer:
        heartbeat(95, _("Ondertekenen"))
        signing.sign_pdf(target, number)
    return Made(target, content_hash=mark, issue=issue)


def _tell_pages(progress: ProgressReport) -> Hears:
    """Progress per range of pages, and a moment to stop at each.

    While nobody knows how many pages come, the percentage goes on by one per range, up to a half:
    it says that the work moves, not how long it takes. The message says which pages are at hand.
    """

    def hears(laid: LaidOut) -> None:
        first = (laid.page - 1) // PAGES_TOLD * PAGES_TOLD + 1
        if laid.of:
            progress(
                50 + 50 * laid.page // laid.of,
                _("Paginanummers invullen: pagina %(page)s van %(count)s")
                % {"page": first, "count": laid.of},
            )
        else:
            progress(
                min(3 * (laid.page // PAGES_TOLD), 50),
                _("Pagina's opmaken: %(first)s tot %(last)s")
                % {"first": first, "last": first + PAGES_TOLD - 1}
                if first > 1
                else "",
            )

    return hears


def _pack(
    declaration: registry.ArchiveDocument, job: Job, target: Path, heartbeat: Heartbeat
) -> list[str]:
    """Write the archive part by part; answers which parts went in.

    Raises:
        ValidationError: when nothing went in.
    """
    with consistent_view():
        parts = list(declaration.parts(job.params))
    packed = []
    with Archive(target) as archive:
        for number, part in enumerate(parts, 1):
            heartbeat(
                100 * number // (len(parts) + 1),
                # No name: who follows the job need not be who may read the part.
                _("%(number)s van %(count)s") % {"number": number, "count": len(parts)},
            )
            before = archive.count
            with consistent_view():
                files = [
                    (file, _html_of(file) if isinstance(file, registry.PdfInArchive) else "")
                    for file in declaration.files(job.params, part)
                ]
            for file, html in files:
                if isinstance(file, registry.FileInArchive) and file.left_out:
                    archive.leave_out(file.name, file.left_out)
                    continue
                archive.add(file.name, _part_on_disk(file, html, target.parent, heartbeat))
            if archive.count > before:
                packed.append(part)
    if not packed:
        raise ValidationError(_("Er is niets om in te pakken."))
    return packed


def _html_of(file: registry.PdfInArchive) -> str:
    return render_to_string(file.template, file.context)


def _part_on_disk(
    file: registry.PartOfArchive, html: str, work_dir: Path, heartbeat: Heartbeat
) -> Path:
    """Where the content of a part lies; what is made for it is written over the former one."""
    if isinstance(file, registry.FileInArchive):
        return storage.here().on_disk(file.stored.storage_name, work_dir / "kept.part")
    path = work_dir / "page.part"
    if isinstance(file, registry.TextInArchive):
        path.write_text(file.text, newline="")
    elif isinstance(file, registry.SheetsInArchive):
        write_workbook(file.workbook, path, work_dir)
    else:
        from documents.rendering import html_to_pdf  # as in _pages

        # Not told, but a moment to stop.
        html_to_pdf(html, path, enclosures=file.enclosures, hears=lambda _laid: heartbeat(0))
    return path
