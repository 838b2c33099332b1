"""Who plays an applicant: a habit each, drawn by the seed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from accounts.models import Organisation, User
from calls.models import (
    SubmissionRound,
)
from projects.models import Proposal
from rehearsals.play.answers import Writer
from rehearsals.stage import DOMAIN

PLACES = ("Fictiezele", "Proefstede", "Voorbeeldrode", "Oefendonk", "Schijnbeke", "Denkwalle")


EXTENSION = timedelta(days=2)
"""What one applicant gets on top; the office starts its work later than that."""


class Habit(Enum):
    """How an applicant behaves; those that show most come first, for a play with few."""

    EARLY = "dient ruim op tijd in"
    LAST_SECOND = "dient één seconde voor de sluiting in"
    CORRECTS = "dient onvolledig in en vult aan"
    AT_CLOSING = "dient in op het ogenblik van de sluiting"
    TOO_LATE = "dient te laat in"
    FORGETS = "vergeet in te dienen"
    IN_GRACE = "dient in tijdens de uitloop"
    GAPS = "probeert eerst met lege antwoorden"
    WITHDRAWS = "trekt het voorstel in"
    UNVERIFIED = "is pas laat nagekeken als organisatie"
    TWICE = "drukt twee keer op indienen"
    SHOWS_DRAFT = "laat het PIO-team meekijken"
    ABANDONS = "trekt het ontwerp in"
    STAYS_INCOMPLETE = "vult een onvolledig dossier niet aan"
    RESUBMITS = "heropent het voorstel en dient opnieuw in"
    LAPSES = "heropent het voorstel en laat het daarbij"
    EXTENDED = "krijgt uitstel"
    LAST_EVENING = "dient de laatste avond in"


SPECIAL = [habit for habit in Habit if habit is not Habit.LAST_EVENING]
NOT_SUBMITTING = frozenset({Habit.FORGETS, Habit.ABANDONS})


@dataclass
class Applicant:
    """One authority with its people and its proposal."""

    number: int
    habit: Habit
    round: SubmissionRound
    random: Random
    writer: Writer = field(init=False, repr=False)
    organisation: Organisation = field(init=False, repr=False)
    manager: User = field(init=False, repr=False)
    editor: User = field(init=False, repr=False)
    proposal: Proposal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.writer = Writer(self.random)

    @property
    def domain(self) -> str:
        return f"bestuur{self.number:02d}.{DOMAIN}"

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.round.grace_minutes)

    def submits_at(self) -> datetime | None:
        """When this applicant presses; None when it never does."""
        closes_at = self.round.closes_at
        window = closes_at - self.round.opens_at
        if self.habit in NOT_SUBMITTING:
            return None
        exact = {
            Habit.EARLY: closes_at - window / 3,
            Habit.RESUBMITS: closes_at - window / 4,
            Habit.LAPSES: closes_at - window / 5,
            Habit.EXTENDED: closes_at + EXTENSION / 2,
            Habit.LAST_SECOND: closes_at - timedelta(seconds=1),
            Habit.AT_CLOSING: closes_at,
            Habit.IN_GRACE: closes_at + self.grace / 2 if self.grace else None,
            Habit.TOO_LATE: closes_at + self.grace + timedelta(seconds=1),
        }
        evening = min(timedelta(hours=6), window / 4)
        share = self.random.uniform(0.02, 1)
        return exact.get(self.habit) or closes_at - evening * share

    @property
    def is_in_time(self) -> bool:
        """By the rule of the call: before closing or the end of the grace; or with an extension."""
        arrives = self.submits_at()
        if self.habit is Habit.EXTENDED:
            return True
        return arrives is not None and arrives < self.round.closes_at + self.grace

    def starts_at(self, published_at: datetime) -> datetime:
        """Some begin before the call opens, all well before they hand in."""
        window = self.round.closes_at - self.round.opens_at
        if self.number % 5 == 1 and published_at < self.round.opens_at:
            return published_at + (self.round.opens_at - published_at) / 2
        return self.round.opens_at + window * self.random.uniform(0.02, 0.5)


def cast_applicants(rounds: list[SubmissionRound], applicants: int, seed: int) -> list[Applicant]:
    """Who plays: each habit once, then people of the last evening; the rounds take turns.

    What has to do with being late belongs to the last round: before it there is always a next one.
    """
    habits = [*SPECIAL[:applicants], *[Habit.LAST_EVENING] * (applicants - len(SPECIAL))]
    last = rounds[-1]
    late = {Habit.AT_CLOSING, Habit.TOO_LATE, Habit.IN_GRACE, Habit.EXTENDED, *NOT_SUBMITTING}
    return [
        Applicant(
            number=number,
            habit=habit,
            round=last if habit in late else rounds[number % len(rounds)],
            # Not for secrets: the same seed must give the same play.
            random=Random(f"{seed}:{number}"),  # noqa: S311
        )
        for number, habit in enumerate(habits, 1)
    ]
