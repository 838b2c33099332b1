"""The pages on which an organisation keeps its own details and people."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import (
    AddMemberForm,
    MemberRoleForm,
    OrganisationForm,
    RegisterOrganisationForm,
)
from accounts.identifiers import normalise_kbo
from accounts.models import Membership, Organisation
from accounts.policies import may_manage_organisation
from accounts.requests import SignedInRequest
from accounts.roles import MemberRole
from accounts.selectors import SESSION_KEY, members_of, similar_organisations
from accounts.services.members import add_member, change_member_role, remove_member
from accounts.services.organisations import register_organisation, update_organisation
from common.views import sentences, service_errors


@require_safe
@login_required
def own_organisations(request: SignedInRequest) -> HttpResponse:
    """The organisations one belongs to, and which one is active."""
    return render(
        request, "accounts/organisations.html", {"memberships": request.user.own_memberships}
    )


@require_safe
@login_required
def organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Details and people of an organisation one belongs to."""
    return render(request, "accounts/organisation.html", _page(request, _visible(request, pk)))


@login_required
def register(request: SignedInRequest) -> HttpResponse:
    """Register an organisation; look-alikes are shown first and do not block."""
    form = RegisterOrganisationForm(request.POST or None)
    lookalikes: list[Organisation] = []
    if form.is_valid():
        if not form.cleaned_data["another"]:
            lookalikes = _lookalikes(form)
        if not lookalikes:
            with service_errors(form):
                added = register_organisation(actor=request.user, details=form.details)
    if form.is_valid() and not lookalikes:
        request.session[SESSION_KEY] = added.pk
        messages.success(
            request,
            _("%(name)s is geregistreerd. Een medewerker kijkt de gegevens na.")
            % {"name": added.name},
        )
        return redirect("accounts:organisation", added.pk)
    return render(
        request,
        "accounts/organisation_register.html",
        {"form": form, "lookalikes": lookalikes},
    )


@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the details; managers only."""
    found = _managed(request, pk)
    form = OrganisationForm(request.POST or None, organisation=found)
    if form.is_valid():
        with service_errors(form):
            update_organisation(actor=request.user, organisation_id=found.pk, details=form.details)
    if form.is_valid():
        messages.success(request, _("De gegevens zijn opgeslagen."))
        return redirect("accounts:organisation", found.pk)
    return render(request, "accounts/organisation_edit.html", {"form": form, "organisation": found})


@require_POST
@login_required
def member_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a colleague and send an invitation; managers only."""
    found = _managed(request, pk)
    form = AddMemberForm(request.POST)
    if form.is_valid():
        with service_errors(form):
            add_member(
                actor=request.user,
                organisation_id=found.pk,
                email=form.cleaned_data["email"],
                role=MemberRole(form.cleaned_data["role"]),
                first_name=form.cleaned_data["first_name"],
                last_name=form.cleaned_data["last_name"],
            )
    if form.is_valid():
        messages.success(
            request,
            _("%(email)s hoort nu bij de organisatie en krijgt een mail.")
            % {"email": form.cleaned_data["email"]},
        )
        return redirect("accounts:organisation", found.pk)
    return render(request, "accounts/organisation.html", _page(request, found, add_form=form))


@login_required
def member(request: SignedInRequest, pk: int, membership_id: int) -> HttpResponse:
    """Change the role of a colleague, or go on to removing; managers only."""
    found = _managed(request, pk)
    membership = _membership(found, membership_id)
    form = MemberRoleForm(request.POST or None, initial={"role": membership.role})
    if form.is_valid():
        with service_errors(form):
            change_member_role(
                actor=request.user,
                organisation_id=found.pk,
                membership_id=membership.pk,
                role=MemberRole(form.cleaned_data["role"]),
            )
    if form.is_valid():
        messages.success(request, _("De rol is gewijzigd."))
        return redirect("accounts:organisation", found.pk)
    return render(
        request,
        "accounts/member.html",
        {"form": form, "organisation": found, "membership": membership},
    )


@require_POST
@login_required
def member_remove(request: SignedInRequest, pk: int, membership_id: int) -> HttpResponse:
    """Take a colleague out of the organisation; managers only."""
    found = _managed(request, pk)
    membership = _membership(found, membership_id)
    try:
        remove_member(actor=request.user, organisation_id=found.pk, membership_id=membership.pk)
    except ValidationError as error:
        messages.error(request, sentences(error))
        return redirect("accounts:member", found.pk, membership.pk)
    messages.success(
        request, _("%(name)s hoort niet meer bij de organisatie.") % {"name": membership.user}
    )
    if membership.user_id == request.user.pk:
        return redirect("accounts:organisations")
    return redirect("accounts:organisation", found.pk)


def _visible(request: SignedInRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)


def _managed(request: SignedInRequest, pk: int) -> Organisation:
    """The organisation, or 404 when one may not know of it and 403 when one only may look."""
    found = _visible(request, pk)
    may_manage_organisation.check(request.user, found)
    return found


def _membership(found: Organisation, membership_id: int) -> Membership:
    membership = members_of(found).filter(pk=membership_id).first()
    if membership is None:
        raise Http404
    return membership


def _page(
    request: SignedInRequest, found: Organisation, add_form: AddMemberForm | None = None
) -> dict[str, Any]:
    manages = may_manage_organisation.test(request.user, found)
    return {
        "organisation": found,
        "members": members_of(found),
        "manages": manages,
        "add_form": (add_form or AddMemberForm(initial={"role": MemberRole.EDITOR}))
        if manages
        else None,
    }


def _lookalikes(form: RegisterOrganisationForm) -> list[Organisation]:
    try:
        number = normalise_kbo(form.cleaned_data["kbo"])
    except ValidationError:
        return []  # the service will say what is wrong with the number
    return similar_organisations(name=form.cleaned_data["name"], kbo=number)
