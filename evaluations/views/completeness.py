"""The completeness check: the checklist of the call beside the proposal."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common import clock
from common.moments import last_day_before
from common.views import service_errors
from evaluations.forms import CompletenessForm
from evaluations.policies import may_check_completeness, may_see_all_files
from evaluations.selectors import correction_deadline
from evaluations.selectors.checking import checks_of, points_to_check
from evaluations.services import check_completeness
from evaluations.views.page import READING, back, file_view, show
from projects.forms.tables import with_row_changed
from projects.models import Proposal


@keeps_typed_text
@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def completeness(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """The programme office and auditors look, the PIO team checks."""
    may_see_all_files.check(request.user, proposal)
    version = proposal.latest_version
    correct_until = correction_deadline(proposal, clock.now())
    form = None
    if request.method == "POST":
        may_check_completeness.check(request.user, proposal)
        changed = with_row_changed(request.POST)
        form = _form(proposal, request.POST if changed is None else changed)
        if changed is not None:
            form.show_without_judging()
        elif form.is_valid():
            with service_errors(form):
                check_completeness(proposal=proposal, by=request.user, **form.values)
            if form.is_valid():
                return _done(request, proposal, is_complete=form.values["is_complete"])
    elif proposal.waits_for_check and may_check_completeness.test(request.user):
        day = last_day_before(correct_until) if correct_until else None
        form = _form(proposal, initial={"correct_until": day})
    return show(
        request,
        "completeness",
        proposal,
        "completeness",
        form=form,
        correct_until=correct_until,
        checks=checks_of(proposal),
        version=version,
        reading=READING,
    )


def _form(proposal: Proposal, data: object = None, **more: object) -> CompletenessForm:
    version = proposal.latest_version
    return CompletenessForm(
        data,
        points=points_to_check(proposal),
        content=version.content if version is not None else {},
        **more,
    )


def _done(request: SignedInRequest, proposal: Proposal, *, is_complete: bool) -> HttpResponse:
    if is_complete:
        messages.success(request, _("Het voorstel is volledig. Wijs nu een adviseur toe."))
        return back(proposal, "assignment")
    messages.success(
        request,
        _("Het voorstel is onvolledig. De aanvrager krijgt een mail; de klok staat stil."),
    )
    return back(proposal, "completeness")
