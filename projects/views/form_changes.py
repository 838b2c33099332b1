"""A form that changed under a draft: the notice, and text whose section is gone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from common.views import sentences
from projects import selectors
from projects.draft import Draft
from projects.forms.leftovers import all_texts
from projects.services import acknowledge_form
from projects.views.people import person


@login_required
@require_POST
def form_read(request: HttpRequest, reference: str) -> HttpResponse:
    """ "Gelezen": the notice goes away for the whole organisation."""
    found = selectors.visible_proposal(request.user, reference)
    posted = request.POST.get("version", "")
    number = int(posted) if posted.isdecimal() and len(posted) <= 4 else 0
    try:
        acknowledge_form(proposal=found, number=number, by=person(request))
    except ValidationError as error:
        messages.error(request, sentences(error))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(found)


def section_gone(request: HttpRequest, draft: Draft, code: str) -> HttpResponse:
    """What was typed on the page of a section that is no longer in the form; nothing is saved."""
    return render(
        request,
        "projects/section_gone.html",
        {
            "proposal": draft.proposal,
            "leftovers": all_texts(draft, code, request.POST),
            "form_changes": draft.form_changes,
        },
        status=409,
    )
