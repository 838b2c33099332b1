"""What somebody typed in a form that can no longer be saved, as text to copy."""

from typing import Any

from django import forms

from projects.forms.base import Leftover, SectionForm
from projects.forms.tables import RowFormSet


def unsaved_texts(form: SectionForm) -> list[Leftover]:
    """Every answer that this person changed and that is not stored, by the label of its box.

    Needs a bound form. What was emptied gives nothing: there is nothing to copy.
    """
    form.is_valid()
    found = [*form.leftovers]
    for name in form.names:
        by_me, _by_them = form.who_changed(name)
        text = _of_table(form.tables[name]) if name in form.tables else words(form[name])
        if by_me and text:
            found.append(Leftover(form.label_of(name), text))
    return found


def words(box: forms.BoundField) -> str:
    """What was typed, ticked or chosen in a box, as one reads it; "" for nothing."""
    typed = box.data
    if isinstance(box.field, forms.BooleanField):
        return "Ja" if typed else ""
    choices: Any = getattr(box.field, "choices", ())
    labels = {str(value): str(label) for value, label in choices}
    text = str(typed or "").strip()
    return labels.get(text, text) if text else ""


def _of_table(table: RowFormSet) -> str:
    return "\n".join(filter(None, map(_of_row, table.kept)))


def _of_row(row: forms.BaseForm) -> str:
    """A row as "Rol: meelezer; Bijdrage: tests"; "" when only preset choices stand in it."""
    tells = getattr(row, "tells", ()) or list(row.fields)
    if not any(words(row[name]) for name in tells if name in row.fields):
        return ""
    cells = ((box.label, words(box)) for box in row.visible_fields())
    return "; ".join(f"{label}: {text}" for label, text in cells if text)
