"""The staff page on which one applicant gets more time."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.views.typed_text import keeps_typed_text
from common.formatting import format_deadline
from common.views import service_errors, staff_required
from projects import selectors
from projects.forms.extensions import ExtensionForm
from projects.policies import may_extend
from projects.services import grant_extension
from projects.views.people import person

PAGE_SIZE = 25


@keeps_typed_text
@staff_required
def extensions(request: HttpRequest) -> HttpResponse:
    """Give an extension, and what was given before. Of a draft only its number is shown."""
    may_extend.check(request.user)
    form = ExtensionForm(request.POST or None)
    if form.is_valid():
        found = selectors.proposal_to_extend(form.cleaned_data["reference"])
        if found is None:
            form.add_error("reference", _("Er is geen voorstel met dit dossiernummer."))
        else:
            with service_errors(form):
                extension = grant_extension(
                    proposal=found,
                    until=form.cleaned_data["until"],
                    reason=form.cleaned_data["reason"],
                    by=person(request),
                )
    if form.is_valid():
        messages.success(
            request,
            _("%(organisation)s kan %(reference)s indienen tot %(until)s en kreeg een mail.")
            % {
                "organisation": extension.proposal.organisation.name,
                "reference": extension.proposal.reference,
                "until": format_deadline(extension.until),
            },
        )
        return redirect("projects:extensions")
    page = Paginator(selectors.granted_extensions(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "projects/extensions.html",
        {"form": form, "page_obj": page, "late": selectors.late_attempts()},
        status=422 if form.is_bound else 200,
    )
