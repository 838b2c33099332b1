"""Beginning and ending to see the portal as somebody else."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import ReasonForm
from accounts.models import User
from accounts.policies import is_administrator
from accounts.requests import SignedInRequest
from accounts.services.viewing import start_viewing, stop_viewing
from accounts.viewing import forget_viewing, remember_viewing
from accounts.views.people import person_page
from common.views import service_errors, staff_required


@require_POST
@staff_required
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look along, with a reason."""
    is_administrator.check(request.user)
    person = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST, auto_id="viewing_%s")
    if form.is_valid():
        with service_errors(form):
            start_viewing(
                actor=request.user, person_id=person.pk, reason=form.cleaned_data["reason"]
            )
    if form.is_valid():
        remember_viewing(request, person)
        return redirect("dashboard:home")
    return render(request, "accounts/person.html", person_page(request, person, viewing_form=form))


@require_POST
def stop(request: SignedInRequest) -> HttpResponse:
    """Be oneself again."""
    administrator = getattr(request.user, "viewed_by", None)
    forget_viewing(request)
    if administrator is None:
        return redirect("home")
    stop_viewing(actor=administrator, person=request.user)
    messages.success(request, _("U bent weer uzelf."))
    return redirect("accounts:person", request.user.pk)
