"""Lists of files, read from one summary row per file: the work list, all files, exports and mails.

`matching_files` is where each of them starts. It shows of a file what the person may know: to an
adviser the step and the day of the own work, and a decision that was not disclosed as none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    RowRange,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Concat, FirstValue, Lag, Lead, RowNumber

from accounts.policies import is_adviser
from accounts.roles import StaffRole
from common.moments import end_of_day, start_of_day, today
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES, AssignmentState, FileStep
from evaluations.models import Assignment, ConsensusReply, FileSummary
from evaluations.policies import (
    may_assign,
    may_check_completeness,
    may_notify,
    may_see_all_files,
)
from evaluations.search import FOR_ME, LOOKUPS, Rights, Search, Term, plain
from evaluations.selectors.files import visible_files

APPLICANT_STEPS = (FileStep.REOPENED, FileStep.CORRECTION, FileStep.INFORMATION)
"""The applicant has to act; the day is the applicant's."""

READING = (FileStep.ASSIGN, FileStep.INVITED, FileStep.ASSESS)
"""Steps of the file in which it depends on the other readers where the file as a whole stands."""


def rights_of(user: Any) -> Rights:
    """What of the search language `user` may use."""
    overview = may_see_all_files.test(user, None)
    return Rights(overview, overview or bool(set(user.staff_roles) - {StaffRole.ADVISER}))


def visible_summaries(user: Any) -> QuerySet[FileSummary]:
    """The rows of the files that `user` sees, with what lists sort, filter and count on:

    `shown_step` and `shown_due` (masked), `needs_me`, `is_late`, and of the own assignment
    `own_state` and `own_lead`.
    """
    rows = FileSummary.objects.filter(proposal__in=visible_files(user).values("pk"))
    rows = _with_own_assignment(rows, user)
    rows = _with_what_is_shown(rows, user)
    late = Q(shown_due__lt=today()) & (
        Q(clock_stands_since__isnull=True) | Q(shown_step__in=APPLICANT_STEPS)
    )
    return rows.annotate(
        needs_me=_yes_when(_waits_for(user)),
        is_late=_yes_when(late & ~Q(shown_step=FileStep.CLOSED)),
    )


def files_for(user: Any) -> QuerySet[FileSummary]:
    """The rows that wait for `user`: `needs_me` as a plain condition, which an index can answer."""
    return visible_summaries(user).filter(_waits_for(user))


def _yes_when(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _with_own_assignment(rows: QuerySet[FileSummary], user: Any) -> QuerySet[FileSummary]:
    if not is_adviser.test(user, None):
        return rows.annotate(
            own_state=Value(None, CharField()),
            own_lead=Value(None, BooleanField()),
            own_due=Value(None, DateField()),
        )
    # At most one: a person is on a file once (`evaluations_adviser_once_per_file`).
    own = FilteredRelation(
        "proposal__assignments",
        condition=Q(
            proposal__assignments__adviser=user,
            proposal__assignments__state__in=ACTIVE_ASSIGNMENT_STATES,
        ),
    )
    return rows.annotate(
        own=own,
        own_state=F("own__state"),
        own_lead=F("own__is_lead"),
        own_due=Coalesce("own__moved_to", "own__due_on"),
    )


def _with_what_is_shown(rows: QuerySet[FileSummary], user: Any) -> QuerySet[FileSummary]:
    """An adviser knows no other reader before the own scores are final, and no decision that was
    not disclosed; who decides on the call knows of it, as who sees all files."""
    if may_see_all_files.test(user, None):
        return rows.annotate(shown_step=F("step"), shown_due=F("due_on"))
    undisclosed = Q(step__in=[FileStep.DECIDE, FileStep.NOTIFY]) & ~Q(
        call__decision_role__in=[role.value for role in user.staff_roles]
    )
    invited = Q(own_state=AssignmentState.INVITED) & ~Q(step=FileStep.CLOSED)
    reading = Q(own_state=AssignmentState.ACCEPTED, step__in=READING)
    of_the_file = Q(own_lead=True, step__in=[FileStep.INVITED, FileStep.ASSESS])
    return rows.annotate(
        shown_step=Case(
            When(invited, then=Value(FileStep.INVITED)),
            When(reading, then=Value(FileStep.ASSESS)),
            When(undisclosed, then=Value(FileStep.DECIDE)),
            default=F("step"),
            output_field=CharField(choices=FileStep.choices),
        ),
        shown_due=Case(
            When((invited | reading) & ~of_the_file, then=F("own_due")),
            When(undisclosed, then=Value(None)),
            default=F("due_on"),
            output_field=DateField(),
        ),
    )


def _waits_for(user: Any) -> Q:
    """What has to be done next is for `user`."""
    mine = Q(
        ~Exists(Assignment.objects.filter(proposal=OuterRef("proposal"), adviser=user)),
        step=FileStep.DECIDE,
        call__decision_role__in=[role.value for role in user.staff_roles],
    )
    for policy, step in (
        (may_check_completeness, FileStep.CHECK),
        (may_assign, FileStep.ASSIGN),
        (may_notify, FileStep.NOTIFY),
    ):
        if policy.test(user, None):
            mine |= Q(step=step)
    if not is_adviser.test(user, None):
        return mine
    unanswered = [AssignmentState.INVITED, AssignmentState.ACCEPTED]
    mine |= Q(own_state__in=unanswered, step__in=[*READING, FileStep.INFORMATION])
    mine |= Q(own_state=AssignmentState.DONE, own_lead=True, step=FileStep.ADVISE)
    return mine | _consensus_waits_for(user)


def _consensus_waits_for(user: Any) -> Q:
    """The lead proposes, and again when somebody disagrees; the others answer what was proposed."""
    replies = ConsensusReply.objects.filter(
        consensus__proposal=OuterRef("proposal"), version=F("consensus__version")
    )
    proposed = Q(proposal__consensus__proposed_at__isnull=False)
    lead = Q(own_lead=True) & (~proposed | Q(Exists(replies.filter(agrees=False))))
    reader = Q(own_lead=False) & proposed & ~Q(Exists(replies.filter(assignment__adviser=user)))
    return Q(own_state=AssignmentState.DONE, step=FileStep.CONSENSUS) & (lead | reader)


# --- Search --------------------------------------------------------------------------------------


def matching_files(
    user: Any, search: Search, rows: QuerySet[FileSummary] | None = None
) -> QuerySet[FileSummary]:
    """The files of `user` that the words describe; none while the words cannot be read.

    `rows` are `visible_summaries` of the same person that were narrowed before.
    """
    rows = visible_summaries(user) if rows is None else rows
    if not search.is_readable:
        return rows.none()
    for term in search.terms:
        condition = _condition(term, user)
        rows = rows.filter(~condition if term.negated else condition)
    return rows


def _condition(term: Term, user: Any) -> Q:
    """One term as a condition that is never NULL, so that it can be turned around."""
    value = term.values[0]
    lookup = LOOKUPS[term.sign]
    match term.name:
        case "":
            return Q(words__contains=plain(value))
        case "oproep":
            return Q(call__reference__iexact=value) | Q(call__title__icontains=value)
        case "aanvrager":
            return Q(proposal__organisation__name__icontains=value)
        case "thema":
            return Q(theme__icontains=value)
        case "soort":
            return Q(proposal__organisation__type__in=term.values)
        case "status":
            return Q(proposal__state__in=term.values)
        case "stap":
            return Q(shown_step__in=term.values)
        case "voor":
            return FOR_USER if value == FOR_ME else FOR_SOMEBODY_ELSE
        case "laat":
            return Q(is_late=value)
        case "stil":
            return Q(clock_stands_since__isnull=not value)
        case "tegen":
            return Q(shown_due__isnull=False) & Q(**{f"shown_due__{lookup}": value})
        case "ingediend":
            return _submitted(term.sign, value)
        case "gevraagd":
            return Q(**{f"requested_amount__{lookup}": value})
        case "adviseur":
            return Q(Exists(_with_adviser(user, value)))
        case "score":
            return Q(total_percent__isnull=False) & Q(**{f"total_percent__{lookup}": value})
        case "besluit":
            return Q(conclusion__in=term.values)
    raise ValueError(term.name)  # a word without a condition: caught by its test


FOR_USER = Q(needs_me=True)
FOR_SOMEBODY_ELSE = Q(needs_me=False) & ~Q(shown_step=FileStep.CLOSED)


def _submitted(sign: str, day: date) -> Q:
    """Days of Brussels; an end of day is the first instant after it."""
    since, until = start_of_day(day), end_of_day(day)
    return {
        ":": Q(proposal__submitted_at__gte=since, proposal__submitted_at__lt=until),
        "<": Q(proposal__submitted_at__lt=since),
        "<=": Q(proposal__submitted_at__lt=until),
        ">": Q(proposal__submitted_at__gte=until),
        ">=": Q(proposal__submitted_at__gte=since),
    }[sign]


def _with_adviser(user: Any, name: str) -> QuerySet[Assignment]:
    full_name = Concat("adviser__first_name", Value(" "), "adviser__last_name")
    return (
        Assignment.objects.visible_to(user)
        .active()
        .alias(full_name=full_name)
        .filter(proposal=OuterRef("proposal"), full_name__icontains=name)
    )


# --- Order and rows ------------------------------------------------------------------------------

FILE_ORDERS: dict[str, str] = {
    "due_on": "shown_due",
    "reference": "proposal__reference",
    "title": "title",
    "organisation": "proposal__organisation__name",
    "call": "call__reference",
    "state": "proposal__state",
    "step": "shown_step",
    "requested_amount": "requested_amount",
    "submitted_at": "proposal__submitted_at",
    "total": "total_percent",
}
OVERVIEW_ORDERS = frozenset({"total"})
NULLABLE_ORDERS = frozenset({"due_on", "total"})
DEFAULT_ORDER = "-submitted_at"
WORK_ORDER = "due_on"


def order_of(user: Any, sort: str, default: str = DEFAULT_ORDER) -> list[Any]:
    """What to sort on; what does not exist for `user` gives the default. Nothing comes last."""
    name = sort.removeprefix("-")
    allowed = name in FILE_ORDERS and (name not in OVERVIEW_ORDERS or rights_of(user).overview)
    if not allowed:
        return order_of(user, default)
    first = F(FILE_ORDERS[name])
    # Ties by key, and "nothing last" only where there may be nothing: so an index gives the order.
    nulls: dict[str, Any] = {"nulls_last": True} if name in NULLABLE_ORDERS else {}
    if sort.startswith("-"):
        return [first.desc(**nulls), F("pk").desc()]
    return [first.asc(**nulls), F("pk").asc()]


_SHOWN = [
    *(f.name for f in FileSummary._meta.fields if f.name != "words"),
    *("proposal__reference", "proposal__state", "proposal__submitted_at"),
    *("proposal__organisation__name", "proposal__organisation__type"),
    *("call__reference", "call__title", "call__decision_role"),
]


def shown_rows(user: Any, rows: QuerySet[FileSummary]) -> QuerySet[FileSummary]:
    """Rows as lists and exports show them, with the assignments that `user` may know of in
    `proposal.active_assignments`; two queries, whatever their number."""
    assignments = (
        Assignment.objects.visible_to(user)
        .active()
        .select_related("adviser")
        .only("proposal_id", "state", "is_lead", "adviser__first_name", "adviser__last_name")
        .order_by("-is_lead", "pk")
    )
    return (
        rows.select_related("proposal__organisation", "call")
        .only(*_SHOWN)
        .prefetch_related(
            Prefetch("proposal__assignments", assignments, to_attr="active_assignments")
        )
    )


# --- Tabs, counts and neighbours -----------------------------------------------------------------

TABS: dict[str, Q] = {
    "mij": FOR_USER,
    "laat": Q(is_late=True),
    "anderen": FOR_SOMEBODY_ELSE,
    "alles": Q(),
}


def count_tabs(rows: QuerySet[FileSummary]) -> dict[str, int]:
    """How many files stand under each tab: one query."""
    return rows.order_by().aggregate(
        **{name: Count("pk", filter=condition or None) for name, condition in TABS.items()}
    )


@dataclass(frozen=True)
class Neighbours:
    """The files before and after one in a list, by number; `place` counts from 1."""

    previous: str
    next: str
    place: int
    total: int


def neighbours(
    rows: QuerySet[FileSummary], order: Iterable[Any], reference: str, place: int
) -> Neighbours:
    """Where `reference` stands in the list: one query.

    A file that left the list, because of what was just done to it, stands between its old
    neighbours: the one that came in its `place` is the next.
    """
    order = list(order)
    found = (
        rows.annotate(
            place=Window(RowNumber(), order_by=order),
            previous=Window(Lag("proposal__reference"), order_by=order),
            next=Window(Lead("proposal__reference"), order_by=order),
            total=Window(Count("pk")),
            # Of the row itself, but filtered on only after the neighbours were looked up.
            itself=Window(
                FirstValue("proposal__reference"), order_by=order, frame=RowRange(start=0, end=0)
            ),
        )
        .filter(itself=reference)
        .values_list("previous", "next", "place", "total")
        .first()
    )
    if found is not None:
        return Neighbours(found[0] or "", found[1] or "", found[2], found[3])
    start = max(place - 2, 0)
    around_it = list(
        rows.order_by(*order).values_list("proposal__reference", flat=True)[start : start + 2]
    )
    if place <= 1:
        return Neighbours("", around_it[0] if around_it else "", 0, rows.count())
    previous, following, *_ = [*around_it, "", ""]
    return Neighbours(previous, following, 0, rows.count())
