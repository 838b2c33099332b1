"""The form of a call as an applicant meets it, for staff; nothing can be saved."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from calls.definition import Holder, pending_change, sections_of
from calls.models import Call, FormVersion, SectionKind
from common.views import staff_required
from projects.forms.attachments import AttachmentForm
from projects.forms.estimate import EstimateForm
from projects.forms.sections import SECTION_FORMS
from projects.forms.tables import with_row_changed
from projects.preview import preview_draft


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """A section of the form that applies, or that a draft call will have."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    return _preview(request, call, call, code)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview_change(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """A section as it will be once the change of the form is published."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    change = pending_change(call)
    if change is None:
        raise Http404
    return _preview(request, call, change, code)


def _preview(request: SignedInRequest, call: Call, holder: Holder, code: str) -> HttpResponse:
    """A POST only tries: it adds a row without script, or shows what an applicant would be told."""
    draft = preview_draft(call, sections_of(holder))
    section = draft.section(code)
    if section is None:
        raise Http404
    form = None
    if section.kind != SectionKind.ATTACHMENTS:
        changed = with_row_changed(request.POST) if request.method == "POST" else None
        data = changed if changed is not None else request.POST or None
        form = SECTION_FORMS[section.kind](data, draft=draft, section=section)
        if changed is not None:
            form.show_without_judging()
    place = draft.sections.index(section)
    is_change = isinstance(holder, FormVersion)
    return render(
        request,
        "projects/preview.html",
        {
            "call": call,
            "is_change": is_change,
            "url_name": "projects:preview_change" if is_change else "projects:preview",
            "section": section,
            "sections": draft.sections,
            "form": form,
            "upload_form": None if form else AttachmentForm(),
            "estimate": form.estimate() if isinstance(form, EstimateForm) else None,
            "is_fine": form is not None and form.is_bound and form.is_valid(),
            "previous": draft.sections[place - 1] if place else None,
            "following": draft.sections[place + 1] if place + 1 < len(draft.sections) else None,
            "proposal": draft.proposal,
        },
    )
