"""The pool of advisers: what each knows, has in hand and can still take, and who fits a file.

Loads count what the reader of the page may see: a file with which somebody has a conflict of
interest is in no count of that person either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from common.moments import is_working_day, start_of_day, today
from evaluations import conf
from evaluations.lifecycle import AssignmentState
from evaluations.models import (
    AdviserAbsence,
    AdviserProfile,
    Assignment,
    ConflictOfInterest,
    Interest,
)
from evaluations.policies import may_assign
from evaluations.selectors.conflicts import conflicts_between
from projects.lifecycle import ProposalState
from projects.models import Proposal

IN_HAND = [AssignmentState.INVITED, AssignmentState.ACCEPTED]
ASKED_BEFORE = [AssignmentState.DECLINED, AssignmentState.REVOKED, AssignmentState.RECUSED]


@dataclass(frozen=True)
class Adviser:
    """An adviser with the profile (None: asked by hand only) and the figures of now."""

    user: User
    profile: AdviserProfile | None
    themes: list[str] = field(default_factory=list)
    absences: list[AdviserAbsence] = field(default_factory=list)
    invited: int = 0
    accepted: int = 0
    leads: int = 0
    late: int = 0
    done_this_year: int = 0

    @property
    def load(self) -> int:
        return self.invited + self.accepted

    @property
    def capacity(self) -> int:
        return self.profile.capacity if self.profile is not None else 0

    @property
    def room(self) -> int:
        return max(0, self.capacity - self.load)

    @property
    def is_in_pool(self) -> bool:
        return self.profile is not None and self.profile.is_in_pool

    @property
    def coming_absences(self) -> list[AdviserAbsence]:
        return [one for one in self.absences if one.last_day >= today()]

    def is_away_for(self, due_on: date) -> bool:
        """Whether the absences leave too little time for a file that is due on this day.

        So when the due day itself is one, or fewer of the working days until then are left than
        `EVALUATION_DEFAULTS["least_presence"]` asks.
        """
        away = self.coming_absences
        if any(one.covers(due_on) for one in away):
            return True
        first = today().toordinal()
        days = [date.fromordinal(n) for n in range(first, max(first, due_on.toordinal()) + 1)]
        working = [day for day in days if is_working_day(day)]
        there = [day for day in working if not any(one.covers(day) for one in away)]
        return Decimal(len(there)) < conf.least_presence() * len(working)


def advisers(user: Any) -> list[Adviser]:
    """Everybody who may be asked, by name, with the figures as `user` may know them.

    Five queries, whatever the numbers.
    """
    people = list(staff_with_role(StaffRole.ADVISER))
    profiles = {
        profile.user_id: profile
        for profile in AdviserProfile.objects.filter(user__in=people)
        .order_by("pk")
        .prefetch_related("expertise", "absences")
    }
    counts = _counts(user, people)
    return [
        _adviser(person, profiles.get(person.pk), counts.get(person.pk, {})) for person in people
    ]


def adviser_for(user: Any, pk: int) -> Adviser:
    """One adviser, for the own profile or for who may assign.

    Raises:
        Http404: when there is none, or `user` may not see the profile.
    """
    found = staff_with_role(StaffRole.ADVISER).filter(pk=pk).first()
    if found is None or not (found.pk == user.pk or may_assign.test(user, None)):
        raise Http404
    profile = (
        AdviserProfile.objects.filter(user=found).prefetch_related("expertise", "absences").first()
    )
    return _adviser(found, profile, _counts(user, [found]).get(found.pk, {}))


def _adviser(person: User, profile: AdviserProfile | None, counts: dict[str, Any]) -> Adviser:
    if profile is None:
        return Adviser(person, None, **counts)
    themes = [theme.name for theme in profile.expertise.all()]
    return Adviser(person, profile, themes, list(profile.absences.all()), **counts)


def _counts(user: Any, people: Sequence[User]) -> dict[int, dict[str, Any]]:
    now = today()
    year = (start_of_day(date(now.year, 1, 1)), start_of_day(date(now.year + 1, 1, 1)))
    in_hand = Q(state__in=IN_HAND, proposal__state=ProposalState.ASSESSMENT)
    late = in_hand & Q(until__lt=now, proposal__summary_row__clock_stands_since__isnull=True)
    rows = (
        Assignment.objects.visible_to(user)
        .filter(adviser__in=people)
        .alias(until=Coalesce("moved_to", "due_on"))
        .order_by()
        .values("adviser")
        .annotate(
            invited=Count("pk", filter=in_hand & Q(state=AssignmentState.INVITED)),
            accepted=Count("pk", filter=in_hand & Q(state=AssignmentState.ACCEPTED)),
            leads=Count("pk", filter=in_hand & Q(is_lead=True)),
            late=Count("pk", filter=late),
            done_this_year=Count(
                "pk",
                filter=Q(
                    state=AssignmentState.DONE,
                    evaluation__finalised_at__gte=year[0],
                    evaluation__finalised_at__lt=year[1],
                ),
            ),
        )
    )
    figures: list[dict[str, Any]] = [dict(row) for row in rows]
    return {row.pop("adviser"): row for row in figures}


def interests_of(person: User) -> list[Interest]:
    return list(
        Interest.objects.filter(person=person).order_by(
            F("until").desc(nulls_first=True), "name", "pk"
        )
    )


# --- Who fits one file ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """An adviser beside one file. `obstacle` says why not to ask; empty when nothing is known."""

    adviser: Adviser
    is_expert: bool
    is_away: bool
    is_on_file: bool
    was_asked: bool
    obstacle: str

    @property
    def may_be_asked(self) -> bool:
        return not (self.is_on_file or self.obstacle)


def theme_of(proposal: Proposal) -> str:
    """The name of the theme; of a file as `visible_files` gives it, that of what counts."""
    return proposal.theme.name if proposal.theme is not None else ""


def candidates(user: Any, proposal: Proposal, due_on: date) -> list[Candidate]:
    """Every adviser with what speaks for and against asking for this file, best first."""
    pool = advisers(user)
    people = [one.user for one in pool]
    found = conflicts_between(people, Proposal.objects.filter(pk=proposal.pk))
    standing = {row.person_id: row for row in standing_conflicts(proposal)}
    states: dict[int, set[str]] = {}
    rows = Assignment.objects.filter(proposal=proposal).order_by("pk")
    for adviser, state in rows.values_list("adviser", "state"):
        states.setdefault(adviser, set()).add(state)
    theme = theme_of(proposal)
    made = []
    for one in pool:
        conflicts = found.get((one.user.pk, proposal.pk), [])
        row = standing.get(one.user.pk)
        had = states.get(one.user.pk, set())
        made.append(
            Candidate(
                adviser=one,
                is_expert=theme in one.themes,
                is_away=one.is_away_for(due_on),
                is_on_file=not had.isdisjoint({*IN_HAND, AssignmentState.DONE}),
                was_asked=not had.isdisjoint(ASKED_BEFORE),
                obstacle=row.explanation
                if row is not None
                else conflicts[0].sentence
                if conflicts
                else "",
            )
        )
    return sorted(made, key=_fitness)


def _fitness(one: Candidate) -> tuple[Any, ...]:
    return (
        not one.may_be_asked,
        one.is_away,
        not one.adviser.room,
        not one.is_expert,
        one.adviser.load,
        one.adviser.user.last_name,
        one.adviser.user.pk,
    )


def standing_conflicts(proposal: Proposal) -> list[ConflictOfInterest]:
    """Who may not know this file, with the sentence; for who may assign and sees the file."""
    return list(
        ConflictOfInterest.objects.standing()
        .filter(proposal=proposal)
        .select_related("person")
        .order_by("person__last_name", "person__first_name", "pk")
    )


def taken_back_conflicts(proposal: Proposal) -> list[ConflictOfInterest]:
    """What was declared by mistake; for who may assign and sees the file."""
    return list(
        ConflictOfInterest.objects.filter(proposal=proposal, lifted_by__isnull=False)
        .select_related("person", "lifted_by")
        .order_by("lifted_at", "pk")
    )
