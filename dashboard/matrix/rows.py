"""The matrix as rows that a person can read: people with the same answer stand together."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

from django.conf import settings

from common.rights import Gates, Outcome, Rights, Takes
from dashboard.matrix.decide import Answer, decide
from dashboard.matrix.documents import rules_of_documents
from dashboard.matrix.examples import things
from dashboard.matrix.people import FAMILIES, PEOPLE, Person
from dashboard.matrix.table import all_rules, all_steps
from dashboard.matrix.tables import KIND, kinds, rules_of_kinds, start_of

PATH = Path(settings.BASE_DIR) / "docs" / "rights-matrix.csv"
HEADINGS = ["adres", "methode", "toestand", "uitkomst", "wie", "regel"]

Row = tuple[str, str, str, str, str, str]


def matrix_rows() -> Iterator[Row]:
    """Address, method, state, outcome, who, sentence; in the order of the addresses."""
    rooms = {name: rules for name, rules in all_rules().items() if not name.startswith("admin:")}
    yield from _rows_of({**rooms, **rules_of_kinds()})
    for (kind, state), rules in rules_of_documents().items():
        words_of_it = f"{kind}, {state}" if state else kind
        yield from _rows_of(
            {name: [replace(rule, state=words_of_it) for rule in of] for name, of in rules.items()}
        )
    for rule, labels in kinds():
        for label in labels:
            yield (f"{start_of(label)}_*", "", f"tabel {rule.kind}", "zie", "", f"{KIND}_*.")


def _rows_of(table: Rights) -> Iterator[Row]:
    for name, rules in sorted(table.items()):
        step = all_steps().get(name)
        for rule in rules:
            if rule.read == rule.write and step is None and rule.read is not None:
                yield from _rows(name, "GET en POST", rule.read, rule.state)
                continue
            if rule.read is not None:
                yield from _rows(name, "GET", rule.read, rule.state)
            if rule.write is not None:
                yield from _rows(name, "POST", rule.write, rule.state, step)


def _rows(
    name: str, method: str, gates: Gates, state: str, step: Takes | None = None
) -> Iterator[Row]:
    """Who may and who not; with a step, who may does so in some states of the thing only."""
    for answer, people in _grouped(gates):
        who, outcome = words(people), answer.outcome
        if step is None or outcome != Outcome.ALLOWED:
            yield name, method, state, outcome.value, who, answer.sentence
            continue
        inside, outside = (f"{step.thing}: {step.words(inside=one)}" for one in (True, False))
        yield name, method, inside, outcome.value, who, answer.sentence
        yield name, method, outside, Outcome.WRONG_STATE.value, who, step.sentence


def _grouped(gates: Gates) -> list[tuple[Answer, list[Person]]]:
    groups: dict[Answer, list[Person]] = {}
    for person in PEOPLE:
        groups.setdefault(decide(gates, person.account, things()), []).append(person)
    order = list(Outcome)
    return sorted(groups.items(), key=lambda item: order.index(item[0].outcome))


def words(people: list[Person]) -> str:
    """The roles, with the relation where not all who have the role are meant."""
    if len(people) == len(PEOPLE):
        return "iedereen"
    return ", ".join(
        part
        for family, name in FAMILIES.items()
        if (part := _of_family(family, [one for one in people if one.family == family], name))
    )


def _of_family(family: str, people: list[Person], all_of_it: str) -> str:
    everybody = [one for one in PEOPLE if one.family == family]
    if people == everybody:
        return all_of_it
    others = [one for one in everybody if one not in people]
    if len(others) * 2 < len(people):
        return f"{all_of_it} behalve {_listed(others)}"
    return _listed(people)


def _listed(people: list[Person]) -> str:
    """Role by role; the relation where not everybody with the role is meant."""
    found: dict[str, list[str]] = {}
    for person in people:
        found.setdefault(person.role, []).append(person.relation)
    parts = []
    for role, relations in found.items():
        everybody = [person.relation for person in PEOPLE if person.role == role]
        which = " / ".join(one or "geen band" for one in relations)
        parts.append(role if relations == everybody else f"{role} ({which})")
    return ", ".join(parts)


def matrix_text() -> str:
    """The file as it should be."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(matrix_rows())
    return out.getvalue()
