"""The screen in the room: one file, who is there, the minutes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common.views import add_errors, sentences, service_errors
from evaluations.forms.deciding import DepartureForm, MinutesForm
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
from evaluations.services.minutes import (
    MinutesChanged,
    open_item,
    record_departure,
    save_minutes,
)
from evaluations.views.meetings import item_view


@keeps_typed_text
@item_view
@require_http_methods(["GET", "POST"])
def room(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Read the file together and keep the minutes; saving may go on to another item."""
    clash: AgendaItem | None = None
    if request.method == "POST":
        may_run_meeting.check(request.user, item.meeting)
        form = MinutesForm(request.POST)
        if form.is_valid():
            try:
                save_minutes(item=item, by=request.user, **form.cleaned_data)
            except MinutesChanged as error:
                clash = visible_items(request.user, item.meeting).get(pk=item.pk)
                form.data = {**request.POST.dict(), "version": str(clash.version)}
                add_errors(form, error)
            except ValidationError as error:
                add_errors(form, error)
        if form.is_valid():
            messages.success(request, _("Het verslag is bewaard."))
            return _go_on(request, item)
    else:
        form = _minutes_form(item)
    return _room(request, item, form=form, clash=clash)


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
    return _room(request, item, form=_minutes_form(item), departure_form=form)


def _minutes_form(item: AgendaItem) -> MinutesForm:
    return MinutesForm(
        initial={"version": item.version, "minutes": item.minutes, "leaning": item.leaning}
    )


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
    form: MinutesForm,
    departure_form: DepartureForm | None = None,
    clash: AgendaItem | None = None,
) -> HttpResponse:
    meeting = item.meeting
    proposal = get_file(request.user, item.proposal.reference)
    runs = meeting.state == MeetingState.RUNNING and may_run_meeting.test(request.user, meeting)
    seats = seats_at(item)
    cards, criteria = scores_for_the_room(request.user, proposal)
    present = [seat.attendee.pk for seat in seats if seat.left is None]
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
            "clash": clash,
        },
        status=422 if form.errors or departure_form.errors else 200,
    )
