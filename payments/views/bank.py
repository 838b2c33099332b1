"""Accounts: those of an organisation, the list for staff, confirming and ending one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.views import service_errors
from documents.downloads import serve
from payments import services
from payments.forms import AccountFilterForm, AccountForm, ReasonForm
from payments.policies import may_enter_account, may_judge_account, may_see_payments
from payments.selectors import bank as selectors
from payments.views.access import payment_view
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_accounts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The account on which an organisation is paid, those before it, and entering another."""
    organisation = selectors.organisation_for_account(request.user, pk)
    if request.user.is_programme_staff and pk not in request.user.member_roles:
        may_see_payments.check(request.user)
    may_enter = may_enter_account.test(request.user, organisation)
    form = posted(request, AccountForm, initial={"holder": organisation.name[:70]})
    if request.method == "POST":
        may_enter_account.check(request.user, organisation)
        if form.is_valid():
            with service_errors(form):
                account = services.enter_account(
                    organisation=organisation, by=request.user, **form.cleaned_data
                )
            if form.is_valid():
                messages.success(
                    request,
                    _("De rekening is opgeslagen. Een medewerker kijkt ze nog na."),
                )
                if not account.bank_is_known:
                    messages.warning(
                        request,
                        _(
                            "Wij kennen de bank van dit nummer niet. Kijk het nummer nog eens na. "
                            "Klopt het, dan moet u niets doen."
                        ),
                    )
                return redirect("payments:organisation_accounts", organisation.pk)
    return render(
        request,
        "payments/organisation_accounts.html",
        {
            "organisation": organisation,
            "accounts": selectors.accounts_of(organisation),
            "form": form,
            "may_enter": may_enter,
        },
    )


@payment_view
@require_safe
def accounts(request: SignedInRequest) -> HttpResponse:
    """Every account, latest first."""
    form = AccountFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.account_list(state=chosen.get("state", ""), search=chosen.get("q", ""))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "payments/accounts.html", {"form": form, "page_obj": page})


@payment_view
@require_safe
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account and what may be done with it."""
    found = selectors.account_page(pk)
    may_judge = may_judge_account.test(request.user, found)
    return render(
        request,
        "payments/account.html",
        {
            "account": found,
            "may_confirm": may_judge and found.is_waiting,
            "may_end": may_judge and found.ended_at is None,
            "is_own": found.entered_by_id == request.user.pk and found.is_waiting,
        },
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm that this is the account of the organisation."""
    found = selectors.account_page(pk)
    may_judge_account.check(request.user, found)
    return act_page(
        request,
        title=_("Rekening bevestigen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.confirm_account(account=found, by=request.user),
        submit=_("Bevestigen"),
        done=_("De rekening is bevestigd. Betalingen gaan naar deze rekening."),
        explanation=_(
            "U bevestigt dat deze rekening van de organisatie is. Bel bij twijfel de organisatie "
            "op een nummer dat u al kent. De vorige rekening eindigt."
        ),
        tone="info" if found.bank_is_known else "warning",
        facts=[
            (_("Organisatie"), found.organisation.name),
            (_("Rekeningnummer (IBAN)"), found.iban),
            (_("Naam van de houder"), found.holder),
            (_("Ingevoerd door"), found.entered_by),
        ],
        back=found.get_absolute_url(),
        about=found.organisation.name,
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Refuse an account that waits, or end the one in use."""
    found = selectors.account_page(pk)
    may_judge_account.check(request.user, found)
    title = _("Rekening weigeren") if found.is_waiting else _("Rekening beëindigen")
    return act_page(
        request,
        title=title,
        form=posted(request, ReasonForm),
        act=lambda data: services.end_account(account=found, by=request.user, **data),
        submit=title,
        done=_("De rekening is beëindigd. Er wordt niet meer op betaald."),
        explanation=_("De rekening blijft in de geschiedenis staan, met uw reden."),
        tone="warning",
        facts=[(_("Rekeningnummer (IBAN)"), found.iban)],
        back=found.get_absolute_url(),
        about=found.organisation.name,
    )


@login_required
@require_safe
def proof(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The proof with an account."""
    as_staff = may_see_payments.test(request.user)
    if request.user.is_programme_staff and not as_staff:
        raise PermissionDenied(may_see_payments.sentence)
    found = selectors.proof_for(request.user, pk, as_staff=as_staff)
    assert found.proof is not None  # the selector asks for it
    return serve(request, found.proof)
