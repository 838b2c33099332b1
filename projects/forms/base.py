"""What the forms of all sections share: the optimistic lock and the tables.

Each `SectionForm` is a form plus its tables (formsets), reads the hidden `version`, and knows which
service saves it. Nothing is required here: what is missing is said on the check page.
"""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from calls.models import FormQuestion, FormSection
from common.forms import PortalForm
from projects.answers import (
    MAX_ROWS,
)
from projects.draft import Draft
from projects.forms.tables import AllErrors, RowForm, RowFormSet
from projects.models import SectionAnswers


@dataclass
class Part:
    """What the template shows in order: a field, a table, or the files of a question."""

    field: Any = None
    table: Any = None
    files: Any = None
    question: FormQuestion | None = None


class SectionForm(PortalForm):
    """Base: the optimistic lock, the tables, and posts that add or remove a row."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        draft: Draft,
        section: FormSection,
    ) -> None:
        self.draft, self.section, self.proposal = draft, section, draft.proposal
        self.tables: dict[str, RowFormSet] = {}
        super().__init__(data, files)
        self.initial["version"] = draft.version(section)
        self.build()

    def build(self) -> None:
        """Add fields and tables."""

    def parts(self) -> list[Part]:
        """The visible parts, in order."""
        fields = [Part(field=field) for field in self.visible_fields()]
        return [*(Part(table=table) for table in self.tables.values()), *fields]

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        """Hand the cleaned values to the service of this kind of section."""
        raise NotImplementedError

    @property
    def everything(self) -> AllErrors:
        return AllErrors(self, list(self.tables.values()))

    def is_valid(self) -> bool:
        own = super().is_valid()
        return all([own, *(table.is_valid() for table in self.tables.values())])

    def known_version(self) -> int:
        return self.cleaned_data.get("version") or 0

    def show_without_judging(self) -> None:
        """Show what was typed, unchecked: the person only asked for another row."""
        for form in [self, *(row for table in self.tables.values() for row in table.forms)]:
            form._errors = ErrorDict()
            form.cleaned_data = {}
        for table in self.tables.values():
            table.forget_errors()

    def restart_from(self, version: int) -> None:
        """The next press saves over `version`: the person has now seen that text."""
        data = cast(Any, self.data).copy()
        data["version"] = str(version)
        self.data = data

    def add_table(
        self, prefix: str, row: type[RowForm], initial: list[dict[str, Any]], **attributes: Any
    ) -> None:
        factory = forms.formset_factory(
            row,
            formset=RowFormSet,
            extra=0 if initial else 1,
            can_delete=True,
            max_num=MAX_ROWS,
            absolute_max=MAX_ROWS + 50,
            validate_max=True,
        )
        table = factory(
            self.data if self.is_bound else None,
            prefix=prefix,
            initial=None if self.is_bound else initial,
            form_kwargs={"use_required_attribute": False},
            error_messages={
                "missing_management_form": str(
                    _("De tabel kwam niet goed aan. Herlaad de pagina.")
                ),
                "too_many_forms": str(
                    _("Een tabel heeft hoogstens %(n)d rijen.") % {"n": MAX_ROWS}
                ),
            },
        )
        for name, value in attributes.items():
            setattr(table, name, value)
        self.tables[prefix] = cast(RowFormSet, table)
