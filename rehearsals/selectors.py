"""What a rehearsal shows: everything up to an instant on its time line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from calls.models import Call
from projects.lifecycle import ProposalState
from rehearsals.models import ItemKind, Outcome, Rehearsal, RehearsalItem

STARTED, REFUSED = "proposal.started", "proposal.submit_refused"


def rehearsals_of(call: Call, user: Any) -> QuerySet[Rehearsal]:
    """Those of a call, newest first."""
    return (
        Rehearsal.objects.visible_to(user)
        .filter(call=call)
        .select_related("requested_by")
        .order_by("-requested_at", "pk")
    )


def rehearsal_for(user: Any, pk: Any) -> Rehearsal:
    """One with its call.

    Raises:
        Rehearsal.DoesNotExist: when there is none, or `user` may not know of it.
    """
    return Rehearsal.objects.visible_to(user).select_related("call", "requested_by").get(pk=pk)


def items_until(
    rehearsal: Rehearsal, until: datetime, *, kind: str = "", who: str = ""
) -> QuerySet[RehearsalItem]:
    """What had happened, or was planned, at `until`; without the bodies of mails."""
    found = rehearsal.items.filter(known_at__lte=until)
    if kind:
        found = found.filter(kind=kind)
    if who:
        found = found.filter(
            Q(recipient__icontains=who) | Q(address__icontains=who) | Q(role__icontains=who)
        )
    return found.select_related("file").defer("text", "html").order_by("-at", "-pk")


def item_for_reading(rehearsal: Rehearsal, pk: int) -> RehearsalItem | None:
    return rehearsal.items.select_related("file", "mail", "reminder").filter(pk=pk).first()


@dataclass(frozen=True)
class Moment:
    """A place to jump to on the time line."""

    label: str
    at: datetime


def named_moments(rehearsal: Rehearsal) -> list[Moment]:
    """Publication, opening and closing of each round, and the end, in order of time."""
    stored: Mapping[str, str] = rehearsal.summary["moments"]
    words = {
        "published": _("publicatie"),
        "opens": _("opening"),
        "closes": _("sluiting"),
        "closed": _("einde van de uitloop"),
        "end": _("einde"),
    }
    several = sum(name.startswith("opens ") for name in stored) > 1
    found = []
    for name, text in stored.items():
        what, _space, number = name.partition(" ")
        label = f"{words[what]} {number}" if several and number else words[what]
        found.append(Moment(label, datetime.fromisoformat(text)))
    shown: dict[datetime, Moment] = {}
    for moment in sorted(found, key=lambda one: one.at):
        shown.setdefault(moment.at, moment)
    return list(shown.values())


@dataclass(frozen=True)
class Neighbours:
    """The instants before and after one at which something happens; None at the ends."""

    previous: datetime | None
    following: datetime | None


def neighbours(rehearsal: Rehearsal, until: datetime) -> Neighbours:
    found = rehearsal.items.aggregate(
        previous=Max("known_at", filter=Q(known_at__lt=until)),
        following=Min("known_at", filter=Q(known_at__gt=until)),
    )
    return Neighbours(found["previous"], found["following"])


@dataclass(frozen=True)
class Board:
    """How things stand at an instant."""

    states: dict[str, int]
    late: int
    mails: int
    documents: int
    reminders: dict[str, int]
    kinds: dict[str, int]

    @property
    def drafts(self) -> int:
        return self.states[ProposalState.DRAFT]

    @property
    def received(self) -> int:
        """Handed in and not withdrawn, wherever they stand now."""
        return sum(self.states.values()) - self.drafts - self.states[ProposalState.WITHDRAWN]


def board_at(rehearsal: Rehearsal, until: datetime) -> Board:
    """Counted from the record, in two queries."""
    known = rehearsal.items.filter(known_at__lte=until).order_by()
    states: Counter[str] = Counter({state.value: 0 for state in ProposalState})
    late = 0
    for code, source, target, number in (
        known.filter(kind=ItemKind.EVENT, code__startswith="proposal.")
        .values_list("code", "from_state", "to_state")
        .annotate(number=Count("pk"))
    ):
        if code == STARTED:
            states[ProposalState.DRAFT.value] += number
        elif code == REFUSED:
            late += number
        elif target:
            states[source] -= number
            states[target] += number
    kinds: Counter[str] = Counter(dict.fromkeys(ItemKind.values, 0))
    reminders: Counter[str] = Counter({outcome: 0 for outcome in Outcome.values if outcome})
    for kind, outcome, settled, number in (
        known.annotate(settled=Q(settled_at__lte=until))
        .values_list("kind", "outcome", "settled")
        .annotate(number=Count("pk"))
    ):
        kinds[kind] += number
        if kind == ItemKind.REMINDER:
            reminders[outcome if settled else Outcome.PLANNED.value] += number
    return Board(
        states=dict(states),
        late=late,
        mails=kinds[ItemKind.MAIL],
        documents=kinds[ItemKind.DOCUMENT],
        reminders=dict(reminders),
        kinds=dict(kinds),
    )
