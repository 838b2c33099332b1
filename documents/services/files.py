"""Keeping private files: written aside, then given their place in one step."""

import hashlib
import logging
import mimetypes
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from documents import conf, storage
from documents.archives import safe_name
from documents.models import StoredFile
from documents.services.scanning import request_scan
from documents.uploads import check_upload, content_type_of

logger = logging.getLogger(__name__)

_CHUNK = 1 << 20
_MAX_NAME = 200


def store_file(
    *,
    content: File | bytes | Path,
    name: str,
    content_type: str = "",
    created_by: Any = None,
) -> StoredFile:
    """Keep a copy of `content` under a random name; `name` is what a person sees when downloading.

    For files that the portal made itself. What a person sends goes through `store_upload`.

    Raises:
        ValidationError: when the content is empty.
    """
    work = conf.work_root()
    work.mkdir(parents=True, exist_ok=True)
    temporary = work / f"{uuid.uuid4().hex}.part"
    try:
        _copy(content, temporary)
        return adopt(
            temporary,
            storage_name=random_storage_name(),
            name=name,
            content_type=content_type,
            created_by=created_by,
        )
    finally:
        temporary.unlink(missing_ok=True)


def store_upload(*, uploaded: File, created_by: Any) -> StoredFile:
    """Check and keep what a person sent; the type is what the check found, not what was claimed.

    Raises:
        ValidationError: with a sentence, when `check_upload` refuses or the storage is away.
    """
    check_upload(uploaded)
    name = uploaded.name or "bestand"
    uploaded.seek(0)
    try:
        stored = store_file(
            content=uploaded, name=name, content_type=content_type_of(name), created_by=created_by
        )
    except storage.StorageAway as away:
        logger.exception("upload_not_kept")
        raise ValidationError(
            _("Het bestand kon nu niet bewaard worden. Probeer het over enkele minuten opnieuw.")
        ) from away
    request_scan(stored)
    return stored


def adopt(
    temporary: Path, *, storage_name: str, name: str, content_type: str, created_by: Any
) -> StoredFile:
    """Give a finished file below `conf.work_root()` its place and write its row.

    The file is complete before it has its final name; when the row is refused the file is removed
    again.

    Raises:
        StorageAway: when the bucket does not take it.
    """
    size, sha256 = _measure(temporary)
    shown = readable_name(name)
    place = storage.here()
    place.publish(temporary, storage_name, sha256)
    try:
        stored = StoredFile(
            name=shown,
            content_type=content_type
            or mimetypes.guess_type(shown)[0]
            or "application/octet-stream",
            size=size,
            sha256=sha256,
            storage_name=storage_name,
            created_by=created_by if getattr(created_by, "pk", None) else None,
        )
        stored.clean_fields(exclude=["created_by"])
        stored.validate_constraints()
        stored.save(force_insert=True)
    except BaseException:
        place.withdraw(storage_name)
        raise
    return stored


def discard_file(*, stored: StoredFile) -> None:
    """Remove a file that nothing refers to any more: its row now, its content once that is certain.

    Raises:
        RestrictedError: when something still refers to it.
    """
    place, name = storage.here(), stored.storage_name
    with transaction.atomic():
        stored.delete()
        transaction.on_commit(lambda: place.withdraw(name))


def random_storage_name() -> str:
    """Says nothing about the content; two letters of folder keep folders small."""
    key = uuid.uuid4().hex
    return f"{key[:2]}/{key}"


def readable_name(name: str) -> str:
    """The last part of a file name, for any computer, at most 200 characters, extension kept."""
    return safe_name(name.replace("\\", "/").rsplit("/", 1)[-1], longest=_MAX_NAME)


def _copy(content: File | bytes | Path, target: Path) -> None:
    if isinstance(content, bytes):
        target.write_bytes(content)
    elif isinstance(content, Path):
        shutil.copyfile(content, target)
    else:
        with target.open("wb") as out:
            for chunk in content.chunks(_CHUNK):
                out.write(chunk)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest
