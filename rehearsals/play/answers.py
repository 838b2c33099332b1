"""Answers for every type of question, from the form of the call itself.

Each is typed as a person would and goes through the question's own form field, so what the form
would refuse is found here. The same random numbers give the same answers.
"""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from calls.models import CostPhase, FormQuestion, QuestionType
from common.moments import today
from projects.answers import KINDS, NO, TABLE, YES, Asked, Json, columns_of

SENTENCES = (
    "De dienst ziet dit probleem elke week terug in de meldingen van inwoners.",
    "Vandaag gebeurt dit met de hand, en dat kost twee medewerkers een halve dag per week.",
    "We spraken met vier leveranciers; geen van hen biedt dit volledig aan.",
    "De oplossing moet werken met de systemen die we al hebben – zonder dubbele invoer.",
    "Drie andere besturen lieten weten dat ze mee willen testen.",
    "“Meten is weten”: we vergelijken het resultaat met een nulmeting van € 12.500.",
    "Het college keurde de aanpak goed en het budget staat in het meerjarenplan.",
    "De grootste onzekerheid is of de sensoren een winter buiten overleven.",
)
WORDS = ("nacht", "winter", "wijk", "loket", "riool", "sensor", "school", "fiets", "haven", "zorg")


class NoAnswer(Exception):
    """The form refuses everything that could be generated; the message says what it said."""


class Writer:
    """One applicant's pen."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def text(self, limit: int | None) -> str:
        """Sentences up to about half the limit, sometimes exactly as long as the limit."""
        limit = limit or 2000
        fill = limit if self.random.random() < 0.1 else max(limit // 2, 1)
        words = " ".join(self.random.choice(SENTENCES) for _n in range(fill // 60 + 1))
        return words[:fill].strip() or "x"

    def title(self, number: int) -> str:
        first, second = self.random.sample(WORDS, 2)
        return f"Slimmer met {first} en {second} {number} (oefening)"

    def amount(self, most: Decimal) -> Decimal:
        return (most * self.random.randint(20, 95) / 100).quantize(Decimal("0.01"))

    def day(self) -> date:
        return today() + timedelta(days=self.random.randint(150, 500))

    def answer(self, question: FormQuestion) -> Json:
        """Canonical JSON for a question without file.

        Raises:
            NoAnswer: when the form refuses it.
        """
        if question.type == QuestionType.TABLE:
            return self._table(question)
        return KINDS[question.type].to_json(self._typed(question))

    def _table(self, question: FormQuestion) -> Json:
        columns = columns_of(question)
        rows = [
            {column.key: self._typed(column) for column in columns}
            for _n in range(self.random.randint(1, 4))
        ]
        return TABLE.rows_to_json(question, rows)

    def _typed(self, asked: Asked) -> Any:
        """What the form field makes of what is typed."""
        field = KINDS[asked.type].field(asked)
        try:
            return field.clean(self._raw(asked))
        except ValidationError as refusal:
            raise NoAnswer(" ".join(refusal.messages)) from refusal

    def _raw(self, asked: Asked) -> Any:
        typed: dict[str, Callable[[], Any]] = {
            QuestionType.TEXT: lambda: self.text(asked.max_length),
            QuestionType.CHOICE: lambda: self._choice(asked),
            QuestionType.YES_NO: lambda: self.random.choice([YES, NO]),
            QuestionType.NUMBER: lambda: self.random.choice(["12", "1.234,5", "7,25", "40"]),
            QuestionType.MONEY: lambda: self.random.choice(["12.500", "1.234,56", "980,00"]),
            QuestionType.DATE: lambda: f"{self.day():%d/%m/%Y}",
            QuestionType.DECLARATION: lambda: True,
        }
        return typed[asked.type]()

    def _choice(self, asked: Asked) -> str:
        if not asked.choices:
            raise NoAnswer("Deze vraag heeft geen keuzes.")
        return str(self.random.choice(list(asked.choices)))

    def costs(self, ceilings: dict[str, Decimal | None], *, above: bool) -> list[dict[str, Any]]:
        """A line or two for each phase that the call co-finances; `above` goes over a ceiling."""
        lines = []
        for phase, ceiling in ceilings.items():
            most = (ceiling or Decimal(100_000)) * (4 if above else 1)
            for part in range(self.random.randint(1, 2)):
                lines.append(
                    {
                        "phase": phase,
                        "description": f"{CostPhase(phase).label}, deel {part + 1}",
                        "amount": self.amount(most),
                        "vat_rate": self.random.choice(["21", "21", "6", "0"]),
                        "vat_recoverable": self.random.random() < 0.2,
                    }
                )
        return lines


def small_pdf(name: str, words: str) -> ContentFile:
    """A genuine file of one page; `words` makes its content its own."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = words
        pdf.save(out, deterministic_id=True)
    return ContentFile(out.getvalue(), name=name)
