"""Partners: the lead invites their people; those fill in their own part and see nothing else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.typed_text import keeps_typed_text
from common import clock
from common.views import add_errors, sentences, service_errors
from documents.downloads import serve
from projects import selectors
from projects.draft import load_draft
from projects.forms.partners import InviteForm, PartForm
from projects.models import Partner
from projects.policies import is_reader, is_submitter
from projects.selectors import partners as reads
from projects.services import (
    PartnerClash,
    add_letter,
    end_partner_access,
    invite_to_partner,
    remove_letter,
    save_partner_part,
)
from projects.views.people import person
from projects.views.unsaved import unsaved_part
from projects.window import window_at


@keeps_typed_text
def partners(request: HttpRequest, reference: str) -> HttpResponse:
    """For the lead: who of which partner was invited, and inviting somebody."""
    proposal = selectors.visible_proposal(request.user, reference)
    if not is_reader.test(request.user, proposal):
        raise Http404
    may_invite = proposal.can_be_edited and is_submitter.test(request.user, proposal)
    form = None
    if request.method == "POST":
        is_submitter.check(request.user, proposal)
    if may_invite:
        form = InviteForm(request.POST or None, partners=proposal.partners.all())
        if form.is_valid():
            with service_errors(form):
                access = invite_to_partner(by=person(request), **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request, _("%(name)s kreeg een uitnodiging per mail.") % {"name": access.user}
            )
            return redirect("projects:partners", reference)
    elif request.method == "POST":
        messages.error(request, _("U kunt dit voorstel niet of niet meer wijzigen."))
        return redirect("projects:partners", reference)
    return render(
        request,
        "projects/partners.html",
        {
            "proposal": proposal,
            "partners": reads.partners_with_people(proposal),
            "form": form,
            "may_end": is_submitter.test(request.user, proposal),
        },
    )


@login_required
@require_POST
def end_access(request: HttpRequest, reference: str, access_id: int) -> HttpResponse:
    """Take somebody's access away."""
    proposal = selectors.visible_proposal(request.user, reference)
    is_submitter.check(request.user, proposal)
    access = reads.access_of(proposal, access_id)
    end_partner_access(access=access, by=person(request))
    messages.success(request, _("%(name)s heeft geen toegang meer.") % {"name": access.user})
    return redirect("projects:partners", reference)


@keeps_typed_text
def part(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """For a person of the partner: the own part, and the progress of the whole."""
    partner = reads.partner_part(request.user, reference, pk)
    if request.method == "POST":
        return _save(request, partner)
    return _page(request, partner, form=_form(request, partner))


@login_required
@require_safe
def part_file(request: HttpRequest, reference: str, pk: int, file_id: UUID) -> HttpResponseBase:
    """The partner's own letter of intent."""
    return serve(request, reads.file_of_part(request.user, reference, pk, file_id))


def _form(request: HttpRequest, partner: Partner) -> PartForm | None:
    if not partner.proposal.can_be_edited:
        return None
    initial = {
        "role": partner.role,
        "contribution": partner.contribution,
        "version": partner.version,
    }
    is_post = request.method == "POST"
    return PartForm(
        request.POST if is_post else None, request.FILES if is_post else None, initial=initial
    )


def _save(request: HttpRequest, partner: Partner) -> HttpResponse:
    form = _form(request, partner)
    if form is None:
        return _page(request, partner, form=None, status=409, **unsaved_part(request, partner))
    if "remove_letter" in request.POST:
        with service_errors(form):
            remove_letter(partner=partner, by=person(request))
        return _page(request, _again(request, partner), form=form)
    is_fine = form.is_valid()
    # The file is kept whatever is wrong elsewhere: a browser does not send it again.
    if uploaded := form.cleaned_data.get("letter"):
        with service_errors(form):
            add_letter(partner=partner, uploaded=uploaded, by=person(request))
        is_fine = is_fine and form.is_valid()
    if not is_fine:
        return _page(request, _again(request, partner), form=form)
    try:
        save_partner_part(
            partner=partner,
            role=form.cleaned_data["role"],
            contribution=form.cleaned_data["contribution"],
            version=form.cleaned_data["version"] or 0,
            by=person(request),
        )
    except PartnerClash as clash:
        form.restart_from(clash.current.version)
        return _page(request, _again(request, partner), form=form, clash=sentences(clash))
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, _again(request, partner), form=form)
    messages.success(request, _("Uw deel is opgeslagen. Het voorstel is nog niet ingediend."))
    return redirect("projects:partner_part", partner.proposal.reference, partner.pk)


def _again(request: HttpRequest, partner: Partner) -> Partner:
    return reads.partner_part(request.user, partner.proposal.reference, partner.pk)


def _page(
    request: HttpRequest,
    partner: Partner,
    *,
    form: PartForm | None,
    clash: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    proposal = partner.proposal
    draft = load_draft(proposal)
    return render(
        request,
        "projects/partner_part.html",
        {
            "partner": partner,
            "proposal": proposal,
            "window": window_at(proposal, clock.now()),
            "form": form,
            "clash": clash,
            "frozen": None if proposal.can_be_edited else reads.frozen_part(partner),
            "letters": list(partner.attachments.all()),
            "overall": draft.overall,
            "sections": [(section, draft.progress(section)) for section in draft.sections],
            "unsaved_reason": "",
            **more,
        },
        status=status,
    )
