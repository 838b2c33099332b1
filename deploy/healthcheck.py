"""Container health: `healthcheck.py web` asks the web server, `healthcheck.py beat` looks at beat.

Workers are asked with `celery inspect ping` (docker-compose.yml).
"""

import http.client
import os
import sys
import time
from pathlib import Path

BEAT_SCHEDULE = "/tmp/beat-schedule"  # noqa: S108 - in a container of its own
BEAT_SILENCE = 600  # seconds; beat writes its schedule every three minutes


def web_is_well() -> bool:
    """The portal only answers to its own names: ask under the first of them."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def beat_is_well() -> bool:
    """The dbm module may spread the schedule over several files."""
    schedule = Path(BEAT_SCHEDULE)
    written = [path.stat().st_mtime for path in schedule.parent.glob(f"{schedule.name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SILENCE


if __name__ == "__main__":
    sys.exit(0 if {"web": web_is_well, "beat": beat_is_well}[sys.argv[1]]() else 1)
