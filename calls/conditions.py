"""When a question is shown: only if an earlier question has a certain answer.

Pure functions over the questions of one form; they read the fields of a question and no database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from calls.models import FormQuestion

YES, NO = "ja", "nee"


def possible_values(question: "FormQuestion") -> list[tuple[str, str]]:
    """The answers on which another question may depend: the value that is kept, and its words.

    Empty for a question without fixed answers.
    """
    values: dict[str, list[tuple[str, str]]] = {
        "choice": [(str(choice), str(choice)) for choice in question.choices],
        "yes_no": [(YES, _("Ja")), (NO, _("Nee"))],
        "declaration": [(YES, _("aangevinkt"))],
    }
    return values.get(question.type, [])


def in_words(type_: str, label: str, value: str) -> str:
    """The condition as an applicant reads it; `type_` and `label` are of the earlier question."""
    if type_ == "declaration":
        return _("Alleen als u “%(label)s” aanvinkte.") % {"label": label}
    words = {YES: _("Ja"), NO: _("Nee")}.get(value, value) if type_ == "yes_no" else value
    return _("Alleen als u bij “%(label)s” “%(value)s” antwoordde.") % {
        "label": label,
        "value": words,
    }


@dataclass(frozen=True)
class Fault:
    """A condition that cannot work, and why."""

    question: "FormQuestion"
    sentence: str


def faults(questions: Sequence["FormQuestion"]) -> list[Fault]:
    """What is wrong with the conditions of a form; `questions` are all of it, in its order."""
    places = {question.pk: place for place, question in enumerate(questions)}
    known = {question.pk: question for question in questions}
    found = ((question, _fault(question, known, places)) for question in questions)
    return [Fault(question, sentence) for question, sentence in found if sentence]


def _fault(
    question: "FormQuestion", known: Mapping[int, "FormQuestion"], places: Mapping[int, int]
) -> str:
    if question.visible_if_id is None:
        return ""
    other = known.get(question.visible_if_id)
    if other is None:
        return _(
            "De voorwaarde van “%(question)s” kijkt naar een vraag die niet in dit formulier staat."
        ) % {"question": question.label}
    words = {
        "question": question.label,
        "other": other.label,
        "value": question.visible_if_value,
    }
    if question.pk in _ancestors(question, known):
        return (
            _("“%(question)s” en “%(other)s” hangen van elkaar af. Kies een andere voorwaarde.")
            % words
        )
    if places[other.pk] > places[question.pk]:
        return (
            _(
                "“%(other)s” staat na “%(question)s”. Een voorwaarde kijkt naar een vraag die"
                " eerder in het formulier staat."
            )
            % words
        )
    values = [value for value, _words in possible_values(other)]
    if not values:
        return (
            _(
                "“%(question)s” kan niet afhangen van “%(other)s”: kies een vraag met een lijst,"
                " een ja/nee-vraag of een verklaring."
            )
            % words
        )
    if question.visible_if_value not in values:
        return (
            _(
                "“%(question)s” hangt af van het antwoord “%(value)s” op “%(other)s”, maar dat"
                " antwoord bestaat niet."
            )
            % words
        )
    return ""


def _ancestors(question: "FormQuestion", known: Mapping[int, "FormQuestion"]) -> set[int]:
    """The questions on which this one depends, also through others."""
    found: set[int] = set()
    following = question.visible_if_id
    while following is not None and following not in found:
        found.add(following)
        parent = known.get(following)
        following = parent.visible_if_id if parent else None
    return found


def ordered(sections: Iterable[Any]) -> list["FormQuestion"]:
    """Every question of these sections, in the order of the form."""
    return [
        question
        for section in sorted(sections, key=lambda s: (s.position, s.pk))
        for question in sorted(section.questions.all(), key=lambda q: (q.position, q.pk))
    ]
