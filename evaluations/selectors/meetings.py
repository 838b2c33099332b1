"""Meetings as one person may know them: what one has a conflict of interest with is a blank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from calls.models import Call
from evaluations.models import (
    AgendaItem,
    Assignment,
    ConflictOfInterest,
    Departure,
    Meeting,
    MeetingAttendee,
    SelectionDecision,
)
from evaluations.policies import may_see_board
from evaluations.selectors.assessment import ScoreCard, score_cards
from evaluations.selectors.conflicts import conflict_of_interest
from evaluations.selectors.files import visible_files
from projects.models import Proposal


@dataclass(frozen=True)
class Agenda:
    """The items one may know, in order, and how many others there are."""

    items: list[AgendaItem]
    hidden: int


@dataclass(frozen=True)
class Neighbours:
    """Where an item stands among those one may know."""

    number: int
    count: int
    previous: int | None
    next: int | None


@dataclass(frozen=True)
class Seat:
    """Somebody at the table while a file is discussed."""

    attendee: MeetingAttendee
    advised: bool
    left: Departure | None


@dataclass(frozen=True)
class CriterionScores:
    """The scores of every reader for one criterion, in the order of `score_cards`."""

    title: str
    values: list[Decimal | None]


def meetings_of(call: Call) -> QuerySet[Meeting]:
    """All meetings of a call, latest first, with `item_count`. Says nothing about any file."""
    return (
        Meeting.objects.filter(call=call)
        .annotate(item_count=Count("items"))
        .order_by("-starts_at", "-pk")
    )


def get_meeting(user: Any, pk: int) -> Meeting:
    """The meeting with its call.

    Raises:
        Meeting.DoesNotExist: when there is none.
        PermissionDenied: when `user` may not know how files of this call are ranked.
    """
    meeting = Meeting.objects.select_related("call", "created_by").get(pk=pk)
    may_see_board.check(user, meeting.call)
    return meeting


def visible_items(user: Any, meeting: Meeting) -> QuerySet[AgendaItem]:
    """Agenda items in order, without files of which `user` may not know."""
    return (
        AgendaItem.objects.filter(meeting=meeting, proposal__in=visible_files(user))
        .select_related("meeting__call", "proposal__organisation", "proposal__summary_row")
        .order_by("position", "pk")
    )


def agenda_of(user: Any, meeting: Meeting) -> Agenda:
    """Two queries, however long the agenda."""
    items = list(visible_items(user, meeting))
    return Agenda(items, AgendaItem.objects.filter(meeting=meeting).count() - len(items))


def neighbours(user: Any, item: AgendaItem) -> Neighbours:
    """The items before and after this one, of those `user` may know; one query of numbers."""
    order = list(visible_items(user, item.meeting).values_list("pk", flat=True))
    here = order.index(item.pk)
    return Neighbours(
        number=here + 1,
        count=len(order),
        previous=order[here - 1] if here else None,
        next=order[here + 1] if here + 1 < len(order) else None,
    )


def seats_at(item: AgendaItem) -> list[Seat]:
    """Who is present while the item is discussed, who advised on it and who left."""
    left = {departure.attendee_id: departure for departure in item.departures.all()}
    advisers = set(
        Assignment.objects.active()
        .filter(proposal=item.proposal_id)
        .values_list("adviser_id", flat=True)
    )
    return [
        Seat(attendee, attendee.person_id in advisers, left.get(attendee.pk))
        for attendee in attendees_of(item.meeting)
        if attendee.is_present or attendee.pk in left
    ]


def attendees_of(meeting: Meeting) -> QuerySet[MeetingAttendee]:
    return (
        MeetingAttendee.objects.filter(meeting=meeting)
        .select_related("person")
        .order_by("person__last_name", "person__first_name", "guest_name", "pk")
    )


def reason_to_leave(person: Any, proposal: Proposal) -> str:
    """Why `person` leaves the room for this file; empty when nothing shows a conflict.

    Known conflicts, and membership of the applicant or a partner. Which tie it is stays between
    that person and the programme: the reason names the kind alone.
    """
    known = ConflictOfInterest.objects.of(person).filter(proposal=proposal).order_by("pk").first()
    if known is not None:
        return _("Belangenconflict (%(kind)s)") % {"kind": known.get_kind_display().lower()}
    return _("Belangenconflict") if conflict_of_interest(person, proposal) else ""


def scores_for_the_room(
    user: Any, proposal: Proposal
) -> tuple[list[ScoreCard], list[CriterionScores]]:
    """Final scores per criterion. Guests are in the room: readers get a number, not a name."""
    cards = score_cards(user, proposal)
    if not cards:
        return [], []
    return cards, [
        CriterionScores(scored.title, [card.rows[number][0].value for card in cards])
        for number, (scored, _score) in enumerate(cards[0].rows)
    ]


def latest_minutes(user: Any, proposal: Proposal) -> AgendaItem | None:
    """The last item with minutes or a leaning on this file, of a meeting that was opened.

    None for who may not know the meetings of the call.
    """
    if not may_see_board.test(user, proposal.call):
        return None
    return (
        AgendaItem.objects.filter(
            ~Q(minutes="") | ~Q(leaning=""),
            proposal=proposal,
            proposal__in=visible_files(user),
            discussed_at__isnull=False,
        )
        .select_related("meeting", "saved_by")
        .order_by("-discussed_at", "-pk")
        .first()
    )


def agenda_ends(meeting: Meeting) -> tuple[int, int]:
    """The lowest and the highest position in use; zeros for an empty agenda."""
    ends = AgendaItem.objects.filter(meeting=meeting).aggregate(
        low=Min("position"), high=Max("position")
    )
    return ends["low"] or 0, ends["high"] or 0


def advised_files(user: Any, call: Call) -> QuerySet[Proposal]:
    """Files with a final advice and no decision, by number: their order tells no score."""
    return (
        visible_files(user)
        .filter(call=call, state="advised")
        .exclude(pk__in=SelectionDecision.objects.values("proposal"))
        .order_by("reference")
    )


def in_order(found: Iterable[Proposal], references: Sequence[str]) -> list[Proposal]:
    """The files in the order in which somebody typed their numbers."""
    by_reference = {proposal.reference.upper(): proposal for proposal in found}
    return [by_reference[one] for one in references if one in by_reference]
