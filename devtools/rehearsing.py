"""`make rehearse-upgrade`: a backup, restored beside, and brought to the release of this clone."""

import os
import tempfile
from pathlib import Path

from devtools.console import Refusal, say
from devtools.environment import CLONE, TO_RUN, prepare
from devtools.portal import compile_messages, manage, running_services
from devtools.services import only_one


def rehearse_upgrade() -> int:
    """Restore BACKUP (else the latest of BACKUP_DIR) in an empty database, migrate, inspect."""
    backup = _backup()
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-upgrade-") as folder:
        prepare(TO_RUN)
        compile_messages()
        with running_services("bench", empty=True) as (env, _services):
            env["MEDIA_ROOT"] = folder
            manage(env, "restore", "--verify", str(backup))
            manage(env, "migrate", "--verbosity=1")
            manage(env, "doctor", "--data", "--full")
    say("The upgrade went well on this backup.")
    return 0


def _backup() -> Path:
    if named := os.environ.get("BACKUP"):
        return Path(named).resolve()
    root = Path(os.environ.get("BACKUP_DIR") or CLONE / "var" / "backups")
    latest = max(root.glob("pio-*"), default=None)  # the moment is the name
    if latest is None:
        raise Refusal(f"there is no backup in {root}: name one with BACKUP=folder.")
    return latest.resolve()
