"""Keeping private files: written aside, synced, then moved into place in one step."""

import hashlib
import mimetypes
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from documents import conf
from documents.archives import safe_name
from documents.models import StoredFile
from documents.services.scanning import request_scan
from documents.uploads import check_upload, content_type_of

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
        ValidationError: with a sentence, when `check_upload` refuses.
    """
    check_upload(uploaded)
    name = uploaded.name or "bestand"
    uploaded.seek(0)
    stored = store_file(
        content=uploaded, name=name, content_type=content_type_of(name), created_by=created_by
    )
    request_scan(stored)
    return stored


def adopt(
    temporary: Path, *, storage_name: str, name: str, content_type: str, created_by: Any
) -> StoredFile:
    """Move a finished file on the same disk into place and write its row.

    The file is complete and on disk before it has its final name; when the row is refused the file
    is removed again.
    """
    size, sha256 = _measure_and_sync(temporary)
    final = conf.media_root() / storage_name
    final.parent.mkdir(parents=True, exist_ok=True)
    shown = readable_name(name)
    temporary.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o640)
    os.replace(temporary, final)
    try:
        _sync_folder(final.parent)
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
        final.unlink(missing_ok=True)
        raise
    return stored


def discard_file(*, stored: StoredFile) -> None:
    """Remove a file that nothing refers to any more: its row now, its content once that is certain.

    Raises:
        RestrictedError: when something still refers to it.
    """
    path = stored.path
    with transaction.atomic():
        stored.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


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


def _measure_and_sync(path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb+") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
