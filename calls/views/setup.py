"""The guide of the set-up: settings by step, criteria side by side, why something is left out."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from calls import selectors, services
from calls.models import Call
from calls.policies import may_manage_calls
from calls.setup import FULL_WEIGHT, STEPS, item_named
from calls.setup_forms import (
    ApplicantsForm,
    AssessmentForm,
    ContactForm,
    CriteriaFormSet,
    ExplanationForm,
    VatForm,
)
from common.formatting import format_pct
from common.views import sentences, service_errors, staff_required


@dataclass(frozen=True)
class Settings:
    """A few settings that one form holds, and the step of the guide they belong to."""

    title: Any
    form: "type[ModelForm[Any]]"
    step: str


SETTINGS = {
    "deelnemers": Settings(gettext_lazy("Wie kan indienen"), ApplicantsForm, "deelnemers"),
    "contact": Settings(gettext_lazy("Contact"), ContactForm, "contact"),
    "beoordeling": Settings(gettext_lazy("Beoordeling"), AssessmentForm, "criteria"),
    "btw": Settings(gettext_lazy("Btw"), VatForm, "cofinanciering"),
}


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_settings(request: SignedInRequest, slug: str, part: str) -> HttpResponse:
    """The settings of one step of a draft call."""
    if part not in SETTINGS:
        raise Http404
    settings = SETTINGS[part]
    call = editable_call(request, slug)
    if call is None:
        return redirect("calls:staff_detail", slug=slug)
    # Not "or None": an unticked box posts nothing.
    form = settings.form(request.POST if request.method == "POST" else None, instance=call)
    if form.is_valid():
        with service_errors(form):
            services.update_call(call=call, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("“%(name)s” is opgeslagen.") % {"name": settings.title})
            return redirect(step_url(call, settings.step))
    # The form has put what was typed on the call; the page's title shows what is kept.
    kept = get_object_or_404(Call, pk=call.pk)
    return render(
        request,
        "calls/staff/settings.html",
        {
            "form": form,
            "call": kept,
            "title": settings.title,
            "back": step_url(kept, settings.step),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_criteria(request: SignedInRequest, slug: str) -> HttpResponse:
    """All criteria on one page: what applicants and evaluators read stands side by side."""
    call = editable_call(request, slug)
    if call is None:
        return redirect("calls:staff_detail", slug=slug)
    formset = CriteriaFormSet(
        request.POST or None, queryset=call.criteria.order_by("position", "pk"), prefix="criterium"
    )
    if formset.is_valid():
        try:
            services.save_criteria(
                call=call, criteria=[form.instance for form in formset], by=request.user
            )
        except ValidationError as error:
            messages.error(request, sentences(error))
        else:
            total = sum(form.instance.weight for form in formset)
            if total == FULL_WEIGHT:
                messages.success(request, _("De criteria zijn opgeslagen."))
            else:
                messages.warning(
                    request,
                    _("De criteria zijn opgeslagen, maar de gewichten zijn samen %(total)s.")
                    % {"total": format_pct(total)},
                )
            return redirect(step_url(call, "criteria"))
    return render(
        request,
        "calls/staff/criteria.html",
        {
            "call": call,
            "formset": formset,
            "total": sum(criterion.weight for criterion in call.criteria.all()),
            "back": step_url(call, "criteria"),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def explain(request: SignedInRequest, slug: str, item: str) -> HttpResponse:
    """Say why this call leaves something out."""
    known = item_named(item)
    if known is None or known.is_required:
        raise Http404
    call = editable_call(request, slug)
    if call is None:
        return redirect("calls:staff_detail", slug=slug)
    written = call.setup_explanations.filter(item=item).first()
    form = ExplanationForm(
        request.POST or None, initial={"explanation": written.explanation if written else ""}
    )
    if form.is_valid():
        with service_errors(form):
            services.explain_item(
                call=call,
                item=item,
                explanation=form.cleaned_data["explanation"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, _("De uitleg is opgeslagen. Dit onderdeel is afgevinkt."))
            return redirect(_step_of(call, item))
    return render(
        request,
        "calls/staff/explain.html",
        {"call": call, "item": known, "form": form, "back": _step_of(call, item)},
    )


@staff_required
@require_POST
def unexplain(request: SignedInRequest, slug: str, item: str) -> HttpResponse:
    """Take an explanation away."""
    if item_named(item) is None:
        raise Http404
    call = editable_call(request, slug)
    if call is None:
        return redirect("calls:staff_detail", slug=slug)
    try:
        services.remove_explanation(call=call, item=item, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De uitleg is verwijderd."))
    return redirect(_step_of(call, item))


def editable_call(request: SignedInRequest, slug: str) -> Call | None:
    """The call, or None with a message when its texts and dates are fixed."""
    call = get_object_or_404(selectors.calls_with_everything(request.user), slug=slug)
    may_manage_calls.check(request.user)
    if call.is_editable:
        return call
    messages.error(
        request, _("Deze oproep is niet meer in opmaak. De teksten en data liggen vast.")
    )
    return None


def step_url(call: Call, step: str) -> str:
    """Where a step stands in the guide."""
    return f"{reverse('calls:staff_detail', args=[call.slug])}#{step}"


def _step_of(call: Call, item: str) -> str:
    step = next(step for step in STEPS if any(each.key == item for each in step.items))
    return step_url(call, step.key)
