"""What goes into a document, as one hash: what is equal is not made a second time."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from documents import registry, storage
from documents.models import Job, JobState, StoredFile
from documents.spreadsheets import Workbook


def mark_of_page(
    job: Job,
    html: str,
    enclosures: Sequence[registry.Enclosure],
    *,
    passing: Sequence[str] = (),
    signer: str = "",
) -> str:
    """SHA-256 of all that makes this PDF what it is.

    The filled-in page is the data and the version of the template in one; with it go the files
    inside, the style, the renderer, the name of the file and who signs.
    """
    enclosed = [
        [one.name, _without(one.content, passing), one.description]
        + ([] if passing else [one.made_at.isoformat()])
        for one in enclosures
    ]
    return _hash([*_same_for(job), _pdf_engine(), signer, _without(html, passing), enclosed])


def mark_of_workbook(job: Job, workbook: Workbook) -> str:
    """The same of a spreadsheet; "" when its rows can be read only once, while they are written."""
    sheets: list[Any] = []
    for sheet in workbook.sheets:
        if not isinstance(sheet.rows, list | tuple):
            return ""
        columns = [
            [str(one.label), one.kind, one.width, one.total, one.formula] for one in sheet.columns
        ]
        rows = [[_plain(value) for value in row] for row in sheet.rows]
        sheets.append([str(sheet.name), columns, rows, [str(line) for line in sheet.provenance]])
    return _hash([*_same_for(job), version("xlsxwriter"), str(workbook.title), sheets])


def same_file(kind: str, mark: str) -> StoredFile | None:
    """The file of an earlier job with this content, when it is still there whole."""
    if not mark:
        return None
    earlier = (
        Job.objects.filter(kind=kind, content_hash=mark, state=JobState.DONE)
        .select_related("file")
        .order_by("finished_at", "pk")
    )
    for job in earlier:
        if job.file is not None and _is_whole(job.file):
            return job.file
    return None


def _is_whole(stored: StoredFile) -> bool:
    return storage.here().size(stored.storage_name) == stored.size


def _same_for(job: Job) -> list[str]:
    return [job.kind, registry.get(job.kind).filename(job.params)]


def _without(text: str, passing: Iterable[str]) -> str:
    for words in passing:
        text = text.replace(words, "")
    return text


def _plain(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"


@cache
def _pdf_engine() -> str:
    from documents.rendering import print_style  # WeasyPrint: as in making.py

    style = hashlib.sha256(print_style().encode()).hexdigest()
    return f"weasyprint {version('weasyprint')} {style}"


def _hash(parts: list[Any]) -> str:
    text = json.dumps(parts, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
