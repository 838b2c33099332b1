"""Saving while somebody types: form and service as for a press, a small answer for the script.

An answer that cannot be read does not hold up the others: what is stored for it stays, the page
says beside the box that it is not saved yet, and the browser keeps it.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.drafting import Clash, Comparison, DraftForm
from common.views import sentences


def is_autosave(request: HttpRequest) -> bool:
    return request.method == "POST" and "autosave" in request.POST


def autosave(request: HttpRequest, form: DraftForm, save: Callable[[], Any]) -> HttpResponse:
    """Save what can be saved; files are never part of it.

    `save` writes `form.value` of each name, and gives what stands there with its `version`,
    `updated_at` and `updated_by`.
    """
    unsaved = form.leave_mistakes()
    try:
        saved = save()
    except Clash as clash:
        return _answer(request, "clash", clash=clash.current, is_own=is_own(request, clash.current))
    except ValidationError as error:
        return refuse_autosave(request, sentences(error))
    return _answer(
        request,
        "saved",
        saved=saved,
        unsaved=unsaved,
        base=form.base_after_save(),
        numbers=form.numbers_of_rows(),
    )


def refuse_autosave(request: HttpRequest, sentence: str) -> HttpResponse:
    """Nothing can be saved here any more; the text stays in the browser."""
    return _answer(request, "refused", sentence=sentence)


def is_own(request: HttpRequest, current: Any) -> bool:
    """Whether the other text came from another window of the same person."""
    return bool(current.updated_by.pk == request.user.pk)


def clash_context(
    request: HttpRequest, form: DraftForm, compared: list[Comparison], current: Any
) -> dict[str, Any]:
    """What `drafting/_clash.html` shows."""
    return {
        "form": form,
        "different": [one for one in compared if one.differs],
        "same": [one for one in compared if not one.differs],
        "clash": current,
        "is_own": is_own(request, current),
    }


def _answer(request: HttpRequest, outcome: str, **more: Any) -> HttpResponse:
    context = {
        "outcome": outcome,
        "saved": None,
        "unsaved": [],
        "base": "",
        "numbers": {},
        "clash": None,
        "is_own": False,
        "sentence": "",
        **more,
    }
    return render(request, "drafting/_autosave.html", context)
