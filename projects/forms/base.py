"""What the forms of all sections share: the optimistic lock and the tables.

Each `SectionForm` is a form plus its tables (formsets), reads the hidden `version`, and knows which
service saves it. Nothing is required here: what is missing is said on the check page.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
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

LONGEST_NUMBER = 4
LEFTOVER_PREFIX = "vervallen:"


@dataclass
class Part:
    """What the template shows in order: a field, a table, or the files of a question.

    `condition` says when it applies, where that follows from the box `depends_on` of the same form
    holding `value`.
    """

    field: Any = None
    table: Any = None
    files: Any = None
    question: FormQuestion | None = None
    condition: str = ""
    depends_on: str = ""
    value: str = ""


@dataclass(frozen=True)
class Leftover:
    """What somebody typed in a box that the form no longer has; shown to copy, never saved."""

    label: str
    text: str

    @property
    def name(self) -> str:
        """The name under which it comes along when the page is sent again."""
        return f"{LEFTOVER_PREFIX}{self.label}"


@dataclass(frozen=True)
class Unsaved:
    """An answer that an autosave left out, with why; `target` is the id of its box."""

    label: str
    sentence: str
    target: str


class SectionForm(PortalForm):
    """Base: the optimistic lock, the tables, and posts that add or remove a row.

    An answer has a name: that of its field, or the prefix of its table. `stored` is what the
    database holds for it and `given` what was typed, both as the service wants them. The answers in
    `left` keep what is stored: an autosave leaves what it cannot read, and who settles a clash may
    choose the other text. The hidden `base` says what the person started from, so that a clash can
    tell who changed what.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput, required=False)
    form_version = forms.CharField(widget=forms.HiddenInput, required=False)
    asked = forms.CharField(widget=forms.HiddenInput, required=False)
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
        self.left: set[str] = set()
        super().__init__(data, files)
        self.initial["version"] = draft.version(section)
        self.initial["form_version"] = draft.form_version
        self.leftovers = self._leftovers_that_came_along()
        self.build()
        self.initial["base"] = json.dumps({n: self.sign_of(n, self.stored(n)) for n in self.names})

    def build(self) -> None:
        """Add fields and tables."""

    @property
    def hidden_parts(self) -> list[Any]:
        """What each post carries: which text and which form the page was made from."""
        return list(self.hidden_fields())

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

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        """Hand the cleaned values to the service of this kind of section."""
        raise NotImplementedError

    @property
    def everything(self) -> AllErrors:
        return AllErrors(self, list(self.tables.values()))

    # --- Answers by name -----------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The answers of this section, without files: those are kept when they arrive."""
        fields = [
            bound.name
            for bound in self.visible_fields()
            if not isinstance(bound.field, forms.FileField)
        ]
        return [*fields, *self.tables]

    def label_of(self, name: str) -> str:
        return self.tables[name].title if name in self.tables else str(self[name].label)

    def stored(self, name: str) -> Any:
        """What the database holds, as `given` would give it."""
        raise NotImplementedError

    def given(self, name: str) -> Any:
        """What was typed, cleaned; only for an answer without a mistake."""
        raise NotImplementedError

    def value(self, name: str) -> Any:
        """What a save writes."""
        return self.stored(name) if name in self.left else self.given(name)

    def leave(self, names: Iterable[str]) -> None:
        """Keep what is stored for these answers, whatever was typed."""
        self.left |= set(names) & set(self.names)

    def leave_mistakes(self) -> list[Unsaved]:
        """Keep what is stored where what was typed cannot be saved; gives what stays unsaved."""
        self.is_valid()
        unsaved = [
            Unsaved(str(self[name].label), " ".join(map(str, errors)), self[name].auto_id)
            for name, errors in self.errors.items()
            if name in self.names
        ]
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
        self.leave(self._mistaken)
        return unsaved

    @property
    def _mistaken(self) -> set[str]:
        broken = {
            prefix
            for prefix, table in self.tables.items()
            if table.is_bound and not table.is_valid()
        }
        return {*self.errors, *broken}

    def base_after_save(self) -> str:
        """The `base` of the page that goes on after this save."""
        return json.dumps({name: self.sign_of(name, self.value(name)) for name in self.names})

    def numbers_of_rows(self) -> dict[str, str]:
        """After a save: what the hidden fields that number the rows hold from now on."""
        return {}

    def sign_of(self, name: str, value: Any) -> str:
        """A short sign of a value, equal for equal values."""
        text = json.dumps(value, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def who_changed(self, name: str) -> tuple[bool, bool]:
        """Whether this person, and whether somebody else, changed an answer since `base`.

        Both count as changed when the base is not known.
        """
        try:
            base = json.loads(self.data.get("base", "")).get(name)
        except (ValueError, AttributeError):
            base = None
        theirs = self.sign_of(name, self.stored(name))
        mine = "" if name in self._mistaken else self.sign_of(name, self.given(name))
        return mine != theirs and mine != base, theirs not in (mine, base)

    def is_valid(self) -> bool:
        return self.is_bound and not self._mistaken - self.left

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


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
