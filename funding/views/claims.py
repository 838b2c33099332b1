"""Claims as staff handle them: list, page, check, reject, approve, pay."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.moments import today
from common.money import format_eur
from documents.downloads import serve
from funding import services
from funding.forms.claims import (
    CheckForm,
    ClaimFilterForm,
    LineCheckForm,
    PayForm,
    RecheckForm,
    RejectForm,
    ReturnForm,
)
from funding.lifecycle import InstalmentState
from funding.models import Claim, ClaimLine
from funding.ordered import running_orders
from funding.policies import (
    is_not_claimant,
    is_second_person,
    may_approve,
    may_check_claim,
    may_pay,
    may_see_funding,
)
from funding.selectors import claims as claim_selectors
from funding.selectors import commitments as selectors
from funding.services.claims import rate_of, vat_counts
from funding.views.access import money_view
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50


@dataclass(frozen=True)
class ClaimActs:
    """What the person may do with a claim now, and why not when that helps."""

    check: bool = False
    reject: bool = False
    approve: bool = False
    recheck: bool = False
    pay: bool = False
    take_back: bool = False
    remark: str = ""


def acts_on(user: Any, claim: Claim, ordered: str = "") -> ClaimActs:
    """The buttons of a claim's page; `ordered` is the payment order in which it waits."""
    if claim.rejected_at is not None:
        return ClaimActs()
    state = claim.instalment.state
    may_check = may_check_claim.test(user)
    if state == InstalmentState.CLAIMED:
        if may_check and not is_not_claimant.test(user, claim):
            return ClaimActs(remark=is_not_claimant.sentence)
        return ClaimActs(check=may_check, reject=may_check)
    if state == InstalmentState.CHECKED:
        second = may_approve.test(user) and is_second_person.test(user, claim)
        remark = "" if second or not may_approve.test(user) else is_second_person.sentence
        return ClaimActs(reject=may_check, approve=second, recheck=may_check, remark=remark)
    if state == InstalmentState.APPROVED:
        if ordered:
            sentence = _("De betaling wordt geboekt met de bevestiging van de bank.")
            return ClaimActs(remark=f"{_('Staat in betaalopdracht')} {ordered}. {sentence}")
        return ClaimActs(pay=may_pay.test(user), recheck=may_check)
    if state == InstalmentState.PAID:
        return ClaimActs(take_back=may_pay.test(user))
    return ClaimActs()


@money_view
@require_safe
def claims(request: SignedInRequest) -> HttpResponse:
    """Every claim, what waits longest first."""
    form = ClaimFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.claim_list(state=chosen.get("state", ""), search=chosen.get("q", ""))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "funding/claims.html", {"form": form, "page_obj": page})


@money_view
@require_safe
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """One claim: what is asked, what was found, and the next step."""
    found = selectors.claim_page(pk)
    lines = claim_selectors.claim_lines(found)
    ordered = running_orders([found.pk]).get(found.pk, "")
    return render(
        request,
        "funding/claim.html",
        {
            "claim": found,
            "lines": lines,
            "totals": claim_selectors.totals(lines),
            "repeated": _repeated(found, lines),
            "evidence": claim_selectors.loose_evidence(found),
            "rate": rate_of(found.instalment.commitment) * 100,
            "instalment": found.instalment,
            "commitment": found.instalment.commitment,
            "project": found.instalment.commitment.project,
            "payment": found.payment_made,
            "acts": acts_on(request.user, found, ordered),
        },
    )


def _repeated(claim: Claim, lines: list[ClaimLine]) -> list[tuple[ClaimLine, list[ClaimLine]]]:
    found = claim_selectors.repeated_invoices(claim, lines)
    return [(line, found[line.pk]) for line in lines if line.pk in found]


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what of the claim is accepted, cost by cost when it has costs."""
    may_check_claim.check(request.user)
    found = selectors.claim_page(pk)
    found.vat_counts = vat_counts(found.instalment.commitment.project)
    lines = claim_selectors.claim_lines(found)
    if lines:
        form = posted(request, LineCheckForm, lines=lines)
    else:
        form = posted(request, CheckForm, initial={"accepted_amount": found.amount})

    def act(data: dict[str, Any]) -> None:
        if lines:
            data = {"note": data["note"], "lines": form.checks()}
        services.check_claim(claim=found, by=request.user, **data)

    return act_page(
        request,
        title=_("Schuldvordering controleren"),
        form=form,
        act=act,
        submit=_("Controle opslaan"),
        done=_("De schuldvordering is gecontroleerd. Iemand anders keurt ze nu goed."),
        explanation=_("Daarna keurt iemand anders de schuldvordering goed."),
        facts=_facts(found),
        template="funding/claim_check.html" if lines else "projects/project_act.html",
        repeated=_repeated(found, lines),
        rate=rate_of(found.instalment.commitment) * 100,
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back the check and the approval."""
    may_check_claim.check(request.user)
    found = selectors.claim_page(pk)
    return act_page(
        request,
        title=_("Opnieuw controleren"),
        form=posted(request, RecheckForm),
        act=lambda data: services.recheck_claim(claim=found, by=request.user, **data),
        submit=_("Controle terugnemen"),
        done=_("De controle is teruggenomen. De schuldvordering wacht weer op controle."),
        explanation=_(
            "De controle en de goedkeuring vervallen. De schuldvordering wordt opnieuw "
            "gecontroleerd en goedgekeurd."
        ),
        tone="warning",
        facts=_facts(found),
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the claim back with a reason."""
    may_check_claim.check(request.user)
    found = selectors.claim_page(pk)
    return act_page(
        request,
        title=_("Schuldvordering afwijzen"),
        form=posted(request, RejectForm),
        act=lambda data: services.reject_claim(claim=found, by=request.user, **data),
        submit=_("Afwijzen"),
        done=_("De schuldvordering is afgewezen. De indiener krijgt een mail."),
        explanation=_(
            "De indiener krijgt een mail en leest uw reden in het portaal. De schijf wordt weer "
            "opvraagbaar."
        ),
        tone="warning",
        facts=_facts(found),
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, as somebody else than who checked."""
    may_approve.check(request.user)
    found = selectors.claim_page(pk)
    is_second_person.check(request.user, found)
    return act_page(
        request,
        title=_("Schuldvordering goedkeuren"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.approve_claim(claim=found, by=request.user),
        submit=_("Goedkeuren"),
        done=_("De schuldvordering is goedgekeurd en kan betaald worden."),
        explanation=_("U keurt goed wat iemand anders controleerde. Daarna volgt de betaling."),
        facts=[
            *_facts(found),
            (_("Aanvaard bedrag"), format_eur(found.accepted_amount)),
            (_("Gecontroleerd door"), found.checked_by),
            (_("Bevindingen"), found.check_note),
        ],
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the payment; the page shows the VEK of this year before and after."""
    may_pay.check(request.user)
    found = selectors.claim_page(pk)
    amount = found.accepted_amount
    line = selectors.line_for(today().year, found.instalment.commitment.line.stream)
    facts: list[tuple[Any, Any]] = [*_facts(found), (_("Te betalen"), format_eur(amount))]
    if line is not None and amount is not None:
        facts += [
            (
                _("VEK %(year)s beschikbaar vóór") % {"year": line.budget_year.year},
                format_eur(line.vek_available),
            ),
            (
                _("VEK %(year)s beschikbaar na") % {"year": line.budget_year.year},
                format_eur(line.vek_available - amount),
            ),
        ]
    return act_page(
        request,
        title=_("Betaling registreren"),
        form=posted(request, PayForm, initial={"paid_on": today()}),
        act=lambda data: services.pay_claim(claim=found, by=request.user, **data),
        submit=_("Betaling registreren"),
        done=_("De betaling is geboekt. De indiener krijgt een mail."),
        explanation=_(
            "De betaling wordt geboekt op het vereffeningskrediet van het jaar waarin u betaalt. "
            "Een boeking blijft altijd staan."
        ),
        facts=facts,
        **_back(found),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def returned(request: SignedInRequest, pk: int) -> HttpResponse:
    """The bank sent the payment back."""
    may_pay.check(request.user)
    found = selectors.claim_page(pk)
    payment = found.payment_made
    if payment is None:
        raise Http404
    return act_page(
        request,
        title=_("Betaling is teruggekeerd"),
        form=posted(request, ReturnForm, initial={"on": today()}),
        act=lambda data: services.return_payment(payment=payment, by=request.user, **data),
        submit=_("Terugkeer boeken"),
        done=_("De terugkeer is geboekt. De schuldvordering kan opnieuw betaald worden."),
        explanation=_(
            "Het vereffeningskrediet van dat jaar komt terug en het bedrag staat weer open."
        ),
        tone="warning",
        facts=[
            *_facts(found),
            (_("Betaald op"), format_day(payment.paid_on)),
            (_("Kenmerk van de betaling"), payment.reference),
        ],
        **_back(found),
    )


@login_required
@require_safe
def evidence(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A file with a claim, for staff who see money and for the beneficiary."""
    as_staff = may_see_funding.test(request.user)
    return serve(request, claim_selectors.evidence_for(request.user, pk, as_staff=as_staff).file)


def _facts(claim: Claim) -> list[tuple[Any, Any]]:
    return [
        (_("Begunstigde"), claim.instalment.commitment.project.organisation.name),
        (_("Schijf"), f"{claim.instalment.number} – {claim.instalment.condition}"),
        (_("Bedrag van de schijf"), format_eur(claim.instalment.amount)),
        (_("Gevraagd"), format_eur(claim.amount)),
    ]


def _back(claim: Claim) -> dict[str, Any]:
    return {
        "back": reverse("funding:claim", args=[claim.pk]),
        "about": str(claim.instalment.commitment),
    }
