""" "Is dit iets voor mij?" for visitors, and its questions for staff."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from calls import services
from calls.models import Call
from calls.policies import may_manage_calls
from calls.public_forms import SelfTestForm
from common.views import sentences, staff_required


@require_safe
def self_test(request: HttpRequest, slug: str) -> HttpResponse:
    """The answers stand in the address; nothing is kept."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    form = SelfTestForm(call=call)
    if any(name in request.GET for name in form.fields):
        form = SelfTestForm(request.GET, call=call)
    return render(
        request,
        "calls/self_test.html",
        {
            "call": call,
            "form": form,
            "outcome": form.outcome if form.is_bound and form.is_valid() else None,
        },
    )


@staff_required
@require_safe
def self_test_setup(request: SignedInRequest, slug: str) -> HttpResponse:
    """The questions of a call's self-test, to change while the call is a draft."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    return render(
        request,
        "calls/staff/self_test.html",
        {
            "call": call,
            "questions": call.self_test_questions.all(),
            "may_edit": call.is_editable and may_manage_calls.test(request.user),
        },
    )


@staff_required
@require_POST
def suggest_self_test(request: SignedInRequest, slug: str) -> HttpResponse:
    """Add the questions that most calls have."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    try:
        added = services.add_suggested_self_test(call=call, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(
            request,
            _("%(n)s vragen toegevoegd.") % {"n": added}
            if added
            else _("De zelftest heeft deze vragen al."),
        )
    return redirect("calls:self_test_setup", slug=call.slug)
