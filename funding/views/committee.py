"""Meetings of the committee: list, planning, agenda, files, decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.money import format_eur
from common.views import sentences, service_errors
from funding import conf, services
from funding.forms.committee import AgendaRequestForm, CancelForm, CommitteeForm, ItemDecisionForm
from funding.lifecycle import CommitteeState
from funding.models import CommitteeMeeting
from funding.policies import may_prepare_agenda, may_run_committee
from funding.selectors import committee as selectors
from funding.views.access import money_view
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 25


@money_view
@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """Every meeting, and the requests that stand on no agenda."""
    page = Paginator(selectors.meeting_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "funding/committee_meetings.html",
        {
            "page_obj": page,
            "waiting": selectors.waiting_requests().count(),
            "may_run": may_run_committee.test(request.user),
        },
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest) -> HttpResponse:
    """Plan a meeting."""
    may_run_committee.check(request.user)
    return act_page(
        request,
        title=_("Vergadering plannen"),
        form=posted(request, CommitteeForm, working_days=conf.dossier_working_days()),
        act=lambda data: services.plan_committee(by=request.user, **data),
        submit=_("Plannen"),
        done=_("De vergadering is gepland. Zet er aanvragen op."),
        back=reverse("funding:committee_meetings"),
        about=_("Beslissingscomité"),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change day and place while the agenda is open."""
    may_run_committee.check(request.user)
    found = selectors.meeting_page(pk)
    shown = ("day", "is_online", "place", "dossier_deadline", "note")
    return act_page(
        request,
        title=_("Vergadering wijzigen"),
        form=posted(
            request,
            CommitteeForm,
            working_days=conf.dossier_working_days(),
            initial={name: getattr(found, name) for name in shown},
        ),
        act=lambda data: services.change_committee(meeting=found, by=request.user, **data),
        submit=_("Opslaan"),
        done=_("De vergadering is gewijzigd."),
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agenda, files and decisions of one meeting; a POST puts a request on the agenda."""
    found = selectors.meeting_page(pk)
    is_planned = found.state == CommitteeState.PLANNED
    may_prepare = may_prepare_agenda.test(request.user)
    form = None
    if request.method == "POST":
        may_prepare_agenda.check(request.user)
    if request.method == "POST" or (is_planned and may_prepare):
        form = posted(request, AgendaRequestForm, waiting=selectors.waiting_requests())
    if form is not None and request.method == "POST" and form.is_valid():
        with service_errors(form):
            services.put_on_agenda(meeting=found, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("De aanvraag staat op de agenda."))
            return redirect(found)
    items = list(found.items.all())
    return render(
        request,
        "funding/committee_meeting.html",
        {
            "meeting": found,
            "items": items,
            "form": form,
            "add_opens": not items or bool(form and form.errors),
            "may_prepare": may_prepare and is_planned,
            "may_run": may_run_committee.test(request.user),
            "may_document": may_prepare,
            "all_decided": bool(items) and not any(item.is_open for item in items),
        },
    )


@money_view
@require_POST
def item_move(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Up or down on the agenda."""
    found = selectors.meeting_page(pk)
    row = selectors.item_of(found, item)
    up = request.POST.get("richting") == "omhoog"
    return _answer(
        request,
        found,
        lambda: services.move_on_agenda(item=row, by=request.user, up=up),
        _("De volgorde is gewijzigd."),
    )


@money_view
@require_POST
def item_remove(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Off the agenda."""
    found = selectors.meeting_page(pk)
    row = selectors.item_of(found, item)
    return _answer(
        request,
        found,
        lambda: services.take_off_agenda(item=row, by=request.user),
        _("De aanvraag staat niet meer op de agenda."),
    )


@money_view
@require_POST
def meeting_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the agenda as a PDF."""
    found = selectors.meeting_page(pk)
    return _answer(
        request,
        found,
        lambda: services.make_agenda(meeting=found, by=request.user),
        _("De agenda wordt gemaakt."),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the agenda: what the committee gets stays as it is."""
    may_run_committee.check(request.user)
    found = selectors.meeting_page(pk)
    return act_page(
        request,
        title=_("Agenda afsluiten"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.close_agenda(meeting=found, by=request.user),
        submit=_("Agenda afsluiten"),
        done=_("De agenda is afgesloten."),
        explanation=_(
            "De agenda, de volgorde en de opdrachtdocumenten liggen daarna vast. Het portaal maakt "
            "de agenda als PDF."
        ),
        tone="warning",
        facts=[
            (_("Dag"), format_day(found.day)),
            (_("Aanvragen op de agenda"), len(found.items.all())),
        ],
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the meeting when everything was decided."""
    may_run_committee.check(request.user)
    found = selectors.meeting_page(pk)
    return act_page(
        request,
        title=_("Vergadering afronden"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.hold_committee(meeting=found, by=request.user),
        submit=_("Vergadering afronden"),
        done=_("De vergadering is afgerond."),
        explanation=_("Elke aanvraag op de agenda heeft haar beslissing. Daarna ligt alles vast."),
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The meeting does not take place."""
    may_run_committee.check(request.user)
    found = selectors.meeting_page(pk)
    return act_page(
        request,
        title=_("Vergadering annuleren"),
        form=posted(request, CancelForm),
        act=lambda data: services.cancel_committee(meeting=found, by=request.user, **data),
        submit=_("Vergadering annuleren"),
        done=_("De vergadering is geannuleerd."),
        explanation=_("De aanvragen komen weer vrij voor een andere vergadering."),
        tone="warning",
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def item_decide(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Note what was decided on an item."""
    may_run_committee.check(request.user)
    found = selectors.meeting_page(pk)
    row = selectors.item_of(found, item)
    asked = row.request
    return act_page(
        request,
        title=_("Beslissing noteren"),
        form=posted(request, ItemDecisionForm, meeting=found),
        act=lambda data: services.decide_item(item=row, by=request.user, **data),
        submit=_("Beslissing noteren"),
        done=_("De beslissing is genoteerd. De brief wordt gemaakt."),
        explanation=_("De beslissing krijgt de dag van de vergadering: %(day)s.")
        % {"day": format_day(found.day)},
        facts=[
            (_("Opdracht"), str(asked.procurement)),
            (_("Begunstigde"), asked.procurement.project.organisation.name),
            (_("Gevraagd"), format_eur(asked.requested_amount)),
            (_("Volgens de regel"), format_eur(asked.advised_amount)),
            (_("De regel"), asked.rule_explanation),
        ],
        **_back(found),
    )


def _back(found: CommitteeMeeting) -> dict[str, Any]:
    return {"back": found.get_absolute_url(), "about": str(found)}


def _answer(
    request: SignedInRequest, found: CommitteeMeeting, act: Callable[[], Any], done: str
) -> HttpResponse:
    """Do it, say so or say why not, and go back to the meeting."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, done)
    return redirect(found)
