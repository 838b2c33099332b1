"""Putting a backup back, and proving that it is whole."""

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from common import clock
from documents import conf as documents_conf
from documents import storage
from operations.backups.folder import DUMP, FILES, FORMAT, MANIFEST, TESTED, sha256_of, write_json
from operations.backups.making import row_counts
from operations.backups.programs import BackupRefused, run_program


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup, after checking that every file of it is what it says.

    Raises:
        BackupRefused: no backup, another format, or something lost, damaged or slipped in.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise BackupRefused(_("In %(folder)s staat geen back-up.") % {"folder": folder}) from None
    if manifest.get("format") != FORMAT:
        raise BackupRefused(_("Deze back-up heeft een vorm die dit portaal niet kent."))
    wanted = {f"{FILES}/{one['name']}": one["sha256"] for one in manifest["files"]}
    wanted[DUMP] = manifest["database"]["sha256"]
    wrong = [name for name, sha256 in wanted.items() if not _is_whole(folder / name, sha256)]
    if wrong:
        raise BackupRefused(
            _("De back-up is niet heel. Verloren of beschadigd: %(names)s")
            % {"names": ", ".join(wrong[:20])}
        )
    return manifest


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def has_tables() -> bool:
    """Whether anything stands in the database that would be lost."""
    with connection.cursor() as cursor:
        return bool(connection.introspection.table_names(cursor))


def wipe() -> None:
    """Remove everything from the database. The caller asked twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")


def restore(folder: Path) -> dict[str, Any]:
    """Put a checked backup into the empty database and its files into their storage.

    The files come first: a row never points at a file that is not there yet. Returns the manifest.

    Raises:
        BackupRefused: the backup is not whole, the database is not empty, or pg_restore failed;
            then the database is still empty.
        StorageAway: when the bucket of the files does not take them; the database is empty too.
    """
    manifest = read_manifest(folder)
    if has_tables():
        raise BackupRefused(
            _(
                "De databank is niet leeg. Kies een lege databank, of voeg --wipe toe om alles wat"
                " er staat te wissen."
            )
        )
    place, work = storage.here(), documents_conf.work_root()
    work.mkdir(parents=True, exist_ok=True)
    beside = work / f"{uuid.uuid4().hex}.part"
    try:
        for one in manifest["files"]:
            shutil.copyfile(folder / FILES / one["name"], beside)
            place.publish(beside, one["name"], one["sha256"])
    finally:
        beside.unlink(missing_ok=True)
    run_program(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        folder / DUMP,
    )
    return manifest


def differences(manifest: dict[str, Any]) -> list[str]:
    """What is not in the database or the storage as the manifest says, a sentence each.

    Raises:
        StorageAway: when the bucket of the files does not answer.
    """
    now, then = row_counts(), manifest["rows"]
    found = [
        _("%(table)s: %(now)s rijen, in de back-up %(then)s.")
        % {"table": table, "now": now.get(table, 0), "then": then.get(table, 0)}
        for table in sorted(now.keys() | then.keys())
        if now.get(table) != then.get(table)
    ]
    place = storage.here()
    return found + [
        _("Het bestand %(name)s is niet dat van de back-up.") % {"name": one["name"]}
        for one in manifest["files"]
        if place.size(one["name"]) is None or place.sha256(one["name"]) != one["sha256"]
    ]


def record_test(folder: Path) -> None:
    """Note beside the backup that it was restored and found whole."""
    write_json(folder / TESTED, {"tested_at": clock.now().isoformat()})
