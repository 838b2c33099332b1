"""The minutes of a whole meeting, for one reader: without the files of a conflict of interest."""

import hashlib
from dataclasses import dataclass
from typing import Any

from documents.models import Job
from documents.selectors import latest_job
from evaluations.lifecycle import MeetingState
from evaluations.models import AgendaItem, Departure, Meeting, MeetingAttendee, SelectionDecision
from evaluations.selectors.meetings import attendees_of, visible_items

MINUTES_KIND = "evaluations.meeting_minutes"


@dataclass(frozen=True)
class MinutedItem:
    """One file: who left the room, what was said, what the meeting proposes, what was decided."""

    number: int
    item: AgendaItem
    departures: list[Departure]
    decision: SelectionDecision | None


@dataclass(frozen=True)
class Minutes:
    """What `reader` may read of the meeting; `hidden` counts the items that were left out."""

    meeting: Meeting
    attendees: list[MeetingAttendee]
    items: list[MinutedItem]
    hidden: int

    @property
    def is_final(self) -> bool:
        return self.meeting.state == MeetingState.CLOSED


def minutes_of(reader: Any, meeting: Meeting) -> Minutes:
    """At most seven queries, however long the agenda.

    `reader` may know the meetings of the call, so also its decisions (`may_see_board` is no wider
    than `may_see_decision`).
    """
    items = list(
        visible_items(reader, meeting)
        .select_related("saved_by")
        .prefetch_related("departures__attendee__person")
    )
    decided = SelectionDecision.objects.filter(
        proposal__in=[item.proposal_id for item in items]
    ).select_related("decided_by")
    decisions = {one.proposal_id: one for one in decided}
    return Minutes(
        meeting=meeting,
        attendees=list(attendees_of(meeting)),
        items=[
            MinutedItem(number, item, list(item.departures.all()), decisions.get(item.proposal_id))
            for number, item in enumerate(items, 1)
        ],
        hidden=AgendaItem.objects.filter(meeting=meeting).count() - len(items),
    )


def minutes_params(reader: Any, meeting: Meeting) -> dict[str, Any]:
    """What the document is asked with.

    `files` is a sign of the files that the reader may know. It gives no number of a file away, and
    is another one as soon as a conflict of interest appears: the document is then refused.
    """
    seen = visible_items(reader, meeting).order_by("proposal").values_list("proposal", flat=True)
    sign = hashlib.sha256(",".join(map(str, seen)).encode()).hexdigest()[:16]
    return {"meeting": meeting.pk, "reader": reader.pk, "files": sign, "state": meeting.state}


def minutes_job(reader: Any, meeting: Meeting) -> Job | None:
    """The newest minutes of the meeting, as it stands, for this reader."""
    return latest_job(MINUTES_KIND, minutes_params(reader, meeting))
