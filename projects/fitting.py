"""Whether an answer that was given to one question can stand as the answer to another.

For restoring after the form changed, and for a proposal that starts from an earlier one.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from calls.models import FormQuestion, QuestionType
from projects.answers import KINDS, Json, columns_of


def fits(question: FormQuestion, value: Json, *, was: str) -> bool:
    """`value` answered a question of type `was`. A text may be too long: it stays whole."""
    return question.type == was and _is_answer(question, value)


def _is_answer(asked: Any, value: Json) -> bool:
    kind = KINDS.get(asked.type)
    if kind is None:
        return False
    if value == kind.nothing:
        return True
    match asked.type:
        case QuestionType.TEXT:
            return isinstance(value, str)
        case QuestionType.CHOICE:
            return value in [str(choice) for choice in asked.choices]
        case QuestionType.YES_NO | QuestionType.DECLARATION:
            return isinstance(value, bool)
        case QuestionType.NUMBER | QuestionType.MONEY:
            return isinstance(value, str) and _is_number(value)
        case QuestionType.DATE:
            return isinstance(value, str) and _is_day(value)
        case QuestionType.TABLE:
            return isinstance(value, list) and _is_table(asked, value)
    return False


def _is_table(question: FormQuestion, rows: Sequence[Any]) -> bool:
    """Every cell with something in it has a column that takes it."""
    columns = {column.key: column for column in columns_of(question)}
    return all(
        key in columns and _is_answer(columns[key], cell)
        for row in rows
        for key, cell in row.items()
        if cell not in (None, "", False)
    )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
