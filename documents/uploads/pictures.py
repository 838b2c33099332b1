"""Pictures: the right first bytes, whole, and nothing else in the same file."""

import filetype
from django.core.files.base import File

from documents.uploads.stream import holds_a_page, is_also_a_zip

_SNIFF = 8192


def is_png(file: File) -> bool:
    """Chunk by chunk to the last one, and that is the end of the file."""
    if not _is_picture(file, "image/png"):
        return False
    file.seek(8)
    while True:
        head = file.read(8)
        if len(head) < 8:
            return False  # cut off
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            return length == 0 and len(file.read(5)) == 4
        if length > (file.size or 0):
            return False
        file.seek(length + 4, 1)  # the content and its checksum


def is_jpeg(file: File) -> bool:
    """With an end; phones write more behind it, so what follows may be anything harmless."""
    if not _is_picture(file, "image/jpeg"):
        return False
    file.seek(max((file.size or 0) - _SNIFF, 0))
    return b"\xff\xd9" in file.read(_SNIFF)


def _is_picture(file: File, mime: str) -> bool:
    file.seek(0)
    if filetype.guess_mime(file.read(_SNIFF)) != mime:
        return False
    return not is_also_a_zip(file) and not holds_a_page(file)
