"""Tables in a form: rows that are added and removed by script or by a plain post."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import PortalForm
from projects.answers import (
    MAX_ROWS,
)
from projects.draft import FIELD_PREFIX


class RowForm(PortalForm):
    """A row of a table. A row in which nothing is written does not count."""

    use_required_attribute = False
    tells: Sequence[str] = ()
    """The cells that make it a row; a tick or a preset choice alone does not."""

    @property
    def is_blank(self) -> bool:
        written = (self.cleaned_data.get(name) for name in self.tells or self.fields)
        return all(value in (None, "", False) for value in written)


class RowFormSet(forms.BaseFormSet):
    """Rows that can be added and removed, by script or by a plain post."""

    deletion_widget = forms.HiddenInput
    title: str = ""
    help_text: str = ""
    marker: Any = ""
    """When at least one row is needed, in words."""

    @property
    def anchor(self) -> str:
        return f"tabel-{(self.prefix or '').removeprefix(FIELD_PREFIX)}"

    def forget_errors(self) -> None:
        """Show the rows unchecked."""
        self._errors: list[Any] = []
        self._non_form_errors = self.error_class()

    @property
    def kept(self) -> list[Any]:
        gone = forms.formsets.DELETION_FIELD_NAME
        return [form for form in self.forms if not getattr(form, "cleaned_data", {}).get(gone)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The cleaned rows that say something, in order."""
        return [form.cleaned_data for form in self.kept if not form.is_blank]


class AllErrors:
    """A form with its tables as one source for `{% error_summary %}`."""

    management_form = None

    def __init__(self, form: Any, tables: Sequence[RowFormSet]) -> None:
        self.forms = [form, *(row for table in tables for row in table.kept)]
        self._tables = tables

    def non_form_errors(self) -> list[str]:
        return [str(text) for table in self._tables for text in table.non_form_errors()]


def with_row_changed(data: Any) -> Any | None:
    """The posted data after "Rij toevoegen" or "Verwijderen" without script; None for a real save.

    `add` names the table; `remove` names the row ("raming-2").
    """
    changed = data.copy()
    if prefix := data.get("add"):
        total = str(data.get(f"{prefix}-TOTAL_FORMS", ""))
        if not total.isdecimal() or len(total) > 4:
            return None
        changed[f"{prefix}-TOTAL_FORMS"] = str(min(int(total) + 1, MAX_ROWS))
        return changed
    if row := data.get("remove"):
        changed[f"{row}-DELETE"] = "on"
        return changed
    return None
