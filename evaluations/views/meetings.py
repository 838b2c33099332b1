"""Meetings of a call: the list, planning one, its agenda and who sits at the table."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from calls.models import Call
from common.views import sentences, service_errors, staff_required
from evaluations.forms.deciding import AgendaForm, AttendeeForm, MeetingForm
from evaluations.lifecycle import MeetingState
from evaluations.models import AgendaItem, Meeting, MeetingAttendee
from evaluations.policies import may_decide_on, may_prepare_decisions, may_run_meeting
from evaluations.selectors.meetings import (
    agenda_of,
    attendees_of,
    get_meeting,
    meetings_of,
    visible_items,
)
from evaluations.selectors.minutes import minutes_job
from evaluations.services.meetings import (
    add_all_advised,
    add_attendee,
    add_to_agenda,
    change_meeting,
    close_meeting,
    move_item,
    open_meeting,
    plan_meeting,
    remove_attendee,
    remove_item,
    set_presence,
)
from evaluations.services.minutes_document import request_minutes
from evaluations.views.board import call_view

PAGE_SIZE = 25
STEPS = {"openen": open_meeting, "afsluiten": close_meeting}


def meeting_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the meeting of its address."""

    @staff_required
    @wraps(view)
    def found(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        try:
            meeting = get_meeting(request.user, pk)
        except Meeting.DoesNotExist:
            raise Http404 from None
        return view(request, meeting, **kwargs)

    return found


def item_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the agenda item; 404 with a conflict of interest, as any page of its file."""

    @meeting_view
    @wraps(view)
    def found(request: HttpRequest, meeting: Meeting, item: int, **kwargs: Any) -> HttpResponseBase:
        row = visible_items(request.user, meeting).filter(pk=item).first()
        if row is None:
            raise Http404
        return view(request, row, **kwargs)

    return found


@call_view
@require_safe
def meetings(request: SignedInRequest, call: Call) -> HttpResponse:
    """All meetings of the call."""
    page = Paginator(meetings_of(call), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "evaluations/meetings.html",
        {
            "call": call,
            "page_obj": page,
            "may_plan": may_prepare_decisions.test(request.user, call),
        },
    )


@call_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest, call: Call) -> HttpResponse:
    """Plan a meeting."""
    may_prepare_decisions.check(request.user, call)
    form = MeetingForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            made = plan_meeting(call=call, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De vergadering is gepland. Vul nu de agenda."))
        return redirect("evaluations:meeting", pk=made.pk)
    return _meeting_form(request, form, call, None)


@meeting_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    """Change title, moment and place."""
    may_run_meeting.check(request.user, meeting)
    initial = {name: getattr(meeting, name) for name in ("title", "starts_at", "place")}
    form = MeetingForm(request.POST or None, initial=initial)
    if form.is_valid():
        with service_errors(form):
            change_meeting(meeting=meeting, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De vergadering is gewijzigd."))
        return redirect("evaluations:meeting", pk=meeting.pk)
    return _meeting_form(request, form, meeting.call, meeting)


def _meeting_form(
    request: HttpRequest, form: MeetingForm, call: Call, meeting: Meeting | None
) -> HttpResponse:
    return render(
        request,
        "evaluations/meeting_form.html",
        {"form": form, "call": call, "meeting": meeting},
        status=422 if form.errors else 200,
    )


@meeting_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    """The agenda and the people; a POST adds to one of them, as its button says."""
    agenda_form, attendee_form = AgendaForm(), AttendeeForm()
    form: AgendaForm | AttendeeForm
    act: Callable[..., Any]
    if request.method == "POST":
        may_run_meeting.check(request.user, meeting)
        doing = request.POST.get("doen", "")
        if doing == "alles":
            return _answer(
                request,
                meeting,
                lambda: add_all_advised(meeting=meeting, by=request.user),
                _("Alle dossiers die op een beslissing wachten, staan op de agenda."),
            )
        if doing == "deelnemer":
            form = attendee_form = AttendeeForm(request.POST)
            act, done = add_attendee, _("De deelnemer staat op de lijst.")
        else:
            form = agenda_form = AgendaForm(request.POST)
            act, done = add_to_agenda, _("De agenda is aangevuld.")
        if form.is_valid():
            with service_errors(form):
                act(meeting=meeting, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, done)
            return redirect("evaluations:meeting", pk=meeting.pk)
    agenda = agenda_of(request.user, meeting)
    return render(
        request,
        "evaluations/meeting.html",
        {
            "meeting": meeting,
            "call": meeting.call,
            "agenda": agenda,
            "attendees": attendees_of(meeting),
            "agenda_form": agenda_form,
            "attendee_form": attendee_form,
            "agenda_opens": agenda_form.is_bound or not agenda.items,
            "may_decide": may_decide_on.test(request.user, meeting.call),
            "may_change": may_run_meeting.test(request.user, meeting)
            and meeting.state != MeetingState.CLOSED,
            "minutes_job": minutes_job(request.user, meeting),
            "discussed": sum(1 for item in agenda.items if item.discussed_at is not None),
            "to_discuss": [item for item in agenda.items if item.discussed_at is None],
        },
        status=422 if agenda_form.errors or attendee_form.errors else 200,
    )


@meeting_view
@require_POST
def meeting_step(request: SignedInRequest, meeting: Meeting, step: str) -> HttpResponse:
    """Open or close the meeting."""
    if step not in STEPS:
        raise Http404
    return _answer(
        request,
        meeting,
        lambda: STEPS[step](meeting=meeting, by=request.user),
        _("De vergadering is geopend.")
        if step == "openen"
        else _("De vergadering is afgesloten. De verslagen staan klaar bij de beslissingen."),
    )


@meeting_view
@require_POST
def meeting_minutes(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    """Have the minutes made as a document."""
    return _answer(
        request,
        meeting,
        lambda: request_minutes(meeting=meeting, by=request.user),
        _("Het verslag wordt gemaakt."),
    )


@item_view
@require_POST
def item_move(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """One place up or down."""
    up = request.POST.get("richting") == "omhoog"
    return _answer(
        request,
        item.meeting,
        lambda: move_item(item=item, by=request.user, up=up),
        _("De volgorde is gewijzigd."),
    )


@item_view
@require_POST
def item_remove(request: SignedInRequest, item: AgendaItem) -> HttpResponse:
    """Off the agenda."""
    return _answer(
        request,
        item.meeting,
        lambda: remove_item(item=item, by=request.user),
        _("Het dossier staat niet meer op de agenda."),
    )


@meeting_view
@require_POST
def attendee_change(request: SignedInRequest, meeting: Meeting, attendee: int) -> HttpResponse:
    """Present, absent or off the list, as the button says."""
    row = get_object_or_404(
        MeetingAttendee.objects.select_related("meeting"), meeting=meeting, pk=attendee
    )
    doing = request.POST.get("doen", "")
    if doing == "schrappen":
        return _answer(
            request,
            meeting,
            lambda: remove_attendee(attendee=row, by=request.user),
            _("De deelnemer staat niet meer op de lijst."),
        )
    return _answer(
        request,
        meeting,
        lambda: set_presence(attendee=row, by=request.user, is_present=doing == "aanwezig"),
        _("De aanwezigheid is genoteerd."),
    )


def _answer(
    request: HttpRequest, meeting: Meeting, act: Callable[[], Any], done: str
) -> HttpResponse:
    """Do it, say so or say why not, and go back to the meeting."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, done)
    return redirect("evaluations:meeting", pk=meeting.pk)
