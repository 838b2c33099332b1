"""The parts of a form before they belong to a call. All immutable: two calls never share a list."""

from dataclasses import dataclass, field
from typing import Any

from calls.models import QuestionType, SectionKind


@dataclass(frozen=True)
class ColumnSpec:
    """A column of a table question; `choices` only for type choice."""

    key: str
    label: str
    type: QuestionType = QuestionType.TEXT
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """How FormQuestion.columns keeps it."""
        column: dict[str, Any] = {"key": self.key, "label": self.label, "type": self.type.value}
        if self.choices:
            column["choices"] = list(self.choices)
        return column


@dataclass(frozen=True)
class QuestionSpec:
    """A question; `limit` is the highest number of characters of a text."""

    key: str
    label: str
    type: QuestionType = QuestionType.TEXT
    help: str = ""
    limit: int | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    columns: tuple[ColumnSpec, ...] = ()


@dataclass(frozen=True)
class SectionSpec:
    code: str
    title: str
    intro: str = ""
    kind: SectionKind = SectionKind.QUESTIONS
    questions: tuple[QuestionSpec, ...] = field(default=())
