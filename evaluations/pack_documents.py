"""The evaluator pack: one PDF per file, and all own files in one archive.

What stands in it is named field by field: never who else assesses, their scores or an internal
note. A pack is made for one reader, and only that reader downloads it.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from calls.models import ChecklistKind
from documents.models import StoredFile
from documents.registry import (
    ArchiveDocument,
    FileInArchive,
    Params,
    PdfDocument,
    PdfInArchive,
    ProgressReport,
)
from evaluations.scoring import possible_scores
from evaluations.selectors import own_assignment, visible_files
from evaluations.selectors.packs import PACK_KIND, PACKS_KIND, may_have_pack, own_files
from projects.models import Proposal
from projects.selectors import answered_requests

PACK_TEMPLATE = "evaluations/documents/pack.html"
KEPT_DAYS = 30
"""A whole file of somebody, for one reader: kept shorter than other documents."""


def pack_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The pack of file `params["file"]` for `params["reader"]`.

    Raises:
        ValidationError: when the reader may not have it any more.
    """
    reader = User.objects.filter(pk=params["reader"]).first()
    proposal = _file(reader, params["file"])
    if reader is None or proposal is None:
        raise ValidationError(_("U mag dit dossier niet meer lezen."))
    progress(30)
    return _context(reader, proposal)


def _file(reader: User | None, pk: int) -> Proposal | None:
    found = (
        visible_files(reader).select_related("call", "organisation").filter(pk=pk).first()
        if reader is not None
        else None
    )
    return found if found is not None and may_have_pack(reader, found) else None


def _context(reader: User, proposal: Proposal) -> dict[str, Any]:
    version = proposal.latest_version
    if version is None:
        raise ValidationError(_("Dit voorstel heeft geen ingediende versie."))
    own = own_assignment(reader, proposal)
    call = proposal.call
    return {
        "reader": str(reader),
        "due_on": own.last_day if own else None,
        "reference": proposal.reference,
        "version": version,
        "content": version.content,
        "answered": list(answered_requests(proposal)),
        "criteria": list(call.criteria.all()),
        "exclusions": list(call.checklist_items.filter(kind=ChecklistKind.EXCLUSION)),
        "scores": possible_scores(call.score_step),
        "overall_threshold": call.overall_threshold,
    }


def may_download_pack(user: Any, job: Any) -> bool:
    """The reader for whom it was made, as long as that reader may read the file."""
    if user.pk != job.params.get("reader"):
        return False
    return _file(user, job.params.get("file", 0)) is not None


def pack_parts(params: Params) -> list[str]:
    """The numbers of the reader's own files."""
    reader = User.objects.filter(pk=params["reader"]).first()
    return [] if reader is None else list(own_files(reader).values_list("reference", flat=True))


def pack_files(params: Params, reference: str) -> Iterable[PdfInArchive | FileInArchive]:
    """The pack of one file and its attachments; nothing when a conflict was declared meanwhile."""
    reader = User.objects.get(pk=params["reader"])
    proposal = own_files(reader).select_related("call").filter(reference=reference).first()
    if proposal is None:
        return
    context = _context(reader, proposal)
    yield PdfInArchive((reference, f"bundel-{reference}.pdf"), PACK_TEMPLATE, context)
    for name, stored in _attachments(context):
        yield _in_archive((reference, "bijlagen", name), stored)
    for name, stored in _answer_files(context):
        yield _in_archive((reference, "bijkomende informatie", name), stored)


def _in_archive(name: tuple[str, ...], stored: StoredFile) -> FileInArchive:
    """What waits for the virus scanner, or holds a virus, is named with the reason instead."""
    return FileInArchive(name, stored, left_out=stored.scan_sentence)


def _attachments(context: dict[str, Any]) -> Iterable[tuple[str, StoredFile]]:
    """What was handed in with the frozen version."""
    listed = context["content"].get("attachments", [])
    kept = StoredFile.objects.in_bulk([UUID(file["id"]) for file in listed])
    for file in listed:
        if stored := kept.get(UUID(file["id"])):
            yield file["name"], stored


def _answer_files(context: dict[str, Any]) -> Iterable[tuple[str, StoredFile]]:
    for request in context["answered"]:
        for item in request.items.all():
            if item.file is not None:
                yield f"vraag {request.number} - {item.file.name}", item.file


def may_download_packs(user: Any, job: Any) -> bool:
    """The reader for whom it was made, as long as that reader may read every file in it."""
    if user.pk != job.params.get("reader"):
        return False
    inside = set(job.parts)
    readable = visible_files(user).filter(reference__in=inside).select_related("call")
    return sum(may_have_pack(user, proposal) for proposal in readable) == len(inside)


EVALUATOR_PACK = PdfDocument(
    kind=PACK_KIND,
    label=gettext_lazy("Bundel voor de beoordelaar"),
    template=PACK_TEMPLATE,
    context=pack_context,
    filename=lambda params: (
        f"bundel-{Proposal.objects.values_list('reference', flat=True).get(pk=params['file'])}.pdf"
    ),
    may_download=may_download_pack,
    kept_days=KEPT_DAYS,
)

EVALUATOR_PACKS = ArchiveDocument(
    kind=PACKS_KIND,
    label=gettext_lazy("Bundels van alle eigen dossiers"),
    parts=pack_parts,
    files=pack_files,
    filename=lambda params: "dossiers.zip",
    may_download=may_download_packs,
    kept_days=KEPT_DAYS,
)
