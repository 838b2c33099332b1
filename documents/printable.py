"""What our fonts can print. A character that none of them has is spelled out, never left out.

Only the fonts that come with the portal count: which others a machine has must not decide what a
document says. PDF/A and PDF/UA forbid the empty box that a font shows for what it lacks.
"""

import unicodedata
from functools import cache

from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

FONTS = (
    "fonts/source-sans-3-latin-400-normal.woff2",
    "fonts/source-sans-3-latin-ext-400-normal.woff2",
    "fonts/dejavu-sans.ttf",
)
"""Those of assets/scss/print.scss, in that order."""

INVISIBLE = frozenset(
    "\n\r\t\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"
    "\N{COMBINING GRAPHEME JOINER}"
) | frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Shape a line or a sign, and need no glyph."""

UNREADABLE = frozenset(map(chr, [*range(0x07C0, 0x0800), *range(0x0E80, 0x0F00), 0x25CC]))
"""N'Ko, Lao and the dotted circle: in DejaVu, but what a reader of the PDF copies is another
character, because two share a glyph."""


@cache
def printable_characters() -> frozenset[str]:
    """Every character that one of our fonts has."""
    found: set[str] = set()
    for name in FONTS:
        path = finders.find(name)
        assert path, f"{name} is missing: run `make css`"
        with TTFont(str(path), lazy=True) as font:
            found.update(map(chr, font.getBestCmap()))
    # Format characters turn the direction of what follows, and so what a reader believes to read.
    shown = {character for character in found if unicodedata.category(character) != "Cf"}
    return frozenset(shown - UNREADABLE) | INVISIBLE


class _Spelled(dict[int, str]):
    """For `str.translate`: a character as it is, or spelled out."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        shown = character if character in printable_characters() else spelled(character)
        self[code] = shown
        return shown


_spelled = _Spelled()


def printable(text: str) -> str:
    """The same text (or HTML) with "[U+1F9FF]" for each character that cannot be printed.

    An accent on its own is first joined with its letter where Unicode has the two as one.
    """
    return unicodedata.normalize("NFC", text).translate(_spelled)


def spelled(character: str) -> str:
    """`[U+1F9FF]`, with an invisible place to break the line after it."""
    return f"[U+{ord(character):04X}]\N{ZERO WIDTH SPACE}"
