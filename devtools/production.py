"""The portal as production runs it, on this machine: what benchmarks and chaos share.

Each part of a benchmark (making its world, playing its visitors, judging) is a module of
`benchmarks/` that runs in a process of its own.
"""

import secrets
import socket
import time
from collections.abc import Callable

from benchmarks.deadline import HOST as NAME
from devtools.console import Refusal
from devtools.environment import CLONE, PYTHON
from devtools.portal import HOST, START_PATIENCE
from devtools.processes import run

PART = [PYTHON, "-m"]


def as_in_production(folder: str) -> dict[str, str]:
    """Production's settings, behind a proxy whose part the visitors play; mail goes nowhere."""
    return {
        "PIO_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "pio_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": NAME,
        "SITE_URL": f"https://{NAME}",
        "PROXY_COUNT": "1",
        "EMAIL_URL": "dummymail://",
        "VAR_DIR": folder,
        "LOG_LEVEL": "WARNING",
        "WEB_WORKERS": "2",
        "MAIL_QUIET_FROM": "0",  # a run at night is judged like one by day
        "MAIL_QUIET_UNTIL": "0",
        "RATE_LIMITS": "false",  # a handful of visitors plays thousands
        "GUNICORN_CMD_ARGS": f"--access-logfile {folder}/access.log",
    }


def run_part(env: dict[str, str], name: str, *arguments: object) -> None:
    """Run a part in a process of its own, to its end.

    Raises:
        Refusal: it failed.
    """
    if code := run([*PART, f"benchmarks.{name}", *map(str, arguments)], env=env, cwd=CLONE):
        raise Refusal(f"the part `{name}` of the benchmark failed (exit code {code}).")


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str) -> None:
    """Look five times a second, at most START_PATIENCE seconds.

    Raises:
        Refusal: it did not come; `what` says of what.
    """
    deadline = time.monotonic() + START_PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise Refusal(f"{what} does not answer.")
        time.sleep(0.2)
