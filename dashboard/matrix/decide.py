"""What becomes of one person at one address, by the rules alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.rights import Gates, Outcome


@dataclass(frozen=True)
class Answer:
    """What somebody meets, and the sentence of the rule that decides."""

    outcome: Outcome
    sentence: str


def decide(gates: Gates, user: Any, things: Mapping[str, Any]) -> Answer:
    """The first gate that stops `user` decides; else the last one that let through."""
    for gate in gates:
        if not gate.passes(user, things):
            return Answer(gate.outcome, str(gate.policy.sentence))
    return Answer(Outcome.ALLOWED, str(gates[-1].policy.sentence))
