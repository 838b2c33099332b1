"""Two texts of one section side by side, answer by answer, until the person has chosen.

Nothing is written before that. Who changed an answer that nobody else touched finds the right text
chosen already; where both wrote, one's own text is chosen, and stays to be edited.
"""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from calls.models import FormSection
from projects.content import section_content
from projects.draft import ESTIMATE_PREFIX, FIELD_PREFIX, Draft
from projects.forms.base import Part, SectionForm

SETTLING = "settling"
"""Hidden field of the page with both texts."""
_ITEM_KEYS = {ESTIMATE_PREFIX: "lines"}


@dataclass(frozen=True)
class Comparison:
    """One answer in both texts; `theirs` is what is stored, as a reader sees it."""

    name: str
    label: str
    part: Part
    theirs: dict[str, Any] | None
    by_me: bool
    by_them: bool
    keeps_theirs: bool

    @property
    def differs(self) -> bool:
        return self.by_me or self.by_them


def choice_name(name: str) -> str:
    return f"kies-{name}"


def chosen_theirs(data: QueryDict, form: SectionForm) -> list[str]:
    """The answers for which the stored text was chosen."""
    return [name for name in form.names if data.get(choice_name(name)) == "theirs"]


def compare(
    form: SectionForm, read: SectionForm, draft: Draft, section: FormSection
) -> list[Comparison]:
    """Each answer of a bound form beside the stored one; what differs comes first.

    `form` is shown; `read` is the same form, judged, which the shown one need not be.
    """
    items = {
        item["key"]: item for item in section_content(draft, section, as_written=True)["items"]
    }
    found = []
    for part in form.parts():
        name = part.table.prefix if part.table else part.field.name
        if name not in form.names:
            continue
        by_me, by_them = read.who_changed(name)
        picked = form.data.get(choice_name(name))
        found.append(
            Comparison(
                name=name,
                label=form.label_of(name),
                part=part,
                theirs=items.get(_ITEM_KEYS.get(name, name.removeprefix(FIELD_PREFIX))),
                by_me=by_me,
                by_them=by_them,
                keeps_theirs=picked == "theirs" if picked else by_them and not by_me,
            )
        )
    return sorted(found, key=lambda one: not one.differs)
