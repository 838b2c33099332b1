"""What the forms of all sections share: the optimistic lock and the tables.

Each `SectionForm` is a form plus its tables (formsets), reads the hidden `version`, and knows which
service saves it. Nothing is required here: what is missing is said on the check page.
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from calls.models import FormQuestion, FormSection
from common.drafting import DraftForm, Unsaved
from projects.answers import (
    MAX_ROWS,
)
from projects.corrections import AskedCorrection
from projects.draft import Draft
from projects.forms.tables import AllErrors, RowForm, RowFormSet
from projects.models import SectionAnswers

LONGEST_NUMBER = 4
LEFTOVER_PREFIX = "vervallen:"


@dataclass
class Part:
    """What the template shows in order: a field, a table, or the files of a question.

    `condition` says when it applies, where that follows from the box `depends_on` of the same form
    holding `value`. `asked` is what the programme asks to correct there.
    """

    field: Any = None
    table: Any = None
    files: Any = None
    question: FormQuestion | None = None
    condition: str = ""
    depends_on: str = ""
    value: str = ""
    asked: list[AskedCorrection] = dataclass_field(default_factory=list)

    @property
    def key(self) -> str:
        """Under which key a frozen version keeps its answer (projects.content)."""
        if self.question is not None:
            return self.question.key
        return str(self.table.prefix if self.table is not None else self.field.name)


@dataclass(frozen=True)
class Leftover:
    """What somebody typed in a box that the form no longer has; shown to copy, never saved."""

    label: str
    text: str

    @property
    def name(self) -> str:
        """The name under which it comes along when the page is sent again."""
        return f"{LEFTOVER_PREFIX}{self.label}"


class SectionForm(DraftForm):
    """Base: a draft with tables, and posts that add or remove a row.

    The name of an answer is that of its field, or the prefix of its table.
    """

    form_version = forms.CharField(widget=forms.HiddenInput, required=False)
    asked = forms.CharField(widget=forms.HiddenInput, required=False)

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
        self.corrections: list[AskedCorrection] = []
        super().__init__(data, files)
        self.initial["version"] = draft.version(section)
        self.initial["form_version"] = draft.form_version
        self.leftovers = self._leftovers_that_came_along()
        self.build()
        self.remember_base()

    def build(self) -> None:
        """Add fields and tables."""

    @property
    def is_from_older_form(self) -> bool:
        """Whether the page was made before the form of the call changed."""
        posted = str(self.data.get("form_version", "")) if self.is_bound else ""
        is_number = posted.isdecimal() and len(posted) <= LONGEST_NUMBER
        return is_number and int(posted) < self.draft.form_version

    def _leftovers_that_came_along(self) -> list[Leftover]:
        names = self.data if self.is_bound else ()
        return [
            Leftover(name.removeprefix(LEFTOVER_PREFIX), self.data[name])
            for name in names
            if name.startswith(LEFTOVER_PREFIX)
        ]

    def parts(self) -> list[Part]:
        """The visible parts, in order."""
        fields = [Part(field=field) for field in self.visible_fields()]
        return [*(Part(table=table) for table in self.tables.values()), *fields]

    def parts_with_asked(self) -> list[Part]:
        """The parts, each with what is asked to correct there."""
        parts = self.parts()
        for part in parts:
            part.asked = [one for one in self.corrections if one.key == part.key]
        return parts

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        """Hand the cleaned values to the service of this kind of section."""
        raise NotImplementedError

    @property
    def everything(self) -> AllErrors:
        return AllErrors(self, list(self.tables.values()))

    # --- Answers by name -----------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        return [*super().names, *self.tables]

    def label_of(self, name: str) -> str:
        return self.tables[name].title if name in self.tables else super().label_of(name)

    def boxes_of(self, name: str) -> list[str]:
        return [] if name in self.tables else [name]

    def mistakes(self) -> list[Unsaved]:
        unsaved = super().mistakes()
        for table in self.tables.values():
            unsaved += [
                Unsaved(table.title, str(text), table.anchor) for text in table.non_form_errors()
            ]
            unsaved += [
                Unsaved(table.title, " ".join(map(str, errors)), row[name].auto_id)
                for row in table.kept
                for name, errors in row.errors.items()
                if name in row.fields
            ]
        return unsaved

    @property
    def mistaken(self) -> set[str]:
        broken = {
            prefix
            for prefix, table in self.tables.items()
            if table.is_bound and not table.is_valid()
        }
        return super().mistaken | broken

    def show_without_judging(self) -> None:
        """Show what was typed, unchecked: the person only asked for another row."""
        for form in [self, *(row for table in self.tables.values() for row in table.forms)]:
            form._errors = ErrorDict()
            form.cleaned_data = {}
        for table in self.tables.values():
            table.forget_errors()

    def add_table(
        self,
        prefix: str,
        row: type[RowForm],
        initial: list[dict[str, Any]],
        *,
        is_new: bool = False,
        **attributes: Any,
    ) -> None:
        """`is_new`: the page that was sent did not have this table yet."""
        is_bound = self.is_bound and not is_new
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
            self.data if is_bound else None,
            prefix=prefix,
            initial=None if is_bound else initial,
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
