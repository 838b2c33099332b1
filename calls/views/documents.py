"""The documents of a call, as staff adds, names, orders and removes them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from calls import services
from calls.models import Call, CallDocument
from calls.policies import may_manage_calls
from calls.setup_forms import DocumentForm, DocumentTitleForm
from calls.views.setup import step_url
from common.views import sentences, service_errors, staff_required

STEP = "documenten"


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, slug: str) -> HttpResponse:
    call = _call(request, slug)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with service_errors(form):
            services.add_document(
                call=call,
                title=form.cleaned_data["title"],
                uploaded=form.cleaned_data["file"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, _("Het document staat bij de oproep."))
            return redirect(step_url(call, STEP))
    return _page(request, call, form, _("Document toevoegen"))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    call = _call(request, slug)
    document = get_object_or_404(call.documents, pk=pk)
    form = DocumentTitleForm(request.POST or None, instance=document)
    if form.is_valid():
        with service_errors(form):
            services.rename_document(
                document=document, title=form.cleaned_data["title"], by=request.user
            )
        if form.is_valid():
            messages.success(request, _("De titel is opgeslagen."))
            return redirect(step_url(call, STEP))
    return _page(request, call, form, _("Titel van het document"))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first."""
    call = _call(request, slug)
    document: CallDocument = get_object_or_404(call.documents.select_related("file"), pk=pk)
    if request.method == "POST":
        try:
            services.remove_document(document=document, by=request.user)
        except ValidationError as error:
            messages.error(request, sentences(error))
        else:
            messages.success(request, _("“%(name)s” is verwijderd.") % {"name": document.title})
        return redirect(step_url(call, STEP))
    return render(
        request,
        "calls/staff/document_remove.html",
        {"call": call, "document": document, "back": step_url(call, STEP)},
    )


@staff_required
@require_POST
def move(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One place up or down."""
    call = _call(request, slug)
    document = get_object_or_404(call.documents, pk=pk)
    try:
        services.move_document(
            document=document, by=request.user, up=request.POST.get("richting") == "op"
        )
    except ValidationError as error:
        messages.error(request, sentences(error))
    return redirect(step_url(call, STEP))


def _call(request: SignedInRequest, slug: str) -> Call:
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    may_manage_calls.check(request.user)
    return call


def _page(
    request: SignedInRequest, call: Call, form: DocumentForm | DocumentTitleForm, title: str
) -> HttpResponse:
    return render(
        request,
        "calls/staff/document.html",
        {"call": call, "form": form, "title": title, "back": step_url(call, STEP)},
    )
