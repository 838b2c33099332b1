"""A list of files as it stands in an address: which page, its words and boxes, its tab and order.

The pages, the exports, the bulk actions and "next file" all read the same query string through
`Listing`, so that each has exactly the rows that were on the screen.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.filters import FileFilter, SearchForm
from evaluations.models import FileSummary
from evaluations.search import Search
from evaluations.selectors.lists import (
    DEFAULT_ORDER,
    TABS,
    WORK_ORDER,
    count_tabs,
    matching_files,
    order_of,
    shown_rows,
    visible_summaries,
)

WORK, FILES = "werk", "dossiers"

PAGES = {WORK: "evaluations:work", FILES: "evaluations:files"}

TAB_LABELS = {
    "mij": gettext_lazy("Voor mij"),
    "laat": gettext_lazy("Te laat"),
    "anderen": gettext_lazy("Wacht op anderen"),
    "alles": gettext_lazy("Alles"),
}
FIRST_TAB = "mij"

TAB_WORDS = {"mij": "voor:mij", "laat": "laat:ja", "anderen": "voor:anderen", "alles": ""}
"""The same as search words: what a view keeps of the tab it was saved on."""

ORDER_LABELS = {
    "due_on": gettext_lazy("Tegen"),
    "reference": gettext_lazy("Dossier"),
    "title": gettext_lazy("Titel"),
    "organisation": gettext_lazy("Aanvrager"),
    "call": gettext_lazy("Oproep"),
    "state": gettext_lazy("Status"),
    "step": gettext_lazy("Wacht op"),
    "requested_amount": gettext_lazy("Gevraagd"),
    "submitted_at": gettext_lazy("Ingediend"),
    "total": gettext_lazy("Totaal"),
}

MOST_CARRIED = 1500
"""Characters of a list that an address carries; a longer one is no list of ours."""


class Listing:
    """One list for one person."""

    def __init__(self, user: Any, name: str, data: QueryDict) -> None:
        self.user = user
        self.name = name if name in PAGES else WORK
        self.data = data
        self.sort = data.get("sort", "")
        self.default_order = WORK_ORDER if self.name == WORK else DEFAULT_ORDER

    @classmethod
    def from_address(cls, user: Any, carried: str) -> "Listing | None":
        """The list that an address of a file carries as "werk?tab=laat"; None when it is none."""
        name, _mark, query = carried.partition("?")
        if name not in PAGES or len(carried) > MOST_CARRIED or "\0" in carried:
            return None
        return cls(user, name, QueryDict(query))

    @cached_property
    def query(self) -> str:
        """The query string without the page, which says nothing about what is in the list."""
        data = self.data.copy()
        for name in ("page", "csrfmiddlewaretoken"):
            data.pop(name, None)
        for name in [name for name in data if not data[name]]:
            del data[name]
        return data.urlencode()

    @property
    def carried(self) -> str:
        """What an address of a file carries to know its neighbours."""
        return f"{self.name}?{self.query}"

    @property
    def url(self) -> str:
        return f"{reverse(PAGES[self.name])}?{self.query}"

    @cached_property
    def filter(self) -> FileFilter | None:
        return FileFilter(self.data, user=self.user) if self.name == FILES else None

    @cached_property
    def form(self) -> Any:
        """With the sentences of what cannot be read."""
        if self.filter is not None:
            return self.filter.form
        return SearchForm(self.data, user=self.user)

    @cached_property
    def is_readable(self) -> bool:
        return "q" not in self.form.errors

    @cached_property
    def tab(self) -> str:
        chosen = self.data.get("tab", FIRST_TAB)
        return chosen if chosen in TABS else FIRST_TAB

    @cached_property
    def all_rows(self) -> QuerySet[FileSummary]:
        """Whatever the tab."""
        if self.filter is not None:
            return self.filter.qs
        if not self.is_readable:
            return visible_summaries(self.user).none()
        search: Search = self.form.cleaned_data["q"]
        return matching_files(self.user, search)

    @cached_property
    def rows(self) -> QuerySet[FileSummary]:
        """What is in the list, without an order."""
        return self.all_rows if self.name == FILES else self.all_rows.filter(TABS[self.tab])

    @cached_property
    def order(self) -> list[Any]:
        return order_of(self.user, self.sort or self.default_order, self.default_order)

    @cached_property
    def shown(self) -> QuerySet[FileSummary]:
        """The rows in order, with what a row shows."""
        return shown_rows(self.user, self.rows.order_by(*self.order))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of each tab of the work list."""
        return count_tabs(self.all_rows) if self.is_readable else dict.fromkeys(TABS, 0)

    @property
    def words(self) -> str:
        """The list as search words alone: what a saved view keeps of tab and boxes."""
        return " ".join(filter(None, [*self._chosen_words(), self.typed]))

    @property
    def typed(self) -> str:
        """The search words as they stand in the field."""
        return self.data.get("q", "").strip()

    def _chosen_words(self) -> Iterator[str]:
        if self.filter is None:
            yield TAB_WORDS[self.tab]
            return
        chosen = getattr(self.form, "cleaned_data", {})
        for box, word in (
            ("call", "oproep"),
            ("state", "status"),
            ("adviser", "adviseur"),
            ("theme", "thema"),
        ):
            value = chosen.get(box)
            if value:
                value = value.reference if box == "call" else value
                yield f'{word}:"{value}"'

    @property
    def view_query(self) -> str:
        """For the page that keeps this list under a name."""
        return urlencode({"words": self.words, "sort": self.sort or self.default_order})

    def describe(self) -> list[tuple[str, str]]:
        """What was chosen, as the person read it on the screen."""
        lines = []
        if self.name == WORK:
            lines.append((_("Tabblad"), str(TAB_LABELS[self.tab])))
        for name, field in self.form.fields.items():
            typed = self.data.get(name, "").strip()
            if typed and name != "tab":
                chosen = self.form.cleaned_data.get(name)
                label = typed if name == "q" else _chosen(field, typed, chosen)
                lines.append((str(field.label), label))
        by = self.sort if self.sort.removeprefix("-") in ORDER_LABELS else self.default_order
        direction = _("van hoog naar laag") if by.startswith("-") else _("van laag naar hoog")
        lines.append((_("Volgorde"), f"{ORDER_LABELS[by.removeprefix('-')]}, {direction}"))
        return lines


def _chosen(field: Any, typed: str, chosen: Any) -> str:
    labels = dict(getattr(field, "choices", ())) if isinstance(chosen, str) else {}
    return str(labels.get(chosen, chosen)) if chosen else typed
