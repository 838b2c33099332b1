"""The assignment tab: the team asks, the adviser answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from common.views import service_errors
from evaluations.forms import AssignForm, ConflictForm, DeclarationForm, ReasonForm
from evaluations.forms.pool import ReassignForm
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE, AssignmentState
from evaluations.models import Assignment, ConflictKind
from evaluations.policies import may_assign, may_take_back_conflict
from evaluations.selectors import (
    assignments_of,
    default_advice_day,
    lead_assignment,
    own_assignment,
)
from evaluations.selectors.pool import candidates, standing_conflicts, taken_back_conflicts
from evaluations.services import (
    accept_assignment,
    assign_adviser,
    decline_assignment,
    revoke_assignment,
)
from evaluations.services.assignment import ASSIGNABLE, reassign
from evaluations.services.conflicts import declare_conflict_on_file, take_back_conflict
from evaluations.views.page import back, file_view, show
from projects.models import Proposal


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Who assesses the file; the team asks advisers here."""
    if request.method == "POST":
        may_assign.check(request.user, proposal)
        form = AssignForm(
            request.POST,
            candidates=candidates(request.user, proposal, default_advice_day(proposal)),
        )
        if form.is_valid():
            with service_errors(form):
                assign_adviser(proposal=proposal, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request,
                _("%(adviser)s krijgt een uitnodiging.")
                % {"adviser": form.cleaned_data["adviser"]},
            )
            return back(proposal, "assignment")
        return _page(request, proposal, assign_form=form)
    return _page(request, proposal)


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Declare that there is no conflict, and begin."""
    own = _own(request, proposal)
    form = DeclarationForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            accept_assignment(assignment=own, by=request.user)
    if form.is_valid():
        messages.success(request, _("U hebt aanvaard. U kunt nu scores geven."))
        return back(proposal, "scoring")
    return _page(request, proposal, declaration_form=form)


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Declare a conflict, asked to assess the file or not; afterwards the file is gone, so the
    answer is the list."""
    form = ConflictForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with service_errors(form):
            declare_conflict_on_file(proposal=proposal, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("Uw belangenconflict is gemeld. U ziet dit dossier niet meer."))
        return redirect("evaluations:files")
    return _page(request, proposal, conflict_form=form)


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Decline for another reason."""
    own = _own(request, proposal)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            decline_assignment(assignment=own, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("U beoordeelt dit dossier niet. Het PIO-team weet het."))
        return redirect("evaluations:files")
    return _page(request, proposal, decline_form=form)


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, proposal: Proposal, pk: int) -> HttpResponse:
    """Take an assignment back, with a reason."""
    may_assign.check(request.user, proposal)
    target = _target(request, proposal, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            revoke_assignment(assignment=target, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De toewijzing is ingetrokken."))
        return back(proposal, "assignment")
    return show(request, "revoke", proposal, "assignment", form=form, target=target)


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: SignedInRequest, proposal: Proposal, pk: int) -> HttpResponse:
    """Ask another adviser in the place of one, with a reason."""
    may_assign.check(request.user, proposal)
    target = _target(request, proposal, pk)
    fitting = candidates(request.user, proposal, target.last_day)
    form = ReassignForm(
        request.POST or None,
        candidates=fitting,
        initial={"due_on": max(target.last_day, default_advice_day(proposal))},
    )
    if form.is_valid():
        with service_errors(form):
            reassign(assignment=target, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(
            request,
            _("%(adviser)s krijgt een uitnodiging; %(previous)s weet het.")
            % {"adviser": form.cleaned_data["adviser"], "previous": target.adviser},
        )
        return back(proposal, "assignment")
    return show(
        request,
        "reassign",
        proposal,
        "assignment",
        form=form,
        target=target,
        candidates=fitting,
    )


@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, proposal: Proposal, pk: int) -> HttpResponse:
    """Undo a conflict of interest that somebody declared by mistake, with a reason."""
    may_take_back_conflict.check(request.user, proposal)
    row = next((one for one in standing_conflicts(proposal) if one.pk == pk), None)
    if row is None or row.kind != ConflictKind.DECLARED:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            take_back_conflict(conflict=row, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(
            request,
            _("Het belangenconflict is teruggenomen. %(person)s mag dit dossier weer zien.")
            % {"person": row.person},
        )
        return back(proposal, "assignment")
    return show(request, "take_back_conflict", proposal, "assignment", form=form, conflict=row)


def _target(request: SignedInRequest, proposal: Proposal, pk: int) -> Assignment:
    target = (
        Assignment.objects.visible_to(request.user)
        .filter(proposal=proposal, pk=pk)
        .select_related("adviser")
        .first()
    )
    if target is None:
        raise Http404
    return target


def _own(request: SignedInRequest, proposal: Proposal) -> Assignment:
    own = own_assignment(request.user, proposal)
    if own is None:
        raise Http404
    return own


def _page(request: SignedInRequest, proposal: Proposal, **forms: Any) -> HttpResponse:
    user = request.user
    own = own_assignment(user, proposal)
    assigns = may_assign.test(user, proposal)
    fitting = []
    if assigns and proposal.state in ASSIGNABLE:
        fitting = candidates(user, proposal, default_advice_day(proposal))
        forms.setdefault(
            "assign_form",
            AssignForm(
                candidates=fitting,
                initial={
                    "due_on": default_advice_day(proposal),
                    "is_lead": lead_assignment(proposal) is None,
                },
            ),
        )
    may_answer = own is not None and own.state == AssignmentState.INVITED
    if may_answer:
        forms.setdefault("declaration_form", DeclarationForm())
        forms.setdefault("decline_form", ReasonForm())
    forms.setdefault("conflict_form", ConflictForm())
    context = {
        name: forms.get(name)
        for name in ("assign_form", "declaration_form", "decline_form", "conflict_form")
    }
    revocable = ASSIGNMENT_LIFECYCLE["revoke"].sources
    rows = [(row, assigns and row.state in revocable) for row in assignments_of(user, proposal)]
    return show(
        request,
        "assignment",
        proposal,
        "assignment",
        own=own,
        rows=rows,
        may_answer=may_answer,
        assigns=assigns,
        candidates=fitting,
        conflicts=standing_conflicts(proposal) if assigns else [],
        taken_back=taken_back_conflicts(proposal) if assigns else [],
        may_take_back=may_take_back_conflict.test(user, proposal),
        **context,
    )
