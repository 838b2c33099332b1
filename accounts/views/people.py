"""People as an administrator sees them: which roles, how they sign in, a lost device."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import PeopleFilterForm, ReasonForm
from accounts.models import ExternalIdentity, User
from accounts.policies import is_administrator, may_be_viewed
from accounts.requests import SignedInRequest
from accounts.selectors import people_list
from accounts.services.second_factor import device_of, reset_second_factor
from common.views import service_errors, staff_required

PAGE_SIZE = 50


@require_safe
@staff_required
def people(request: SignedInRequest) -> HttpResponse:
    """Every account, to search."""
    is_administrator.check(request.user)
    form = PeopleFilterForm(request.GET)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(people_list(search=search), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"form": form, "page": page})


@require_safe
@staff_required
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account, and what an administrator may do for it."""
    is_administrator.check(request.user)
    found = get_object_or_404(User, pk=pk)
    return render(request, "accounts/person.html", person_page(request, found))


@require_POST
@staff_required
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away a lost device."""
    is_administrator.check(request.user)
    found = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST, auto_id="reset_%s")
    if form.is_valid():
        with service_errors(form):
            reset_second_factor(
                actor=request.user, person_id=found.pk, reason=form.cleaned_data["reason"]
            )
    if form.is_valid():
        messages.success(
            request, _("De tweede stap van %(name)s is gewist.") % {"name": str(found)}
        )
        return redirect("accounts:person", found.pk)
    return render(request, "accounts/person.html", person_page(request, found, reset_form=form))


def person_page(request: SignedInRequest, found: User, **forms: Any) -> dict[str, Any]:
    """What the page of one account shows; a refused form comes in `forms`."""
    return {
        "person": found,
        "is_self": found.pk == request.user.pk,
        "comes_from_acm_idm": ExternalIdentity.objects.filter(user=found).exists(),
        "has_second_factor": device_of(found) is not None,
        "may_be_viewed": may_be_viewed.test(found),
        # Two forms in one page: each names its own field.
        "reset_form": ReasonForm(auto_id="reset_%s"),
        "viewing_form": ReasonForm(auto_id="viewing_%s"),
        **forms,
    }
