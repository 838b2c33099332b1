"""What was typed on a page of an older form, and has no box in the present one."""

import re
from typing import Any

from calls.models import FormQuestion, FormSection, QuestionType
from projects.answers import columns_of
from projects.draft import FIELD_PREFIX, Draft
from projects.forms.base import LONGEST_NUMBER, Leftover

_CELL = re.compile(r"^(?P<question>.+)-(?P<row>\d{1,4})-(?P<column>[\w-]+)$")
_OF_A_FORMSET = {"DELETE", "ORDER"}
_TICKED = {"on": "Ja", "yes": "Ja", "no": "Nee"}


def older_texts(draft: Draft, section: FormSection, data: Any, asked: set[str]) -> list[Leftover]:
    """Texts of questions, columns and choices that went; `asked` are the keys the page had."""
    present = {question.key: question for question in draft.questions(section)}
    labels = _labels(draft, section.code, str(data.get("form_version", "")))
    found: dict[str, list[str]] = {}
    for name in data:
        if not name.startswith(FIELD_PREFIX):
            continue
        text = data[name].strip()
        key, column = _parts(name.removeprefix(FIELD_PREFIX), asked | set(present))
        if not text or column in _OF_A_FORMSET or _has_a_box(present.get(key), column, text):
            continue
        found.setdefault(labels.get(key, key), []).append(_TICKED.get(text, text))
    return [Leftover(label, "\n".join(texts)) for label, texts in found.items()]


def stored_texts(draft: Draft, section: FormSection) -> list[Leftover]:
    """Stored answers that the present form has no box for.

    Cells of a column that went, until the next save drops them; answers to a question that went,
    while the change has not been read.
    """
    saved = draft.saved(section)
    if saved is None:
        return []
    present = {question.key: question for question in draft.questions(section)}
    found: list[Leftover] = []
    gone = {
        key: words
        for key, stored in saved.answers.items()
        if draft.form_changes and key not in present and (words := _words(stored))
    }
    if gone:
        labels = _labels(draft, section.code, str(draft.proposal.known_form_version))
        found += [Leftover(labels.get(key, key), words) for key, words in gone.items()]
    for key, question in present.items():
        if question.type != QuestionType.TABLE:
            continue
        columns = {column.key for column in columns_of(question)}
        rows = [
            {k: cell for k, cell in row.items() if k not in columns}
            for row in saved.answers.get(key) or []
        ]
        if words := _words(rows):
            found.append(Leftover(question.label, words))
    return found


def _words(stored: Any) -> str:
    """A stored answer of unknown kind as text; "" when nothing was answered."""
    if isinstance(stored, list):
        rows = (" · ".join(filter(None, map(_words, row.values()))) for row in stored)
        return "\n".join(filter(None, rows))
    return {True: "Ja", False: "", None: ""}.get(stored, str(stored))


def all_texts(draft: Draft, code: str, data: Any) -> list[Leftover]:
    """Everything typed on the page of a section that is no longer in the form."""
    labels = _labels(draft, code, str(data.get("form_version", "")))
    asked = set(str(data.get("asked", "")).split())
    found: dict[str, list[str]] = {}
    for name in data:
        key, column = _parts(name.removeprefix(FIELD_PREFIX), asked)
        text = data[name].strip()
        if name.startswith(FIELD_PREFIX) and text and column not in _OF_A_FORMSET:
            found.setdefault(labels.get(key, key), []).append(_TICKED.get(text, text))
    return [Leftover(label, "\n".join(texts)) for label, texts in found.items()]


def _parts(name: str, keys: set[str]) -> tuple[str, str]:
    """The key of the question and the column of a cell ("" for a plain box)."""
    if name in keys:
        return name, ""
    if cell := _CELL.match(name):
        return cell["question"], cell["column"]
    stem, _dash, rest = name.rpartition("-")
    return (stem, "DELETE") if rest.endswith("_FORMS") else (name, "")


def _has_a_box(question: FormQuestion | None, column: str, text: str) -> bool:
    if question is None:
        return False
    if question.type == QuestionType.TABLE:
        columns = {known.key: known for known in columns_of(question)}
        known = columns.get(column)
        return known is not None and (
            known.type != QuestionType.CHOICE or text in map(str, known.choices)
        )
    return question.type != QuestionType.CHOICE or text in map(str, question.choices)


def _labels(draft: Draft, code: str, number: str) -> dict[str, str]:
    """The questions of that section as the page of form `number` named them."""
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return {}
    version = draft.call.form_versions.filter(number=int(number)).first()
    sections = version.definition.get("sections", []) if version else []
    return {
        question["key"]: question["label"]
        for section in sections
        if section["code"] == code
        for question in section["questions"]
    }
