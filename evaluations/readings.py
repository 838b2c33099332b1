"""Of which pages and files of the evaluation it is kept who read them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit import readings
from documents.models import Job
from evaluations.documents import LETTERS_KIND
from evaluations.selectors.minutes import MINUTES_KIND
from evaluations.services.decision import LETTER_KIND
from projects.models import Proposal

WORDS = {
    "advice": _("advies"),
    "advice_preview": _("advies zoals de aanvrager het leest"),
    "scores": _("scores van de lezers"),
    "consensus": _("gezamenlijke scores"),
    "decision": _("advies en beslissing"),
    "room": _("advies en scores op de vergadering"),
    "applicant_decision": _("beslissing en advies, door de aanvrager"),
    "board": _("rangschikking met scores, als bestand"),
    "list": _("lijst met scores en adviezen, als bestand"),
    "letter": _("beslissingsbrief met advies, als bestand"),
    "minutes": _("verslag van een vergadering, als bestand"),
}

PAGES = frozenset({"advice", "advice_preview", "scores", "consensus", "decision"})
"""Templates of a file that show an advice or what readers thought."""

_FILES = {
    LETTER_KIND: "letter",
    LETTERS_KIND: "letter",
    MINUTES_KIND: "minutes",
}


def on_page(request: HttpRequest, template: str, proposal: Proposal) -> None:
    """Note that this page of the file is read."""
    if template in PAGES:
        readings.note(request, template, proposal)


def on_download(*, request: HttpRequest, job: Job, **_: Any) -> None:
    """Listener of `documents.downloads.fetched`."""
    if job.kind in _FILES:
        readings.note(request, _FILES[job.kind], job.about)
