"""Asking for the minutes of a meeting as a document."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from documents.models import Job
from documents.services import request_document
from evaluations.lifecycle import MeetingState
from evaluations.models import Meeting
from evaluations.policies import may_see_board
from evaluations.selectors.minutes import MINUTES_KIND, minutes_params


def request_minutes(*, meeting: Meeting, by: User) -> Job:
    """A PDF of the minutes for `by` alone; a draft until the meeting is closed.

    Raises:
        PermissionDenied: when `by` may not know the meetings of this call.
        ValidationError: when the meeting was not opened yet.
    """
    may_see_board.check(by, meeting.call)
    if meeting.state == MeetingState.PLANNED:
        raise ValidationError(_("Er is pas een verslag als de vergadering geopend is."))
    return request_document(
        kind=MINUTES_KIND,
        params=minutes_params(by, meeting),
        requested_by=by,
        about=meeting,
        title=f"Verslag van “{meeting.title}”",
    )
