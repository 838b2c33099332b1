"""What the checks of all types share: the stream below an upload, and signs of a second nature."""

import re
import zipfile
from typing import Any

from django.core.files.base import File

_CHUNK = 1 << 20
_OVERLAP = 32
# A page, a program or another document inside: no picture or PDF begins or ends with these.
_PAGE = re.compile(
    rb"<(?:html[\s>]|script[\s>]|svg\s+[a-z]|iframe\s|!doctype html|\?php\s)", re.IGNORECASE
)
_HEAD = 1024
"""So far browsers and readers look for what a file is."""


def readable(file: File) -> Any:
    """The underlying stream, for libraries that want a real file object."""
    return getattr(file, "file", None) or file


def begins_as_a_page(file: File) -> bool:
    """Whether a browser that guesses could take it for a page."""
    file.seek(0)
    return _PAGE.search(file.read(_HEAD)) is not None


def holds_a_page(file: File) -> bool:
    """Whether a page or a script stands anywhere in it, as plain text."""
    file.seek(0)
    before = b""
    while chunk := file.read(_CHUNK):
        if _PAGE.search(before + chunk):
            return True
        before = chunk[-_OVERLAP:]
    return False


def is_also_a_zip(file: File) -> bool:
    """Whether an unpacking program would open it: the table of a ZIP stands at the end."""
    file.seek(0)
    return zipfile.is_zipfile(readable(file))
