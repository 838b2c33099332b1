"""Setting a call up, and taking it from state to state."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from audit.selectors import timeline
from calls import selectors, services
from calls.lifecycle import CALL_LIFECYCLE, CallPhase, CallState
from calls.models import Call, ChecklistKind
from calls.policies import may_manage_calls
from calls.setup import state_of
from calls.setup_forms import CallTextsForm, NewCallForm
from common import clock
from common.views import sentences, service_errors, staff_required

PAGE_SIZE = 50

# What a step brings about, said before it is taken.
CONSEQUENCES = {
    "publish": gettext_lazy(
        "Iedereen ziet de oproep. Teksten, data en formulier liggen dan vast. Het portaal maakt het"
        " lege formulier als PDF."
    ),
    "back_to_concept": gettext_lazy(
        "De oproep verdwijnt van de publieke pagina's, en u kunt ze weer wijzigen."
    ),
    "start_assessment": gettext_lazy(
        "Niemand kan nog indienen. De oproep staat daarna als “in beoordeling”."
    ),
    "mark_decided": gettext_lazy("De oproep staat daarna als “beslist”."),
    "archive": gettext_lazy("De oproep blijft leesbaar, maar niemand werkt er nog aan."),
    "withdraw": gettext_lazy(
        "De oproep verdwijnt van de publieke pagina's. Dit kan niet ongedaan worden gemaakt."
    ),
}


def phase_tabs(current: str, phases: list[CallPhase]) -> list[dict[str, Any]]:
    """Links that narrow a list of calls to one phase."""
    everything = {"label": _("Alle"), "url": "?", "active": current == ""}
    return [
        everything,
        *(
            {
                "label": phase.label,
                "url": f"?fase={phase.value}",
                "active": current == phase.value,
            }
            for phase in phases
        ),
    ]


@staff_required
@require_safe
def call_list(request: SignedInRequest) -> HttpResponse:
    """Every call, drafts too."""
    phase = request.GET.get("fase", "")
    found = selectors.call_list(request.user, phase=phase, now=clock.now())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "calls/staff/list.html",
        {
            "page_obj": page,
            "tabs": phase_tabs(phase, list(CallPhase)),
            "may_manage": may_manage_calls.test(request.user),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request: SignedInRequest) -> HttpResponse:
    """A call from the default template, or as a copy of an earlier call."""
    may_manage_calls.check(request.user)
    form = NewCallForm(
        request.POST or None,
        calls=selectors.calls_to_copy(request.user),
        initial={"copy_of": request.GET.get("kopie")},
    )
    if form.is_valid():
        with service_errors(form):
            call = services.create_call(**form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(
                request,
                _("De oproep is aangemaakt. Overloop nu de stappen."),
            )
            return redirect("calls:staff_detail", slug=call.slug)
    return render(request, "calls/staff/new.html", {"form": form})


@staff_required
@require_safe
def call_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where the call stands: what is missing, its parts, its next steps, its history."""
    call = get_object_or_404(selectors.calls_for_setup(request.user), slug=slug)
    steps = state_of(call)
    may_manage = may_manage_calls.test(request.user)
    items = [state for step in steps for state in step.items]
    return render(
        request,
        "calls/staff/detail.html",
        {
            "call": call,
            "may_edit": call.is_editable and may_manage,
            "may_manage": may_manage,
            "may_move_closing": may_manage and call.state == CallState.PUBLISHED,
            "may_change_documents": may_manage and services.documents_can_change(call),
            "setup_steps": steps,
            "ready_count": sum(not state.is_open for state in items),
            "item_count": len(items),
            "checklist": [
                {
                    "label": f"{step.number}. {step.step.title}",
                    "url": f"#{step.step.key}",
                    "done": step.is_ready,
                    "note": " ".join(
                        str(state.item.label) for state in step.items if state.is_open
                    ),
                }
                for step in steps
            ],
            "steps": CALL_LIFECYCLE.possible_for(call, request.user),
            "open_questions": selectors.question_counts(call)["open"],
            "weights": sum(criterion.weight for criterion in call.criteria.all()),
            "completeness_points": selectors.points(call, ChecklistKind.COMPLETENESS),
            "exclusion_points": selectors.points(call, ChecklistKind.EXCLUSION),
            "reminders": selectors.reminder_plan(call),
            "history": [
                {
                    "when": event.at,
                    "title": event.label,
                    "actor": event.actor or _("Het portaal"),
                    "text": event.comment,
                }
                for event in timeline(call).reverse()[:20]
            ],
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_texts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Texts and settings of a draft call."""
    call = _call(request, slug)
    may_manage_calls.check(request.user)
    if not call.is_editable:
        return _refused(request, call)
    form = CallTextsForm(request.POST or None, instance=call)
    if form.is_valid():
        with service_errors(form):
            services.update_call(call=call, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("De teksten zijn opgeslagen."))
            return redirect("calls:staff_detail", slug=call.slug)
    # The form has put what was typed on the call; the page's title shows what is kept.
    kept = _call(request, slug)
    return render(request, "calls/staff/texts.html", {"form": form, "call": kept})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: SignedInRequest, slug: str, step: str) -> HttpResponse:
    """Say what a step brings about; take it after confirmation."""
    call = _call(request, slug)
    if step not in CONSEQUENCES:
        raise Http404
    may_manage_calls.check(request.user)
    if not CALL_LIFECYCLE.allows(call, step):
        messages.error(request, _("Deze stap kan nu niet: de status van de oproep is gewijzigd."))
        return redirect("calls:staff_detail", slug=call.slug)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            services.move_call(call=call, step=step, by=request.user)
        except ValidationError as error:
            refusals = error.messages
        else:
            messages.success(
                request,
                _("De status van de oproep is nu “%(state)s”.")
                % {"state": call.get_phase_display().lower()},
            )
            return redirect("calls:staff_detail", slug=call.slug)
    elif step == "publish":
        refusals = call.what_is_missing()
    context: dict[str, Any] = {
        "call": call,
        "step": CALL_LIFECYCLE[step],
        "consequence": CONSEQUENCES[step],
        "refusals": refusals,
    }
    return render(request, "calls/staff/step.html", context)


@staff_required
@require_POST
def suggest_milestones(request: SignedInRequest, slug: str) -> HttpResponse:
    """Add the milestones that most calls have."""
    call = _call(request, slug)
    try:
        added = services.add_suggested_milestones(call=call, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(
            request,
            _("%(n)s mijlpalen toegevoegd. Kijk de data na.") % {"n": added}
            if added
            else _("De oproep heeft deze mijlpalen al."),
        )
    return redirect(f"{reverse('calls:staff_detail', args=[call.slug])}#mijlpalen")


def _call(request: SignedInRequest, slug: str) -> Call:
    return get_object_or_404(selectors.calls_with_everything(request.user), slug=slug)


def _may_edit(request: SignedInRequest, call: Call) -> bool:
    return call.is_editable and may_manage_calls.test(request.user)


def _refused(request: SignedInRequest, call: Call) -> HttpResponse:
    messages.error(
        request, _("Deze oproep is niet meer in opmaak. De teksten en data liggen vast.")
    )
    return redirect("calls:staff_detail", slug=call.slug)
