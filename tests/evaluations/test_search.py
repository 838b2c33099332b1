"""The search words: what is read from what was typed, and the sentence when it cannot be read."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from evaluations.lifecycle import FileStep
from evaluations.search import MAX_LENGTH, WORDS, Rights, Search, Term, read_search

OFFICE = Rights(overview=True, decisions=True)
ADVISER = Rights(overview=False, decisions=False)
DECIDER = Rights(overview=False, decisions=True)


def terms(text: str, rights: Rights = OFFICE) -> list[Term]:
    search = read_search(text, rights)
    assert search.problems == ()
    return list(search.terms)


def problem(text: str, rights: Rights = OFFICE) -> str:
    [sentence] = read_search(text, rights).problems
    return sentence


def test_nothing_typed_asks_nothing() -> None:
    assert read_search("  ", OFFICE) == Search()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fietspad", [Term("", ":", ("fietspad",))]),
        ('"slim water" net', [Term("", ":", ("slim water",)), Term("", ":", ("net",))]),
        ("-fietspad", [Term("", ":", ("fietspad",), negated=True)]),
        ('-"slim water"', [Term("", ":", ("slim water",), negated=True)]),
        ("PIO-2026-1-0004", [Term("", ":", ("PIO-2026-1-0004",))]),
        ('"noot: iets"', [Term("", ":", ("noot: iets",))]),
        ("12:30", [Term("", ":", ("12:30",))]),
        ("-", [Term("", ":", ("-",))]),
        ('"open', [Term("", ":", ("open",))]),
        ("oproep:PIO-2026-1", [Term("oproep", ":", ("PIO-2026-1",))]),
        ("OPROEP=x", [Term("oproep", ":", ("x",))]),
        ('thema:"slimme stad"', [Term("thema", ":", ("slimme stad",))]),
        ("-adviseur:peeters", [Term("adviseur", ":", ("peeters",), negated=True)]),
        ("soort:ocmw", [Term("soort", ":", ("ocmw",))]),
        ("soort:gemeente", [Term("soort", ":", ("municipality", "autonomous_company"))]),
        ("status:volledig", [Term("status", ":", ("complete",))]),
        ('stap:"scores geven"', [Term("stap", ":", (FileStep.ASSESS,))]),
        ("stap:scores", [Term("stap", ":", (FileStep.ASSESS,))]),
        ("besluit:positief", [Term("besluit", ":", ("positive",))]),
        ("laat:ja stil:nee", [Term("laat", ":", (True,)), Term("stil", ":", (False,))]),
        ("voor:mij", [Term("voor", ":", ("mij",))]),
        ("tegen<2026-12-01", [Term("tegen", "<", (date(2026, 12, 1),))]),
        ("ingediend>=1/9/2026", [Term("ingediend", ">=", (date(2026, 9, 1),))]),
        ("gevraagd>50000", [Term("gevraagd", ">", (Decimal("50000.00"),))]),
        ('gevraagd<="50.000,50"', [Term("gevraagd", "<=", (Decimal("50000.50"),))]),
        ("score<50", [Term("score", "<", (Decimal(50),))]),
        ("score>62,5", [Term("score", ">", (Decimal("62.5"),))]),
    ],
)
def test_what_is_read(text: str, found: list[Term]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "kleur:rood",
            "Het zoekwoord “kleur:” bestaat niet. Zet de tekst tussen aanhalingstekens om ze "
            "letterlijk te zoeken.",
        ),
        (
            "thema>5",
            "Schrijf “thema:” met een dubbelpunt: bij dit woord is er geen meer of minder.",
        ),
        ("score<", "Schrijf iets na “score<”, bijvoorbeeld score<50."),
        ('thema:""', "Schrijf iets na “thema:”, bijvoorbeeld thema:mobiliteit."),
        ("laat:soms", "“soms” kan niet bij “laat”. Schrijf ja of nee."),
        (
            "tegen<morgen",
            "“morgen” kan niet bij “tegen”. Schrijf een datum, bijvoorbeeld 2026-12-01 of "
            "1/12/2026.",
        ),
        (
            "tegen<0001-01-01",
            "“0001-01-01” kan niet bij “tegen”. Schrijf een datum, bijvoorbeeld 2026-12-01 of "
            "1/12/2026.",
        ),
        (
            "gevraagd>veel",
            "“veel” kan niet bij “gevraagd”. Schrijf een bedrag, bijvoorbeeld 50000 of 50.000,00.",
        ),
        ("score<nan", "“nan” kan niet bij “score”. Schrijf een getal van 0 tot 100."),
        ("score<101", "“101” kan niet bij “score”. Schrijf een getal van 0 tot 100."),
        (
            "besluit:misschien",
            "“misschien” kan niet bij “besluit”. Kies uit: Positief, Positief met "
            "aandachtspunten, Negatief.",
        ),
        ("x" * (MAX_LENGTH + 1), "De zoekwoorden zijn te lang: hoogstens 500 tekens."),
    ],
)
def test_what_cannot_be_read_says_which_word(text: str, sentence: str) -> None:
    assert problem(text) == sentence
    assert read_search(text, OFFICE).is_readable is False


def test_every_wrong_word_is_named_once() -> None:
    search = read_search("kleur:rood maat:klein kleur:blauw fietspad", OFFICE)
    assert [sentence.split("”")[0] for sentence in search.problems] == [
        "Het zoekwoord “kleur:",
        "Het zoekwoord “maat:",
    ]


@pytest.mark.parametrize("text", ["adviseur:peeters", "score<50", "besluit:negatief"])
@pytest.mark.parametrize("rights", [ADVISER, DECIDER])
def test_a_word_that_one_may_not_use_reads_as_one_that_does_not_exist(
    text: str, rights: Rights
) -> None:
    word = next(word for word in WORDS if text.startswith(word.name))
    assert problem(text, rights) == problem(
        text.replace(word.name, "bestaatniet", 1), rights
    ).replace("bestaatniet", word.name)


def test_the_step_that_tells_of_a_decision_is_no_step_for_an_adviser() -> None:
    sentence = problem("stap:meedelen", ADVISER)
    assert sentence.replace("meedelen", "onzin") == problem("stap:onzin", ADVISER)
    assert "Meedelen" not in sentence
    assert terms("stap:meedelen", DECIDER) == [Term("stap", ":", (FileStep.NOTIFY,))]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_the_example_of_each_word_can_be_read(word: Any) -> None:
    assert [term.name for term in terms(word.example)] == [word.name]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_label_of_any_language_means_the_same_in_each(language: str) -> None:
    for word in WORDS:
        for code, label in word.choices:
            with translation.override(language):
                written = str(label)
            for reads, _name in settings.LANGUAGES:
                with translation.override(reads):
                    assert terms(f'{word.name}:"{written}"') == [Term(word.name, ":", (code,))]


def test_the_beginning_of_a_label_misses_none_in_another_language() -> None:
    for reads in ("nl", "en"):
        with translation.override(reads):
            assert terms("status:onvol") == terms("status:incompl")
            assert terms("status:niet") == terms("status:not")
