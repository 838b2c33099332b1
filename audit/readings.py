"""Who reads what: noted by the page, kept before its answer leaves.

Noting is no change of anything: it is the one thing, beside the session, that a GET may write
(docs/decisions/0012-audit.md). What cannot be noted is not shown.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.context import person_at, request_id
from audit.models import Reading

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_words: "dict[str, StrOrPromise]" = {}


def declare(words: "Mapping[str, StrOrPromise]") -> None:
    """Add the Dutch words of what is read, by code; a room does so from `AppConfig.ready()`."""
    _words.update(words)


def declared() -> "dict[str, StrOrPromise]":
    """The words of everything of which readings are kept, by code."""
    return dict(_words)


def note(request: HttpRequest, what: str, about: models.Model | None = None) -> None:
    """Note that the answer to this request shows `what` of `about` (None: of many things)."""
    if what not in _words:
        raise LookupError(what)
    noted = request.__dict__.setdefault("audit_readings", {})
    noted[(what, about._meta.label_lower if about else "", about.pk if about else "")] = about


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep what was noted, when the answer really shows it."""
    noted = request.__dict__.get("audit_readings", {})
    if not noted or response.status_code not in {200, 422}:
        return
    match = request.resolver_match
    reader = person_at(request).pk
    if reader is None:
        raise RuntimeError("Nobody is signed in, so nobody may read this.")
    Reading.objects.bulk_create(
        Reading(
            reader_id=reader,
            content_type=ContentType.objects.get_for_model(about) if about else None,
            object_id=str(about.pk) if about else "",
            what=what,
            via=str(match.view_name) if match else "",
            request=request_id(),
        )
        for (what, _kind, _key), about in noted.items()
    )
