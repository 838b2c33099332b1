"""Organisations as staff see them: look up, and record that one was checked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import OrganisationFilterForm
from accounts.models import Organisation
from accounts.policies import may_manage_organisation, may_verify_organisation
from accounts.requests import SignedInRequest
from accounts.selectors import members_of, organisation_list
from accounts.services.organisations import set_verified
from audit.selectors import timeline
from common.views import staff_required

PAGE_SIZE = 25


@require_safe
@staff_required
def organisations(request: SignedInRequest) -> HttpResponse:
    """Every organisation, with search, filters and order."""
    form = OrganisationFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = organisation_list(
        request.user,
        search=chosen.get("q", ""),
        type=chosen.get("type", ""),
        verified=chosen.get("verified", ""),
        sort=request.GET.get("sort", "name"),
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/staff_organisations.html", {"form": form, "page": page})


@require_safe
@staff_required
def organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One organisation: details, people, and what happened to it."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    events = timeline(found)
    context = {
        "organisation": found,
        "members": members_of(found),
        "events": [
            {"when": event.at, "title": event.label, "actor": event.actor, "text": event.comment}
            for event in events
        ],
        "may_verify": may_verify_organisation.test(request.user, found),
        "may_manage": may_manage_organisation.test(request.user, found),
    }
    return render(request, "accounts/staff_organisation.html", context)


@require_POST
@staff_required
def verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the organisation was checked, or take that back."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    verified = request.POST.get("verified") == "yes"
    set_verified(actor=request.user, organisation_id=found.pk, verified=verified)
    messages.success(
        request,
        _("De organisatie is nagekeken.") if verified else _("Het nazicht is ingetrokken."),
    )
    return redirect("accounts:staff_organisation", found.pk)
