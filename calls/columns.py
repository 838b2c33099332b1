"""The columns of a table question as staff type them: one a line, `Kans | keuze: Laag, Hoog`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

Column = dict[str, Any]

WORDS = {
    "tekst": "text",
    "getal": "number",
    "bedrag": "money",
    "datum": "date",
    "keuze": "choice",
}
_TYPES = {type_: word for word, type_ in WORDS.items()}


def key_for(label: str, taken: set[str]) -> str:
    """A short key that no other question or column of the same list has."""
    stem = slugify(label).replace("-", "_")[:40].rstrip("_") or "vraag"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def parse_columns(text: str, known: list[Column]) -> list[Column]:
    """Columns from the lines of `text`; a column whose label is known keeps its key.

    A column of another type is another column: its cells in drafts could not be read.

    Raises:
        ValidationError: naming the line that cannot be read, or that stands there twice.
    """
    keys = {column["label"]: column["key"] for column in known}
    types = {column["key"]: column["type"] for column in known}
    columns: list[Column] = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        label, _bar, rest = (part.strip() for part in line.partition("|"))
        word, _colon, options = (part.strip() for part in rest.partition(":"))
        type_ = WORDS.get(word.lower() or "tekst")
        choices = [option.strip() for option in options.split(",") if option.strip()]
        if not label or type_ is None or (type_ == "choice") != (len(choices) >= 2):
            raise ValidationError(
                _(
                    "Deze lijn is niet duidelijk: “%(line)s”. Schrijf bijvoorbeeld “Risico”,"
                    " “Datum | datum” of “Kans | keuze: Laag, Hoog”."
                )
                % {"line": line}
            )
        if label in (column["label"] for column in columns):
            raise ValidationError(
                _("De kolom “%(label)s” staat twee keer in de lijst.") % {"label": label}
            )
        taken = {column["key"] for column in columns}
        key = keys.get(label, "")
        column: Column = {
            "key": key if types.get(key) == type_ else key_for(label, taken | set(types)),
            "label": label,
            "type": type_,
        }
        if choices:
            column["choices"] = choices
        columns.append(column)
    return columns


def columns_as_text(columns: list[Column]) -> str:
    """The lines from which `parse_columns` makes these columns."""
    lines = []
    for column in columns:
        line = column["label"]
        if column["type"] != "text":
            line += f" | {_TYPES[column['type']]}"
        if column.get("choices"):
            line += f": {', '.join(column['choices'])}"
        lines.append(line)
    return "\n".join(lines)
