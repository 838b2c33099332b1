"""Who can see this? For proposals, projects, advice, claims and documents."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from dashboard.matrix.who_sees import who_sees


@login_required
@require_safe
@never_cache
def who_sees_this(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """Who can see a thing and by which rule; 404 for who cannot see the thing."""
    found = who_sees(request.user, kind, key)
    return render(request, "dashboard/who_sees.html", {"found": found})
