"""A press on a page of a file that is no longer this person's: why, and what was typed, to copy.

Somebody was taken off the file, or lost a role, while a form stood open. The answer is the same
for a file that is hidden and for one that does not exist, and names nothing of either.
"""

from collections.abc import Iterator

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.autosave import is_autosave, refuse_autosave
from common.drafting import DraftForm
from evaluations.forms import AdviceForm, ConsensusForm, ConsensusReplyForm, ScoreForm
from projects.forms.base import Leftover

_FORMS: tuple[type[forms.BaseForm], ...] = (
    AdviceForm,
    ConsensusForm,
    ConsensusReplyForm,
    ScoreForm,
)
_LABELS = {
    name: field.label
    for form in _FORMS
    for name, field in form.base_fields.items()  # type: ignore[attr-defined]
    if isinstance(field.widget, forms.Textarea)
}
_NUMBERED = {"motivation": gettext_lazy("Motivering"), "reason": gettext_lazy("Reden")}
_TECHNICAL = frozenset({"csrfmiddlewaretoken", "typed_by", *DraftForm.base_fields})
LONG = 20
"""From how many characters a value of an unknown box counts as written by hand."""


def refused(request: HttpRequest, error: Http404 | PermissionDenied) -> HttpResponse | None:
    """The answer to a post that brought text; None when nothing typed would be lost."""
    typed = list(_typed(request)) if request.method == "POST" else []
    if not typed and not is_autosave(request):
        return None
    is_denied = isinstance(error, PermissionDenied)
    reason = _(
        "U hebt geen toegang (meer) tot dit dossier. Uw laatste wijziging is niet opgeslagen."
    )
    if is_denied:
        reason = _("Uw laatste wijziging is niet opgeslagen. %(why)s") % {"why": error}
    if is_autosave(request):
        answer = refuse_autosave(request, reason)
    else:
        context = {"unsaved_reason": reason, "leftovers": typed, "lost_files": ""}
        answer = render(request, "evaluations/refused.html", context)
    answer.status_code = 403 if is_denied else 404
    return answer


def _typed(request: HttpRequest) -> Iterator[Leftover]:
    """Every text of the post, in the order of the page."""
    seen: dict[str, int] = {}
    for name, values in request.POST.lists():
        kind, _sign, number = name.rpartition("_")
        known = _LABELS.get(name) or (_NUMBERED.get(kind) if number.isdecimal() else None)
        for value in values:
            text = value.strip()
            is_written = known or (name not in _TECHNICAL and len(text) > LONG and " " in text)
            if not text or not is_written:
                continue
            label = str(known or _("Tekst"))
            seen[label] = seen.get(label, 0) + 1
            is_one_of_many = name not in _LABELS
            yield Leftover(f"{label} {seen[label]}" if is_one_of_many else label, text)
