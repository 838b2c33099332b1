"""Payment orders: list, new, page, signing, withdrawing, and the files for the bank."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.moments import today
from common.money import format_eur
from common.views import sentences, service_errors
from documents.downloads import serve
from payments import services
from payments.forms import OrderFilterForm, OrderForm, ReasonForm
from payments.lifecycle import OrderState
from payments.models import PaymentOrder
from payments.policies import may_book_confirmations, may_make_orders, may_sign_order
from payments.selectors import orders as selectors
from payments.views.access import payment_view
from projects.views.acts import ConfirmForm, act_page, posted

PAGE_SIZE = 50


@payment_view
@require_safe
def orders(request: SignedInRequest) -> HttpResponse:
    """Every order, latest first, and what can go into a new one."""
    form = OrderFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = selectors.order_list(state=chosen.get("state", ""))
    return render(
        request,
        "payments/orders.html",
        {
            "form": form,
            "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "payable": selectors.payable_claims().count(),
            "without_account": selectors.claims_without_account().count(),
            "may_make": may_make_orders.test(request.user),
            "may_book": may_book_confirmations.test(request.user),
        },
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: SignedInRequest) -> HttpResponse:
    """Choose approved claims and a day."""
    may_make_orders.check(request.user)
    payable = selectors.payable_claims()
    form = posted(
        request,
        OrderForm,
        payable=payable,
        initial={"execute_on": today(), "claims": list(payable)},
    )
    if request.method == "POST" and form.is_valid():
        with service_errors(form):
            made = services.make_order(
                claims=list(form.cleaned_data["claims"]),
                execute_on=form.cleaned_data["execute_on"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(
                request, _("De betaalopdracht is opgemaakt. Iemand anders ondertekent ze nu.")
            )
            return redirect(made)
    return render(
        request,
        "payments/order_new.html",
        {
            "form": form,
            "payable": payable,
            "without_account": selectors.claims_without_account(),
        },
    )


@payment_view
@require_safe
def order(request: SignedInRequest, number: str) -> HttpResponse:
    """One order with its lines and the next step."""
    found = selectors.order_page(number)
    lines = list(selectors.lines_of(found))
    may_make = may_make_orders.test(request.user)
    is_made = found.state == OrderState.MADE
    return render(
        request,
        "payments/order.html",
        {
            "order": found,
            "lines": lines,
            "may_sign": is_made and may_sign_order.test(request.user, found),
            "is_own": is_made and found.made_by_id == request.user.pk,
            "may_export": may_make and found.state in {OrderState.SIGNED, OrderState.EXPORTED},
            "may_cancel": may_make
            and found.state != OrderState.CANCELLED
            and any(line.state == "waiting" for line in lines),
        },
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, number: str) -> HttpResponse:
    """Sign as a second person."""
    found = selectors.order_page(number)
    may_sign_order.check(request.user, found)
    return act_page(
        request,
        title=_("Betaalopdracht ondertekenen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.sign_order(order=found, by=request.user),
        submit=_("Ondertekenen"),
        done=_("De betaalopdracht is ondertekend en kan naar de bank."),
        explanation=_(
            "U ondertekent wat iemand anders opmaakte. Kijk de bedragen en de rekeningen na."
        ),
        facts=_facts(found),
        back=found.get_absolute_url(),
        about=found.number,
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, number: str) -> HttpResponse:
    """Withdraw what the bank did not pay."""
    may_make_orders.check(request.user)
    found = selectors.order_page(number)
    return act_page(
        request,
        title=_("Betaalopdracht intrekken"),
        form=posted(request, ReasonForm),
        act=lambda data: services.cancel_order(order=found, by=request.user, **data),
        submit=_("Intrekken"),
        done=_("De betaalopdracht is ingetrokken. De schuldvorderingen kunnen in een andere."),
        explanation=_(
            "Ging het bestand al naar de bank? Vraag de bank dan eerst om de opdracht niet uit te "
            "voeren."
        ),
        tone="warning",
        facts=_facts(found),
        back=found.get_absolute_url(),
        about=found.number,
    )


@payment_view
@require_POST
def export(request: SignedInRequest, number: str, kind: str) -> HttpResponseBase:
    """The file for the bank (XML) or the list (CSV); each time the same bytes, and recorded."""
    may_make_orders.check(request.user)
    found = selectors.order_page(number)
    try:
        given = services.export_order(order=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
        return redirect(found)
    stored = {"xml": given.xml, "csv": given.csv}.get(kind)
    if stored is None:
        raise Http404
    return serve(request, stored)


def _facts(order: PaymentOrder) -> list[tuple[str, object]]:
    return [
        (_("Totaal"), format_eur(order.total)),
        (_("Uit te voeren op"), format_day(order.execute_on)),
        (_("Gemaakt door"), order.made_by),
        (_("Opdrachtgever"), f"{order.debtor_name}, {order.debtor_iban}"),
    ]
