"""What projects must deliver: the calendar of staff, a project's own, and delivering."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.views import staff_required
from documents.downloads import serve
from projects.forms.obligations import (
    AnswerForm,
    CalendarFilterForm,
    DeliverForm,
    MoveForm,
    ObligationForm,
    PlanForm,
)
from projects.lifecycle import ObligationState
from projects.models import Obligation
from projects.policies import may_deliver, may_guide_project
from projects.selectors import projects as project_selectors
from projects.selectors.obligations import calendar, obligations_of, one_obligation
from projects.services import obligations as services
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50


@staff_required
@require_safe
def obligation_calendar(request: SignedInRequest) -> HttpResponse:
    """Every obligation, soonest first."""
    form = CalendarFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = calendar(request.user, which=chosen.get("stand", ""), search=chosen.get("q", ""))
    return render(
        request,
        "projects/obligation_calendar.html",
        {
            "form": form,
            "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        },
    )


@staff_required
@require_safe
def staff_obligations(request: SignedInRequest, reference: str) -> HttpResponse:
    """The obligations of a project, with what staff do about them."""
    project = project_selectors.staff_project(request.user, reference)
    return render(
        request,
        "projects/obligations_staff.html",
        {
            "project": project,
            "tabs": project_selectors.project_tabs(request.user, project, "obligations"),
            "obligations": obligations_of(project),
            "may_guide": may_guide_project.test(request.user, project),
        },
    )


@login_required
@require_safe
def member_obligations(request: SignedInRequest, reference: str) -> HttpResponse:
    """The same for the organisation, which delivers here."""
    project = project_selectors.member_project(request.user, reference)
    obligations = obligations_of(project)
    return render(
        request,
        "projects/obligations.html",
        {
            "project": project,
            "obligations": obligations,
            "may_deliver": any(may_deliver.test(request.user, one) for one in obligations[:1]),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put the usual obligations on the calendar."""
    project = project_selectors.staff_project(request.user, reference)
    may_guide_project.check(request.user, project)
    return act_page(
        request,
        title=_("Verplichtingen plannen"),
        form=posted(request, PlanForm),
        act=lambda data: services.plan_obligations(project=project, by=request.user, **data),
        submit=_("Plannen"),
        done=_("De verplichtingen staan op de kalender."),
        explanation=_(
            "Het portaal plant voortgangsverslagen, het eindverslag en de laatste "
            "schuldvordering. Wat al gepland en nog niet geleverd is, wordt vervangen."
        ),
        **_back(project.reference, str(project)),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, reference: str) -> HttpResponse:
    """One more thing to deliver."""
    project = project_selectors.staff_project(request.user, reference)
    may_guide_project.check(request.user, project)
    return act_page(
        request,
        title=_("Verplichting toevoegen"),
        form=posted(request, ObligationForm, initial={"kind": Obligation.Kind.OTHER}),
        act=lambda data: services.add_obligation(project=project, by=request.user, **data),
        submit=_("Toevoegen"),
        done=_("De verplichting staat op de kalender."),
        **_back(project.reference, str(project)),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """Move, accept, send back or drop one."""
    found = one_obligation(request.user, pk)
    may_guide_project.check(request.user, found.project)
    if act not in ACTS:
        raise Http404
    form, service, title, submit, done = ACTS[act]
    initial = {"initial": {"due_on": found.due_on}} if act == "verplaatsen" else {}
    return act_page(
        request,
        title=title,
        form=posted(request, form, **initial),
        act=lambda data: service(obligation=found, by=request.user, **data),
        submit=submit,
        done=done,
        facts=[
            (_("Wat"), found.title),
            (_("Ten laatste op"), format_day(found.due_on)),
            (_("Status"), found.get_state_display()),
        ],
        **_back(found.project.reference, str(found.project)),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deliver(request: SignedInRequest, pk: int) -> HttpResponse:
    """The organisation delivers; the team may do it for them."""
    found = one_obligation(request.user, pk)
    may_deliver.check(request.user, found)
    is_member = request.user.member_roles.get(found.project.organisation_id) is not None
    back = "projects:obligations" if is_member else "projects:staff_obligations"
    return act_page(
        request,
        title=_("Leveren"),
        form=posted(request, DeliverForm),
        act=lambda data: services.deliver(obligation=found, by=request.user, **data),
        submit=_("Leveren"),
        done=_("Geleverd. Het PIO-team kijkt het na."),
        facts=[(_("Wat"), found.title), (_("Ten laatste op"), format_day(found.due_on))],
        back=reverse(back, args=[found.project.reference]),
        about=str(found.project),
        template="projects/obligation_deliver.html",
        answer=found.answer if found.state == ObligationState.OPEN else "",
    )


@login_required
@require_safe
def file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """What was delivered, for staff and for the organisation."""
    found = one_obligation(request.user, pk)
    if found.file is None:
        raise Http404
    return serve(request, found.file)


ACTS: dict[str, tuple[Any, ...]] = {
    "verplaatsen": (
        MoveForm,
        services.move_obligation,
        gettext_lazy("Andere dag geven"),
        gettext_lazy("Verplaatsen"),
        gettext_lazy("De nieuwe dag geldt."),
    ),
    "aanvaarden": (
        ConfirmForm,
        services.accept,
        gettext_lazy("Levering aanvaarden"),
        gettext_lazy("Aanvaarden"),
        gettext_lazy("De levering is aanvaard."),
    ),
    "terugsturen": (
        AnswerForm,
        services.send_back,
        gettext_lazy("Levering terugsturen"),
        gettext_lazy("Terugsturen"),
        gettext_lazy("De organisatie leest wat er ontbreekt en levert opnieuw."),
    ),
    "laten-vallen": (
        AnswerForm,
        services.waive,
        gettext_lazy("Verplichting laten vallen"),
        gettext_lazy("Laten vallen"),
        gettext_lazy("Dit hoeft niet meer."),
    ),
}


def _back(reference: str, about: str) -> dict[str, Any]:
    return {"back": reverse("projects:staff_obligations", args=[reference]), "about": about}
