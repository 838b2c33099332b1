"""A ZIP written file by file, with names that every computer accepts."""

import re
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
# Names that Windows keeps for devices, whatever the extension.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_NAME = 120
MISSING = "Bestanden die ontbreken.txt"


class Archive:
    """As long as the block runs: `add` files. Each is copied in pieces, never read as a whole.

    Nothing is compressed: PDF, office files and pictures already are.
    """

    def __init__(self, target: Path) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._taken: set[str] = set()
        self._missing: list[str] = []
        self.count = 0

    def add(self, name: tuple[str, ...], source: Path) -> None:
        """Put `source` in under `name`, its folders and its own name.

        A file that is not on disk is named in a list at the top of the archive: one that was lost
        must not keep the others from who needs them, and must not be left out in silence.
        """
        inside = self._free("/".join(safe_name(part) for part in name))
        try:
            self._zip.write(source, inside)
        except FileNotFoundError:
            self._missing.append(inside)
        self.count += 1

    def leave_out(self, name: tuple[str, ...], why: str) -> None:
        """Name a file that may not be in it, with the reason, in the list at the top."""
        inside = "/".join(safe_name(part) for part in name)
        self._missing.append(f"{inside}: {why}")
        self.count += 1

    def _free(self, wanted: str) -> str:
        """The name, or with a number where a computer would take it for one that is there."""
        stem, dot, extension = wanted.rpartition(".")
        if not dot or "/" in extension:
            stem, extension = wanted, ""
        free, number = wanted, 1
        while free.casefold() in self._taken:
            number += 1
            free = f"{stem} ({number}).{extension}" if extension else f"{stem} ({number})"
        self._taken.add(free.casefold())
        return free

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._missing and error is None:
            self._zip.writestr(MISSING, "".join(f"{name}\r\n" for name in self._missing))
        self._zip.close()


def safe_name(name: str, longest: int = _MAX_NAME) -> str:
    """One folder or file name for any computer: no path, no device, no control character."""
    shown = "".join(c if c.isprintable() else " " for c in name)
    clean = " ".join(_FORBIDDEN.sub("-", shown).split()).strip(". ")
    if not clean:
        return "bestand"
    if _DEVICES.fullmatch(clean):
        clean = f"_{clean}"
    stem, dot, extension = clean.rpartition(".")
    if not dot or len(extension) > 10:
        return clean[:longest].rstrip(". ")
    return f"{stem[: longest - len(extension) - 1]}.{extension}"
