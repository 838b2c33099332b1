"""What follows a decision: its letter, the agreement, the signatures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.money import format_eur
from common.views import sentences
from documents.downloads import serve
from funding import services
from funding.forms.agreements import AgreementForm, MemberSignatureForm, SignatureForm
from funding.lifecycle import AgreementState
from funding.models import Agreement, AgreementSignature, CommitteeDecision
from funding.policies import (
    may_request_cofinancing,
    may_see_funding,
    may_sign_for_beneficiary,
    may_sign_for_fund,
    may_tell_decision,
)
from funding.selectors import committee as selectors
from funding.views.access import money_view
from projects.selectors.projects import member_project
from projects.views.acts import ConfirmForm, act_page, posted


@money_view
@require_POST
def letter_make(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the letter again."""
    found = selectors.decision_page(pk)
    try:
        services.remake_letter(decision=found, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De brief wordt opnieuw gemaakt."))
    return redirect("funding:request", found.request_id)


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def letter_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell the beneficiary."""
    may_tell_decision.check(request.user)
    found = selectors.decision_page(pk)
    return act_page(
        request,
        title=_("Beslissing meedelen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.send_letter(decision=found, by=request.user),
        submit=_("Meedelen"),
        done=_("De beslissing is meegedeeld. De begunstigde kan de brief lezen."),
        explanation=_(
            "De indieners van de organisatie krijgen een mail en kunnen de brief lezen. Kijk de "
            "brief eerst na: daarna ligt hij vast."
        ),
        **_decision_page(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the agreement of a grant, or write the draft anew."""
    may_request_cofinancing.check(request.user)
    found = selectors.decision_page(pk)
    existing = found.agreement_made
    initial = {
        "due_on": existing.due_on if existing else services.default_due_on(found),
        "terms": existing.terms if existing else "",
    }
    return act_page(
        request,
        title=_("Samenwerkingsovereenkomst opstellen"),
        form=posted(request, AgreementForm, initial=initial),
        act=lambda data: services.draft_agreement(decision=found, by=request.user, **data),
        submit=_("Opstellen"),
        done=_("De overeenkomst is opgesteld. Het document wordt gemaakt."),
        explanation=_(
            "De overeenkomst krijgt het bedrag, de regel en de schijven zoals ze nu zijn."
        ),
        **_decision_page(found),
    )


@money_view
@require_safe
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agreement, its document and who signed."""
    found = selectors.agreement_page(pk)
    return render(
        request,
        "funding/agreement.html",
        {
            "agreement": found,
            "decision": found.decision,
            "project": found.decision.request.procurement.project,
            "signatures": found.signatures.all(),
            "may_write": may_request_cofinancing.test(request.user)
            and found.state == AgreementState.DRAFT,
            "may_sign": may_sign_for_fund.test(request.user, found)
            and found.state == AgreementState.SENT,
        },
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the agreement to the beneficiary."""
    may_request_cofinancing.check(request.user)
    found = selectors.agreement_page(pk)
    return act_page(
        request,
        title=_("Overeenkomst versturen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.send_agreement(agreement=found, by=request.user),
        submit=_("Versturen"),
        done=_("De overeenkomst is verstuurd."),
        explanation=_(
            "De indieners van de organisatie krijgen een mail en kunnen de overeenkomst lezen. "
            "Daarna ligt de tekst vast."
        ),
        facts=[(_("Te ondertekenen tegen"), format_day(found.due_on))],
        **_agreement_page(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Staff note who signed, for either party."""
    found = selectors.agreement_page(pk)
    may_sign_for_fund.check(request.user, found)
    return act_page(
        request,
        title=_("Ondertekening noteren"),
        form=posted(request, SignatureForm),
        act=lambda data: services.record_signature(agreement=found, by=request.user, **data),
        submit=_("Noteren"),
        done=_("De ondertekening is genoteerd."),
        explanation=_("Een ondertekening blijft staan zoals u ze noteert, met het exemplaar."),
        **_agreement_page(found),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_sign(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The beneficiary hands in what it signed."""
    project = member_project(request.user, reference)
    found = selectors.member_agreement(project, pk)
    may_sign_for_beneficiary.check(request.user, found)
    return act_page(
        request,
        title=_("Ondertekende overeenkomst opladen"),
        form=posted(request, MemberSignatureForm),
        act=lambda data: services.record_signature(
            agreement=found,
            party=AgreementSignature.Party.BENEFICIARY,
            by=request.user,
            **data,
        ),
        submit=_("Opladen"),
        done=_("Uw ondertekening is genoteerd. Het PIO-team krijgt uw exemplaar."),
        explanation=_("U noteert wie voor uw organisatie ondertekende, met het exemplaar."),
        facts=[
            (_("Overeenkomst"), found.number),
            (_("Te ondertekenen tegen"), format_day(found.due_on)),
        ],
        back=reverse("funding:project_funding", args=[project.reference]),
        about=f"{project.reference} – {project.title}",
        template="funding/member_act.html",
    )


@login_required
@require_safe
def signed_copy(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The signed copy, for staff who see money and for the beneficiary."""
    found = selectors.signature_with_copy(
        request.user, pk, as_staff=may_see_funding.test(request.user)
    )
    return serve(request, found.signed_copy)


def _decision_page(found: CommitteeDecision) -> dict[str, Any]:
    facts: list[tuple[Any, Any]] = [
        (_("Beslissing"), found.get_outcome_display()),
        (_("Beslist op"), format_day(found.decided_on)),
        (_("Begunstigde"), found.request.procurement.project.organisation.name),
    ]
    if found.granted_amount is not None:
        facts.append((_("Toegekend bedrag"), format_eur(found.granted_amount)))
    return {
        "facts": facts,
        "back": reverse("funding:request", args=[found.request_id]),
        "about": str(found.request.procurement),
    }


def _agreement_page(found: Agreement) -> dict[str, Any]:
    return {"back": found.get_absolute_url(), "about": found.number}
