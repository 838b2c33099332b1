"""Money as the beneficiary sees it: what was granted, instalments, claims."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from accounts.roles import MemberRole
from common.views import service_errors
from funding import services
from funding.forms.claims import ClaimForm
from funding.lifecycle import InstalmentState
from funding.policies import may_claim
from funding.selectors import commitments as selectors
from projects.selectors.projects import member_project
from projects.views.acts import posted


@login_required
@require_safe
def project_funding(request: SignedInRequest, reference: str) -> HttpResponse:
    """Granted, instalments with conditions and states, claims with their outcome."""
    try:
        project = member_project(request.user, reference)
    except Http404:
        if request.user.is_programme_staff:
            return redirect("funding:staff_project_funding", reference)
        raise
    asked, commitments = selectors.project_money(project)
    return render(
        request,
        "funding/project.html",
        {
            "project": project,
            "requests": asked,
            "commitments": commitments,
            "may_claim": request.user.has_member_role(
                project.organisation_id, MemberRole.SUBMITTER
            ),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Claim an instalment."""
    project = member_project(request.user, reference)
    instalment = selectors.claimable_instalment(project, pk)
    may_claim.check(request.user, instalment)
    form = posted(request, ClaimForm, initial={"amount": instalment.amount})
    if request.method == "POST" and form.is_valid():
        with service_errors(form):
            services.claim_instalment(instalment=instalment, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request,
                _("U hebt schijf %(number)s aangevraagd. Het PIO-team kijkt uw aanvraag na.")
                % {"number": instalment.number},
            )
            return redirect("funding:project_funding", project.reference)
    elif request.method != "POST" and instalment.state != InstalmentState.CLAIMABLE:
        messages.info(request, _("Deze schijf kunt u nu niet aanvragen."))
        return redirect("funding:project_funding", project.reference)
    return render(
        request,
        "funding/claim_new.html",
        {"project": project, "instalment": instalment, "form": form},
    )
