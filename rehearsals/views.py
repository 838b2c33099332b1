"""The staff pages of rehearsals: ask for one, follow it, move the clock over what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from calls.models import Call
from common.views import sentences, service_errors, staff_required
from documents.downloads import serve
from rehearsals import selectors, services
from rehearsals.forms import PlayForm, TimeLineForm
from rehearsals.models import Rehearsal, RehearsalItem
from rehearsals.policies import may_rehearse, may_see_rehearsal

PAGE_SIZE = 50


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_call(request: SignedInRequest, slug: str) -> HttpResponse:
    """The rehearsals of a call, and the form to ask for another."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    form = PlayForm(request.POST or None)
    if request.method == "POST":
        may_rehearse.check(request.user, call)
        if form.is_valid():
            with service_errors(form):
                rehearsal = services.request_rehearsal(
                    call=call, by=request.user, **form.cleaned_data
                )
        if form.is_valid():
            return redirect(rehearsal)
    return render(
        request,
        "rehearsals/of_call.html",
        {
            "call": call,
            "form": form,
            "rehearsals": selectors.rehearsals_of(call, request.user)[:PAGE_SIZE],
            "may_play": may_rehearse.test(request.user, call) and call.is_editable,
            "missing": call.what_is_missing() if call.is_editable else [],
        },
    )


@staff_required
@require_safe
def rehearsal(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How far it is; once played, the time line."""
    found = _rehearsal(request, pk)
    context: dict[str, Any] = {
        "rehearsal": found,
        "may_play": may_rehearse.test(request.user, found.call),
    }
    if not found.is_done:
        return render(request, "rehearsals/pending.html", context)
    moments = selectors.named_moments(found)
    form = TimeLineForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    until = chosen.get("tot") or moments[-1].at
    kind, who = chosen.get("soort", ""), chosen.get("wie", "")
    shown = TimeLineForm(initial={"tot": until, "soort": kind, "wie": who})
    items = selectors.items_until(found, until, kind=kind, who=who)
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    near = selectors.neighbours(found, until)

    def link(instant: datetime | None) -> str:
        return _address(instant, {"soort": kind, "wie": who}) if instant else ""

    context |= {
        "form": shown if form.is_valid() else form,
        "until": until,
        "first": moments[0].at,
        "last": moments[-1].at,
        "jumps": [(moment.label, moment.at, link(moment.at)) for moment in moments],
        "previous_url": link(near.previous),
        "next_url": link(near.following),
        "board": selectors.board_at(found, until),
        "page_obj": page,
        "rows": [(item, item.outcome_at(until)) for item in page],
    }
    return render(request, "rehearsals/time_line.html", context)


@staff_required
@require_safe
def status(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The part that polls; without a script this address shows the whole page.

    Once there is nothing left to wait for, the page is shown anew.
    """
    found = _rehearsal(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(found)
    response = render(request, "rehearsals/_progress.html", {"rehearsal": found})
    if not found.is_pending:
        response.headers["HX-Refresh"] = "true"
    return response


@staff_required
@require_safe
def item(request: SignedInRequest, pk: UUID, item_id: int) -> HttpResponse:
    """One mail, reminder, document or event."""
    found = _rehearsal(request, pk)
    shown = _item(found, item_id)
    return render(
        request,
        "rehearsals/item.html",
        {
            "rehearsal": found,
            "item": shown,
            "reminder": getattr(shown, "reminder", None),
            "outcome": shown.get_outcome_display() if shown.outcome else "",
            "back": f"{found.get_absolute_url()}{_address(max(shown.at, shown.known_at), {})}",
        },
    )


@staff_required
@require_safe
def file(request: SignedInRequest, pk: UUID, item_id: int) -> HttpResponseBase:
    """A document, for staff only."""
    shown = _item(_rehearsal(request, pk), item_id)
    if shown.file is None:
        raise Http404
    return serve(request, shown.file)


@staff_required
@require_POST
def again(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let a failed rehearsal try again."""
    found = _rehearsal(request, pk)
    try:
        services.play_again(rehearsal=found, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    return redirect(found)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask, and then take a rehearsal away with all its files."""
    found = _rehearsal(request, pk)
    may_rehearse.check(request.user, found.call)
    if request.method == "POST":
        try:
            services.delete_rehearsal(rehearsal=found, by=request.user)
        except ValidationError as error:
            messages.error(request, sentences(error))
            return redirect(found)
        messages.success(request, _("De oefening is verwijderd, met alles wat ze opleverde."))
        return redirect("rehearsals:of_call", found.call.slug)
    return render(request, "rehearsals/delete.html", {"rehearsal": found})


def _rehearsal(request: SignedInRequest, pk: UUID) -> Rehearsal:
    may_see_rehearsal.check(request.user)
    try:
        return selectors.rehearsal_for(request.user, pk)
    except Rehearsal.DoesNotExist:
        raise Http404 from None


def _item(found: Rehearsal, item_id: int) -> RehearsalItem:
    shown = selectors.item_for_reading(found, item_id)
    if shown is None:
        raise Http404
    return shown


def _address(instant: datetime, filters: Mapping[str, str]) -> str:
    """With its offset from UTC: an hour that a night in October has twice is told apart."""
    wanted = {"tot": instant.isoformat(), **filters}
    return "?" + urlencode({name: value for name, value in wanted.items() if value})
