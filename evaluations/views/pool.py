"""The pool of advisers: who can take what, the own profile, absences and interests."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import is_adviser
from accounts.requests import SignedInRequest
from common.views import service_errors, staff_required
from evaluations import conf
from evaluations.forms.pool import AbsenceForm, EndInterestForm, InterestForm, ProfileForm
from evaluations.models import AdviserAbsence, Interest
from evaluations.policies import may_assign
from evaluations.selectors.division import calls_to_divide
from evaluations.selectors.pool import Adviser, adviser_for, advisers, interests_of
from evaluations.services.pool import (
    add_absence,
    declare_interest,
    end_interest,
    remove_absence,
    save_profile,
)


@staff_required
@require_safe
def pool(request: SignedInRequest) -> HttpResponse:
    """Everybody who may be asked, for who may assign; an adviser goes to the own profile."""
    if not may_assign.test(request.user) and is_adviser.test(request.user):
        return redirect("evaluations:adviser", pk=request.user.pk)
    may_assign.check(request.user)
    return render(
        request,
        "evaluations/pool/list.html",
        {"advisers": advisers(request.user), "calls": calls_to_divide(request.user)},
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def adviser(request: SignedInRequest, pk: int) -> HttpResponse:
    """What an adviser knows and can take on."""
    found = adviser_for(request.user, pk)
    form = ProfileForm(request.POST or None, adviser=found)
    if form.is_valid():
        with service_errors(form):
            save_profile(adviser=found.user, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("Het profiel is opgeslagen."))
        return redirect("evaluations:adviser", pk=pk)
    return _profile(request, found, form=form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add days on which the adviser does not work."""
    found = adviser_for(request.user, pk)
    if found.profile is None:
        messages.info(request, _("Sla eerst het profiel op."))
        return redirect("evaluations:adviser", pk=pk)
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            add_absence(profile=found.profile, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De afwezigheid is opgeslagen."))
        return redirect("evaluations:adviser", pk=pk)
    return _profile(request, found, absence_form=form)


@staff_required
@require_POST
def absence_remove(request: SignedInRequest, pk: int, absence: int) -> HttpResponse:
    """Take an absence away."""
    found = adviser_for(request.user, pk)
    row = AdviserAbsence.objects.filter(profile=found.profile, pk=absence).first()
    if found.profile is None or row is None:
        raise Http404
    remove_absence(absence=row, by=request.user)
    messages.success(request, _("De afwezigheid is verwijderd."))
    return redirect("evaluations:adviser", pk=pk)


def _profile(request: SignedInRequest, found: Adviser, **forms: Any) -> HttpResponse:
    form = forms.get("form") or ProfileForm(adviser=found)
    absence_form = forms.get("absence_form") or AbsenceForm()
    is_own = found.user.pk == request.user.pk
    return render(
        request,
        "evaluations/pool/profile.html",
        {
            "adviser": found,
            "form": form,
            "absence_form": absence_form,
            "is_own": is_own,
            "may_assign": may_assign.test(request.user),
            "interests": interests_of(found.user),
        },
        status=422 if form.errors or absence_form.errors else 200,
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: SignedInRequest) -> HttpResponse:
    """The own ties; nobody else's."""
    form = InterestForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            declare_interest(by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(
            request,
            _("Uw belang is gemeld. Dossiers waarmee u een band hebt, ziet u niet meer."),
        )
        return redirect("evaluations:interests")
    return render(
        request,
        "evaluations/pool/interests.html",
        {
            "form": form,
            "interests": interests_of(request.user),
            "interest_years": conf.interest_years(),
        },
        status=422 if form.errors else 200,
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def interest_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say until when a tie lasted."""
    interest = Interest.objects.filter(person=request.user, pk=pk).first()
    if interest is None:
        raise Http404
    form = EndInterestForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            end_interest(interest=interest, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De einddatum is opgeslagen."))
        return redirect("evaluations:interests")
    return render(
        request,
        "evaluations/pool/interest_end.html",
        {"form": form, "interest": interest},
        status=422 if form.errors else 200,
    )
