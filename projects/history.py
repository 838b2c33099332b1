"""What a section held at a moment, and how two of those differ: plain data, no database writes.

A revision's `data`::

    {"kind", "since": ISO instant of the first save in the row,
     "restore": what `services.restoring` can put back, per kind of section,
     "view": what a reader saw (`content.section_content`)}
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import FormSection, SectionKind
from projects.content import section_content
from projects.draft import Draft
from projects.fields import GENERAL_FIELDS, LINE_FIELDS, PARTNER_FIELDS

SAME, ADDED, REMOVED = "same", "added", "removed"
MOST_WORDS = 2000
"""Longer texts are compared by line: comparing words grows with the square of their number."""

Data = dict[str, Any]
_WORD = re.compile(r"\S+\s*|\s+")


def section_state(draft: Draft, section: FormSection) -> Data:
    """What stands in the section now: to restore, and as a reader sees it."""
    return {
        "kind": section.kind,
        "restore": _to_restore(draft, section),
        "view": section_content(draft, section, as_written=True),
    }


def _to_restore(draft: Draft, section: FormSection) -> Data:
    proposal = draft.proposal
    match section.kind:
        case SectionKind.GENERAL:
            values = {name: getattr(proposal, name) for name in GENERAL_FIELDS if name != "theme"}
            return {**values, "theme": proposal.theme_id}
        case SectionKind.QUESTIONS:
            saved = draft.saved(section)
            return {"answers": saved.answers if saved else {}}
        case SectionKind.PARTNERS:
            return {
                "partners": [
                    {"id": partner.pk, **{n: getattr(partner, n) for n in PARTNER_FIELDS}}
                    for partner in proposal.partners.all()
                ]
            }
        case SectionKind.BUDGET:
            lines = [
                {name: getattr(line, name) for name in LINE_FIELDS} | {"amount": str(line.amount)}
                for line in proposal.cost_lines.all()
            ]
            return {
                "lines": lines,
                "other_subsidies": str(proposal.other_subsidies),
                "own_budget_secured": proposal.own_budget_secured,
                "ceiling_reason": proposal.ceiling_reason,
            }
    return {}


def holds_something(state: Data) -> bool:
    """Whether anything was filled in: a proposal has a title from the start, the rest is empty."""
    if state["kind"] == SectionKind.GENERAL:
        return True
    return any(item["text"] or item.get("rows") for item in state["view"]["items"]) and bool(
        state["restore"].get("lines")
        or state["restore"].get("partners")
        or state["restore"].get("answers")
    )


# --- Comparing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A piece of text that is the same in both, was added, or was removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One answer in two versions; `parts` in reading order."""

    label: str
    parts: list[Part]
    is_changed: bool
    in_old: bool = True
    in_new: bool = True

    @property
    def before(self) -> list[Part]:
        return [part for part in self.parts if part.kind != ADDED]

    @property
    def after(self) -> list[Part]:
        return [part for part in self.parts if part.kind != REMOVED]

    @property
    def words(self) -> str:
        """How much changed, in words."""
        if not self.in_new:
            return _("staat niet meer in het formulier")
        if not self.in_old:
            return _("is nieuw in het formulier")
        counts = {
            kind: sum(len(part.text.split()) for part in self.parts if part.kind == kind)
            for kind in (ADDED, REMOVED)
        }
        said = []
        if n := counts[ADDED]:
            said.append(ngettext("%(n)d woord erbij", "%(n)d woorden erbij", n) % {"n": n})
        if n := counts[REMOVED]:
            said.append(ngettext("%(n)d woord weg", "%(n)d woorden weg", n) % {"n": n})
        return ", ".join(said) or _("alleen witruimte gewijzigd")


def differences(old: Data | None, new: Data) -> list[Difference]:
    """Every answer of two views (`section_content`), in the order of the new, then what is gone.

    Without `old` everything is new text.
    """
    before = {item["key"]: item for item in old["items"]} if old else {}
    found = []
    for item in new["items"]:
        earlier = before.pop(item["key"], None)
        parts = compare_texts(item_text(earlier) if earlier else "", item_text(item))
        found.append(
            Difference(
                item["label"],
                parts,
                any(part.kind != SAME for part in parts),
                in_old=old is None or earlier is not None,
            )
        )
    for item in before.values():
        text = item_text(item)
        parts = [Part(REMOVED, text)] if text else []
        found.append(Difference(item["label"], parts, bool(text), in_new=False))
    return found


def changes(old: Data | None, new: Data) -> list[Difference]:
    """Only what changed."""
    return [difference for difference in differences(old, new) if difference.is_changed]


def item_text(item: Data) -> str:
    """An item as running text, so that tables and files can be compared too."""
    if "rows" in item:
        labels = [column["label"] for column in item["columns"]]
        return "\n".join(
            "; ".join(f"{label}: {cell}" for label, cell in zip(labels, row, strict=False) if cell)
            for row in item["rows"]
        )
    if "files" in item:
        return "\n".join(file["name"] for file in item["files"])
    return str(item["text"])


def compare_texts(old: str, new: str) -> list[Part]:
    """The text of both in reading order, word by word; what is alike at both ends is set apart."""
    if old == new:
        return [Part(SAME, new)] if new else []
    by_word = max(len(old), len(new)) <= MOST_WORDS * 6
    before, after = (
        _WORD.findall(text) if by_word else text.splitlines(keepends=True) for text in (old, new)
    )
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    parts = [Part(SAME, "".join(after[:start]))]
    middle_before = before[start : len(before) - end]
    middle_after = after[start : len(after) - end]
    matcher = SequenceMatcher(None, middle_before, middle_after)
    for tag, from_, to, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            parts.append(Part(SAME, "".join(middle_after[from_new:to_new])))
            continue
        parts.append(Part(REMOVED, "".join(middle_before[from_:to])))
        parts.append(Part(ADDED, "".join(middle_after[from_new:to_new])))
    parts.append(Part(SAME, "".join(after[len(after) - end :])))
    return [part for part in parts if part.text]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
