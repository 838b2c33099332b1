"""Who works on which section."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from accounts.views.typed_text import keeps_typed_text
from calls.models import FormSection
from common.views import sentences, service_errors
from projects import selectors
from projects.forms.assignments import AssignForm
from projects.models import Proposal, SectionAssignment
from projects.policies import is_editor, is_reader
from projects.services import assign_section, end_assignment, finish_assignment
from projects.views.people import person


@keeps_typed_text
def assign(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Ask a colleague to complete a section by a day."""
    proposal, section = _open(request, reference, code)
    is_editor.check(request.user, proposal)
    if not proposal.can_be_edited:
        messages.error(request, _("U kunt dit voorstel niet of niet meer wijzigen."))
        return redirect(proposal)
    present = SectionAssignment.objects.filter(proposal=proposal, section=section).first()
    initial = (
        {"assignee": present.assignee_id, "due_on": present.due_on, "note": present.note}
        if present
        else {"due_on": None}
    )
    colleagues = members_with_role(proposal.organisation_id, MemberRole.EDITOR)
    form = AssignForm(request.POST or None, colleagues=colleagues, initial=initial)
    if form.is_valid():
        with service_errors(form):
            assign_section(
                proposal=proposal, section=section, by=person(request), **form.cleaned_data
            )
    if form.is_valid():
        messages.success(
            request,
            _("%(section)s is toegewezen aan %(name)s. Uw voorstel is nog niet ingediend.")
            % {"section": section, "name": form.cleaned_data["assignee"]},
        )
        return redirect(proposal)
    return render(
        request,
        "projects/assign.html",
        {"proposal": proposal, "section": section, "form": form, "present": present},
    )


@login_required
@require_POST
def finish(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """ "Klaar": the section is done; or `end`: the request is taken back."""
    proposal, section = _open(request, reference, code)
    assignment = get_object_or_404(
        SectionAssignment.objects.select_related("proposal", "section"),
        proposal=proposal,
        section=section,
    )
    try:
        if request.POST.get("act") == "end":
            end_assignment(assignment=assignment, by=person(request))
            messages.success(request, _("De toewijzing is verwijderd."))
        else:
            finish_assignment(assignment=assignment, by=person(request))
            messages.success(request, _("Het deel is klaar. Uw voorstel is nog niet ingediend."))
    except ValidationError as error:
        messages.error(request, sentences(error))
    return redirect(proposal)


def _open(request: HttpRequest, reference: str, code: str) -> tuple[Proposal, FormSection]:
    proposal = selectors.visible_proposal(request.user, reference)
    if not is_reader.test(request.user, proposal):
        raise Http404
    return proposal, get_object_or_404(FormSection, call=proposal.call_id, code=code)
