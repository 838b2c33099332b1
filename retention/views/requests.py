"""One's own data: to take along, to have corrected; and the page of staff who answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.moments import today
from common.views import service_errors, staff_required
from documents.models import Job
from retention import services
from retention.forms import AnswerForm, AskForm, ReasonForm, RegisterForm
from retention.models import PrivacyRequest
from retention.policies import asked_it, may_handle
from retention.services.requests import OWN_DATA

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedInRequest) -> HttpResponse:
    """What one may ask about the own data, and what one asked before."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            asked = services.ask(by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request, _("Uw vraag is geregistreerd. U krijgt antwoord binnen een maand.")
            )
            return redirect(asked)
    person = request.user.pk
    job = Job.objects.filter(kind=OWN_DATA, params={"person": person, "reader": person})
    return render(
        request,
        "retention/own.html",
        {
            "form": form,
            "requests": PrivacyRequest.objects.filter(person=request.user)[:PAGE_SIZE],
            "job": job.order_by("-requested_at").first(),
        },
    )


@require_POST
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """Make the file with everything that the portal holds on who asks."""
    job = services.make_export(person=request.user, by=request.user)
    return redirect("documents:job", job.pk)


@login_required
@require_safe
def own_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question of one's own and its answer."""
    found = get_object_or_404(PrivacyRequest, pk=pk)
    if not asked_it.test(request.user, {found.person_id}):
        raise Http404
    return render(request, "retention/own_request.html", {"asked": found})


@staff_required
@require_safe
def staff_list(request: SignedInRequest) -> HttpResponse:
    """Every question, those that wait first, by the day on which the answer is due."""
    may_handle.check(request.user)
    found = PrivacyRequest.objects.visible_to(request.user).select_related("person")
    page = Paginator(found.order_by("-state", "due_on", "pk"), PAGE_SIZE)
    return render(
        request, "retention/requests.html", {"page": page.get_page(request.GET.get("page"))}
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """Register what somebody asked by letter or mail."""
    may_handle.check(request.user)
    form = RegisterForm(request.POST or None, initial={"received_on": today()})
    if form.is_valid():
        with service_errors(form):
            asked = services.register_request(
                person=form.cleaned_data["email"],
                kind=form.cleaned_data["kind"],
                text=form.cleaned_data["text"],
                received_on=form.cleaned_data["received_on"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, _("De vraag is geregistreerd."))
            return redirect("retention:handle", asked.pk)
    return render(request, "retention/register.html", {"form": form})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question, and the answer to it."""
    may_handle.check(request.user)
    found = get_object_or_404(PrivacyRequest.objects.visible_to(request.user), pk=pk)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            services.answer_request(
                request=found,
                granted=request.POST.get("besluit") == "inwilligen",
                answer=form.cleaned_data["answer"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, _("Het antwoord is bewaard; de persoon krijgt een mail."))
            return redirect("retention:handle", found.pk)
    return _page(request, found, form=form)


def _page(request: SignedInRequest, found: PrivacyRequest, **forms: object) -> HttpResponse:
    context = {
        "asked": found,
        "form": AnswerForm(),
        "extend_form": ReasonForm(auto_id="extend_%s"),
        **forms,
    }
    return render(request, "retention/handle.html", context)


@require_POST
@staff_required
def extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the two months more that the law allows, with a reason."""
    may_handle.check(request.user)
    found = get_object_or_404(PrivacyRequest.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST, auto_id="extend_%s")
    if form.is_valid():
        with service_errors(form):
            services.extend_request(
                request=found, reason=form.cleaned_data["reason"], by=request.user
            )
        if form.is_valid():
            messages.success(request, _("De termijn is verlengd; de persoon krijgt een mail."))
            return redirect("retention:handle", found.pk)
    return _page(request, found, extend_form=form)


@require_POST
@staff_required
def export_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the file of the person who asked, to send along with the answer."""
    may_handle.check(request.user)
    found = get_object_or_404(PrivacyRequest.objects.visible_to(request.user), pk=pk)
    job = services.make_export(person=found.person, by=request.user)
    return redirect("documents:job", job.pk)
