"""What somebody typed while the session had ended: wrapped for the way through the sign-in page.

The portal keeps nothing of a visitor, so the text travels in the pages themselves: signed, so that
nobody can change where it goes; compressed; never a file. Only views that opted in
(`accounts.views.typed_text.keeps_typed_text`) are a destination.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import Resolver404, resolve

FIELD = "typed_text"
"""The hidden field that carries the wrapped text through the sign-in form."""
TYPED_BY = "typed_by"
"""The hidden field of a form that says for whom it was made (`browser_key`)."""
KEPT = "kept_text"
"""In the session after the way through ACM/IDM: the wrapped text, until something is posted."""
MARK = "keeps_typed_text"
LIMIT = 12 * 1024 * 1024
"""Characters of text that are carried; beyond that the browser's own back button is the way."""
MAX_AGE = 24 * 3600
_SALT = "accounts.typed_text"
_NOT_CARRIED = frozenset({"csrfmiddlewaretoken", FIELD})


@dataclass(frozen=True)
class TypedText:
    """A post that waits: the local address it goes to, for whom, and its fields in order."""

    to: str
    by: str
    fields: list[tuple[str, str]]
    files: tuple[str, ...] = ()
    """Names of files that were chosen: they do not travel, the person chooses them again."""

    @property
    def long_words(self) -> list[str]:
        """What was written by hand, to read and copy: texts, not the small change of a form."""
        return [value for _name, value in self.fields if len(value) > 20 and " " in value]


def typed_in(request: HttpRequest) -> TypedText | None:
    """What was typed in a POST to a view that opted in; None when it is too much to carry."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _NOT_CARRIED
    ]
    if sum(len(name) + len(value) for name, value in fields) > LIMIT:
        return None
    names = [file.name or "" for _field, files in request.FILES.lists() for file in files]
    by = request.POST.get(TYPED_BY, "")
    return TypedText(request.get_full_path(), by, fields, tuple(filter(None, names)))


def wrap(text: TypedText) -> str:
    """The text as one value for a hidden field."""
    return signing.dumps(
        {"to": text.to, "by": text.by, "fields": text.fields, "files": text.files},
        salt=_SALT,
        compress=True,
    )


def unwrap(data: Mapping[str, Any]) -> TypedText | None:
    """What a sign-in form carries; None when there is nothing, or nothing of ours."""
    wrapped = data.get(FIELD, "")
    if not wrapped:
        return None
    try:
        found = signing.loads(wrapped, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    fields = [(name, value) for name, value in found["fields"]]
    text = TypedText(found["to"], found["by"], fields, tuple(found.get("files", ())))
    return text if may_receive(text.to) else None


def may_receive(address: str) -> bool:
    """Whether the view at this local address opted in, or asks for a fresh proof of who one is."""
    try:
        found = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    return bool(getattr(found.func, MARK, False)) or found.view_name in settings.STEP_UP_VIEWS
