"""Co-financing requests: list, asking, the committee's decision, committing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from calls.cofinancing import AdvisedCofinancing
from common.formatting import format_day
from common.money import format_eur
from common.views import sentences, service_errors
from documents.downloads import serve
from funding import services
from funding.forms.cofinancing import (
    DecisionForm,
    RequestFilterForm,
    RequestForm,
    TenderDocumentForm,
)
from funding.lifecycle import REQUEST_LIFECYCLE, CommitteeState
from funding.models import CommitteeDecision
from funding.policies import (
    may_commit,
    may_prepare_agenda,
    may_record_decision,
    may_request_cofinancing,
    may_see_funding,
    may_tell_decision,
)
from funding.selectors import commitments as selectors
from funding.selectors import committee
from funding.views.access import money_view
from projects.models import Procurement
from projects.policies import may_guide_project
from projects.selectors.projects import project_tabs, staff_project
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50


@money_view
@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """Every request, with filters."""
    form = RequestFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.request_list(state=chosen.get("state", ""), search=chosen.get("q", ""))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "funding/requests.html", {"form": form, "page_obj": page})


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask co-financing for a procurement; "Bereken" only applies the rule."""
    may_request_cofinancing.check(request.user)
    procurement = _procurement(pk)
    form = posted(request, RequestForm, initial={"eligible_base": procurement.estimated_amount})
    if request.method == "POST" and "calculate" not in request.POST and form.is_valid():
        with service_errors(form):
            made = services.request_cofinancing(
                procurement=procurement, by=request.user, **form.cleaned_data
            )
        if form.is_valid():
            messages.success(request, _("De aanvraag tot cofinanciering is geregistreerd."))
            return redirect("funding:request", made.pk)
    advice = _advice(procurement, form)
    if "calculate" in request.POST and "eligible_base" not in form.errors:
        # Not an attempt to save: what is still empty is no mistake yet.
        form = RequestForm(initial=request.POST.dict())
    return render(
        request,
        "funding/request_new.html",
        {"procurement": procurement, "project": procurement.project, "form": form, **advice},
    )


@money_view
@require_POST
def request_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rule's sentence for the amount that was typed (htmx)."""
    procurement = _procurement(pk)
    form = RequestForm(request.POST)
    return render(request, "funding/_rule.html", _advice(procurement, form))


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: what is asked, what the committee decided, what comes next."""
    found = selectors.request_page(pk)
    open_to_decide = REQUEST_LIFECYCLE.allows(found, "grant")
    item = committee.open_item(found)
    may_decide = open_to_decide and item is None and may_record_decision.test(request.user)
    form = None
    if request.method == "POST":
        may_record_decision.check(request.user)
    if may_decide or request.method == "POST":
        form = posted(request, DecisionForm, initial={"granted_amount": found.requested_amount})
    if form is not None and request.method == "POST" and form.is_valid():
        with service_errors(form):
            services.record_committee_decision(request=found, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("De beslissing van het comité is genoteerd."))
            return redirect("funding:request", found.pk)
    return render(
        request,
        "funding/request.html",
        {
            "cofinancing": found,
            "project": found.procurement.project,
            "decisions": found.decisions.all(),
            "form": form,
            "waits_for_decision": open_to_decide,
            "item": item,
            "tender_documents": found.tender_documents.all(),
            "may_add_document": open_to_decide
            and (item is None or item.meeting.state == CommitteeState.PLANNED)
            and may_request_cofinancing.test(request.user),
            "may_prepare": may_prepare_agenda.test(request.user),
            "may_tell": may_tell_decision.test(request.user),
            "may_draft": may_request_cofinancing.test(request.user),
            "granted": CommitteeDecision.Outcome.GRANTED,
            "grant": selectors.grant_to_commit(found),
            "may_commit": may_commit.test(request.user),
        },
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def tender_document_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A next version of the tender document."""
    may_request_cofinancing.check(request.user)
    found = selectors.request_page(pk)
    return act_page(
        request,
        title=_("Opdrachtdocument toevoegen"),
        form=posted(request, TenderDocumentForm),
        act=lambda data: services.add_tender_document(request=found, by=request.user, **data),
        submit=_("Toevoegen"),
        done=_("Het opdrachtdocument is toegevoegd."),
        explanation=_(
            "De vorige versies blijven staan. Vervangen kan tot de agenda van het comité is "
            "afgesloten."
        ),
        back=reverse("funding:request", args=[found.pk]),
        about=str(found.procurement),
    )


@login_required
@require_safe
def tender_document(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file, for staff who see money and for the beneficiary."""
    found = committee.tender_document(request.user, pk, as_staff=may_see_funding.test(request.user))
    return serve(request, found.file)


@money_view
@require_POST
def request_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the sheet for the committee, and show it."""
    job = services.make_sheet(request=selectors.request_page(pk), by=request.user)
    return redirect("documents:job", job.pk)


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def commit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Commit a grant; the confirmation shows the VAK before and after."""
    may_commit.check(request.user)
    found = selectors.request_page(pk)
    grant = selectors.grant_to_commit(found)
    if grant is None:
        messages.info(request, _("Er is niets vast te leggen voor deze aanvraag."))
        return redirect("funding:request", found.pk)
    amount = grant.granted_amount
    assert amount is not None  # the service and a CHECK hold that a grant has an amount
    line = selectors.line_for(grant.decided_on.year)
    facts: list[tuple[Any, Any]] = [
        (_("Bedrag"), format_eur(amount)),
        (_("Datum van de vastlegging"), format_day(grant.decided_on)),
    ]
    if line is not None:
        facts += [
            (_("VAK beschikbaar vóór"), format_eur(line.vak_available)),
            (_("VAK beschikbaar na"), format_eur(line.vak_available - amount)),
        ]
    return act_page(
        request,
        title=_("Vastleggen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.commit(decision=grant, by=request.user),
        submit=_("Vastleggen"),
        done=_("Het bedrag is vastgelegd. Plan nu de schijven."),
        explanation=_(
            "Het bedrag wordt geboekt op het vastleggingskrediet van %(year)s, het jaar van de "
            "beslissing. Een boeking blijft altijd staan."
        )
        % {"year": grant.decided_on.year},
        facts=facts,
        back=reverse("funding:request", args=[found.pk]),
        about=str(found.procurement),
    )


@money_view
@require_safe
def staff_project_funding(request: SignedInRequest, reference: str) -> HttpResponse:
    """The money tab of a project."""
    project = staff_project(request.user, reference)
    asked, commitments = selectors.project_money(project)
    return render(
        request,
        "funding/project_staff.html",
        {
            "project": project,
            "tabs": project_tabs(request.user, project, "funding"),
            "requests": asked,
            "commitments": commitments,
            "may_request": may_request_cofinancing.test(request.user),
            "may_commit": may_commit.test(request.user),
            "may_award": may_guide_project.test(request.user),
        },
    )


def _procurement(pk: int) -> Procurement:
    return get_object_or_404(
        Procurement.objects.select_related("project__call", "project__organisation"), pk=pk
    )


def _advice(procurement: Procurement, form: RequestForm) -> dict[str, Any]:
    """The rule in words, and what it gives for the base in the form (typed or proposed)."""
    advised: AdvisedCofinancing | None = None
    refusal = ""
    if form.is_bound:
        form.is_valid()
        base = form.cleaned_data.get("eligible_base")
    else:
        base = form.initial.get("eligible_base")
    try:
        rule = services.rule_for(procurement).in_words
        if base is not None and base > 0:
            advised = selectors.advice_for(procurement, base)
    except ValidationError as error:
        rule, refusal = "", sentences(error)
    return {"rule": rule, "advised": advised, "refusal": refusal}
