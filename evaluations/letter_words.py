"""The words that staff write for a letter: fields to be filled in, and a little Markdown.

No template engine ever reads them: a field is a name between braces out of one list, and what is
filled in is escaped, so neither a text nor the title of a proposal can do anything but be read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt

from common.formatting import escape_markdown

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLACEHOLDERS: "dict[str, StrOrPromise]" = {
    "aanvrager": gettext_lazy("de naam van de organisatie die indiende"),
    "titel": gettext_lazy("de titel van het voorstel"),
    "dossiernummer": gettext_lazy("het nummer van het dossier"),
    "oproep": gettext_lazy("de titel van de oproep"),
    "contactpersoon": gettext_lazy(
        "de contactpersoon van het voorstel; zonder contactpersoon de naam van de aanvrager"
    ),
    "beslissing": gettext_lazy("“geselecteerd” of “niet geselecteerd”"),
    "beslissingsdatum": gettext_lazy("de dag van de beslissing"),
    "briefnummer": gettext_lazy("het nummer van de brief"),
    "ondertekenaar": gettext_lazy("de naam van wie besliste"),
    "functie": gettext_lazy("de functie van wie besliste"),
    "beroepstermijn": gettext_lazy("het aantal dagen om beroep in te stellen"),
}
"""What may stand between braces in a text, and what it becomes."""

_FIELD = re.compile(r"\{\s*([^{}]*?)\s*\}")

# Paragraphs, line breaks, bold, italics, lists and links: no headings, so that the headings of the
# letter stay in order for who has it read aloud.
_MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)
_ALLOWED_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}


@dataclass(frozen=True)
class LetterWords:
    """The parts of a letter that staff write, per outcome."""

    opening: str
    closing: str
    appeal: str


def check_words(text: str) -> None:
    """Do nothing when every field of `text` exists.

    Raises:
        ValidationError: naming each field that does not, with what it looks like; or because a
            brace stands alone.
    """
    unknown = [name for name in _FIELD.findall(text) if name not in PLACEHOLDERS]
    problems = [_unknown(name) for name in dict.fromkeys(unknown)]
    if any(brace in _FIELD.sub("", text) for brace in "{}"):
        problems.append(
            _("Zet accolades alleen rond een invulveld, zoals {aanvrager}, en sluit ze weer.")
        )
    if problems:
        raise ValidationError(problems)


def _unknown(name: str) -> str:
    near = get_close_matches(name.lower(), PLACEHOLDERS, n=1)
    if near:
        return _("Het invulveld {%(name)s} bestaat niet. Bedoelt u {%(near)s}?") % {
            "name": name,
            "near": near[0],
        }
    return _("Het invulveld {%(name)s} bestaat niet. Kies er een uit de lijst.") % {"name": name}


def fill(text: str, values: Mapping[str, str]) -> SafeString:
    """The text as HTML with its fields filled in; a field without value is left as it was typed.

    `values` are plain texts by name of `PLACEHOLDERS`.
    """

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        return escape_markdown(" ".join(values[name].split())) if name in values else found.group()

    html = _MARKDOWN.render(_FIELD.sub(value, text))
    return mark_safe(
        nh3.clean(
            html,
            tags=_ALLOWED_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    )
