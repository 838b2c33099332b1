"""Files of the bank: read in, look at, book."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from common.views import service_errors
from payments import services
from payments.forms import BankFileForm
from payments.policies import may_book_confirmations
from payments.reading import COLUMNS, MAX_BYTES, read_rows
from payments.selectors import confirmations as selectors
from payments.views.access import payment_view
from projects.views.acts import ConfirmForm, posted

PAGE_SIZE = 100


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def bank_files(request: SignedInRequest) -> HttpResponse:
    """What was read in, and reading in another file."""
    may_book = may_book_confirmations.test(request.user)
    form = posted(request, BankFileForm)
    if request.method == "POST":
        may_book_confirmations.check(request.user)
        if form.is_valid():
            uploaded = form.cleaned_data["file"]
            with service_errors(form):
                found = services.read_bank_file(
                    content=uploaded.read(MAX_BYTES + 1), name=uploaded.name, by=request.user
                )
            if form.is_valid():
                return redirect(found)
    page = Paginator(selectors.bank_file_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "payments/bank_files.html",
        {"form": form, "page_obj": page, "may_book": may_book, "columns": COLUMNS},
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def bank_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each row would book, or what is wrong with it; then book all of it."""
    found = selectors.bank_file_page(pk)
    may_book = may_book_confirmations.test(request.user) and found.booked_at is None
    form = posted(request, ConfirmForm)
    if request.method == "POST":
        may_book_confirmations.check(request.user)
        with service_errors(form):
            booked = services.book_bank_file(bank_file=found, by=request.user)
        if form.is_valid():
            count = booked.booked_count
            messages.success(
                request,
                ngettext("%(count)s rij is geboekt.", "%(count)s rijen zijn geboekt.", count)
                % {"count": count},
            )
            return redirect(found)
    try:
        planned = selectors.plan_rows(read_rows(bytes(found.content)))
    except ValidationError as refusal:  # a rule for files that came after this one
        form.add_error(None, refusal)
        planned = []
    wrong = [one for one in planned if one.problem is not None]
    return render(
        request,
        "payments/bank_file.html",
        {
            "bank_file": found,
            "form": form,
            "wrong": wrong,
            "books": sum(one.books for one in planned),
            "known": sum(one.is_known for one in planned),
            "page_obj": Paginator(planned, PAGE_SIZE).get_page(request.GET.get("page")),
            "may_book": may_book and not wrong,
        },
    )
