"""The meeting itself: a file is opened in the room, people leave, minutes are kept."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.drafting import Clash
from evaluations.lifecycle import MeetingState
from evaluations.models import (
    AgendaItem,
    Departure,
    Meeting,
    MeetingAttendee,
    SelectionDecision,
)
from evaluations.selectors.files import visible_files
from evaluations.selectors.meetings import attendees_of, reason_to_leave
from evaluations.services.meetings import lock_meeting

RUNNING = frozenset({MeetingState.RUNNING})


class MinutesChanged(Clash):
    """The minutes were saved elsewhere since this form was opened."""

    def __init__(self, current: AgendaItem) -> None:
        super().__init__(
            current,
            _("%(person)s sloeg intussen een ander verslag op. Vergelijk de twee teksten en kies.")
            % {"person": current.saved_by},
        )


@transaction.atomic
def open_item(*, item: AgendaItem, by: User) -> list[Departure]:
    """Begin to discuss a file. Who is present and has a conflict of interest leaves the room.

    Opening it again records only who came in meanwhile. Returns the new departures.

    Raises:
        PermissionDenied: when `by` does not run this meeting or has a conflict of interest.
        TransitionRefused: when the meeting does not run.
    """
    meeting, item = _locked(item, by)
    gone = set(item.departures.values_list("attendee_id", flat=True))
    left = [
        _depart(item, attendee, reason, by)
        for attendee in attendees_of(meeting).filter(is_present=True, person__isnull=False)
        if attendee.pk not in gone and (reason := reason_to_leave(attendee.person, item.proposal))
    ]
    if item.discussed_at is None:
        item.discussed_at = clock.now()
        item.save(update_fields=["discussed_at"])
    return left


@transaction.atomic
def record_departure(
    *, item: AgendaItem, attendee: MeetingAttendee, reason: str, by: User
) -> Departure:
    """Note by hand that somebody left the room while the file is discussed.

    Raises:
        PermissionDenied: when `by` does not run this meeting or has a conflict of interest.
        TransitionRefused: when the meeting does not run.
        ValidationError: when the reason is missing, the person is not at the table or left already.
    """
    meeting, item = _locked(item, by)
    if attendee.meeting_id != meeting.pk or not attendee.is_present:
        raise ValidationError({"attendee": _("Deze persoon is niet aanwezig op de vergadering.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom deze persoon de zaal verlaat.")})
    with readable_constraints(fields={"evaluations_leaves_once": "attendee"}):
        return _depart(item, attendee, reason.strip(), by)


@transaction.atomic
def save_minutes(
    *, item: AgendaItem, by: User, version: int, minutes: str, leaning: str = ""
) -> AgendaItem:
    """Keep the minutes of a file and what the meeting leans to; `version` as it was read.

    Saving what stands there already changes nothing.

    Raises:
        PermissionDenied: when `by` does not run this meeting or has a conflict of interest.
        TransitionRefused: when the meeting does not run.
        MinutesChanged: when somebody saved other minutes meanwhile.
        ValidationError: when the leaning is no outcome.
    """
    _meeting, item = _locked(item, by)
    if leaning and leaning not in SelectionDecision.Outcome.values:
        raise ValidationError({"leaning": _("Kies een voorstel uit de lijst.")})
    if (item.minutes, item.leaning) == (minutes.strip(), leaning):
        return item
    if item.version != version:
        raise MinutesChanged(item)
    item.minutes, item.leaning = minutes.strip(), leaning
    item.saved_by, item.saved_at = by, clock.now()
    item.version += 1
    item.save(update_fields=["minutes", "leaning", "saved_by", "saved_at", "version"])
    return item


def _locked(item: AgendaItem, by: User) -> tuple[Meeting, AgendaItem]:
    meeting = lock_meeting(item.meeting, by, RUNNING)
    if not visible_files(by).filter(pk=item.proposal_id).exists():
        raise PermissionDenied(_("U hebt een belangenconflict bij dit agendapunt."))
    found = AgendaItem.objects.select_related("proposal__organisation", "saved_by").get(pk=item.pk)
    found.meeting = meeting
    return meeting, found


def _depart(item: AgendaItem, attendee: MeetingAttendee, reason: str, by: User) -> Departure:
    departure = Departure.objects.create(item=item, attendee=attendee, reason=reason)
    # About the meeting and without a number of a file: the record is read by others too.
    record(
        actor=by,
        action="meeting.departure",
        label=_("Deelnemer verliet de zaal bij een agendapunt"),
        about=item.meeting,
        data={"item": item.pk, "attendee": attendee.pk},
    )
    return departure
