"""Planning a meeting, its agenda and who sits at the table.

The meeting is the row that is locked: nothing of a file changes here, so no file is. Items of a
file with which `by` has a conflict of interest are out of reach of every function.
"""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call
from common import clock
from common.constraints import readable_constraints
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import MEETING_LIFECYCLE, MeetingState
from evaluations.models import AgendaItem, Meeting, MeetingAttendee
from evaluations.policies import may_prepare_decisions, may_run_meeting
from evaluations.selectors.files import visible_files
from evaluations.selectors.meetings import advised_files, agenda_ends, in_order
from evaluations.services.minutes_document import request_minutes
from projects.models import Proposal

MOST_ITEMS = 200
"""More does not fit in a day; it also bounds the page of a meeting."""

OPEN = frozenset({MeetingState.PLANNED, MeetingState.RUNNING})


@transaction.atomic
def plan_meeting(
    *, call: Call, by: User, title: str, starts_at: datetime, place: str = ""
) -> Meeting:
    """Plan a meeting about the files of a call; nobody is told.

    Raises:
        PermissionDenied: when `by` does not prepare the decisions of this call.
        ValidationError: when the title is missing.
    """
    may_prepare_decisions.check(by, call)
    meeting = Meeting.objects.create(
        call=call,
        title=_title(title),
        starts_at=starts_at,
        place=place.strip(),
        created_by=by,
    )
    MeetingAttendee.objects.create(meeting=meeting, person=by)
    record(actor=by, action="meeting.planned", label=_("Vergadering gepland"), about=meeting)
    return meeting


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, by: User, title: str, starts_at: datetime, place: str = ""
) -> Meeting:
    """Change title, moment and place before the meeting is opened.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when it was opened.
        ValidationError: when the title is missing.
    """
    meeting = lock_meeting(meeting, by, {MeetingState.PLANNED})
    meeting.title, meeting.starts_at, meeting.place = _title(title), starts_at, place.strip()
    meeting.save(update_fields=["title", "starts_at", "place"])
    record(actor=by, action="meeting.changed", label=_("Vergadering gewijzigd"), about=meeting)
    return meeting


def lock_meeting(meeting: Meeting, by: User, states: frozenset[str] | set[MeetingState]) -> Meeting:
    """The meeting as it is now, locked until the end of the transaction.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when its state is none of `states`.
    """
    locked = (
        Meeting.objects.select_for_update(of=("self",)).select_related("call").get(pk=meeting.pk)
    )
    may_run_meeting.check(by, locked)
    if locked.state not in states:
        raise TransitionRefused(
            _("Dit kan niet: de status van de vergadering is “%(state)s”.")
            % {"state": MeetingState(locked.state).label},
            code="state",
        )
    return locked


def _title(text: str) -> str:
    if not text.strip():
        raise ValidationError({"title": _("Geef de vergadering een titel.")})
    return text.strip()


# --- The agenda ----------------------------------------------------------------------------------


@transaction.atomic
def add_to_agenda(*, meeting: Meeting, by: User, references: str) -> int:
    """Put files on the agenda by their numbers, in the order typed; how many were added.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
        ValidationError: naming each number that is no file of this call.
    """
    meeting = lock_meeting(meeting, by, OPEN)
    numbers = [word.upper() for word in re.split(r"[\s,;]+", references) if word]
    found = in_order(visible_files(by).filter(call=meeting.call, reference__in=numbers), numbers)
    known = {proposal.reference.upper() for proposal in found}
    unknown = [number for number in numbers if number not in known]
    if unknown or not numbers:
        raise ValidationError(
            {
                "references": _("Geen dossier van deze oproep: %(numbers)s.")
                % {"numbers": ", ".join(unknown[:10])}
                if unknown
                else _("Schrijf minstens één dossiernummer.")
            }
        )
    return _add(meeting, list(dict.fromkeys(found)), by)


@transaction.atomic
def add_all_advised(*, meeting: Meeting, by: User) -> int:
    """Put every file that waits for a decision on the agenda, by number; how many were added.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
        ValidationError: when that is nothing, or more than an agenda holds.
    """
    meeting = lock_meeting(meeting, by, OPEN)
    added = _add(meeting, list(advised_files(by, meeting.call)[: MOST_ITEMS + 1]), by)
    if not added:
        raise ValidationError(
            _("Er is geen ander dossier met een definitief advies dat op een beslissing wacht.")
        )
    return added


def _add(meeting: Meeting, proposals: list[Proposal], by: User) -> int:
    present = set(meeting.items.values_list("proposal_id", flat=True))
    new = [proposal for proposal in proposals if proposal.pk not in present]
    if len(present) + len(new) > MOST_ITEMS:
        raise ValidationError(
            _("Een agenda heeft hoogstens %(most)s dossiers. Plan een tweede vergadering.")
            % {"most": MOST_ITEMS}
        )
    _low, high = agenda_ends(meeting)
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, proposal=proposal, position=high + number)
        for number, proposal in enumerate(new, 1)
    )
    if new:
        record(
            actor=by,
            action="meeting.agenda",
            label=_("Agenda aangevuld"),
            about=meeting,
            data={"files": len(new)},
        )
    return len(new)


@transaction.atomic
def move_item(*, item: AgendaItem, by: User, up: bool) -> None:
    """Let the item change places with the one above or below it that `by` may know.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
    """
    meeting = lock_meeting(item.meeting, by, OPEN)
    order = list(
        AgendaItem.objects.filter(meeting=meeting, proposal__in=visible_files(by)).order_by(
            "position", "pk"
        )
    )
    here = next((number for number, one in enumerate(order) if one.pk == item.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(order):
        return
    one, other = order[here], order[there]
    one.position, other.position = other.position, one.position
    AgendaItem.objects.bulk_update([one, other], ["position"])


@transaction.atomic
def remove_item(*, item: AgendaItem, by: User) -> None:
    """Take a file from the agenda that was not discussed.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
        ValidationError: when the file was discussed.
    """
    meeting = lock_meeting(item.meeting, by, OPEN)
    item = AgendaItem.objects.get(pk=item.pk)
    if item.discussed_at is not None or item.minutes:
        raise ValidationError(
            _("Dit dossier is besproken: het blijft op de agenda, met zijn verslag.")
        )
    item.delete()
    record(actor=by, action="meeting.agenda", label=_("Agendapunt verwijderd"), about=meeting)


# --- Who sits at the table -----------------------------------------------------------------------


@transaction.atomic
def add_attendee(
    *, meeting: Meeting, by: User, person: User | None = None, guest_name: str = ""
) -> MeetingAttendee:
    """Put a colleague or a guest on the list of people present.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
        ValidationError: when it is not one of the two, or the colleague is on the list.
    """
    meeting = lock_meeting(meeting, by, OPEN)
    name = guest_name.strip()
    if (person is None) == (not name):
        raise ValidationError(
            {"person": _("Kies een medewerker, of schrijf de naam van een gast: een van beide.")}
        )
    with readable_constraints(fields={"evaluations_attendee_once": "person"}):
        return MeetingAttendee.objects.create(meeting=meeting, person=person, guest_name=name)


@transaction.atomic
def set_presence(*, attendee: MeetingAttendee, by: User, is_present: bool) -> None:
    """Note that somebody is there, or is not.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
    """
    lock_meeting(attendee.meeting, by, OPEN)
    attendee.is_present = is_present
    attendee.save(update_fields=["is_present"])


@transaction.atomic
def remove_attendee(*, attendee: MeetingAttendee, by: User) -> None:
    """Take somebody from the list who never left the room: what happened stays.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when the meeting was closed.
        ValidationError: when this person left the room for a file.
    """
    lock_meeting(attendee.meeting, by, OPEN)
    if attendee.departures.exists():
        raise ValidationError(
            _("Deze deelnemer verliet de zaal bij een dossier en blijft daarom op de lijst.")
        )
    attendee.delete()


# --- Its steps -----------------------------------------------------------------------------------


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: User) -> Meeting:
    """Begin: from now on files are discussed and minuted.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when it was opened already.
        ValidationError: when there is nothing on the agenda or nobody present.
    """
    meeting = lock_meeting(meeting, by, set(MeetingState))
    if meeting.state == MeetingState.PLANNED:
        if not meeting.items.exists():
            raise ValidationError(_("Zet eerst dossiers op de agenda."))
        if not meeting.attendees.filter(is_present=True).exists():
            raise ValidationError(_("Noteer eerst wie aanwezig is."))
    meeting.opened_at = clock.now()
    MEETING_LIFECYCLE.perform(meeting, "open", actor=by, save=["opened_at"])
    return meeting


@transaction.atomic
def close_meeting(*, meeting: Meeting, by: User) -> Meeting:
    """End it: the minutes stay as they are, the database refuses every change, and `by` gets them
    as a document.

    Raises:
        PermissionDenied: when `by` does not run meetings of this call.
        TransitionRefused: when it does not run.
    """
    meeting = lock_meeting(meeting, by, set(MeetingState))
    meeting.closed_at = clock.now()
    discussed = meeting.items.filter(discussed_at__isnull=False).count()
    MEETING_LIFECYCLE.perform(
        meeting,
        "close",
        actor=by,
        comment=_("Besproken dossiers: %(count)s") % {"count": discussed},
        save=["closed_at"],
    )
    request_minutes(meeting=meeting, by=by)
    return meeting
