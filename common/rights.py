"""What each address asks of who comes: the table that `docs/rights-matrix.csv` is made from.

Every room has a `rights.py` with one dict, `RIGHTS`: name of an address -> what it asks, as a row
of gates. A gate is a policy with what becomes of who does not pass it: 403 with the sentence of the
policy, or 404 when even the existence is not theirs to know. The first gate that stops somebody
decides. The table is declared, not recorded: tests/portal/test_rights.py visits every address as
everybody and compares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise

from common.lifecycle import Lifecycle
from common.policies import Policy, policy


class Outcome(StrEnum):
    """What somebody meets; the words of the matrix."""

    ALLOWED = "mag"
    SIGN_IN = "moet zich aanmelden"
    FORBIDDEN = "geweigerd"
    NOT_FOUND = "niet gevonden"
    WRONG_STATE = "kan niet in deze toestand"


@dataclass(frozen=True)
class Gate:
    """One policy that an address asks.

    `of` names the thing in hand when the policy is about one: "proposal", "claim"
    (dashboard/matrix/examples.py knows them).
    """

    policy: Policy
    outcome: Outcome
    of: str = ""

    def passes(self, user: Any, things: Mapping[str, Any]) -> bool:
        return bool(self.policy.test(user, things[self.of] if self.of else None))


@policy("Dit adres is er voor wie is aangemeld.")
def is_signed_in(user: Any, obj: Any = None) -> bool:
    return bool(user.is_authenticated)


@policy("Dit adres is openbaar.")
def anybody(user: Any, obj: Any = None) -> bool:
    return True


@policy("Deze pagina is er voor medewerkers van het programma.")
def works_for_programme(user: Any, obj: Any = None) -> bool:
    return bool(getattr(user, "is_programme_staff", False))


def refuses(rule: Policy, of: str = "") -> Gate:
    """403 with the sentence of the policy."""
    return Gate(rule, Outcome.FORBIDDEN, of)


def hides(rule: Policy, of: str = "") -> Gate:
    """404: for who does not pass the thing does not exist."""
    return Gate(rule, Outcome.NOT_FOUND, of)


Gates = tuple[Gate, ...]

PUBLIC: Gates = (Gate(anybody, Outcome.NOT_FOUND),)
SIGNED_IN: Gates = (Gate(is_signed_in, Outcome.SIGN_IN),)
STAFF: Gates = (*SIGNED_IN, refuses(works_for_programme))


@dataclass(frozen=True)
class Rule:
    """What an address asks to be read (GET, HEAD) and to be written to (POST).

    None where the address does not know the method: 405 for who got that far. `state` says in which
    state of the thing this holds, when that matters; an address then has a rule for each.
    """

    read: Gates | None = None
    write: Gates | None = None
    state: str = ""

    def of(self, method: str) -> Gates | None:
        return self.read if method in {"GET", "HEAD"} else self.write


Rights = dict[str, list[Rule]]


def page(*names: str, gates: Gates, state: str = "") -> Rights:
    """Addresses that are only read."""
    return _each(names, Rule(read=gates, state=state))


def act(*names: str, gates: Gates, state: str = "") -> Rights:
    """Addresses that are only posted to."""
    return _each(names, Rule(write=gates, state=state))


def form(*names: str, gates: Gates, write: Gates = (), state: str = "") -> Rights:
    """Addresses that show a form and take it; `write` is what the POST asks on top."""
    return _each(names, Rule(read=gates, write=(*gates, *write), state=state))


def both(*names: str, read: Gates, write: Gates, state: str = "") -> Rights:
    """Addresses that ask something else of who writes than of who reads."""
    return _each(names, Rule(read=read, write=write, state=state))


@dataclass(frozen=True)
class TableRule:
    """What an administrator does with the rows of one table in /admin/, beside looking at them.

    `kind` is the word of the matrix for such tables.
    """

    kind: str
    add: bool = False
    change: bool = False
    delete: bool = False
    look: bool = True


TableRules = dict[str, TableRule]
"""By the name of the class. A model that is registered in /admin/ without a rule fails a test."""


def looked_at(*models: str) -> TableRules:
    """Nobody changes anything: the pages of the portal do that."""
    return dict.fromkeys(models, TableRule("om in te kijken"))


def corrected(*models: str) -> TableRules:
    """A row is put right; it is not made or removed here."""
    return dict.fromkeys(models, TableRule("om te verbeteren", change=True))


def filled(*models: str) -> TableRules:
    """Rows are made and put right, and stay."""
    return dict.fromkeys(models, TableRule("om aan te vullen", add=True, change=True))


def managed(*models: str) -> TableRules:
    """Rows are made, put right and removed."""
    return dict.fromkeys(models, TableRule("om te beheren", add=True, change=True, delete=True))


def cleared(*models: str) -> TableRules:
    """Rows that come by themselves are removed."""
    return dict.fromkeys(models, TableRule("om op te ruimen", delete=True))


def closed(*models: str) -> TableRules:
    """A table of Django itself that nobody enters."""
    return dict.fromkeys(models, TableRule("gesloten", look=False))


@dataclass(frozen=True)
class Takes:
    """The step in a lifecycle that a POST to an address takes, whoever may: only from some states.

    `thing` is what is in that state, in Dutch; `states` are all its states. `names` are the steps
    between which the form chooses; they go from the same states. It has none where the state is
    kept without a lifecycle.
    """

    thing: str
    label: str | Promise
    states: type[TextChoices]
    sources: frozenset[str]
    names: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """Why it does not go in another state."""
        return f"“{self.label}” kan alleen met de status: {self.words(inside=True)}."

    def words(self, *, inside: bool) -> str:
        """The states from which the step goes, or those from which it does not."""
        chosen = [state for state in self.states if (str(state) in self.sources) == inside]
        return ", ".join(str(state.label) for state in chosen)


Steps = dict[str, Takes]
"""Name of an address -> the step it takes; tests/portal/test_state_rights.py tries each."""


def takes(thing: str, lifecycle: Lifecycle, *names: str) -> Takes:
    """One step, or the first of several that go from the same states."""
    step = lifecycle[names[0]]
    assert {lifecycle[name].sources for name in names} == {step.sources}
    return Takes(thing, step.label, lifecycle.states, step.sources, frozenset(names))


DocumentRights = dict[str, dict[str, Gates]]
"""Kind of document -> state of its thing ("" when that does not matter) -> who reads it.

A kind without a rule fails tests/portal/test_document_rights.py.
"""


def together(*parts: Rights) -> Rights:
    """One table of several; an address that stands in more of them has more states.

    Raises:
        ValueError: when an address has two rules for one state.
    """
    whole: Rights = {}
    for part in parts:
        for name, rules in part.items():
            for rule in rules:
                if rule.state in {other.state for other in whole.setdefault(name, [])}:
                    raise ValueError(f"{name} has two rules for the state {rule.state!r}.")
                whole[name].append(rule)
    return whole


def _each(names: Iterable[str], rule: Rule) -> Rights:
    return {name: [rule] for name in names}
