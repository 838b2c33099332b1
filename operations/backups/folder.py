"""What stands in BACKUP_DIR. A backup says of itself when it was made and when it was restored."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from operations import conf

PREFIX = "pio-"
MANIFEST = "manifest.json"
TESTED = "restore-test.json"
DUMP = "database.dump"
FILES = "files"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Backup:
    """One finished backup; `tested_at` is when it was last restored and found whole."""

    folder: Path
    made_at: datetime
    tested_at: datetime | None


def backups() -> list[Backup]:
    """Finished backups, the latest first; none when there is no folder. Two small files each."""
    root = conf.backup_dir()
    if root is None or not root.is_dir():
        return []
    found = []
    for folder in root.glob(f"{PREFIX}*"):
        try:
            manifest = json.loads((folder / MANIFEST).read_text())
            made_at = datetime.fromisoformat(manifest["made_at"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # somebody else's folder, or one that is being removed
        found.append(Backup(folder, made_at, _tested_at(folder)))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def _tested_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads((folder / TESTED).read_text())["tested_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write beside and move into place: a reader meets the whole file or none."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w") as file:
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
