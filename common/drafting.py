"""Forms that save while somebody types, under a version: one form for a press and for an autosave.

Who saves over an older version than the one that stands there gets a `Clash`: nothing is written
before that person has seen both texts and chosen.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from common.forms import PortalForm

SETTLING = "settling"
"""Hidden field of the page with both texts."""


class Clash(ValidationError):
    """Somebody saved this since the person opened it.

    `current` is what stands there, with its `version`, `updated_at` and `updated_by`.
    """

    def __init__(self, current: Any, sentence: Any) -> None:
        self.current = current
        super().__init__(sentence, code="clash")


@dataclass(frozen=True)
class Unsaved:
    """An answer that an autosave left out, with why; `target` is the id of its box."""

    label: str
    sentence: str
    target: str


class DraftForm(PortalForm):
    """Base: the optimistic lock, and answers by name.

    An answer has a name, and one box or more (`boxes_of`). `stored` is what the database holds for
    it and `given` what was typed, both as the service wants them. The answers in `left` keep what
    is stored: an autosave leaves what it cannot read, and who settles a clash may choose the other
    text. The hidden `base` says what the person started from, so that a clash can tell who changed
    what. A subclass calls `remember_base` once its fields are there.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.left: set[str] = set()
        super().__init__(*args, **kwargs)

    @property
    def hidden_parts(self) -> list[Any]:
        """What each post carries: which text the page was made from."""
        return list(self.hidden_fields())

    # --- Answers by name -----------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The answers, without files: those are kept when they arrive."""
        return [
            bound.name
            for bound in self.visible_fields()
            if not isinstance(bound.field, forms.FileField)
        ]

    def boxes_of(self, name: str) -> list[str]:
        """The fields in which an answer is given."""
        return [name]

    def label_of(self, name: str) -> str:
        return str(self[name].label)

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
        unsaved = self.mistakes()
        self.leave(self.mistaken)
        return unsaved

    def mistakes(self) -> list[Unsaved]:
        """Each box with what is wrong in it."""
        return [
            Unsaved(str(self[box].label), " ".join(map(str, self.errors[box])), self[box].auto_id)
            for name in self.names
            for box in self.boxes_of(name)
            if box in self.errors
        ]

    @property
    def mistaken(self) -> set[str]:
        """The answers that cannot be saved as they are, and hidden fields that cannot be read."""
        owners = {box: name for name in self.names for box in self.boxes_of(name)}
        return {owners.get(box, box) for box in self.errors}

    def remember_base(self) -> None:
        self.initial["base"] = json.dumps({n: self.sign_of(n, self.stored(n)) for n in self.names})

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
        mine = "" if name in self.mistaken else self.sign_of(name, self.given(name))
        return mine != theirs and mine != base, theirs not in (mine, base)

    def is_valid(self) -> bool:
        return self.is_bound and not self.mistaken - self.left

    def known_version(self) -> int:
        return self.cleaned_data.get("version") or 0

    def restart_from(self, version: int) -> None:
        """The next press saves over `version`: the person has now seen that text."""
        data = cast(Any, self.data).copy()
        data["version"] = str(version)
        self.data = data

    def go_on_from(self, version: int) -> None:
        """Show the form again after a save: what it holds is what is stored as `version`."""
        base = self.base_after_save()
        self.restart_from(version)
        cast(Any, self.data)["base"] = base


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


# --- Two texts side by side ----------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """One answer in both texts; `theirs` is what is stored, as a reader sees it.

    `boxes` are the bound fields in which it is given, or `table` its formset.
    """

    name: str
    label: str
    boxes: list[Any]
    table: Any
    theirs: dict[str, Any] | None
    by_me: bool
    by_them: bool
    keeps_theirs: bool

    @property
    def differs(self) -> bool:
        return self.by_me or self.by_them


def choice_name(name: str) -> str:
    return f"kies-{name}"


def chosen_theirs(data: QueryDict, form: DraftForm) -> list[str]:
    """The answers for which the stored text was chosen."""
    return [name for name in form.names if data.get(choice_name(name)) == "theirs"]


def compare(
    form: DraftForm,
    read: DraftForm,
    theirs: Callable[[str], dict[str, Any] | None],
    names: Iterable[str] | None = None,
) -> list[Comparison]:
    """Each answer of a bound form beside the stored one; what differs comes first.

    Who changed an answer that nobody else touched finds the right text chosen already; where both
    wrote, one's own text is chosen, and stays to be edited. `form` is shown; `read` is the same
    form, judged, which the shown one need not be. `theirs` gives the stored answer as an item to
    read (`projects.content`).
    """
    tables = getattr(form, "tables", {})
    found = []
    for name in form.names if names is None else names:
        by_me, by_them = read.who_changed(name)
        picked = form.data.get(choice_name(name))
        table = tables.get(name)
        found.append(
            Comparison(
                name=name,
                label=form.label_of(name),
                boxes=[] if table is not None else [form[box] for box in form.boxes_of(name)],
                table=table,
                theirs=theirs(name),
                by_me=by_me,
                by_them=by_them,
                keeps_theirs=picked == "theirs" if picked else by_them and not by_me,
            )
        )
    return sorted(found, key=lambda one: not one.differs)
