"""What an answer is, per type of question: a form field, canonical JSON, and words.

The canonical JSON of an answer stands in drafts and in frozen versions: texts, decimals as text,
ISO dates, booleans, and lists of rows for a table. Nothing answered is `None` ("" for a text, []
for a table). To add a type of question: give it an `AnswerKind` and put it in `KINDS`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calls import conditions
from calls.models import QuestionType, RequiredFrom
from calls.required import MOMENTS
from common.formatting import format_day, format_number
from common.forms import DayField
from common.money import MoneyFormField, format_eur
from documents.upload_fields import LaterCheckedField

Json = Any
NEEDED = MOMENTS[RequiredFrom.SUBMISSION].marker
LONG_TEXT = 200
CELL_LENGTH = 1000
MAX_ROWS = 50
YES, NO = "yes", "no"

_NUMBER = re.compile(r"^-?(\d+([.,]\d+)?|\d{1,3}(\.\d{3})+(,\d+)?)$")
_THOUSANDS = re.compile(r"^-?\d{1,3}(\.\d{3})+(,\d+)?$")


class Asked(Protocol):
    """What a question and a column of a table have in common."""

    @property
    def label(self) -> str: ...
    @property
    def help_text(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def max_length(self) -> int | None: ...
    @property
    def choices(self) -> Any: ...


@dataclass(frozen=True)
class Column:
    """A column of a table question, read from its `{key, label, type, ...}`."""

    key: str
    label: str
    type: str = QuestionType.TEXT
    max_length: int | None = CELL_LENGTH
    choices: Sequence[str] = ()
    help_text: str = ""


def columns_of(question: Any) -> list[Column]:
    """The columns of a table; an unknown type is text."""
    known = {*KINDS} - {QuestionType.TABLE, QuestionType.FILE}
    return [
        Column(
            key=str(spec["key"]),
            label=str(spec.get("label", spec["key"])),
            type=spec.get("type") if spec.get("type") in known else QuestionType.TEXT,
            max_length=spec.get("max_length") or CELL_LENGTH,
            choices=tuple(map(str, spec.get("choices", ()))),
            help_text=str(spec.get("help_text", "")),
        )
        for spec in question.columns
    ]


# --- Form fields ---------------------------------------------------------------------------------


def normalise_text(text: str) -> str:
    """One kind of line end and no invisible control characters, so that everybody counts alike."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in unified if c in "\n\t\0" or unicodedata.category(c) not in {"Cc", "Cs"}
    )


class TextAnswerField(forms.CharField):
    """Text with a limit that counts code points, a line end as one (as the counter does).

    No maxlength attribute: a browser would cut off a pasted text without a word.
    """

    def __init__(self, *, limit: int | None = None, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**kwargs)
        if limit:
            self.widget.attrs["data-maxlength"] = limit

    def to_python(self, value: Any) -> str:
        return str(super().to_python(normalise_text(value) if isinstance(value, str) else value))

    def run_validators(self, value: Any) -> None:
        if "\0" in value:
            raise ValidationError(
                _("Deze tekst bevat een teken dat we niet kunnen opslaan. Plak de tekst opnieuw."),
                code="null_characters",
            )
        over = len(value) - (self.limit or len(value))
        if over > 0:
            raise ValidationError(
                ngettext(
                    "Deze tekst is te lang: %(length)s tekens, en er mogen er %(limit)s zijn. "
                    "Schrap %(over)s teken.",
                    "Deze tekst is te lang: %(length)s tekens, en er mogen er %(limit)s zijn. "
                    "Schrap %(over)s tekens.",
                    over,
                )
                % {
                    "length": format_number(len(value)),
                    "limit": format_number(self.limit),
                    "over": format_number(over),
                },
                code="max_length",
            )
        super().run_validators(value)


class NumberField(forms.Field):
    """A number typed the Dutch way: `1.234,5`, `1234.5` or `12`."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Decimal | None:
        text = re.sub(r"\s", "", str(value or "")).replace("−", "-")
        if not text:
            return None
        if not _NUMBER.match(text) or len(text) > 24:
            raise ValidationError(_("Schrijf een getal, bijvoorbeeld 12 of 1.234,5."), "invalid")
        if _THOUSANDS.match(text):
            text = text.replace(".", "")
        return Decimal(text.replace(",", "."))

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else value


def amount_field(**kwargs: Any) -> MoneyFormField:
    """An amount in EUR that may be left empty, and is not negative."""
    not_negative = MinValueValidator(Decimal(0), gettext_lazy("Een bedrag is niet negatief."))
    return MoneyFormField(**{"required": False, **kwargs}, validators=[not_negative])


def _options(values: Sequence[Any], empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((str(value), str(value)) for value in values)]


# --- Kinds ---------------------------------------------------------------------------------------


class AnswerKind:
    """One type of question. The default is an answer that is text."""

    nothing: Json = ""

    def field(self, asked: Asked) -> forms.Field:
        """The form field; never required, because a draft may be saved unfinished."""
        raise NotImplementedError

    def to_json(self, cleaned: Any) -> Json:
        """Canonical JSON of what the field cleaned."""
        return cleaned or ""

    def initial(self, stored: Json) -> Any:
        """What the field shows for a stored answer."""
        return stored

    def words(self, stored: Json) -> str:
        """The answer as people read it; "" when there is none."""
        return str(stored or "")

    def is_given(self, stored: Json) -> bool:
        """Whether something was answered."""
        return stored not in (None, "", [])

    def outdated(self, asked: Asked, stored: Json) -> str:
        """Why a stored answer no longer fits, when the form changed since; "" when it does."""
        return ""

    def condition_value(self, stored: Json) -> str:
        """The answer as `FormQuestion.visible_if_value` writes it; "" when none can match."""
        return ""

    def condition_input(self, value: str) -> str:
        """What the box holds when the answer is `value`, for the script that shows and hides."""
        return value


class TextKind(AnswerKind):
    def field(self, asked: Asked) -> forms.Field:
        is_short = asked.max_length is not None and asked.max_length <= LONG_TEXT
        rows = min(max((asked.max_length or 2000) // 250, 4), 12)
        widget = forms.TextInput() if is_short else forms.Textarea(attrs={"rows": rows})
        if isinstance(asked, Column):
            widget = forms.Textarea(attrs={"rows": 2})
        return TextAnswerField(limit=asked.max_length, widget=widget, **common_arguments(asked))


class ChoiceKind(AnswerKind):
    def field(self, asked: Asked) -> forms.Field:
        return forms.ChoiceField(
            choices=_options(asked.choices, _("Kies een antwoord")),
            error_messages={"invalid_choice": _("Kies een antwoord uit de lijst.")},
            **common_arguments(asked),
        )

    def outdated(self, asked: Asked, stored: Json) -> str:
        if not stored or stored in map(str, asked.choices):
            return ""
        return _("Kies opnieuw: %(label)s (“%(answer)s” bestaat niet meer)") % {
            "label": asked.label,
            "answer": stored,
        }

    def condition_value(self, stored: Json) -> str:
        return str(stored or "")


class YesNoKind(AnswerKind):
    nothing = None

    def field(self, asked: Asked) -> forms.Field:
        choices = [(YES, _("Ja")), (NO, _("Nee"))]
        in_cell = isinstance(asked, Column)
        return forms.ChoiceField(
            choices=[("", "–"), *choices] if in_cell else choices,
            widget=forms.Select() if in_cell else forms.RadioSelect(),
            error_messages={"invalid_choice": _("Kies ja of nee.")},
            **common_arguments(asked),
        )

    def to_json(self, cleaned: Any) -> Json:
        return {YES: True, NO: False}.get(cleaned)

    def initial(self, stored: Json) -> Any:
        return {True: YES, False: NO}.get(stored, "")

    def words(self, stored: Json) -> str:
        return {True: _("Ja"), False: _("Nee")}.get(stored, "")

    def condition_value(self, stored: Json) -> str:
        return {True: conditions.YES, False: conditions.NO}.get(stored, "")

    def condition_input(self, value: str) -> str:
        return {conditions.YES: YES, conditions.NO: NO}.get(value, "")


class NumberKind(AnswerKind):
    nothing = None

    def field(self, asked: Asked) -> forms.Field:
        return NumberField(**common_arguments(asked))

    def to_json(self, cleaned: Any) -> Json:
        if cleaned is None:
            return None
        text = f"{cleaned:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    def initial(self, stored: Json) -> Any:
        return None if stored is None else Decimal(stored)

    def words(self, stored: Json) -> str:
        if stored is None:
            return ""
        return format_number(Decimal(stored), len(stored.partition(".")[2]))


class MoneyKind(AnswerKind):
    nothing = None

    def field(self, asked: Asked) -> forms.Field:
        return amount_field(**common_arguments(asked))

    def to_json(self, cleaned: Any) -> Json:
        return None if cleaned is None else f"{cleaned:.2f}"

    def initial(self, stored: Json) -> Any:
        return None if stored is None else Decimal(stored)

    def words(self, stored: Json) -> str:
        return "" if stored is None else format_eur(Decimal(stored))


class DateKind(AnswerKind):
    nothing = None

    def field(self, asked: Asked) -> forms.Field:
        return DayField(
            error_messages={"invalid": _("Schrijf een datum, bijvoorbeeld 14/06/2026.")},
            **common_arguments(asked),
        )

    def to_json(self, cleaned: Any) -> Json:
        return cleaned.isoformat() if cleaned else None

    def initial(self, stored: Json) -> Any:
        return date.fromisoformat(stored) if stored else None

    def words(self, stored: Json) -> str:
        return format_day(date.fromisoformat(stored)) if stored else ""


class DeclarationKind(AnswerKind):
    nothing = False

    def field(self, asked: Asked) -> forms.Field:
        return forms.BooleanField(**common_arguments(asked))

    def to_json(self, cleaned: Any) -> Json:
        return bool(cleaned)

    def words(self, stored: Json) -> str:
        return _("Verklaard") if stored else ""

    def is_given(self, stored: Json) -> bool:
        return stored is True

    def condition_value(self, stored: Json) -> str:
        return conditions.YES if stored is True else ""

    def condition_input(self, value: str) -> str:
        return "on"


class TableKind(AnswerKind):
    """Rows are a formset of their own (forms.tables); here is what a row is."""

    nothing: Json = []

    def rows_to_json(self, question: Any, rows: Sequence[Mapping[str, Any]]) -> Json:
        """Canonical rows of cleaned forms; rows in which nothing was written are left out."""
        columns = columns_of(question)
        result = []
        for row in rows:
            cells = {c.key: KINDS[c.type].to_json(row.get(c.key)) for c in columns}
            if any(KINDS[c.type].is_given(cells[c.key]) for c in columns):
                result.append(cells)
        return result

    def initial_rows(self, question: Any, stored: Json) -> list[dict[str, Any]]:
        columns = columns_of(question)
        return [
            {c.key: KINDS[c.type].initial(row.get(c.key, KINDS[c.type].nothing)) for c in columns}
            for row in stored or []
        ]

    def word_rows(self, question: Any, stored: Json) -> list[list[str]]:
        """The rows as people read them, in the order of the columns."""
        columns = columns_of(question)
        return [
            [KINDS[c.type].words(row.get(c.key, KINDS[c.type].nothing)) for c in columns]
            for row in stored or []
        ]

    def outdated(self, asked: Asked, stored: Json) -> str:
        for row in stored or []:
            for c in columns_of(asked):
                if sentence := KINDS[c.type].outdated(c, row.get(c.key)):
                    return sentence
        return ""

    def words(self, stored: Json) -> str:
        count = len(stored or [])
        return ngettext("%(n)d rij", "%(n)d rijen", count) % {"n": count} if count else ""


class FileKind(AnswerKind):
    """The files stand in `Attachment`, linked to the question; there is no JSON."""

    nothing = None

    def field(self, asked: Asked) -> forms.Field:
        return LaterCheckedField(**common_arguments(asked))


TABLE = TableKind()
KINDS: dict[str, AnswerKind] = {
    QuestionType.TEXT: TextKind(),
    QuestionType.CHOICE: ChoiceKind(),
    QuestionType.YES_NO: YesNoKind(),
    QuestionType.NUMBER: NumberKind(),
    QuestionType.MONEY: MoneyKind(),
    QuestionType.DATE: DateKind(),
    QuestionType.TABLE: TABLE,
    QuestionType.FILE: FileKind(),
    QuestionType.DECLARATION: DeclarationKind(),
}


def text_over(question: Any, stored: Json) -> int:
    """By how many characters a text, or the longest cell of a table, is over its limit; or 0."""
    if question.type == QuestionType.TEXT:
        return max(len(stored or "") - (question.max_length or len(stored or "")), 0)
    if question.type == QuestionType.TABLE:
        limits = {c.key: c.max_length for c in columns_of(question) if c.type == QuestionType.TEXT}
        lengths = [
            len(str(row.get(key) or "")) - (limit or CELL_LENGTH)
            for row in stored or []
            for key, limit in limits.items()
        ]
        return max([0, *lengths])
    return 0


def common_arguments(asked: Asked) -> dict[str, Any]:
    """Label, help and the fact that nothing is required in a draft."""
    return {"label": asked.label, "help_text": asked.help_text, "required": False}


def answer_field(question: Asked, marker: Any) -> forms.Field:
    """The form field of a question; `marker` says beside the label when it is needed."""
    field = KINDS[question.type].field(question)
    field.marker = marker  # type: ignore[attr-defined]
    return field
