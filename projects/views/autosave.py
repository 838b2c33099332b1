"""Saving while somebody types: form and service as for a press, a small answer for the script.

An answer that cannot be read does not hold up the others: what is stored for it stays, the page
says beside the box that it is not saved yet, and the browser keeps it.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from calls.models import FormSection
from common.views import sentences
from projects.draft import Draft
from projects.forms.sections import SECTION_FORMS
from projects.services import SectionClash
from projects.views.people import person


def autosave(request: HttpRequest, draft: Draft, found: FormSection) -> HttpResponse:
    """Save what can be saved; files are never part of it."""
    form = SECTION_FORMS[found.kind](request.POST, None, draft=draft, section=found)
    unsaved = form.leave_mistakes()
    try:
        saved = form.save(person(request), is_autosave=True)
    except SectionClash as clash:
        return _answer(request, "clash", clash=clash.current, is_own=_is_own(request, clash))
    except ValidationError as error:
        return _answer(request, "refused", sentence=sentences(error))
    return _answer(
        request,
        "saved",
        saved=saved,
        unsaved=unsaved,
        base=form.base_after_save(),
        numbers=form.numbers_of_rows(),
    )


def closed(request: HttpRequest) -> HttpResponse:
    """The proposal was handed in or closed while the page was open."""
    return _answer(
        request,
        "refused",
        sentence=_("U kunt dit voorstel niet of niet meer wijzigen."),
    )


def _is_own(request: HttpRequest, clash: SectionClash) -> bool:
    return clash.current.updated_by_id == person(request).pk


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
    return render(request, "projects/_autosave.html", context)
