"""What somebody tried and may not: kept after the answer, outside what was rolled back.

A policy or a lifecycle that refuses tells it (`common.policies.refused`); what a page answers with
403, or with 404 about a thing of another, is seen at its answer. A crawler does not fill the table:
the same attempt within an hour is one row that counts, and beyond AUDIT_REFUSALS_PER_HOUR different
ones somebody's further attempts of that hour are counted together.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.context import person_at, request_id
from audit.models import Refusal
from common import clock

MOST_PER_REQUEST = 20
OVERFLOW = "…"
"""The page of further attempts that are only counted."""

# A key is short and has no spaces; a word that somebody typed in an address is not kept.
_KEY = re.compile(r"[A-Za-z0-9._-]{1,60}")
_SECRET = re.compile(r"token|secret|uid|key|code", re.IGNORECASE)

_COUNT = """
    INSERT INTO audit_refusal
        (hour, last_at, actor_id, what, method, keys, status, why, times, request)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, %s)
    ON CONFLICT (hour, actor_id, what, method, keys, status, why) DO UPDATE SET
        times = audit_refusal.times + 1, last_at = excluded.last_at, request = excluded.request
"""


@dataclass(frozen=True)
class Refused:
    """The sentence of the rule that refused, and about which thing."""

    why: str
    about: str = ""


_noted: ContextVar[list[Refused] | None] = ContextVar("audit_refusals", default=None)


@contextmanager
def collecting() -> Iterator[list[Refused]]:
    """Within the block what rules refuse is put in the list."""
    noted: list[Refused] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def note(*, sentence: Any, about: Any = None, **_: Any) -> None:
    """Listener of `common.policies.refused`; without a request nobody tried anything."""
    noted = _noted.get()
    if noted is None or len(noted) >= MOST_PER_REQUEST:
        return
    name = f"{about._meta.model_name}={about.pk}" if isinstance(about, models.Model) else ""
    found = Refused(str(sentence), name)
    if found not in noted:
        noted.append(found)


def note_page(sentence: str) -> None:
    """A page was refused; when a rule has said so already, that says enough."""
    if not _noted.get():
        note(sentence=sentence)


def keep(request: HttpRequest, response: HttpResponseBase, noted: list[Refused]) -> None:
    """Count what was refused in this request, of somebody who is signed in."""
    match = request.resolver_match
    if match is None or not (noted or _is_refusal(response.status_code, match.kwargs)):
        return
    if not request.user.is_authenticated:
        return
    keys = [
        f"{name}={value if _KEY.fullmatch(str(value)) else OVERFLOW}"
        for name, value in match.kwargs.items()
        if not _SECRET.search(name)
    ]
    method, now = str(request.method)[:10], clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    actor = person_at(request).pk
    here = Refusal.objects.filter(actor_id=actor, hour=hour).count()
    with connection.cursor() as cursor:
        for one in noted or [Refused("")]:
            what = (str(match.view_name), method, " ".join([*keys, one.about]).strip()[:200])
            row: tuple[Any, ...] = (*what, response.status_code, one.why[:300])
            if here >= settings.AUDIT_REFUSALS_PER_HOUR:
                row = (OVERFLOW, "", "", 0, "")
            cursor.execute(_COUNT, [hour, now, actor, *row, request_id()])
            here += 1


def _is_refusal(status: int, asked_for: Mapping[str, Any]) -> bool:
    """An answer that somebody may not have; 404 when it was about a thing."""
    return status == 403 or (status == 404 and bool(asked_for))
