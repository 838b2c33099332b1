"""The form of a call: as it applies, and the change of it that is being prepared."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from calls import selectors, services
from calls.definition import pending_change, sections_of
from calls.forms import FormChangeForm
from calls.models import Call, FormVersion
from calls.policies import may_manage_calls
from common.views import sentences, service_errors, staff_required


@staff_required
@require_safe
def form_builder(request: SignedInRequest, slug: str) -> HttpResponse:
    """The form that applies: sections and questions with their order; editable in a draft call."""
    call = _call(request, slug)
    may_manage = may_manage_calls.test(request.user)
    change = pending_change(call)
    return _builder(
        request,
        call,
        change=None,
        pending=change,
        sections=selectors.form_of(call),
        may_edit=call.is_editable and may_manage,
        may_start=may_manage and change is None and not services.why_form_is_fixed(call),
        versions=selectors.published_versions(call),
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def form_change(request: SignedInRequest, slug: str) -> HttpResponse:
    """POST begins a change of the form; the page is the builder of that change."""
    call = _call(request, slug)
    if request.method == "POST":
        try:
            services.start_form_change(call=call, by=request.user)
        except ValidationError as error:
            messages.error(request, sentences(error))
            return redirect("calls:form_builder", slug=slug)
        return redirect("calls:form_change", slug=slug)
    change = pending_change(call)
    if change is None:
        return _no_change(request, slug)
    return _builder(
        request,
        call,
        change=change,
        pending=change,
        sections=sections_of(change),
        may_edit=may_manage_calls.test(request.user),
        may_start=False,
        versions=[],
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish_form_change(request: SignedInRequest, slug: str) -> HttpResponse:
    """What would differ, in sentences; then the reason, and it applies."""
    call = _call(request, slug)
    may_manage_calls.check(request.user)
    change = pending_change(call)
    if change is None:
        return _no_change(request, slug)
    form = FormChangeForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            services.publish_form_change(
                change=change, reason=form.cleaned_data["reason"], by=request.user
            )
        if form.is_valid():
            messages.success(
                request,
                _("Het formulier is gewijzigd. Wie aan een ontwerp werkt, krijgt een mail."),
            )
            return redirect("calls:form_builder", slug=slug)
    return render(
        request,
        "calls/staff/form_change_publish.html",
        {
            "call": call,
            "change": change,
            "form": form,
            "differences": services.form_differences(change),
            "refusal": services.why_form_is_fixed(call),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard_form_change(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask first."""
    call = _call(request, slug)
    may_manage_calls.check(request.user)
    change = pending_change(call)
    if change is None:
        return _no_change(request, slug)
    if request.method == "POST":
        try:
            services.discard_form_change(change=change, by=request.user)
        except ValidationError as error:
            messages.error(request, sentences(error))
        else:
            messages.success(
                request, _("De wijziging is verworpen. Het formulier blijft zoals het was.")
            )
        return redirect("calls:form_builder", slug=slug)
    return render(
        request,
        "calls/staff/form_change_discard.html",
        {"call": call, "differences": services.form_differences(change)},
    )


def _builder(
    request: SignedInRequest,
    call: Call,
    *,
    change: FormVersion | None,
    sections: list[Any],
    **context: Any,
) -> HttpResponse:
    name = "projects:preview_change" if change else "projects:preview"
    first = sections[0].code if sections else ""
    return render(
        request,
        "calls/staff/form_builder.html",
        {
            "call": call,
            "change": change,
            "sections": sections,
            # A page of a higher room, known here by its address only.
            "preview_url": reverse(name, args=[call.slug, first]) if first else "",
            **context,
        },
    )


def _call(request: SignedInRequest, slug: str) -> Call:
    return get_object_or_404(
        Call.objects.visible_to(request.user).prefetch_related("rounds"), slug=slug
    )


def _no_change(request: SignedInRequest, slug: str) -> HttpResponse:
    messages.error(request, _("Er loopt geen wijziging van dit formulier."))
    return redirect("calls:form_builder", slug=slug)
