"""Making a backup that is whole and of one instant.

One snapshot of the database gives the dump, the list of files and the numbers of rows, so the three
agree. Files never change under their name and are copied after that. Everything is written in a
folder that gets its name when it is finished: a backup that was interrupted is never taken for one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock
from documents import storage
from documents.models import StoredFile
from operations import conf
from operations.backups.folder import (
    DUMP,
    FILES,
    FORMAT,
    MANIFEST,
    PREFIX,
    Backup,
    backups,
    sha256_of,
    write_json,
)
from operations.backups.programs import BackupRefused, run_program

UNFINISHED = ".unfinished-"
_TRIES = 3


class _FileWentAway(Exception):
    """A file was removed, by right, between the dump and its copy."""


@dataclass(frozen=True)
class Made:
    """What a backup holds: for the one line that the command prints."""

    backup: Backup
    files: int
    size: int


def make_backup() -> Made:
    """Make one backup in BACKUP_DIR, then remove all but the latest BACKUP_COUNT.

    Raises:
        BackupRefused: no folder, a program that does not fit, or a file that is lost or damaged.
        StorageAway: when the bucket of the files does not answer.
    """
    root = conf.backup_dir()
    if root is None:
        raise BackupRefused(_("Zeg met BACKUP_DIR waar back-ups komen."))
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for leftover in root.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for attempt in range(1, _TRIES + 1):
        made_at = clock.now()
        name = f"{made_at:%Y%m%dT%H%M%S%f}Z"
        work = root / f"{UNFINISHED}{name}"
        work.mkdir(mode=0o700)
        try:
            manifest = _fill(work, latest=next(iter(backups()), None))
        except _FileWentAway:
            if attempt == _TRIES:
                raise BackupRefused(
                    _("Tijdens de back-up verdwenen telkens bestanden. Probeer opnieuw.")
                ) from None
            continue
        else:
            write_json(work / MANIFEST, {**manifest, "made_at": made_at.isoformat()})
            _sync(work)
            final = root / f"{PREFIX}{name}"
            work.rename(final)
            _sync(root)
            break
        finally:
            shutil.rmtree(work, ignore_errors=True)
    _remove_old()
    size = manifest["database"]["size"] + sum(one["size"] for one in manifest["files"])
    return Made(Backup(final, made_at, None), len(manifest["files"]), size)


def _fill(work: Path, latest: Backup | None) -> dict[str, Any]:
    """Everything but the manifest; returns that."""
    dump = work / DUMP
    with _one_snapshot() as snapshot:
        run_program(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={dump}",
        )
        stored = list(
            StoredFile.objects.order_by("storage_name").values_list(
                "storage_name", "sha256", "size"
            )
        )
        rows = row_counts()
        server = connection.connection.info.server_version
    files = []
    for name, sha256, size in stored:
        _copy(name, sha256, work, latest)
        files.append({"name": name, "sha256": sha256, "size": size})
    return {
        "format": FORMAT,
        "postgres": server // 10_000,
        "database": {"sha256": sha256_of(dump), "size": dump.stat().st_size},
        "files": files,
        "rows": rows,
    }


@contextmanager
def _one_snapshot() -> Iterator[str]:
    """A view of the database that pg_dump can share, by its name."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield name


def row_counts() -> dict[str, int]:
    """How many rows each table has, in one query."""
    with connection.cursor() as cursor:
        tables = sorted(
            table.name
            for table in connection.introspection.get_table_list(cursor)
            if table.type == "t"
        )
        parts = [
            f"SELECT '{table}', count(*) FROM {connection.ops.quote_name(table)}"  # noqa: S608 - from the catalogue
            for table in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def _copy(name: str, sha256: str, work: Path, latest: Backup | None) -> None:
    """Take one file, checked. That of the last backup is linked, unless it is damaged by now."""
    target = work / FILES / name
    target.parent.mkdir(parents=True, exist_ok=True)
    known = latest.folder / FILES / name if latest else None
    if known is not None and known.is_file() and sha256_of(known) == sha256:
        try:
            os.link(known, target)
        except OSError:  # a disk without links
            shutil.copyfile(known, target)
        return
    place = storage.here()
    try:
        place.copy(name, target)
    except FileNotFoundError:
        if StoredFile.objects.filter(storage_name=name).exists():
            raise BackupRefused(
                _("Het bestand %(name)s ontbreekt in %(place)s.")
                % {"name": name, "place": place.place}
            ) from None
        raise _FileWentAway from None
    if sha256_of(target) != sha256:
        raise BackupRefused(
            _("Het bestand %(name)s is beschadigd: de controlesom klopt niet.") % {"name": name}
        )


def _remove_old() -> None:
    """Keep the latest BACKUP_COUNT, and whatever was last restored and found whole."""
    kept = backups()
    tested = max((one for one in kept if one.tested_at), key=lambda one: one.made_at, default=None)
    for old in kept[settings.BACKUP_COUNT :]:
        if old != tested:
            shutil.rmtree(old.folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
