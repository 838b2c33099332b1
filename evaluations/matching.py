"""Which adviser reads which file of a call: worked out by a solver, without the database.

In this order of weight (docs/decisions/0009): as many places filled as can be, spread evenly over
the files when some stay empty; loads as even as can be, counting what advisers already have; as
many experts as can be. The network behind it is totally unimodular, so its linear programme has a
whole-numbered optimum and loads under a convex cost are as even as any division can make them
(largest and smallest load at once). Equal input, in whatever order, gives the same division.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple


class Bar(StrEnum):
    """Why an adviser is not put on a file."""

    CONFLICT = "conflict"
    ON_FILE = "on_file"
    ASKED_BEFORE = "asked_before"


@dataclass(frozen=True)
class FileNeed:
    """A file that lacks readers. `wanted` counts the readers that the call asks."""

    key: int
    wanted: int
    missing: int
    needs_lead: bool
    theme: str = ""


@dataclass(frozen=True)
class Reader:
    """An adviser of the pool. `load` and `leads` are what somebody has in hand already."""

    key: int
    load: int = 0
    capacity: int = 10
    leads: int = 0
    expertise: frozenset[str] = frozenset()
    is_away: bool = False

    @property
    def room(self) -> int:
        """How many files fit in."""
        return 0 if self.is_away else max(0, self.capacity - self.load)


@dataclass(frozen=True)
class Pair:
    """An adviser for a file, and what is true of the choice.

    `load_after` counts the whole division. `is_least_loaded`: nobody who is as expert, may read
    the file and is not on it has fewer files after the division. `lead_reason` says why this
    reader of the file writes the advice; empty for who does not.
    """

    file: int
    reader: int
    is_expert: bool
    load_before: int
    load_after: int
    capacity: int
    is_least_loaded: bool
    is_lead: bool = False
    lead_reason: str = ""
    leads_after: int = 0


class Shortage(StrEnum):
    """Why a file gets too few readers."""

    NO_POOL = "no_pool"
    ALL_CONFLICT = "all_conflict"
    ROOM_IN_CONFLICT = "room_in_conflict"
    NO_ROOM = "no_room"
    NOT_ENOUGH_PEOPLE = "not_enough_people"
    OTHERS_TOOK_IT = "others_took_it"


class LeadReason(StrEnum):
    ONLY_READER = "only_reader"
    FEWEST_LEADS = "fewest_leads"
    EXPERT = "expert"
    BALANCE = "balance"


@dataclass(frozen=True)
class Problem:
    """A file that stays `missing` readers short of `wanted`, and why."""

    file: int
    missing: int
    wanted: int
    reason: Shortage


@dataclass(frozen=True)
class Division:
    """`spread` is the largest load minus the smallest, of who had room; `bound` is the least that
    any division of as many places could reach if everybody might read everything."""

    pairs: list[Pair]
    problems: list[Problem]
    spread: int
    bound: int


def divide(
    files: Iterable[FileNeed],
    readers: Iterable[Reader],
    barred: Mapping[tuple[int, int], Bar] | None = None,
) -> Division:
    """The division of `files` over `readers`; `barred` names the (file, reader) pairs not to make.

    Capacity and absence are never stretched; a file that cannot be filled is a problem with its
    reason.
    """
    needs = sorted(files, key=lambda one: one.key)
    pool = sorted(readers, key=lambda one: one.key)
    barred = barred or {}
    able = [one for one in pool if one.room]
    arcs = [
        (need.key, reader.key)
        for need in needs
        for reader in able
        if (need.key, reader.key) not in barred
    ]
    places = {need.key: need.missing for need in needs}
    rooms = {reader.key: reader.room for reader in able}
    experts = _experts(needs, pool)
    filled = _most_places(places, arcs, rooms)
    chosen = _evenly(
        filled, arcs, {one.key: one.load for one in able}, rooms, lambda arc: arc in experts
    )
    leads = _leads(needs, able, chosen, experts)
    taken = Counter(reader for _file, reader in chosen)
    loads = {one.key: one.load + taken[one.key] for one in able}
    return Division(
        pairs=_explain(needs, pool, barred, chosen, leads, experts, loads),
        problems=[
            Problem(need.key, short, need.wanted, _reason(need, pool, barred, chosen))
            for need in needs
            if (short := need.missing - filled[need.key])
        ],
        spread=_spread(loads.values()),
        bound=_spread(_level([(one.load, one.capacity) for one in able], len(chosen))),
    )


# --- The programmes -------------------------------------------------------------------------------

Arc = tuple[int, int]


class Column(NamedTuple):
    """A variable between 0 and 1: its cost, and the rows in which it counts."""

    cost: int
    rows: list[tuple[int, int]]


def _most_places(
    places: Mapping[int, int], arcs: Sequence[Arc], rooms: Mapping[int, int]
) -> dict[int, int]:
    """How many readers each file can get when as many as possible are placed in all.

    Each further empty place of a file weighs more, so that what is short is spread over the files.
    """
    row = {("file", key): n for n, key in enumerate(places)}
    row |= {("reader", key): len(places) + n for n, key in enumerate(rooms)}
    most = max(places.values(), default=0)
    weight = sum(places.values()) * most + 1  # one place more outweighs every spread
    columns = [Column(0, [(row["file", f], 1), (row["reader", r], 1)]) for f, r in arcs]
    empty: list[int] = []
    for key, count in places.items():
        for nth in range(count):
            columns.append(Column(weight + nth, [(row["file", key], 1)]))
            empty.append(key)
    bounds = [(count, count) for count in places.values()] + [(0, n) for n in rooms.values()]
    values = _solve(columns, bounds)
    short = Counter(key for key, value in zip(empty, values[len(arcs) :], strict=True) if value)
    return {key: count - short[key] for key, count in places.items()}


def _evenly(
    places: Mapping[int, int],
    arcs: Sequence[Arc],
    loads: Mapping[int, int],
    rooms: Mapping[int, int],
    prefers: Callable[[Arc], bool],
) -> list[Arc]:
    """Exactly `places` arcs per file, with loads as even as can be, then most preferred arcs.

    Going from load n to n + 1 costs 2n + 1 (the growth of the sum of squares).
    """
    row = {("file", key): n for n, key in enumerate(places)}
    row |= {("reader", key): len(places) + n for n, key in enumerate(loads)}
    weight = sum(places.values()) + 1  # a more even load outweighs every preference
    columns = [
        Column(0 if prefers((f, r)) else 1, [(row["file", f], 1), (row["reader", r], 1)])
        for f, r in arcs
    ]
    possible = Counter(reader for _file, reader in arcs)
    columns += [
        Column(weight * (2 * level + 1), [(row["reader", key], -1)])
        for key, load in loads.items()
        for level in range(load, load + min(rooms[key], possible[key]))
    ]
    bounds = [(count, count) for count in places.values()] + [(0, 0) for _key in loads]
    values = _solve(columns, bounds)
    return [arc for arc, value in zip(arcs, values, strict=False) if value]


def _solve(columns: Sequence[Column], bounds: Sequence[tuple[int, int]]) -> list[bool]:
    """Which columns are taken at the least cost with each row within its bounds."""
    if not columns:
        return []
    # Only here: with numpy it takes some 25 MB, which no web process needs that divides nothing.
    import highspy

    class Silent(highspy.Highs):
        """Prints nothing: the banner comes while a solver is made, before it can be told."""

        def enableCallbacks(self) -> None:  # noqa: N802 - as HiGHS calls it
            self.silent()
            super().enableCallbacks()

    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = len(columns), len(bounds)
    programme.col_cost_ = [float(column.cost) for column in columns]
    programme.col_lower_, programme.col_upper_ = [0.0] * len(columns), [1.0] * len(columns)
    programme.row_lower_ = [float(low) for low, _high in bounds]
    programme.row_upper_ = [float(high) for _low, high in bounds]
    starts = [0]
    for column in columns:
        starts.append(starts[-1] + len(column.rows))
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = starts
    programme.a_matrix_.index_ = [row for column in columns for row, _factor in column.rows]
    programme.a_matrix_.value_ = [
        float(factor) for column in columns for _row, factor in column.rows
    ]
    solver = Silent()
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("threads", 1)
    # Simplex ends in a corner, and every corner of this network is whole.
    solver.setOptionValue("solver", "simplex")
    solver.passModel(programme)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"No division: {solver.modelStatusToString(solver.getModelStatus())}")
    return [value > 0.5 for value in solver.getSolution().col_value]


def _leads(
    needs: Sequence[FileNeed], able: Sequence[Reader], chosen: Sequence[Arc], experts: set[Arc]
) -> list[Arc]:
    """One of the new readers of each file without a lead; advice to write as even as can be."""
    without = {need.key for need in needs if need.needs_lead}
    arcs = [arc for arc in chosen if arc[0] in without]
    return _evenly(
        {file: 1 for file, _group in groupby(arcs, key=lambda arc: arc[0])},
        arcs,
        {one.key: one.leads for one in able},
        {one.key: one.room for one in able},
        lambda arc: arc in experts,
    )


# --- What is said of it ---------------------------------------------------------------------------


def _experts(needs: Sequence[FileNeed], pool: Sequence[Reader]) -> set[Arc]:
    return {
        (need.key, reader.key)
        for need in needs
        for reader in pool
        if need.theme and need.theme in reader.expertise
    }


def _explain(
    needs: Sequence[FileNeed],
    pool: Sequence[Reader],
    barred: Mapping[Arc, Bar],
    chosen: Sequence[Arc],
    leads: Sequence[Arc],
    experts: set[Arc],
    loads: Mapping[int, int],
) -> list[Pair]:
    of_file: dict[int, list[int]] = defaultdict(list)
    for file, reader in chosen:
        of_file[file].append(reader)
    new_leads = Counter(reader for _file, reader in leads)
    lead_loads = {one.key: one.leads + new_leads[one.key] for one in pool}
    people = {one.key: one for one in pool}
    written = set(leads)
    pairs = []
    for need in needs:
        mine = of_file[need.key]
        for key in sorted(mine, key=lambda one: ((need.key, one) not in written, one)):
            arc, person = (need.key, key), people[key]
            rivals = [
                loads[other]
                for other in loads
                if other not in mine
                and (need.key, other) not in barred
                and ((need.key, other) in experts) == (arc in experts)
            ]
            is_lead = arc in written
            pairs.append(
                Pair(
                    file=need.key,
                    reader=key,
                    is_expert=arc in experts,
                    load_before=person.load,
                    load_after=loads[key],
                    capacity=person.capacity,
                    is_least_loaded=loads[key] <= min(rivals, default=loads[key]),
                    is_lead=is_lead,
                    lead_reason=_lead_reason(arc, mine, lead_loads, experts) if is_lead else "",
                    leads_after=lead_loads[key],
                )
            )
    return pairs


def _lead_reason(
    arc: Arc, mine: Collection[int], lead_loads: Mapping[int, int], experts: set[Arc]
) -> LeadReason:
    file, reader = arc
    others = [one for one in mine if one != reader]
    if not others:
        return LeadReason.ONLY_READER
    if arc in experts and not any((file, other) in experts for other in others):
        return LeadReason.EXPERT
    if lead_loads[reader] <= min(lead_loads[other] for other in others):
        return LeadReason.FEWEST_LEADS
    return LeadReason.BALANCE


def _reason(
    need: FileNeed, pool: Sequence[Reader], barred: Mapping[Arc, Bar], chosen: Sequence[Arc]
) -> Shortage:
    if not pool:
        return Shortage.NO_POOL

    def free_of(bars: Collection[Bar]) -> list[Reader]:
        return [one for one in pool if barred.get((need.key, one.key)) not in bars]

    if not free_of({Bar.CONFLICT}):
        return Shortage.ALL_CONFLICT
    if not any(one.room for one in pool):
        return Shortage.NO_ROOM
    if not any(one.room for one in free_of({Bar.CONFLICT})):
        return Shortage.ROOM_IN_CONFLICT
    able = [one for one in free_of(set(Bar)) if one.room]
    if len(able) < need.missing:
        return Shortage.NOT_ENOUGH_PEOPLE
    return Shortage.OTHERS_TOOK_IT


def _spread(loads: Iterable[int]) -> int:
    found = list(loads)
    return max(found) - min(found) if found else 0


def _level(people: Sequence[tuple[int, int]], places: int) -> list[int]:
    """The most even loads when `places` more are handed out, each to the least loaded with room."""
    loads = [load for load, _capacity in people]
    for _place in range(places):
        open_ = [n for n, (_load, capacity) in enumerate(people) if loads[n] < capacity]
        loads[min(open_, key=lambda n: loads[n])] += 1
    return loads
