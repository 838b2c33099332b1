"""Noting signs of life, and forgetting old ones."""

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from common import clock
from operations import conf
from operations.models import BEAT, WEB, Heartbeat, SignOfLife

PROBE_SECONDS = 5
_NODE_KEPT = timedelta(days=1)


def note_sign(*, part: str, node: str = "") -> None:
    """`part` (its process `node`) works now: the row of the process, and one row per minute.

    Safe to call from many processes at once.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO operations_signoflife (part, node, seen_at) VALUES (%s, %s, %s)
            ON CONFLICT (part, node) DO UPDATE
                SET seen_at = greatest(operations_signoflife.seen_at, excluded.seen_at)
            """,
            [part, node, now],
        )
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, minute=now.replace(second=0, microsecond=0))], ignore_conflicts=True
    )


def tick() -> None:
    """What beat sets off each minute: beat lives, and so does the web server when it answers."""
    note_sign(part=BEAT)
    if settings.WEB_PROBE_URL and web_answers(settings.WEB_PROBE_URL):
        note_sign(part=WEB)


def web_answers(url: str) -> bool:
    """Whether the web server says that it is ready, under its first own name, within 5 seconds."""
    address = urlsplit(url)
    names = [name.lstrip("*.") for name in settings.ALLOWED_HOSTS]
    host = address.hostname or "localhost"
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    web = kind(host, address.port, timeout=PROBE_SECONDS)
    try:
        name = host if host in names or not any(names) else next(filter(None, names))
        web.request("GET", address.path or "/", headers={"Host": name})
        return web.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def remove_old_heartbeats() -> int:
    """Forget what is kept long enough (HEARTBEAT_DAYS), and processes that are gone for a day."""
    now = clock.now()
    SignOfLife.objects.filter(seen_at__lt=now - _NODE_KEPT).exclude(node="").delete()
    removed, _rows = Heartbeat.objects.filter(minute__lt=now - conf.heartbeats_kept()).delete()
    return removed
