"""Where the content of private files lies: on disk below MEDIA_ROOT, or in a bucket.

Everything that reads, writes, lists or removes that content goes through `here()`. A file is there
whole under its name or not at all, and never changes under that name.
"""

import hashlib
import logging
import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from documents import conf

logger = logging.getLogger(__name__)

_OURS = re.compile(r"[0-9a-f]{2}/[^/]+")


class StorageAway(OSError):
    """The bucket does not answer or refuses; the message is a Dutch sentence.

    A file that is not there is a FileNotFoundError, on disk and in a bucket.
    """


@dataclass(frozen=True)
class Content:
    """One file in a list: its size in bytes, and when it was written, in seconds since 1970."""

    name: str
    size: int
    written_at: float


class Storage(ABC):
    """Names are `StoredFile.storage_name`. All methods raise StorageAway when it is a bucket."""

    is_disk = False
    """Whether a web server beside the portal can read it too."""

    @property
    @abstractmethod
    def place(self) -> str:
        """What operations know it by."""

    @abstractmethod
    def publish(self, source: Path, name: str, sha256: str) -> None:
        """Give the finished file at `source`, on the disk of `conf.work_root()`, its name.

        `source` may be gone afterwards. Its hash is known, so that a bucket can check what arrived.
        """

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """The content as a stream, to be read once from the beginning.

        Raises:
            FileNotFoundError: when it is not there.
        """

    @abstractmethod
    def size(self, name: str) -> int | None:
        """In bytes; None when it is not there."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove it; nothing happens when it is gone already."""

    @abstractmethod
    def listed(self, beginning: str = "") -> Iterator[Content]:
        """What lies there under a name of ours that begins so: `ab/` and more, or nothing."""

    @abstractmethod
    def on_disk(self, name: str, spare: Path) -> Path:
        """Where a program can read it by path: where it lies, or at `spare`, fetched.

        What is not there is not there under that path either.
        """

    @abstractmethod
    def try_out(self) -> None:
        """Write something, read it and remove it again.

        Raises:
            OSError: when that fails.
        """

    def keeps_what_is_removed(self) -> bool:
        """Whether what was removed can be fetched again: then nothing is ever destroyed."""
        return False

    def read(self, name: str) -> bytes:
        """The whole content. Raises FileNotFoundError."""
        with self.open(name) as content:
            return content.read()

    def sha256(self, name: str) -> str:
        """Worked out from the content as it is now. Raises FileNotFoundError."""
        with self.open(name) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]

    def copy(self, name: str, target: Path) -> None:
        """Write the content to a path. Raises FileNotFoundError, and then makes no file."""
        with self.open(name) as content, target.open("wb") as out:
            shutil.copyfileobj(content, out, 1 << 20)

    def withdraw(self, name: str) -> None:
        """Remove what no row will refer to, when something went wrong or once the row is gone.

        Never fails: a file that stays is found by the doctor (orphans).
        """
        try:
            self.delete(name)
        except OSError:
            logger.exception("file_not_removed", extra={"file": name})


class Disk(Storage):
    """A folder. Publishing is a rename on that disk, after the content is synced."""

    is_disk = True

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        return "MEDIA_ROOT"

    def publish(self, source: Path, name: str, sha256: str) -> None:
        final = self._root / name
        final.parent.mkdir(parents=True, exist_ok=True)
        _sync(source)
        source.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o640)
        os.replace(source, final)
        try:
            _sync(final.parent)
        except BaseException:
            final.unlink(missing_ok=True)
            raise

    def open(self, name: str) -> IO[bytes]:
        return (self._root / name).open("rb")

    def size(self, name: str) -> int | None:
        path = self._root / name
        return path.stat().st_size if path.is_file() else None

    def delete(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def listed(self, beginning: str = "") -> Iterator[Content]:
        for path in self._root.glob(f"{beginning}*" if beginning else "??/*"):
            if path.is_file():
                found = path.stat()
                name = path.relative_to(self._root).as_posix()
                yield Content(name, found.st_size, found.st_mtime)

    def on_disk(self, name: str, spare: Path) -> Path:
        return self._root / name

    def copy(self, name: str, target: Path) -> None:
        shutil.copyfile(self._root / name, target)

    def try_out(self) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._root) as file:
            file.write(b"x")


def here() -> Storage:
    """The storage of this moment. A rehearsal keeps its files in a folder of its own."""
    if settings.FILES_S3_BUCKET and not conf.are_kept_elsewhere():
        # Here, because what talks to buckets takes time and memory that a portal on disk can save.
        from documents.object_storage import bucket

        return bucket(
            settings.FILES_S3_BUCKET,
            settings.FILES_S3_PREFIX,
            settings.FILES_S3_ENDPOINT,
            settings.FILES_S3_REGION,
        )
    return Disk(conf.media_root())


def is_name_of_ours(name: str) -> bool:
    """Two letters of folder and a name: what else lies in a shared bucket is no business of us."""
    return _OURS.fullmatch(name) is not None


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
