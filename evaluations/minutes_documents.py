"""The minutes of a meeting as one tagged PDF, made for one reader.

Whoever has a conflict of interest with a file gets the minutes without it, and with how many items
that is. When a conflict appears later, a document that was made before is refused.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from documents.registry import Params, PdfDocument, ProgressReport
from evaluations.models import Meeting
from evaluations.selectors.meetings import get_meeting
from evaluations.selectors.minutes import MINUTES_KIND, minutes_of, minutes_params

MINUTES_TEMPLATE = "evaluations/documents/minutes.html"


def minutes_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The minutes of `params["meeting"]` for `params["reader"]`.

    Raises:
        ValidationError: when the reader may not read them, or not the same files any more.
    """
    reader = User.objects.filter(pk=params["reader"]).first()
    meeting = _readable(reader, params)
    if reader is None or meeting is None:
        raise ValidationError(
            _("U mag dit verslag niet, of niet meer helemaal lezen. Vraag het opnieuw.")
        )
    progress(30)
    minutes = minutes_of(reader, meeting)
    return {
        "reader": str(reader),
        "minutes": minutes,
        "meeting": meeting,
        "made_at": clock.now(),
        "document_mark": "" if minutes.is_final else "Ontwerp: de vergadering is niet afgesloten",
    }


def _readable(reader: Any, params: Params) -> Meeting | None:
    """The meeting, as long as the reader may know exactly the files for which it was asked."""
    if reader is None:
        return None
    try:
        meeting = get_meeting(reader, params.get("meeting", 0))
    except (Meeting.DoesNotExist, PermissionDenied):
        return None
    return meeting if minutes_params(reader, meeting)["files"] == params.get("files") else None


def may_download_minutes(user: Any, job: Any) -> bool:
    """The reader for whom they were made, while no file in them is hidden from that reader."""
    return user.pk == job.params.get("reader") and _readable(user, job.params) is not None


MEETING_MINUTES = PdfDocument(
    kind=MINUTES_KIND,
    label=gettext_lazy("Verslag van een vergadering"),
    template=MINUTES_TEMPLATE,
    context=minutes_context,
    filename=lambda params: f"verslag-vergadering-{params['meeting']}.pdf",
    may_download=may_download_minutes,
)
