"""The screen in the room: one file, who is there, the minutes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from audit import readings
from common.autosave import autosave, clash_context, is_autosave
from common.drafting import SETTLING, Clash, chosen_theirs, compare
from common.views import add_errors, sentences, service_errors
from evaluations.forms.deciding import DepartureForm
from evaluations.forms.minutes import MinutesForm
from evaluations.lifecycle import MeetingState
from evaluations.models import AgendaItem
from evaluations.policies import may_run_meeting
from evaluations.selectors import final_advice, get_file
from evaluations.selectors.meetings import (
    attendees_of,
    neighbours,
    scores_for_the_room,
    seats_at,
    visible_items,
)
from evaluations.services.minutes import open_item, record_departure, save_minutes
from evaluations.views.meetings import item_view


@keeps_typed_text
@item_view
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Read the file together and keep the minutes; saving may go on to another item."""
    if request.method != "POST":
        return _room(request, item)
    may_run_meeting.check(request.user, item.meeting)
    form = MinutesForm(request.POST, item=item)
    if is_autosave(request):
        return autosave(request, form, lambda: _save(request, item, form))
    return _press(request, item, form)


def _save(request: SignedInRequest, item: AgendaItem, form: MinutesForm) -> AgendaItem:
    return save_minutes(
        item=item,
        by=request.user,
        version=form.known_version(),
        minutes=form.value("minutes"),
        leaning=form.value("leaning"),
    )


def _press(request: SignedInRequest, item: AgendaItem, form: MinutesForm) -> HttpResponse:
    if SETTLING in request.POST:
        form.leave(chosen_theirs(request.POST, form))
    if not form.is_valid():
        if {SETTLING, "compare"} & request.POST.keys() and item.saved_by is not None:
            return _clash(request, item)
        return _room(request, item, form=form)
    try:
        _save(request, item, form)
    except Clash:
        return _clash(request, item)
    except ValidationError as error:
        add_errors(form, error)
        return _room(request, item, form=form)
    messages.success(request, _("Het verslag is opgeslagen."), extra_tags=f"saved:{request.path}")
    return _go_on(request, item)


def _clash(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Both texts; the next save counts as made with knowledge of what is stored now."""
    current = visible_items(request.user, item.meeting).select_related("saved_by").get(pk=item.pk)
    form, read = (MinutesForm(request.POST, item=current) for _turn in range(2))
    read.is_valid()
    form.restart_from(current.version)
    return render(
        request,
        "evaluations/minutes_clash.html",
        {
            "item": current,
            "meeting": item.meeting,
            "shown_errors": form,
            "back_url": reverse("evaluations:room", args=[item.meeting_id, item.pk]),
            **clash_context(request, form, compare(form, read, form.as_item), current),
        },
        status=422 if form.errors else 200,
    )


@item_view
@require_POST
def item_open(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Begin with this file: who has a conflict of interest leaves the room."""
    return _discuss(request, item)


@item_view
@require_POST
def item_depart(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Note by hand that somebody left."""
    may_run_meeting.check(request.user, item.meeting)
    form = DepartureForm(request.POST, attendees=attendees_of(item.meeting))
    if form.is_valid():
        with service_errors(form):
            record_departure(item=item, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("Het vertrek is genoteerd."))
        return redirect("evaluations:room", pk=item.meeting_id, item=item.pk)
    return _room(request, item, departure_form=form)


def _go_on(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """To the item that the button named, which is opened; else stay."""
    around = neighbours(request.user, item)
    goal = {"volgende": around.next, "vorige": around.previous}.get(request.POST.get("dan", ""))
    if goal is None:
        return redirect("evaluations:room", pk=item.meeting_id, item=item.pk)
    return _discuss(request, visible_items(request.user, item.meeting).get(pk=goal))


def _discuss(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    try:
        left = open_item(item=item, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        for departure in left:
            messages.warning(
                request,
                _("%(person)s verlaat de zaal: %(reason)s.")
                % {"person": departure.attendee, "reason": departure.reason},
            )
    return redirect("evaluations:room", pk=item.meeting_id, item=item.pk)


def _room(
    request: SignedInRequest,
    item: AgendaItem,
    *,
    form: MinutesForm | None = None,
    departure_form: DepartureForm | None = None,
) -> HttpResponse:
    meeting = item.meeting
    proposal = get_file(request.user, item.proposal.reference)
    runs = meeting.state == MeetingState.RUNNING and may_run_meeting.test(request.user, meeting)
    seats = seats_at(item)
    cards, criteria = scores_for_the_room(request.user, proposal)
    readings.note(request, "room", proposal)
    present = [seat.attendee.pk for seat in seats if seat.left is None]
    if form is None:
        form = MinutesForm(item=item)
    if departure_form is None:
        departure_form = DepartureForm(attendees=attendees_of(meeting).filter(pk__in=present))
    return render(
        request,
        "evaluations/room.html",
        {
            "item": item,
            "meeting": meeting,
            "proposal": proposal,
            "summary": item.proposal.summary_row,
            "advice": final_advice(proposal),
            "cards": cards,
            "criteria": criteria,
            "seats": seats,
            "around": neighbours(request.user, item),
            "runs": runs,
            "form": form,
            "departure_form": departure_form,
            "saved": item if item.saved_at is not None else None,
            "is_unsaved": form.is_bound,
        },
        status=422 if form.errors or departure_form.errors else 200,
    )
