"""The fields that staff may put between braces in a text about money, and what fills them."""

import re

FIELDS = (
    *("begunstigde", "project", "opdracht", "dossiernummer"),
    *("bedrag", "beslissingsdatum", "comite", "ondertekenen_tegen", "beroepstermijn"),
)

_FIELD = re.compile(r"\{\s*([^{}]*?)\s*\}")


def unknown_fields(text: str) -> list[str]:
    """The names between braces that are none of `FIELDS`, each once."""
    return [name for name in dict.fromkeys(_FIELD.findall(text)) if name not in FIELDS]
