"""The search words of lists of files: one small language for screens, exports, views and mails.

    fietspaden oproep:PIO-2026-1 -status:ingetrokken gevraagd>50000 tegen<2026-12-01 "slim water"

Free words are looked for in number, title, short name and applicant; all words must hold. A `-`
turns one around, quotes keep words together or a colon literal. Pure: reading gives terms with
values, `evaluations.selectors.lists` makes a query of them. What cannot be read gives a sentence,
and no term is ever dropped silently.

A word that somebody may not search on gives the sentence of a word that does not exist: the answer
tells nothing about what is behind it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrganisationType
from common.forms import DayField
from common.money import parse_amount
from evaluations.lifecycle import FileStep
from evaluations.models import Conclusion
from projects.lifecycle import ProposalState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LENGTH = 500


class Kind(StrEnum):
    """How the value of a word is read."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DAY = "day"
    AMOUNT = "amount"
    PERCENT = "percent"


COMPARED = frozenset({Kind.DAY, Kind.AMOUNT, Kind.PERCENT})


@dataclass(frozen=True)
class Word:
    """A search word: `name` as it is typed, what it means, an example, and how it is read.

    `for_overview`: only for who sees all files, because it tells about readers, scores or advice.
    """

    name: str
    meaning: "StrOrPromise"
    example: str
    kind: Kind
    choices: tuple[tuple[str, "StrOrPromise"], ...] = ()
    for_overview: bool = False


def _choices(pairs: Iterable[tuple[str, Any]], *, without: str = "") -> Any:
    return tuple(pair for pair in pairs if pair[0] != without)


FOR_ME, FOR_OTHERS = "mij", "anderen"

WORDS: tuple[Word, ...] = (
    Word("oproep", gettext_lazy("Nummer van de oproep"), "oproep:PIO-2026-1", Kind.TEXT),
    Word("aanvrager", gettext_lazy("Naam van de aanvrager"), "aanvrager:gent", Kind.TEXT),
    Word("thema", gettext_lazy("Thema"), "thema:mobiliteit", Kind.TEXT),
    Word(
        "soort",
        gettext_lazy("Soort organisatie"),
        "soort:ocmw",
        Kind.CHOICE,
        _choices(OrganisationType.choices),
    ),
    Word(
        "status",
        gettext_lazy("Status van het dossier"),
        "status:volledig",
        Kind.CHOICE,
        _choices(ProposalState.choices, without=ProposalState.DRAFT),
    ),
    Word(
        "stap",
        gettext_lazy("Waarop het dossier wacht"),
        'stap:"scores geven"',
        Kind.CHOICE,
        _choices(FileStep.choices),
    ),
    Word(
        "voor",
        gettext_lazy("Wie nu iets moet doen"),
        "voor:mij",
        Kind.CHOICE,
        ((FOR_ME, gettext_lazy("mij")), (FOR_OTHERS, gettext_lazy("anderen"))),
    ),
    Word("laat", gettext_lazy("Of de dag voorbij is"), "laat:ja", Kind.YES_NO),
    Word("stil", gettext_lazy("Of de klok stilstaat"), "stil:ja", Kind.YES_NO),
    Word("tegen", gettext_lazy("Dag waarop het klaar moet zijn"), "tegen<2026-12-01", Kind.DAY),
    Word("ingediend", gettext_lazy("Dag van indiening"), "ingediend>=1/9/2026", Kind.DAY),
    Word("gevraagd", gettext_lazy("Gevraagde cofinanciering"), "gevraagd>50000", Kind.AMOUNT),
    Word(
        "adviseur",
        gettext_lazy("Naam van een adviseur van het dossier"),
        "adviseur:peeters",
        Kind.TEXT,
        for_overview=True,
    ),
    Word(
        "score",
        gettext_lazy("Totaal van de scores, in procent"),
        "score<50",
        Kind.PERCENT,
        for_overview=True,
    ),
    Word(
        "besluit",
        gettext_lazy("Besluit van het advies"),
        "besluit:negatief",
        Kind.CHOICE,
        _choices(Conclusion.choices),
        for_overview=True,
    ),
)

HIDDEN_STEPS = frozenset({FileStep.NOTIFY})
"""Values of `stap` that tell of a decision before it is disclosed."""


@dataclass(frozen=True)
class Rights:
    """What of the language somebody may use."""

    overview: bool
    """Sees all files, so also readers, scores and advice."""
    decisions: bool
    """May know of decisions that were not disclosed, on some call at least."""

    def words(self) -> tuple[Word, ...]:
        """The words that exist for this person."""
        return tuple(
            self._narrowed(word) for word in WORDS if self.overview or not word.for_overview
        )

    def _narrowed(self, word: Word) -> Word:
        if word.name != "stap" or self.overview or self.decisions:
            return word
        left = tuple(pair for pair in word.choices if pair[0] not in HIDDEN_STEPS)
        return Word(word.name, word.meaning, word.example, word.kind, left)


@dataclass(frozen=True)
class Term:
    """One condition. `name` is empty for free text; `values` are alternatives of a choice."""

    name: str
    sign: str
    values: tuple[Any, ...]
    negated: bool = False


@dataclass(frozen=True)
class Search:
    """What was read: all terms must hold. With a problem nothing may be searched."""

    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_readable(self) -> bool:
        return not self.problems


_TOKEN = re.compile(
    r"""
    (?P<minus>-?)
    (?:
        (?P<name>[^\W\d_]+) (?P<sign><=|>=|:|=|<|>) (?:"(?P<quoted>[^"]*)"? | (?P<bare>[^\s"]*))
      | "(?P<phrase>[^"]*)"?
      | (?P<text>\S+)
    )
    """,
    re.VERBOSE,
)


def read_search(text: str, rights: Rights) -> Search:
    """Read what somebody typed; never raises."""
    if len(text) > MAX_LENGTH:
        problem = _("De zoekwoorden zijn te lang: hoogstens %(n)s tekens.") % {"n": MAX_LENGTH}
        return Search(problems=(problem,))
    words = {word.name: word for word in rights.words()}
    terms: list[Term] = []
    problems: list[str] = []
    for found in _TOKEN.finditer(text):
        try:
            term = _term(found, words)
        except ValidationError as error:
            problems += [sentence for sentence in error.messages if sentence not in problems]
        else:
            if term is not None:
                terms.append(term)
    return Search(tuple(terms), tuple(problems))


def _term(found: re.Match[str], words: Mapping[str, Word]) -> Term | None:
    negated = bool(found["minus"])
    if found["name"] is None:
        free = found["phrase"] if found["phrase"] is not None else found["text"]
        free = free.strip()
        return Term("", ":", (free,), negated) if free else None
    word = words.get(found["name"].casefold())
    if word is None:
        raise ValidationError(
            _(
                "Het zoekwoord “%(word)s” bestaat niet. Zet de tekst tussen aanhalingstekens om "
                "ze letterlijk te zoeken."
            )
            % {"word": found["name"] + found["sign"]}
        )
    sign = ":" if found["sign"] == "=" else found["sign"]
    if sign != ":" and word.kind not in COMPARED:
        raise ValidationError(
            _("Schrijf “%(word)s:” met een dubbelpunt: bij dit woord is er geen meer of minder.")
            % {"word": word.name}
        )
    raw = (found["quoted"] if found["quoted"] is not None else found["bare"]).strip()
    if not raw:
        raise ValidationError(
            _("Schrijf iets na “%(word)s”, bijvoorbeeld %(example)s.")
            % {"word": word.name + found["sign"], "example": word.example}
        )
    return Term(word.name, sign, _READERS[word.kind](word, raw), negated)


def plain(text: Any) -> str:
    """Without capitals and accents, so that `geëist` and `geeist` are one word."""
    parts = unicodedata.normalize("NFKD", str(text).casefold())
    return "".join(c for c in parts if not unicodedata.combining(c)).strip()


def _unreadable(word: Word, raw: str, expected: str) -> ValidationError:
    return ValidationError(
        _("“%(value)s” kan niet bij “%(word)s”. %(expected)s")
        % {"value": raw, "word": word.name, "expected": expected}
    )


def _read_text(word: Word, raw: str) -> tuple[str]:
    return (raw,)


def _read_choice(word: Word, raw: str) -> tuple[str, ...]:
    """The code or the whole label; else every label with a word that begins like this.

    Labels of every language of the portal: the same words mean the same to whoever reads them, to a
    colleague with whom a view is shared, and in a mail, which is written in Dutch.
    """
    asked = plain(raw)
    labels = _labels(word)
    exact = tuple(code for code, known in labels.items() if asked in {plain(code), *known})
    if exact:
        return exact
    begins = re.compile(rf"\b{re.escape(asked)}")
    alike = tuple(code for code, known in labels.items() if any(map(begins.search, known)))
    if alike:
        return alike
    known = ", ".join(str(label) for _code, label in word.choices)
    raise _unreadable(word, raw, _("Kies uit: %(known)s.") % {"known": known})


def _labels(word: Word) -> dict[str, set[str]]:
    """By code, the label in each language."""
    labels: dict[str, set[str]] = {code: set() for code, _label in word.choices}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in word.choices:
                labels[code].add(plain(label))
    return labels


def _read_yes_no(word: Word, raw: str) -> tuple[bool]:
    value = {"ja": True, "j": True, "yes": True, "nee": False, "n": False, "no": False}.get(
        plain(raw)
    )
    if value is None:
        raise _unreadable(word, raw, _("Schrijf ja of nee."))
    return (value,)


_DAY = DayField()


def _read_day(word: Word, raw: str) -> tuple[date]:
    try:
        return (_DAY.clean(raw),)
    except ValidationError:
        raise _unreadable(
            word, raw, _("Schrijf een datum, bijvoorbeeld 2026-12-01 of 1/12/2026.")
        ) from None


def _read_amount(word: Word, raw: str) -> tuple[Decimal]:
    try:
        return (parse_amount(raw),)
    except ValidationError:
        raise _unreadable(
            word, raw, _("Schrijf een bedrag, bijvoorbeeld 50000 of 50.000,00.")
        ) from None


def _read_percent(word: Word, raw: str) -> tuple[Decimal]:
    try:
        value = Decimal(raw.removesuffix("%").strip().replace(",", "."))
        if 0 <= value <= 100:  # raises for what is no number
            return (value,)
    except InvalidOperation:
        pass
    raise _unreadable(word, raw, _("Schrijf een getal van 0 tot 100."))


_READERS: dict[Kind, Any] = {
    Kind.TEXT: _read_text,
    Kind.CHOICE: _read_choice,
    Kind.YES_NO: _read_yes_no,
    Kind.DAY: _read_day,
    Kind.AMOUNT: _read_amount,
    Kind.PERCENT: _read_percent,
}

LOOKUPS = {":": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
"""What a sign is called in a query."""
