"""The first page for each kind of visitor: everybody, an authority's people, staff."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from calls.selectors import calls_to_announce
from common import clock
from common.views import staff_required
from dashboard import selectors


@require_safe
def home_public(request: HttpRequest) -> HttpResponse:
    """What the programme is, which call is open, how it works."""
    open_calls, planned = calls_to_announce(clock.now())
    return render(request, "home.html", {"open_calls": open_calls, "planned": planned})


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Everything of the active organisation; staff have a page of their own."""
    if request.user.is_programme_staff:
        return redirect("dashboard:staff")
    return render(request, "dashboard/home.html", selectors.authority_overview(request))


@staff_required
@require_safe
def staff(request: SignedInRequest) -> HttpResponse:
    """What waits for this person now, soonest first."""
    return render(request, "dashboard/staff.html", selectors.staff_overview(request.user))
