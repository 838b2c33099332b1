"""Projects: the staff list and page, the member's page, the public portfolio."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.moments import today
from common.money import format_eur
from common.views import staff_required
from projects.forms.projects import (
    FollowUpForm,
    GuideForm,
    PhaseForm,
    PortfolioFilterForm,
    ProcurementForm,
    ProcurementProgressForm,
    ProjectFilterForm,
    ReasonForm,
)
from projects.lifecycle import PROJECT_LIFECYCLE, ProjectState
from projects.models import Procurement, Project, ProjectPhase
from projects.policies import may_guide_project
from projects.selectors import projects as selectors
from projects.services import projects as services
from projects.services.aftercare import note_follow_up
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50
CARDS = 24
NEEDS_REASON = {"pause", "stop"}

# What a step brings about, said before it is taken.
CONSEQUENCES = {
    "prepare_tender": gettext_lazy("Het project gaat naar de voorbereiding van de opdracht."),
    "publish_tender": gettext_lazy("De opdracht staat daarna als gepubliceerd."),
    "start_execution": gettext_lazy("De opdrachtnemer begint. Schijven kunnen opvraagbaar worden."),
    "deliver": gettext_lazy("Het resultaat is opgeleverd. Het eindverslag kan volgen."),
    "finish": gettext_lazy("Het project is afgerond. Dit kan niet ongedaan worden gemaakt."),
    "pause": gettext_lazy("Het project staat stil tot u de opdracht weer voorbereidt."),
    "stop": gettext_lazy(
        "Het project stopt. Dit kan niet ongedaan worden gemaakt. Wat is vastgelegd, blijft staan "
        "tot de programmamanager het vrijgeeft."
    ),
}


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """Projects that everybody may know of."""
    form = PortfolioFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.portfolio(
        search=chosen.get("q", ""), theme=chosen.get("thema", ""), state=chosen.get("status", "")
    )
    page = Paginator(found, CARDS).get_page(request.GET.get("page"))
    return render(request, "projects/portfolio.html", {"form": form, "page_obj": page})


@require_safe
def public_project(request: HttpRequest, reference: str) -> HttpResponse:
    """One project for everybody: no amounts."""
    project = selectors.public_project(reference)
    return render(request, "projects/portfolio_project.html", {"project": project})


@login_required
@require_safe
def project(request: SignedInRequest, reference: str) -> HttpResponse:
    """The project as the authority sees it."""
    try:
        found = selectors.member_project(request.user, reference)
    except Http404:
        if request.user.is_programme_staff:
            return redirect("projects:staff_project", reference)
        raise
    return render(
        request,
        "projects/project.html",
        {
            "project": found,
            "stages": selectors.stages(found, for_member=True),
            "proposal": found.proposal,
        },
    )


@staff_required
@require_safe
def staff_projects(request: SignedInRequest) -> HttpResponse:
    """Every project, with filters."""
    form = ProjectFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.staff_project_list(
        request.user,
        search=chosen.get("q", ""),
        state=chosen.get("state", ""),
        call=chosen.get("call", ""),
        guide=chosen.get("guide", ""),
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "projects/project_staff_list.html", {"form": form, "page_obj": page})


@staff_required
@require_safe
def staff_project(request: SignedInRequest, reference: str) -> HttpResponse:
    """One project: guide, phases, procurements, steps, what happened."""
    found = selectors.staff_project(request.user, reference)
    return render(
        request,
        "projects/project_staff.html",
        {
            "project": found,
            "tabs": selectors.project_tabs(request.user, found, "project"),
            "stages": selectors.stages(found),
            "steps": selectors.possible_steps(request.user, found),
            "needs_reason": NEEDS_REASON,
            "history": selectors.project_history(found),
            "may_guide": may_guide_project.test(request.user, found),
            "may_follow_up": found.state == ProjectState.FINISHED
            and may_guide_project.test(request.user, found),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: SignedInRequest, reference: str) -> HttpResponse:
    """Name the guide."""
    found = _for_work(request, reference)
    return act_page(
        request,
        title=_("Begeleider aanwijzen"),
        form=posted(request, GuideForm, initial={"guide": found.guide_id}),
        act=lambda data: services.assign_guide(project=found, by=request.user, **data),
        submit=_("Opslaan"),
        done=_("De begeleider is aangewezen."),
        **_back(found),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note whether a finished project is in use, and by whom else."""
    found = _for_work(request, reference)
    return act_page(
        request,
        title=_("Nazorg noteren"),
        form=posted(request, FollowUpForm, initial={"noted_on": today()}),
        act=lambda data: note_follow_up(project=found, by=request.user, **data),
        submit=_("Opslaan"),
        done=_("De nazorg is genoteerd."),
        explanation=_("Wat u hier noteert, staat in het jaarrapport bij de resultaten."),
        **_back(found),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def phase(request: SignedInRequest, reference: str, pk: int | None = None) -> HttpResponse:
    """A new phase, or the dates of one."""
    found = _for_work(request, reference)
    if pk is None:
        row, title = ProjectPhase(project=found), _("Fase toevoegen")
    else:
        row = get_object_or_404(ProjectPhase, project=found, pk=pk)
        title = _("Fase wijzigen")
    form = posted(request, PhaseForm, instance=row)
    return act_page(
        request,
        title=title,
        form=form,
        act=lambda data: services.save_phase(phase=form.instance, by=request.user),
        submit=_("Opslaan"),
        done=_("De fase is opgeslagen."),
        **_back(found),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def procurement_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """A contract that the authority will tender."""
    found = _for_work(request, reference)
    return act_page(
        request,
        title=_("Opdracht toevoegen"),
        form=posted(request, ProcurementForm),
        act=lambda data: services.add_procurement(project=found, by=request.user, **data),
        submit=_("Opdracht toevoegen"),
        done=_("De opdracht is toegevoegd."),
        explanation=_(
            "Een project kan meer dan één opdracht hebben, elk met eigen cofinanciering."
        ),
        **_back(found),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def procurement(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Publication of a contract."""
    found = _for_work(request, reference)
    row = get_object_or_404(Procurement, project=found, number=number)
    return act_page(
        request,
        title=_("Bekendmaking"),
        form=posted(request, ProcurementProgressForm, instance=row),
        act=lambda data: services.update_procurement(procurement=row, by=request.user, **data),
        submit=_("Opslaan"),
        done=_("De opdracht is bijgewerkt."),
        explanation=_("Een bekendmaking brengt het project vanzelf naar de volgende status."),
        facts=[
            (_("Opdracht"), row.title),
            (_("Fase"), row.get_phase_display()),
            (_("Geraamd exclusief btw"), format_eur(row.estimated_amount)),
        ],
        **_back(found),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """Say what a step brings about; take it after confirmation."""
    found = _for_work(request, reference)
    if step not in CONSEQUENCES:
        raise Http404
    transition = PROJECT_LIFECYCLE[step]
    form = ReasonForm if step in NEEDS_REASON else ConfirmForm
    return act_page(
        request,
        title=transition.label,
        form=posted(request, form),
        act=lambda data: services.move_project(
            project=found, step=step, by=request.user, reason=data.get("reason", "")
        ),
        submit=transition.label,
        done=_("De status van het project is nu: %(state)s.")
        % {"state": ProjectState(transition.target).label},
        explanation=CONSEQUENCES[step],
        tone="warning" if step in {"stop", "finish"} else "info",
        facts=[
            (_("Status nu"), found.get_state_display()),
            (_("Status daarna"), ProjectState(transition.target).label),
            (_("Gestart op"), format_day(found.opened_on)),
        ],
        **_back(found),
    )


def _for_work(request: SignedInRequest, reference: str) -> Project:
    """The project, for who may change it."""
    found = selectors.staff_project(request.user, reference)
    may_guide_project.check(request.user, found)
    return found


def _back(project: Project) -> dict[str, Any]:
    return {
        "back": reverse("projects:staff_project", args=[project.reference]),
        "about": f"{project.reference} – {project.title}",
    }
